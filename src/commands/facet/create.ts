import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {createFacet, type Facet} from '../../core/persona/facets.ts'

export default class FacetCreate extends MhCommand<typeof FacetCreate> {
  static override summary = 'Make a facet, from a template or as a copy of another'
  static override examples = [
    '<%= config.bin %> <%= command.id %> coach --description "Asks what the next step is"',
    '<%= config.bin %> <%= command.id %> sonneteer --from poet'
  ]
  static override args = {name: Args.string({required: true, ignoreStdin: true, description: 'what it is called by'})}
  static override flags = {
    from: Flags.string({summary: 'Begin as a copy of this facet', helpValue: '<facet>'}),
    description: Flags.string({summary: 'What it is like, in a sentence', helpValue: '<text>'})
  }

  override async execute(): Promise<Facet> {
    const {from, description} = this.flags
    const facet = await createFacet(this.args.name, {
      ...(from === undefined ? {} : {from}),
      ...(description === undefined ? {} : {description})
    })
    this.say(`Made the facet ${facet.name}. Give it a character: ${this.config.bin} persona edit --facet ${facet.name}`)
    return facet
  }
}
