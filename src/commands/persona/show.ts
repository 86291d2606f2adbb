import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {printDocument} from '../../cli/print-document.ts'
import {PERSONA_PARTS, type PersonaPart} from '../../core/persona/documents.ts'
import {showPersona} from '../../core/persona/show.ts'

export default class PersonaShow extends MhCommand<typeof PersonaShow> {
  static override summary = 'Show your persona'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --facet poet',
    '<%= config.bin %> <%= command.id %> routines'
  ]
  static override args = {
    part: Args.string({ignoreStdin: true, options: PERSONA_PARTS, default: 'core', description: 'which part of it'})
  }
  static override flags = {
    facet: Flags.string({summary: 'With this facet laid over the core', helpValue: '<facet>'})
  }

  override async execute(): Promise<Record<string, unknown>> {
    const document = await showPersona(this.args.part as PersonaPart, this.flags.facet)
    this.say(await printDocument(document))
    return document
  }
}
