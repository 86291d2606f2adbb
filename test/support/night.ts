import {setImmediate} from 'node:timers/promises'
import type {AgentRun} from '../../src/agents/run-result.ts'
import {runAgents} from '../../src/agents/runner.ts'
import type {JobResult} from '../../src/agents/scheduler/job.ts'
import {schedule} from '../../src/agents/scheduler/scheduler.ts'
import type {Job} from '../../src/core/agents/job-queue.ts'
import {userById} from '../../src/core/users/accounts.ts'

/** A zone in which it is now the evening, between ten and eleven. */
export function zoneOfEvening(now: number): string {
  const ahead = ((22 - new Date(now).getUTCHours() + 36) % 24) - 12
  // The sign of these names is the other way round.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

/** A job that ran, with all runs that came of it. */
export interface RanJob extends Job {
  /** Milliseconds since 1970. */
  at: number
  runs: AgentRun[]
}

/**
 * Lets the scheduler work for so many hours of a clock that goes on only while nothing runs. Agents run in this process.
 * @param before called before each job
 */
export async function scheduleHours(
  hours: number,
  {start = Date.now(), before}: {start?: number; before?: (job: Job, now: number) => void | Promise<void>} = {}
): Promise<RanJob[]> {
  let now = start
  const stop = new AbortController()
  const working = new Set<Promise<unknown>>()
  const ran: RanJob[] = []
  const run = async (job: Job): Promise<JobResult> => {
    await before?.(job, now)
    const user = await userById(job.userId)
    const users = user === undefined ? [] : [user]
    const runs = await runAgents({agents: [job.agent], users, clock: () => now}).catch(() => [])
    ran.push({...job, at: now, runs})
    const result = runs[0]?.users[0] ?? {
      status: 'failed',
      processed: 0,
      created: 0,
      failed: 0,
      reason: null,
      error: 'gone'
    }
    return {...result, cpuMs: 1, peakBytes: 1}
  }
  await schedule(
    {
      now: () => now,
      async sleep(ms, signal) {
        await Promise.all(working)
        await setImmediate()
        if (signal.aborted) return
        now += Math.max(ms, 1)
        if (now >= start + hours * 3_600_000) stop.abort()
      },
      run(job) {
        const work = run(job)
        working.add(work)
        return work.finally(() => working.delete(work))
      },
      concurrency: 2,
      lookAgainMs: 600_000
    },
    stop.signal
  )
  return ran
}
