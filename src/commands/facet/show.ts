import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {printDocument} from '../../cli/print-document.ts'
import {type Facet, showFacet} from '../../core/persona/facets.ts'

export default class FacetShow extends MhCommand<typeof FacetShow> {
  static override summary = 'Show a facet and what it lays over the core'
  static override examples = [
    '<%= config.bin %> <%= command.id %> thinker',
    '<%= config.bin %> <%= command.id %> --json'
  ]
  static override args = {name: Args.string({ignoreStdin: true, description: 'a facet; the active one without it'})}

  override async execute(): Promise<Facet & {overlay: Record<string, unknown>}> {
    const facet = await showFacet(this.args.name)
    this.say(await printDocument(facet))
    return facet
  }
}
