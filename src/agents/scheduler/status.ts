import type {QueueCounts} from '../../core/agents/job-queue.ts'
import {type AgentLogEntry, agentLog} from '../../core/agents/log.ts'
import {scheduleStore} from '../../core/agents/schedule-store.ts'
import {backend} from '../../core/backend.ts'
import {requireUserContext} from '../../core/context.ts'
import {notFound} from '../../core/errors.ts'
import {everybody, userById} from '../../core/users/accounts.ts'
import {isAdministrator, requirePermission} from '../../core/users/permissions.ts'
import type {User} from '../../core/users/user.ts'
import {allAgents} from '../registry.ts'
import {planFor} from './people.ts'
import {runningScheduler} from './service.ts'

/** One agent of one person. */
export interface AgentStatus {
  name: string
  username: string
  /** ISO 8601, UTC; null where it never ran by itself. */
  lastRun: string | null
  result: 'ok' | 'failed' | 'skipped' | null
  /** ISO 8601, UTC; null where nothing is foreseen, or the scheduler does not run. */
  nextRun: string | null
  /** Of the last run: time of the processor, the most memory its process held, items that were worked on. */
  cpuMs: number
  peakBytes: number
  items: number
  /** Why there was nothing to do, what failed, or why the plan cannot be told. */
  note: string | null
}

export interface SchedulerStatus {
  running: boolean
  pid: number | null
  /** What waits for workers; null where everything is kept in files, and there is no queue. */
  queue: QueueCounts | null
  agents: AgentStatus[]
}

/** What the scheduler did and will do: for administrators of everybody's agents, for others of their own. */
export async function schedulerStatus(): Promise<SchedulerStatus> {
  requirePermission('read')
  const running = await runningScheduler()
  const agents: AgentStatus[] = []
  for (const user of await visiblePeople()) agents.push(...(await statusOf(user, running !== undefined)))
  const queue = (await (await backend()?.jobs())?.counts()) ?? null
  return {running: running !== undefined, pid: running?.pid ?? null, queue, agents}
}

/**
 * The log of an agent, or of all: for administrators everything, for others what is about themselves. The oldest first.
 * @throws MhError AGENT_NOT_FOUND (exit 3)
 */
export async function readAgentLog(agent?: string): Promise<AgentLogEntry[]> {
  const visible = await logFilter(agent)
  return (await agentLog().read(agent)).filter(visible)
}

/** The latest entries of the same, and then those that are added, until the signal is aborted. @throws MhError AGENT_NOT_FOUND (exit 3) */
export async function* followAgentLog(
  agent: string | undefined,
  latest: number,
  signal: AbortSignal
): AsyncGenerator<AgentLogEntry> {
  const visible = await logFilter(agent)
  for await (const entry of agentLog().follow(agent, latest, signal)) if (visible(entry)) yield entry
}

async function logFilter(agent: string | undefined): Promise<(entry: AgentLogEntry) => boolean> {
  requirePermission('read')
  if (agent !== undefined && agent !== 'scheduler' && !(await allAgents()).some(({name}) => name === agent))
    throw notFound(
      'AGENT_NOT_FOUND',
      `There is no agent ${JSON.stringify(agent)}`,
      'mh agents list shows which there are; the scheduler has a log as well'
    )
  const user = requireUserContext('The log of agents')
  return isAdministrator(user) ? () => true : ({userId}) => userId === user.userId
}

async function visiblePeople(): Promise<readonly User[]> {
  const user = requireUserContext('The agents')
  if (isAdministrator(user)) return everybody()
  const own = await userById(user.userId)
  return own === undefined ? [] : [own]
}

async function statusOf(user: User, running: boolean): Promise<AgentStatus[]> {
  const agents = await allAgents()
  const known = await scheduleStore().read(user.id)
  let problem: string | null = null
  const plan = await planFor(user, agents, known, Date.now()).catch((error: Error) => {
    problem = error.message
    return agents.map((agent) => ({agent, next: null, enabled: true}))
  })
  return plan
    .filter(({agent, enabled}) => enabled || known[agent.name]?.lastRun !== undefined)
    .map(({agent, next}) => {
      const {lastRun, result = null, cpuMs = 0, peakBytes = 0, items = 0, note} = known[agent.name] ?? {}
      return {
        name: agent.name,
        username: user.username,
        lastRun: lastRun === undefined ? null : new Date(lastRun).toISOString(),
        result,
        nextRun: next === null || !running ? null : new Date(next).toISOString(),
        cpuMs,
        peakBytes,
        items,
        note: problem ?? note ?? null
      }
    })
}
