import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {takeSignal} from '../../cli/signals.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import type {AgentLogEntry} from '../../core/agents/log.ts'

const COLUMNS: Column<AgentLogEntry>[] = [
  {
    title: 'when',
    value: ({timestamp}) => timestamp,
    short: ({timestamp}) => timestamp.slice(0, 19).replace('T', ' '),
    piped: true
  },
  {title: 'level', value: ({level}) => level, piped: true},
  {title: 'agent', value: ({agent}) => agent, piped: true},
  {title: 'person', value: ({username}) => username ?? '', piped: true},
  {title: 'message', value: ({message}) => message, piped: true, flexible: true}
]

export default class AgentsLogs extends MhCommand<typeof AgentsLogs> {
  static override summary = 'Show what scheduled agents did'
  static override description = 'Administrators see everything, others what is about themselves. Times are UTC.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> organizer -n 100',
    '<%= config.bin %> <%= command.id %> -f'
  ]
  static override args = {
    agent: Args.string({ignoreStdin: true, description: 'whose log; "scheduler" has one too'})
  }
  static override flags = {
    follow: Flags.boolean({char: 'f', summary: 'Go on with what is added, until Ctrl-C', exclusive: ['json']}),
    limit: Flags.integer({char: 'n', summary: 'So many of the latest entries', default: 50, min: 0})
  }

  override async execute(): Promise<AgentLogEntry[]> {
    const {readAgentLog} = await import('../../agents/scheduler/status.ts')
    const {agent} = this.args
    const {follow, limit} = this.flags
    if (follow) {
      await this.follow(agent, limit)
      return []
    }
    const all = await readAgentLog(agent)
    const entries = all.slice(Math.max(0, all.length - limit))
    this.say(await printRecords(entries, COLUMNS))
    if (entries.length === 0) this.note('No entries.')
    return entries
  }

  private async follow(agent: string | undefined, latest: number): Promise<void> {
    const {followAgentLog} = await import('../../agents/scheduler/status.ts')
    const stop = new AbortController()
    takeSignal('SIGINT', () => {
      this.failed(130)
      stop.abort()
    })
    for await (const entry of followAgentLog(agent, latest, stop.signal))
      this.say((await printRecords([entry], COLUMNS)).split('\n').at(-1) ?? '')
  }
}
