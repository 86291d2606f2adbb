import {join} from 'node:path'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {takeSignal} from '../../cli/signals.ts'

export default class AgentsStart extends MhCommand<typeof AgentsStart> {
  static override summary = "Start the scheduler, which runs everybody's agents (administrators)"
  static override description =
    'Agents run as each person has it in etc/agents.json. One scheduler works on a data root; mh agents stop ends it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --foreground',
    '<%= config.bin %> <%= command.id %> --json'
  ]
  static override flags = {
    foreground: Flags.boolean({summary: 'Stay in this process, as systemd and containers want it'})
  }

  override async execute(): Promise<{pid: number}> {
    if (this.flags.foreground) return this.stay()
    const {startDetached} = await import('../../agents/scheduler/detach.ts')
    const as = this.flags.user === undefined ? [] : ['--user', this.flags.user]
    const program = [join(this.config.root, 'bin', 'run.js'), 'agents', 'start', '--foreground', '--no-input', ...as]
    const pid = await startDetached(program)
    this.say(`The agents are scheduled by process ${pid}. See what they do: mh agents status`)
    return {pid}
  }

  private async stay(): Promise<{pid: number}> {
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) takeSignal(signal, () => stop.abort())
    const {runScheduler} = await import('../../agents/scheduler/service.ts')
    await runScheduler(stop.signal, (pid) => this.note(`The agents are scheduled by this process, ${pid}`))
    return {pid: process.pid}
  }
}
