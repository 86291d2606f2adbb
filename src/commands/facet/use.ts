import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {useFacet} from '../../core/persona/facets.ts'

export default class FacetUse extends MhCommand<typeof FacetUse> {
  static override summary = 'Say which facet of your persona answers from now on'
  static override examples = ['<%= config.bin %> <%= command.id %> poet', '<%= config.bin %> <%= command.id %> default']
  static override args = {
    name: Args.string({required: true, ignoreStdin: true, description: 'a facet that mh facet list shows'})
  }

  override async execute(): Promise<{active: string}> {
    const used = await useFacet(this.args.name)
    this.say(`The facet ${used.active} answers now`)
    return used
  }
}
