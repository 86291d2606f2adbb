import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {PERSONA_PARTS, type PersonaPart} from '../../core/persona/documents.ts'

export default class PersonaEdit extends MhCommand<typeof PersonaEdit> {
  static override summary = 'Change your persona in your editor'
  static override description =
    'Opens a part as YAML in $VISUAL or $EDITOR. What is not valid is refused with the reason, and your text is kept for another try.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> relationships',
    '<%= config.bin %> <%= command.id %> --facet poet'
  ]
  static override args = {
    part: Args.string({ignoreStdin: true, options: PERSONA_PARTS, default: 'core', description: 'which part of it'})
  }
  static override flags = {
    facet: Flags.string({summary: 'Change what this facet lays over the core', helpValue: '<facet>'}),
    file: Flags.string({summary: 'Take the YAML from this file, in place of the editor', helpValue: '<file>'})
  }

  override async execute(): Promise<{version: number; changed: string[]}> {
    const {editPersona} = await import('../../cli/edit-persona.ts')
    const {version, changed} = await editPersona(this.args.part as PersonaPart, {
      facet: this.flags.facet,
      file: this.flags.file,
      mayAsk: this.mayAsk
    })
    this.say(changed.length === 0 ? 'Nothing was changed' : `Changed ${changed.join(', ')} (version ${version})`)
    return {version, changed}
  }
}
