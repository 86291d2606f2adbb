import type {Job} from '../../core/agents/job-queue.ts'
import {type AgentLogEntry, agentLog} from '../../core/agents/log.ts'
import {type PersonSchedule, scheduleStore} from '../../core/agents/schedule-store.ts'
import {everybody} from '../../core/users/accounts.ts'
import type {User} from '../../core/users/user.ts'
import type {Agent} from '../agent.ts'
import {allAgents} from '../registry.ts'
import type {JobResult} from './job.ts'
import {knownOf, planFor, whyIdle} from './people.ts'
import {byClock} from './plan.ts'

/** The world that a scheduler works in; handed in, so that a night takes no night to test. */
export interface SchedulerWorld {
  /** Milliseconds since 1970. */
  now(): number
  /** Waits, at most until the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Has a job run, and never throws; undefined where it waits for a worker elsewhere, who notes how it went. */
  run(job: Job, signal: AbortSignal): Promise<JobResult | undefined>
  /** So many jobs at once. */
  concurrency: number
  /**
   * How long it waits at most before it looks again: by then people may have come or gone, changed their settings or done something, and
   * the clock may have been set. In milliseconds.
   */
  lookAgainMs: number
}

/**
 * Has everybody's agents run when their schedules say so, until the signal is aborted; then waits for what is running. Whatever goes wrong
 * for one person or one agent is told in its log and keeps nothing else from running.
 */
export async function schedule(world: SchedulerWorld, signal: AbortSignal): Promise<void> {
  await new Scheduler(world, signal).work()
}

interface Due {
  user: User
  agent: Agent
}

class Scheduler {
  private readonly world: SchedulerWorld
  private readonly signal: AbortSignal
  /** By the person's id. */
  private readonly known = new Map<string, PersonSchedule>()
  /** Jobs that wait, the oldest first. */
  private readonly waiting: Due[] = []
  /** By the person's id: a person's agents run one after another, so that each finds what the one before left. */
  private readonly running = new Map<string, Promise<void>>()
  /** What was told already of a person, so that a damaged file is told once. */
  private readonly told = new Map<string, string>()

  constructor(world: SchedulerWorld, signal: AbortSignal) {
    this.world = world
    this.signal = signal
  }

  async work(): Promise<void> {
    while (!this.signal.aborted) {
      const next = await this.look().catch((error: Error) => this.tell(undefined, 'scheduler', error.message))
      this.begin()
      const wake = new AbortController()
      const pause = Math.min(Math.max((next ?? Number.POSITIVE_INFINITY) - this.world.now(), 0), this.world.lookAgainMs)
      const sleeping = this.world.sleep(pause, AbortSignal.any([this.signal, wake.signal]))
      await Promise.race([sleeping, ...this.running.values()])
      wake.abort()
    }
    await Promise.all(this.running.values())
  }

  /** Puts what is due into the queue. @returns when something is due next */
  private async look(): Promise<number | undefined> {
    const [users, agents] = [await everybody(), await allAgents()]
    await this.forget(users)
    let soonest: number | undefined
    for (const user of users) {
      try {
        const next = await this.lookAt(user, agents)
        if (next !== undefined && next < (soonest ?? Number.POSITIVE_INFINITY)) soonest = next
        this.told.delete(user.id)
      } catch (error) {
        await this.tellOnce(user, (error as Error).message)
      }
    }
    return soonest
  }

  private async lookAt(user: User, agents: readonly Agent[]): Promise<number | undefined> {
    const now = this.world.now()
    const known = this.known.get(user.id) ?? (await knownOf(user, agents, now))
    this.known.set(user.id, known)
    // Kept, and not only seen so: the time that it runs next must not go on with the clock.
    for (const {name} of agents) known[name] = byClock(known[name] ?? {firstSeen: now}, now)
    let soonest: number | undefined
    for (const {agent, next} of await planFor(user, agents, known, now)) {
      if (next === null || this.isQueued(user, agent)) continue
      if (next > now) {
        soonest = Math.min(next, soonest ?? next)
        continue
      }
      const idle = await whyIdle(user, agent)
      if (idle === undefined) this.waiting.push({user, agent})
      else await this.note(user, agent, {lastRun: now, ...idle, items: 0, cpuMs: 0, peakBytes: 0})
    }
    return soonest
  }

