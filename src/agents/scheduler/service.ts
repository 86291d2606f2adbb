import {hostname} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'
import {agentLog} from '../../core/agents/log.ts'
import {type SchedulerProcess, scheduleStore} from '../../core/agents/schedule-store.ts'
import {
  isRootThere,
  isSchedulerLocked,
  type SchedulerLock,
  takeSchedulerLock
} from '../../core/agents/scheduler-lock.ts'
import {type AuditEvent, auditSystem} from '../../core/audit.ts'
import {backend} from '../../core/backend.ts'
import {readRootConfig} from '../../core/config.ts'
import {withoutUserContext} from '../../core/context.ts'
import {conflict, errno, MhError} from '../../core/errors.ts'
import {withAccountsLock} from '../../core/locks.ts'
import {serveSeveralPeople} from '../../core/models/keys.ts'
import {isAlive} from '../../core/processes.ts'
import {requirePermission} from '../../core/users/permissions.ts'
import {failedJob} from './job.ts'
import {JobProcesses} from './processes.ts'
import {type SchedulerWorld, schedule} from './scheduler.ts'

/** Whoever only looks whether the lock is taken is in the way for a moment. In milliseconds. */
const LOOKERS = 1000
const DEFAULT_CONCURRENCY = 2
/** In milliseconds. */
const LOOK_AGAIN = 5000
/** How often it is looked whether the data root is still there. In milliseconds. */
const WATCH = 1000

/**
 * Schedules everybody's agents in this process until the signal is aborted. One process does so for a data root: a lock says which,
 * and the kernel frees it when that one dies.
 * @param onStart told once it is the one
 * @throws MhError NOT_ALLOWED_FOR_ROLE (exit 4), SCHEDULER_RUNNING (exit 5)
 */
export async function runScheduler(signal: AbortSignal, onStart: (pid: number) => void): Promise<void> {
  requirePermission('agent.service')
  serveSeveralPeople()
  await withoutUserContext(async () => {
    let lock: SchedulerLock | undefined = await takeLock()
    let tell = onStart
    while (lock !== undefined) {
      const {lost}: SchedulerLock = lock
      try {
        await serve(AbortSignal.any([signal, lost]), tell)
      } catch (error) {
        if (!lost.aborted) throw error
      } finally {
        await lock.release()
      }
      tell = () => {}
      lock = lost.aborted ? await takeLockAgain(signal) : undefined
    }
  })
}

/** @throws MhError SCHEDULER_RUNNING (exit 5) */
async function takeLock(): Promise<SchedulerLock> {
  for (const end = Date.now() + LOOKERS; ; await sleep(20)) {
    const lock = await takeSchedulerLock()
    if (lock !== undefined) return lock
    if (Date.now() > end) throw await alreadyRunning()
  }
}

/** Goes on when the database, which the lock was lost with, is back. @returns undefined where it is told to end before that */
async function takeLockAgain(signal: AbortSignal): Promise<SchedulerLock | undefined> {
  while (!signal.aborted) {
    try {
      return await takeLock()
    } catch (error) {
      if ((error as MhError).code !== 'STORE_UNREACHABLE') throw error
      await sleep(WATCH, undefined, {signal}).catch(() => undefined)
    }
  }
  return undefined
}

async function serve(signal: AbortSignal, onStart: (pid: number) => void): Promise<void> {
  const {pid} = process
  await scheduleStore().writeProcess({
    pid,
    startedAt: new Date().toISOString(),
    ...(backend() === undefined ? {} : {host: hostname()})
  })
  await noted('scheduler_started', `started, process ${pid}`)
  onStart(pid)
  const processes = new JobProcesses()
  const gone = new AbortController()
  const watch = setInterval(() => isRootThere() || gone.abort(), WATCH)
  const {agentConcurrency} = readRootConfig()
  try {
    await schedule(
      {
        now: Date.now,
        sleep: (ms, ended) => sleep(ms, undefined, {signal: ended}).catch(() => undefined),
        run: await runnerOf(processes),
        concurrency: typeof agentConcurrency === 'number' ? agentConcurrency : DEFAULT_CONCURRENCY,
        lookAgainMs: LOOK_AGAIN
      },
      AbortSignal.any([signal, gone.signal])
    )
  } finally {
    clearInterval(watch)
    processes.close()
    // A note would make a data root again that somebody has removed.
    if (!gone.signal.aborted) await noted('scheduler_stopped', 'stopped')
  }
}

