import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {type ShownMode, setMode} from '../../core/persona/set-mode.ts'

export default class ModeSet extends MhCommand<typeof ModeSet> {
  static override summary = 'Set your cognitive mode'
  static override description = `dual       a second self: it learns from all that is said
agent      it works on what is asked, and keeps only what it did
emulation  it answers as you would, and nothing is kept or changed`
  static override examples = ['<%= config.bin %> <%= command.id %> agent', '<%= config.bin %> <%= command.id %> dual']
  static override args = {
    mode: Args.string({required: true, ignoreStdin: true, description: 'dual, agent or emulation'})
  }

  override async execute(): Promise<ShownMode> {
    const set = await setMode(this.args.mode)
    this.say(`The mode is ${set.mode} now`)
    return set
  }
}
