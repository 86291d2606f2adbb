import {hostname} from 'node:os'
import type {Job} from '../core/agents/job-queue.ts'
import {agentLog} from '../core/agents/log.ts'
import {scheduleStore} from '../core/agents/schedule-store.ts'
import {backend} from '../core/backend.ts'
import {withoutUserContext} from '../core/context.ts'
import {usageError} from '../core/errors.ts'
import {serveSeveralPeople} from '../core/models/keys.ts'
import {userById} from '../core/users/accounts.ts'
import {requirePermission} from '../core/users/permissions.ts'
import type {JobResult} from './scheduler/job.ts'
import {JobProcesses} from './scheduler/processes.ts'

/** A worker is there to work: its processes stay so many milliseconds when there is nothing to do. */
const IDLE = 60_000

export interface WorkerOptions {
  /** So many jobs at once, each in a process of its own. */
  concurrency: number
  /** Ends the work after the items at hand. */
  signal: AbortSignal
  /** Told when jobs are waited for. */
  onReady?: () => void
  /** Told after each job. */
  onJob?: (job: Job, result: JobResult) => void
}

/**
 * Takes jobs that the scheduler put into the queue of the store, and does them, until the signal is aborted. Any number of workers may do
 * so, on any machines.
 * @throws MhError NOT_ALLOWED_FOR_ROLE (exit 4), NO_STORE (exit 2) where everything is kept in files
 */
export async function runWorker({concurrency, signal, onReady, onJob}: WorkerOptions): Promise<void> {
  requirePermission('agent.service')
  const store = backend()
  if (store === undefined)
    throw usageError(
      'NO_STORE',
      'Workers take their jobs from a queue in PostgreSQL, and everything is kept in files',
      "mh agents start runs everybody's agents on files"
    )
  serveSeveralPeople()
  const queue = await store.jobs()
  const processes = new JobProcesses(undefined, IDLE)
  try {
    await processes.start(concurrency)
    onReady?.()
    await withoutUserContext(() =>
      queue.work(
        concurrency,
        async (job) => {
          const result = await processes.run(job, signal)
          await note(job, result)
          onJob?.(job, result)
          // What failed is tried again later, by whoever comes to it.
          if (result.status === 'failed') throw new Error(result.error ?? 'it failed')
        },
        signal
      )
    )
  } finally {
    processes.close()
  }
}

/** Keeps how a job went, for `mh agents status` and `mh agents logs`. A job that was done stays done where that fails. */
async function note({agent, userId}: Job, result: JobResult): Promise<void> {
  const {status, processed, created, failed, reason, error, cpuMs, peakBytes} = result
  const user = await userById(userId)
  const told = error ?? reason
  const counts = `${processed} done, ${created} made, ${failed} failed, ${cpuMs} ms of processor, by ${hostname()}`
  await Promise.allSettled([
    scheduleStore().note(userId, agent, {result: status, items: processed, cpuMs, peakBytes, note: told}),
    agentLog().add({
      timestamp: new Date().toISOString(),
      agent,
      userId,
      username: user?.username ?? null,
      level: status === 'failed' ? 'error' : 'info',
      message: `${status}: ${counts}${told === null ? '' : `; ${told}`}`
    })
  ])
}
