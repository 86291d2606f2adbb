/** One agent's turn for one person. */
export interface Job {
  agent: string
  userId: string
}

/** How many jobs there are. */
export interface QueueCounts {
  /** Ready, or waiting for another try. */
  waiting: number
  active: number
  /** Given up after every try. */
  dead: number
}

/** Jobs that workers on any number of machines take from one queue. */
export interface JobQueue {
  /** Puts a job into the queue, where the same does not wait there already. */
  add(job: Job): Promise<void>
  /**
   * Works on jobs, so many at once, until the signal is aborted; then waits for those at hand. One person is worked on by one at a time,
   * wherever that is. A job whose `run` throws is tried again a little later, and given up after the third try; one whose worker dies is
   * taken up by another.
   */
  work(concurrency: number, run: (job: Job) => Promise<void>, signal: AbortSignal): Promise<void>
  counts(): Promise<QueueCounts>
  close(): Promise<void>
}
