import {type AuditEvent, auditSystem} from '../core/audit.ts'
import {getUserContext, withoutUserContext} from '../core/context.ts'
import {newId} from '../core/ids.ts'
import {withAccountsLock} from '../core/locks.ts'
import type {User} from '../core/users/user.ts'
import type {Agent} from './agent.ts'
import {personTurn} from './person-turn.ts'
import {agentsNamed} from './registry.ts'
import type {AgentRun} from './run-result.ts'

export interface RunRequest {
  /** Names; every agent of scope user, in the registry's order, where there are none. */
  agents?: readonly string[]
  /** For whom. They are gone through in this order, and each is in every run's results. */
  users: readonly User[]
  /** So many people at once, each in their own context; one where it is missing. */
  concurrency?: number
  /** Changes nothing, asks no model, and keeps no record: only that others were looked at is noted. */
  dryRun?: boolean
  /** Runs proactive agents in agent mode too, and where nothing is new. */
  force?: boolean
  /** At most so many items for each person. */
  limit?: number
  /** Ends the run between two items. What was done stays done. */
  signal?: AbortSignal
  onProgress?: (progress: RunProgress) => void
  /** Milliseconds since 1970; the machine's clock where it is missing. */
  clock?: () => number
  /**
   * Id of the person who asked for it, in whose context this is called. Others are told in their trails that it was done to them, and
   * whoever paused their agents is left out. Undefined for what runs by itself: everybody's pause holds.
   */
  askedBy?: string
}

export interface RunProgress {
  agent: string
  username: string
  done: number
  total: number | undefined
}

/**
 * Runs agents for people: one agent after another, and for each of them one person after another, or several at once. One person's failure
 * stops nobody else's turn: it is in the results.
 *
 * Outside any context the system's trail is told of each run's start and end; inside each person's, their own trail of their turn. No lock
 * of writes is held while an agent works; the lock of the agent and the person is.
 * @returns the runs, those that an agent triggered behind the one that did; where the signal was aborted, those that had begun
 * @throws MhError AGENT_NOT_FOUND (exit 3); what the system's trail throws where it cannot be written
 */
export async function runAgents(request: RunRequest): Promise<AgentRun[]> {
  const cycle: Cycle = {
    request,
    asker: request.askedBy === undefined ? {} : {askedBy: getUserContext()?.username ?? request.askedBy},
    told: new Set()
  }
  const runs: AgentRun[] = []
  for (const agent of await agentsNamed(request.agents)) {
    if (request.signal?.aborted) break
    runs.push(...(await runAgent(agent, cycle, request.users)))
  }
  return runs
}

/** What all runs of one request have in common. */
interface Cycle {
  request: RunRequest
  /** The name of who asked, for the system's trail. */
  asker: {askedBy?: string}
  /** Ids of people whose trails know who asked. */
  told: Set<string>
}

async function runAgent(agent: Agent, cycle: Cycle, users: readonly User[]): Promise<AgentRun[]> {
  const {request, asker, told} = cycle
  const run = newId('run')
  const start = performance.now()
  const triggered: AgentRun[] = []
  const triggerFor = (user: User) => async (names: readonly string[]) => {
    const runs: AgentRun[] = []
    for (const one of await agentsNamed(names)) runs.push(...(await runAgent(one, cycle, [user])))
    triggered.push(...runs)
    return runs
  }
  await auditCycle(request, {
    category: 'system',
    event: 'agent_cycle_started',
    details: {run, agent: agent.name, people: users.length, ...asker}
  })
  const results = await several(users, request.concurrency ?? 1, (user) =>
    personTurn({agent, run, user, request, told, trigger: triggerFor(user)})
  )
  const count = (status: string): number => results.filter((result) => result.status === status).length
  const counts = {ok: count('ok'), failed: count('failed'), skipped: count('skipped')}
  await auditCycle(request, {
    ...(counts.failed > 0 ? {level: 'warn' as const} : {}),
    category: 'system',
    event: 'agent_cycle_completed',
    details: {run, agent: agent.name, ...counts}
  })
  return [{id: run, agent: agent.name, users: results, durationMs: Math.round(performance.now() - start)}, ...triggered]
}

async function auditCycle({dryRun}: RunRequest, event: AuditEvent): Promise<void> {
  if (dryRun) return
  await withoutUserContext(() => withAccountsLock((lock) => auditSystem(lock, event)))
}

/** Runs `work` over all items, at most so many at once. @returns their results in the order of the items */
async function several<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at] as T)
    }
  }
  await Promise.all(Array.from({length: Math.min(Math.max(1, most), items.length)}, worker))
  return results
}
