import type {PersonResult} from '../run-result.ts'

/** How a job went, and what it took. */
export interface JobResult extends Omit<PersonResult, 'username'> {
  /** Of the processor. */
  cpuMs: number
  /** The most memory that its process held while it ran. */
  peakBytes: number
}

/** A job whose process could not tell how it went. */
export const failedJob = (error: string): JobResult => ({
  status: 'failed',
  processed: 0,
  created: 0,
  failed: 0,
  reason: null,
  error,
  cpuMs: 0,
  peakBytes: 0
})
