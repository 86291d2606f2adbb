import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import {type Facet, listFacets} from '../../core/persona/facets.ts'

export default class FacetList extends MhCommand<typeof FacetList> {
  static override summary = 'List the facets of your persona'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<{active: string; facets: Facet[]}> {
    const list = await listFacets()
    this.say(
      await printRecords(list.facets, [
        {title: 'facet', value: ({name}) => name, piped: true},
        {
          title: 'state',
          value: ({name, enabled}) => (name === list.active ? 'active' : enabled ? '' : 'off'),
          piped: true
        },
        {title: 'description', value: ({description}) => description, piped: true, flexible: true}
      ])
    )
    return list
  }
}
