import {type ChildProcess, fork} from 'node:child_process'
import type {Job} from '../../core/agents/job-queue.ts'
import {ownFile} from '../../core/own-file.ts'
import {failedJob, type JobResult} from './job.ts'

/** In milliseconds. */
export interface JobLimits {
  /** An agent that works longer hangs. */
  longest: number
  /** How long a process that was asked to stop may take for the item at hand. */
  grace: number
}

const LIMITS: JobLimits = {longest: 2 * 60 * 60 * 1000, grace: 30_000}
/** A process that has nothing to do for so long ends. */
const IDLE = 2000

/** Processes that run jobs, each one at a time; as many as there are jobs at once. */
export class JobProcesses {
  private readonly idle = new Map<ChildProcess, NodeJS.Timeout>()
  private readonly limits: JobLimits
  private readonly idleFor: number

  /** @param idleFor milliseconds after which a process that has nothing to do ends */
  constructor(limits: JobLimits = LIMITS, idleFor = IDLE) {
    this.limits = limits
    this.idleFor = idleFor
  }

  /** Starts so many processes ahead of the first jobs. They have loaded what a model is asked with when this resolves, or could not be started. */
  async start(count: number): Promise<void> {
    await Promise.all(
      Array.from({length: count}, async () => {
        const child = newProcess()
        await new Promise((resolve) => {
          for (const event of ['message', 'exit', 'error']) child.once(event, resolve)
          child.send('prepare', () => {})
        })
        if (child.connected) this.give(child)
      })
    )
  }

  /** Runs a job. Nothing is thrown: a process that dies is the job's failure. Once `signal` is aborted the item at hand is finished. */
  run(job: Job, signal: AbortSignal): Promise<JobResult> {
    const child = this.take()
    const {longest, grace: patience} = this.limits
    return new Promise((resolve) => {
      let grace: NodeJS.Timeout | undefined
      const stop = (): void => {
        if (child.connected) child.send('stop')
        grace ??= setTimeout(() => child.kill('SIGKILL'), patience)
      }
      let tooLong = false
      const late = setTimeout(() => {
        tooLong = true
        stop()
      }, longest)
      const end = (result: JobResult, reusable: boolean): void => {
        clearTimeout(late)
        clearTimeout(grace)
        signal.removeEventListener('abort', stop)
        child.off('message', told)
        child.off('exit', gone)
        child.off('error', broken)
        if (reusable && grace === undefined) this.give(child)
        else if (child.connected) child.disconnect()
        // However it was ended, this is what the person has to know.
        const error = tooLong ? `it took more than ${longest / 60_000} minutes` : result.error
        resolve(result.status === 'failed' ? {...result, error} : result)
      }
      const told = (result: unknown): void => end(result as JobResult, true)
      const gone = (code: number | null, ended: string | null): void =>
        end(failedJob(`its process ended (${ended ?? `exit code ${code}`})`), false)
      const broken = (error: Error): void => end(failedJob(`its process could not be started: ${error.message}`), false)
      child.on('message', told)
      child.on('exit', gone)
      child.on('error', broken)
      signal.addEventListener('abort', stop)
      child.send(job, (error) => error && child.exitCode === null && broken(error))
      if (signal.aborted) stop()
    })
  }

  /** Ends the processes that wait for something to do. */
  close(): void {
    for (const [child, timer] of this.idle) {
      clearTimeout(timer)
      child.disconnect()
    }
    this.idle.clear()
  }

  private take(): ChildProcess {
    for (const [child, timer] of this.idle) {
      clearTimeout(timer)
      this.idle.delete(child)
      if (child.connected) return child
    }
    return newProcess()
  }

  private give(child: ChildProcess): void {
    const end = (): void => {
      this.idle.delete(child)
      if (child.connected) child.disconnect()
    }
    this.idle.set(child, setTimeout(end, this.idleFor).unref())
    child.once('exit', () => this.idle.delete(child))
  }
}

const newProcess = (): ChildProcess =>
  // What an own agent prints is nobody's log.
  fork(ownFile('agents/scheduler/job-process'), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc']
  })
