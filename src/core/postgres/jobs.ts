import type {Client, Pool} from 'pg'
import type {Db, PgBoss} from 'pg-boss'
import type {Job, JobQueue} from '../agents/job-queue.ts'
import {notify} from '../notices.ts'
import {asStoreError} from './errors.ts'
import {PROGRAM_ROLE} from './pool.ts'

export const JOBS_SCHEMA = 'mh_jobs'
const QUEUE = 'agents'
const DEAD = 'agents_dead'

/** Seconds. A worker that is not heard of for so long is dead, and its job is taken up by another. */
const HEARTBEAT = 15
const POLLING = 0.5
const LONGEST_JOB = 2.5 * 60 * 60

/**
 * The queue of agents' jobs, kept by pg-boss: in the same database as everything else, so that there is one thing to run, to back up and to
 * restore; each job is claimed by one worker (FOR UPDATE SKIP LOCKED), and of one person one job is active at a time (policy singleton).
 */
export async function postgresJobs(pool: Pool, address: string): Promise<JobQueue> {
  const boss = await open({executeSql: (text, values) => pool.query(text, values)})
  boss.on('error', (error: Error) => notify({code: 'QUEUE_FAILED', message: `The queue of jobs: ${error.message}`}))
  let started: Promise<unknown> | undefined
  /** Only who works looks after the queue as well: retries what dead workers left, and removes what is done. */
  const start = (supervise: boolean): Promise<unknown> => (started ??= boss.start({supervise} as never))
  return {
    add: ({agent, userId}) =>
      asStoreError(address, async () => {
        await start(false)
        const {rows} = await pool.query(
          `SELECT 1 FROM ${JOBS_SCHEMA}.job WHERE name = $1 AND singleton_key = $2 AND state IN ('created', 'retry') AND data ->> 'agent' = $3 LIMIT 1`,
          [QUEUE, userId, agent]
        )
        if (rows.length > 0) return
        await boss.send(QUEUE, {agent, userId}, {singletonKey: userId})
      }),

    async work(concurrency, run, signal) {
      await start(true)
      await boss.work<Job>(
        QUEUE,
        {localConcurrency: concurrency, pollingIntervalSeconds: POLLING, batchSize: 1},
        async ([job]) => {
          if (job !== undefined) await run(job.data)
        }
      )
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), {once: true})
      })
      await boss.offWork(QUEUE)
      await boss.stop({graceful: true, close: false, timeout: LONGEST_JOB * 1000})
      started = undefined
    },

    async counts() {
      const {rows} = await asStoreError(address, () =>
        pool.query(
          `SELECT count(*) FILTER (WHERE name = $1 AND state IN ('created', 'retry'))::int AS waiting,
            count(*) FILTER (WHERE name = $1 AND state = 'active')::int AS active,
            count(*) FILTER (WHERE name = $2 AND state = 'created')::int AS dead
          FROM ${JOBS_SCHEMA}.job`,
          [QUEUE, DEAD]
        )
      )
      return rows[0]
    },

    async close() {
      if (started !== undefined) await boss.stop({graceful: false, close: false})
      started = undefined
    }
  }
}

/** Makes the queue's tables and the queues, and lets the program use them. For whoever prepares the store, as its owner. */
export async function prepareJobs(client: Client): Promise<void> {
  const boss = await open({executeSql: (text, values) => client.query(text, values)}, true)
  await boss.start()
  await boss.createQueue(DEAD)
  const options = {
    policy: 'singleton',
    deadLetter: DEAD,
    retryLimit: 2,
    retryDelay: 30,
    retryBackoff: true,
    heartbeatSeconds: HEARTBEAT,
    expireInSeconds: LONGEST_JOB,
    deleteAfterSeconds: 24 * 60 * 60
  }
  await boss.createQueue(QUEUE, options)
  await boss.stop({graceful: false, close: false})
  await client.query(`GRANT USAGE ON SCHEMA ${JOBS_SCHEMA} TO ${PROGRAM_ROLE}`)
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOBS_SCHEMA} TO ${PROGRAM_ROLE}`)
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${JOBS_SCHEMA} TO ${PROGRAM_ROLE}`)
  await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${JOBS_SCHEMA} TO ${PROGRAM_ROLE}`)
}

async function open(db: Db, owner = false): Promise<PgBoss> {
  const {PgBoss: Boss} = await import('pg-boss')
  return new Boss({
    db,
    schema: JOBS_SCHEMA,
    migrate: owner,
    createSchema: false,
    supervise: !owner,
    schedule: false,
    registerInstance: false,
    // The program owns nothing, so it cannot rebuild indexes; the server's own vacuum does.
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    openTelemetry: {enabled: false}
  })
}