/** Where a database keeps everything, jobs wait in its queue for workers; with files they run here, in processes of their own. */
async function runnerOf(processes: JobProcesses): Promise<SchedulerWorld['run']> {
  const queue = await backend()?.jobs()
  if (queue === undefined) return (job, ended) => processes.run(job, ended)
  return async (job) => {
    try {
      await queue.add(job)
      return undefined
    } catch (error) {
      return failedJob(`it could not be put into the queue: ${(error as Error).message}`)
    }
  }
}

const isElsewhere = ({host}: SchedulerProcess): boolean => host !== undefined && host !== hostname()

/** The process that schedules agents on this data root; undefined where none does. */
export async function runningScheduler(): Promise<SchedulerProcess | undefined> {
  // Who has the lock writes down who it is first thing; until then the file tells of the one before.
  for (let tries = 0; await isSchedulerLocked(); tries++) {
    const process = await scheduleStore().readProcess()
    if (process !== undefined && (isElsewhere(process) || isAlive(process.pid) || tries > 20)) return process
    await sleep(50)
  }
  return undefined
}

/**
 * Ends the scheduler, which finishes the items at hand first.
 * @returns whether there was one
 * @throws MhError NOT_ALLOWED_FOR_ROLE (exit 4), SCHEDULER_BUSY (exit 5) where it takes longer than `patienceMs`
 */
export async function stopScheduler(patienceMs = 60_000): Promise<boolean> {
  requirePermission('agent.service')
  const running = await runningScheduler()
  if (running === undefined) return false
  if (isElsewhere(running))
    throw new MhError('SCHEDULER_ELSEWHERE', `The scheduler runs on ${running.host}, process ${running.pid}`, {
      hint: 'End it there: mh agents stop'
    })
  try {
    process.kill(running.pid, 'SIGTERM')
  } catch (error) {
    if (errno(error) !== 'ESRCH')
      throw new MhError(
        'SCHEDULER_FOREIGN',
        `The scheduler, process ${running.pid}, cannot be ended: ${errno(error)}`,
        {
          hint: 'It belongs to another account of the operating system'
        }
      )
  }
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50))
    if ((await runningScheduler()) === undefined) return true
  throw conflict(
    'SCHEDULER_BUSY',
    `The scheduler, process ${running.pid}, has not ended yet: it finishes what its agents have begun`,
    'mh agents status says when it is gone'
  )
}

/** The refusal to start a second one. */
export async function alreadyRunning(): Promise<MhError> {
  const process = await scheduleStore().readProcess()
  return conflict(
    'SCHEDULER_RUNNING',
    `The agents are scheduled already${process === undefined ? '' : `, by process ${process.pid}`}`,
    'mh agents status shows what it does; mh agents stop ends it'
  )
}

/** Told in the log and in the system's trail; where one of them cannot be written, agents run all the same. */
async function noted(event: 'scheduler_started' | 'scheduler_stopped', message: string): Promise<void> {
  const entry: AuditEvent = {category: 'system', event, details: {pid: process.pid}}
  const told = {agent: 'scheduler', userId: null, username: null, level: 'info', message} as const
  await Promise.allSettled([
    withAccountsLock((lock) => auditSystem(lock, entry)),
    agentLog().add({timestamp: new Date().toISOString(), ...told})
  ])
}
