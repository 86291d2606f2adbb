import type {AgentStatus, SchedulerStatus} from '../../agents/scheduler/status.ts'
import {MhCommand} from '../../cli/base-command.ts'
import {relativeTime} from '../../cli/relative-time.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {readSettings} from '../../core/settings.ts'

const ago = (time: string | null): string =>
  time === null ? '-' : relativeTime(Date.parse(time), Date.now(), readSettings().timezone)

const COLUMNS: Column<AgentStatus>[] = [
  {title: 'agent', value: ({name}) => name, piped: true},
  {title: 'person', value: ({username}) => username, piped: true},
  {title: 'last run', value: ({lastRun}) => lastRun ?? '', short: ({lastRun}) => ago(lastRun), piped: true},
  {title: 'result', value: ({result}) => result ?? '', piped: true},
  {title: 'next run', value: ({nextRun}) => nextRun ?? '', short: ({nextRun}) => ago(nextRun), piped: true},
  {title: 'items', value: ({items}) => String(items), piped: true},
  {title: 'cpu ms', value: ({cpuMs}) => String(cpuMs), piped: true, optional: true},
  {
    title: 'memory',
    value: ({peakBytes}) => String(peakBytes),
    short: ({peakBytes}) => `${Math.round(peakBytes / 1e6)} MB`,
    piped: true,
    optional: true
  },
  {title: 'note', value: ({note}) => note ?? '', piped: true, flexible: true}
]

export default class AgentsStatus extends MhCommand<typeof AgentsStatus> {
  static override summary = 'Show whether agents are scheduled, and what they did'
  static override description = "Administrators see everybody's agents, others their own."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
    '<%= config.bin %> <%= command.id %> | grep failed'
  ]

  override async execute(): Promise<SchedulerStatus> {
    const {schedulerStatus} = await import('../../agents/scheduler/status.ts')
    const status = await schedulerStatus()
    this.note(status.running ? `Scheduled by process ${status.pid}.` : 'Not scheduled: mh agents start starts it.')
    const {queue} = status
    if (queue !== null)
      this.note(`In the queue: ${queue.waiting} waiting, ${queue.active} at work, ${queue.dead} given up.`)
    this.say(await printRecords(status.agents, COLUMNS))
    return status
  }
}
