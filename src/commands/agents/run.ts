import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type {AgentRun, PersonResult} from '../../agents/run-result.ts'
import {MhCommand} from '../../cli/base-command.ts'
import {startProgress} from '../../cli/progress.ts'
import {takeSignal} from '../../cli/signals.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {keepHeapSmall} from '../../core/small-heap.ts'

type Row = PersonResult & {agent: string}

const COLUMNS: Column<Row>[] = [
  {title: 'agent', value: ({agent}) => agent, piped: true},
  {title: 'person', value: ({username}) => username, piped: true},
  {title: 'status', value: ({status}) => status, piped: true},
  {title: 'processed', value: ({processed}) => String(processed), piped: true},
  {title: 'created', value: ({created}) => String(created), piped: true},
  {title: 'note', value: ({reason, error}) => error ?? reason ?? '', piped: true, flexible: true}
]

export default class AgentsRun extends MhCommand<typeof AgentsRun> {
  static override summary = 'Run agents now'
  static override description = [
    'Without a name: ingestor, organizer, reflector, dreamer, then agents of your own. Your mode, your role and what you have disabled are',
    'respected. With --all-users (administrators) they work for everybody, one person after another, each in their own profile.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> organizer --limit 100',
    '<%= config.bin %> <%= command.id %> --all-users --concurrency 4 --json'
  ]
  static override strict = false
  static override args = {
    agent: Args.string({ignoreStdin: true, description: 'names of agents; may be repeated'})
  }
  static override flags = {
    'all-users': Flags.boolean({summary: 'For everybody (administrators)'}),
    concurrency: Flags.integer({summary: 'So many people at once', default: 1, min: 1, max: 64, helpValue: '<n>'}),
    'dry-run': Flags.boolean({summary: 'Say what would be done; change nothing and ask no model'}),
    limit: Flags.integer({summary: 'At most so many items for each person', min: 1, helpValue: '<n>'}),
    force: Flags.boolean({summary: 'Also in agent mode, and where nothing is new'})
  }

  override async execute(): Promise<{runs: AgentRun[]}> {
    keepHeapSmall()
    const {'all-users': everybodys, 'dry-run': dryRun, concurrency, limit, force} = this.flags
    const {askForRun} = await import('../../agents/ask.ts')
    const progress = await startProgress('Looked at', 'items', !this.jsonEnabled())
    const stop = new AbortController()
    const giveBack = takeSignal('SIGINT', () => stop.abort())
    try {
      const runs = await askForRun(
        {
          agents: this.words,
          concurrency,
          dryRun,
          force,
          ...(limit === undefined ? {} : {limit}),
          signal: stop.signal,
          onProgress: ({done, total}) => progress.tell(done, total)
        },
        {everybodys}
      )
      progress.stop()
      await this.tell(runs)
      if (stop.signal.aborted) this.interrupted()
      return {runs}
    } finally {
      giveBack()
      progress.stop()
    }
  }

  private async tell(runs: readonly AgentRun[]): Promise<void> {
    const rows = runs.flatMap(({agent, users}) => users.map((user) => ({...user, agent})))
    this.say(await printRecords(rows, COLUMNS))
    const failed = rows.filter(({status}) => status === 'failed')
    if (failed.length === 0) return
    this.note(`Failed: ${failed.map(({agent, username}) => `${agent} for ${username}`).join(', ')}`)
    this.failed()
  }

  private interrupted(): void {
    this.note('Interrupted. What was done stays done.')
    this.failed(130)
  }
}
