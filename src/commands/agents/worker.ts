import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {takeSignal} from '../../cli/signals.ts'

export default class AgentsWorker extends MhCommand<typeof AgentsWorker> {
  static override summary = 'Do what the scheduler put into the queue (PostgreSQL, administrators)'
  static override description =
    'As many workers as you like, on as many machines: one person is worked on by one of them at a time, and what a worker leaves that dies is done by another. Ctrl-C finishes the items at hand.'
  static override examples = [
    'MH_STORE=postgres://mh_server@db.example.org/mh <%= config.bin %> <%= command.id %>',
    'MH_STORE=postgres://mh_server@db.example.org/mh <%= config.bin %> <%= command.id %> --concurrency 4'
  ]
  static override flags = {
    concurrency: Flags.integer({min: 1, max: 64, default: 2, summary: 'Jobs at once', helpValue: '<number>'})
  }

  override async execute(): Promise<{jobs: number}> {
    const {runWorker} = await import('../../agents/worker.ts')
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) takeSignal(signal, () => stop.abort())
    let jobs = 0
    await runWorker({
      concurrency: this.flags.concurrency,
      signal: stop.signal,
      onReady: () => this.note('Waiting for jobs. Ctrl-C ends it.'),
      onJob: ({agent}, {status, processed}) => {
        jobs++
        this.note(`${agent}: ${status}, ${processed} done`)
      }
    })
    return {jobs}
  }
}
