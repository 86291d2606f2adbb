import * as Args from '@oclif/core/args'
import {MhCommand} from '../cli/base-command.ts'
import {SHELL_SCRIPTS, SHELLS, type Shell} from '../cli/shell-scripts.ts'

export default class Autocomplete extends MhCommand<typeof Autocomplete> {
  static override summary = 'Print what makes a shell complete commands, flags, people, ids and tags'
  static override description = `Bash: add to ~/.bashrc          eval "$(mh autocomplete bash)"
Zsh: add to ~/.zshrc            eval "$(mh autocomplete zsh)"
Fish: add to config.fish        mh autocomplete fish | source`
  static override examples = [
    'eval "$(<%= config.bin %> <%= command.id %> bash)"',
    '<%= config.bin %> <%= command.id %> fish'
  ]
  static override person = 'unneeded' as const
  static override args = {
    shell: Args.string({required: true, ignoreStdin: true, options: [...SHELLS], description: 'which shell'})
  }

  override async execute(): Promise<{shell: string; script: string}> {
    const shell = this.args.shell as Shell
    const script = SHELL_SCRIPTS[shell]
    this.say(script)
    return {shell, script}
  }
}