  private isQueued(user: User, agent: Agent): boolean {
    const same = (due: Due): boolean => due.user.id === user.id && due.agent.name === agent.name
    // What runs now is looked at again when it is done.
    return this.waiting.some(same) || this.running.has(user.id)
  }

  /** Begins as many jobs as may run at once. */
  private begin(): void {
    for (let at = 0; at < this.waiting.length && this.running.size < this.world.concurrency; ) {
      const due = this.waiting[at]
      if (due === undefined || this.running.has(due.user.id)) {
        at++
        continue
      }
      this.waiting.splice(at, 1)
      const done = this.run(due).finally(() => this.running.delete(due.user.id))
      this.running.set(due.user.id, done)
    }
  }

  private async run({user, agent}: Due): Promise<void> {
    const lastRun = this.world.now()
    const result = await this.world.run({agent: agent.name, userId: user.id}, this.signal)
    if (result === undefined) return this.note(user, agent, {lastRun, note: 'waits for a worker'})
    const {status, processed, created, failed, reason, error, cpuMs, peakBytes} = result
    const note = error ?? reason ?? undefined
    await this.note(user, agent, {
      lastRun,
      result: status,
      items: processed,
      cpuMs,
      peakBytes,
      ...(note === undefined ? {} : {note})
    })
    const counts = `${processed} done, ${created} made, ${failed} failed, ${cpuMs} ms of processor`
    const message = `${status}: ${counts}${note === undefined ? '' : `; ${note}`}`
    await this.tell(user, agent.name, message, status === 'failed' ? 'error' : 'info')
  }

  /** Keeps how a run went. A full disk costs the times of last runs after the next start, and nothing else. */
  private async note(user: User, {name}: Agent, done: Omit<PersonSchedule[string], 'firstSeen'>): Promise<void> {
    const known = this.known.get(user.id) ?? {}
    this.known.set(user.id, known)
    known[name] = {firstSeen: known[name]?.firstSeen ?? this.world.now(), ...done}
    await scheduleStore()
      .note(user.id, name, {note: null, ...known[name]})
      .catch((error: Error) => this.tell(user, name, `the state cannot be kept: ${error.message}`, 'warn'))
  }

  /** Lets go of people who are gone. */
  private async forget(users: readonly User[]): Promise<void> {
    const present = new Set(users.map(({id}) => id))
    const gone = [...this.known.keys()].filter((id) => !present.has(id))
    for (const id of gone) {
      this.known.delete(id)
      this.told.delete(id)
    }
    for (let at = this.waiting.length - 1; at >= 0; at--)
      if (!present.has(this.waiting[at]?.user.id ?? '')) this.waiting.splice(at, 1)
    if (gone.length > 0) await scheduleStore().keepOnly(present)
  }

  private async tellOnce(user: User, message: string): Promise<void> {
    if (this.told.get(user.id) === message) return
    this.told.set(user.id, message)
    await this.tell(user, 'scheduler', message, 'error')
  }

  private async tell(
    user: User | undefined,
    agent: string,
    message: string,
    level: AgentLogEntry['level'] = 'error'
  ): Promise<undefined> {
    const entry = {
      timestamp: new Date(this.world.now()).toISOString(),
      agent,
      userId: user?.id ?? null,
      username: user?.username ?? null,
      level,
      message
    }
    // A log that cannot be written is the one thing that cannot be told.
    await agentLog()
      .add(entry)
      .catch(() => undefined)
    return undefined
  }
}
