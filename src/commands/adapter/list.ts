import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import type {ListedAdapter} from '../../core/training/use-adapter.ts'

export default class AdapterList extends MhCommand<typeof AdapterList> {
  static override summary = 'List what was trained for your models'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --json | jq -r '.[].path'"
  ]

  override async execute(): Promise<ListedAdapter[]> {
    const {listAdapters} = await import('../../core/training/use-adapter.ts')
    const adapters = await listAdapters()
    this.say(
      await printRecords(adapters, [
        {title: 'adapter', value: ({name}) => name, piped: true},
        {title: 'made', value: ({createdAt}) => createdAt, short: ({createdAt}) => createdAt.slice(0, 10), piped: true},
        {title: 'base model', value: ({baseModel}) => baseModel ?? '', piped: true, flexible: true},
        {title: 'in use', value: ({active}) => (active ? 'yes' : 'no'), piped: true}
      ])
    )
    if (adapters.length === 0) this.note(`There is no adapter yet. ${this.config.bin} training run makes one`)
    return adapters
  }
}
