import {MhCommand} from '../../cli/base-command.ts'
import {readStoreStatus, type StoreStatus} from '../../core/store-status.ts'

export default class StoreStatusCommand extends MhCommand<typeof StoreStatusCommand> {
  static override summary = 'Show where everything is kept, and whether it answers'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override person = 'unneeded' as const
  static override opensStore = false
  static override recovers = false

  override async execute(): Promise<StoreStatus> {
    const status = await readStoreStatus()
    this.say(
      status.store === 'files'
        ? `Files at ${status.address}`
        : [
            `PostgreSQL ${status.server} at ${status.address}`,
            `Schema ${status.schema}${status.schema === status.latest ? '' : `, and this mh needs ${status.latest}: mh store upgrade`}`,
            `Search by meaning: ${status.vectors ? 'yes (pgvector)' : 'no (the server has no pgvector)'}`
          ].join('\n')
    )
    return status
  }
}
