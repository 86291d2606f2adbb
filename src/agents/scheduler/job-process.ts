import type {Job} from '../../core/agents/job-queue.ts'
import {serveSeveralPeople} from '../../core/models/keys.ts'
import {openStore} from '../../core/open-store.ts'
import {keepHeapSmall} from '../../core/small-heap.ts'
import {userById} from '../../core/users/accounts.ts'
import {runAgents} from '../runner.ts'
import {failedJob, type JobResult} from './job.ts'

/**
 * The process in which the scheduler has agents run, one job at a time. On its own, so that an agent that crashes or eats up the memory
 * takes nothing else with it, and so that what it costs can be told. It ends with whoever started it.
 */

/** How often memory is looked at, in milliseconds. */
const LOOK = 20

const stop = new AbortController()
let working: Promise<unknown> = Promise.resolve()

process.on('message', (message: Job | 'stop' | 'prepare') => {
  if (message === 'stop') stop.abort()
  else if (message === 'prepare') working = prepare()
  else working = measured(message).then((result) => process.connected && process.send?.(result))
})
// Whatever an agent left open must not keep the process.
process.on('disconnect', () => {
  stop.abort()
  working.finally(() => process.exit())
})
// Ctrl-C at a terminal reaches every process in the foreground; the scheduler says when to stop.
process.on('SIGINT', () => undefined)

keepHeapSmall()
serveSeveralPeople()
let opened: Promise<void> | undefined
/** A store that was away is asked again by the next job: this process lives on. */
const open = (): Promise<void> =>
  (opened ??= openStore().catch((error: unknown) => {
    opened = undefined
    throw error
  }))
open().catch(() => undefined)

/** Loads what takes long. */
async function prepare(): Promise<void> {
  await Promise.allSettled([open(), import('../../core/models/openai-compatible.ts')])
  process.send?.('prepared')
}

async function measured(job: Job): Promise<JobResult> {
  const before = process.cpuUsage()
  let peakBytes = process.memoryUsage.rss()
  const look = (): void => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }
  const timer = setInterval(look, LOOK)
  const result = await run(job).catch((error: Error) => failedJob(error.message))
  clearInterval(timer)
  look()
  const {user, system} = process.cpuUsage(before)
  return {...result, cpuMs: Math.round((user + system) / 1000), peakBytes}
}

async function run({agent, userId}: Job): Promise<JobResult> {
  await open()
  const user = await userById(userId)
  if (user === undefined) return failedJob('the account is gone')
  const runs = await runAgents({agents: [agent], users: [user], signal: stop.signal})
  const result = runs.find((one) => one.agent === agent)?.users[0]
  if (result === undefined) return failedJob('it was interrupted')
  const {username: _username, ...counts} = result
  return {...counts, cpuMs: 0, peakBytes: 0}
}
