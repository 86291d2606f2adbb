import type {Pool, PoolClient} from 'pg'
import {asStoreError} from './errors.ts'

/** A lock that is held until it is given back, or its holder's connection ends. */
export interface NamedLock {
  /** Free for the next when it resolves. */
  release(): Promise<void>
  /** Aborted where the connection is lost, and the lock with it. */
  lost: AbortSignal
}

/** Locks that nobody waits for, each held by a connection of its own: the server frees it when its holder dies. */
export interface NamedLocks {
  /** @returns undefined where somebody else has it */
  take(name: string): Promise<NamedLock | undefined>
  isTaken(name: string): Promise<boolean>
}

export const postgresLocks = (pool: Pool, address: string): NamedLocks => ({
  take: (name) =>
    asStoreError(address, async () => {
      const client = await pool.connect()
      try {
        const {rows} = await client.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [name])
        if (rows[0].taken) return held(client, name)
        client.release()
        return undefined
      } catch (error) {
        client.release(error as Error)
        throw error
      }
    }),

  async isTaken(name) {
    // A key of 64 bits stands in two columns.
    const {rows} = await asStoreError(address, () =>
      pool.query(
        `SELECT EXISTS (SELECT FROM pg_locks, (SELECT hashtextextended($1, 0) AS key) k WHERE locktype = 'advisory' AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = ((k.key >> 32) & 4294967295)::bigint::oid AND objid = (k.key & 4294967295)::bigint::oid) AS taken`,
        [name]
      )
    )
    return rows[0].taken
  }
})

function held(client: PoolClient, name: string): NamedLock {
  const lost = new AbortController()
  let done = false
  const end = (): void => lost.abort(new Error(`The connection that held the lock of ${name} was lost`))
  client.on('error', end)
  client.on('end', end)
  return {
    lost: lost.signal,
    async release() {
      if (done) return
      done = true
      client.off('error', end)
      client.off('end', end)
      try {
        await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name])
        client.release()
      } catch (error) {
        // A connection that is ended frees its locks.
        client.release(error as Error)
      }
    }
  }
}
