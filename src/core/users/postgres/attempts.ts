import type {Database} from '../../postgres/database.ts'
import {type Attempts, attemptsWith} from '../attempts.ts'

/** Attempts that all servers over a database count together. */
export async function postgresAttempts({pool}: Database): Promise<Attempts> {
  const {RateLimiterPostgres} = await import('rate-limiter-flexible')
  return attemptsWith(
    (options) =>
      new RateLimiterPostgres({
        ...options,
        storeClient: pool,
        storeType: 'pool',
        schemaName: 'mh',
        tableName: 'attempts',
        tableCreated: true,
        clearExpiredByTimeout: false
      })
  )
}
