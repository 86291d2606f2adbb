import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {setPersonaValue} from '../../core/persona/change.ts'

export default class PersonaSet extends MhCommand<typeof PersonaSet> {
  static override summary = 'Set one value of your persona'
  static override description =
    'The value is JSON where its place takes that (0.8, ["a","b"]), else text. The persona before stays in its history.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> identity.role "research partner"',
    '<%= config.bin %> <%= command.id %> personality.traits.openness 0.9 --facet poet',
    '<%= config.bin %> <%= command.id %> routines.daily \'["a walk at seven"]\''
  ]
  static override args = {
    path: Args.string({required: true, ignoreStdin: true, description: 'where it stands, such as identity.role'}),
    value: Args.string({required: true, ignoreStdin: true, description: 'the new value'})
  }
  static override flags = {
    facet: Flags.string({summary: 'Set it in this facet and not in the core', helpValue: '<facet>'})
  }

  override async execute(): Promise<{path: string; value: unknown; version: number}> {
    const set = await setPersonaValue(this.args.path, this.args.value, this.flags.facet)
    this.say(`${set.path} is ${JSON.stringify(set.value)} now (version ${set.version})`)
    return set
  }
}
