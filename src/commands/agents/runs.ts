import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {shortId} from '../../cli/memory-table.ts'
import {relativeTime} from '../../cli/relative-time.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import type {RunRecord} from '../../core/agents/runs.ts'
import {readSettings} from '../../core/settings.ts'

const COLUMNS: Column<RunRecord>[] = [
  {title: 'id', value: ({id}) => id, short: ({id}) => shortId(id), piped: true},
  {
    title: 'when',
    value: ({startedAt}) => startedAt,
    short: ({startedAt}) => relativeTime(Date.parse(startedAt), Date.now(), readSettings().timezone),
    piped: true
  },
  {title: 'agent', value: ({agent}) => agent, piped: true},
  {title: 'status', value: ({status, undoneAt}) => (undoneAt === null ? status : 'undone'), piped: true},
  {title: 'processed', value: ({processed}) => String(processed), piped: true},
  {title: 'created', value: ({created}) => String(created), piped: true},
  {title: 'note', value: ({reason, error}) => error ?? reason ?? '', piped: true, flexible: true}
]

export default class AgentsRuns extends MhCommand<typeof AgentsRuns> {
  static override summary = 'Show what agents did for you, the latest first'
  static override description = 'Runs that had nothing to do are left out.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -n 100 --json'
  ]
  static override flags = {
    limit: Flags.integer({char: 'n', summary: 'At most so many', default: 20, min: 1, helpValue: '<n>'})
  }

  override async execute(): Promise<RunRecord[]> {
    const {listRuns} = await import('../../core/agents/runs.ts')
    const runs = await listRuns(this.flags.limit)
    this.say(await printRecords(runs, COLUMNS))
    if (runs.length === 0) this.note('No agent has done anything yet.')
    return runs
  }
}
