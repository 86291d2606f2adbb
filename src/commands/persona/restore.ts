import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {type PersonaVersion, restorePersona} from '../../core/persona/history.ts'

export default class PersonaRestore extends MhCommand<typeof PersonaRestore> {
  static override summary = 'Make your persona again what it was in a version'
  static override description = 'The persona as it is now stays in the history, also where it was edited by hand.'
  static override examples = ['<%= config.bin %> <%= command.id %> 3', '<%= config.bin %> <%= command.id %> 3 --json']
  static override args = {
    version: Args.integer({
      required: true,
      ignoreStdin: true,
      min: 1,
      description: 'a version that mh persona history tells'
    })
  }

  override async execute(): Promise<PersonaVersion> {
    const restored = await restorePersona(this.args.version)
    this.say(
      restored.changed.length === 0
        ? `The persona is as in version ${this.args.version} already`
        : `The persona is as in version ${this.args.version} again (now version ${restored.version})`
    )
    return restored
  }
}
