import type {Client, Pool, PoolConfig} from 'pg'
import {parseStoreAddress} from '../store-address.ts'

/** The role under which the program works, whoever it signs in as. It owns nothing and is bound by every row's policy. */
export const PROGRAM_ROLE = 'mh_program'
/** The role that owns the tables. Nobody signs in as it. */
export const OWNER_ROLE = 'mh_owner'

const PATIENCE_MS = 10_000
const LOCK_PATIENCE_MS = 60_000
/** Connections of one process. More wait for each other in the server. */
const MOST_CONNECTIONS = 10

/** Connections to a store. Every session begins as the program's own role, also where the address names a superuser or the owner. */
export async function openPool(address: string, max = MOST_CONNECTIONS): Promise<Pool> {
  const {default: pg} = await import('pg')
  const pool = new pg.Pool({
    ...(await settingsOf(
      address,
      // What is asked for is one person's, and small: planning for more cores, or compiling, would cost more than it gives.
      `-c role=${PROGRAM_ROLE} -c search_path=mh,pg_temp -c lock_timeout=${LOCK_PATIENCE_MS} -c max_parallel_workers_per_gather=0 -c jit=off`
    )),
    max,
    // A command ends when its work is done, and not when the last connection is given up.
    allowExitOnIdle: true
  })
  // An idle connection that breaks is replaced by the pool; whoever works over one is told by their own query.
  pool.on('error', () => {})
  // One that breaks between two statements of a transaction tells nobody but its own listeners; the next statement fails.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** One connection as the role that the address names: for preparing the store. */
export async function connectAsOwner(address: string): Promise<Client> {
  const {default: pg} = await import('pg')
  const client = new pg.Client(await settingsOf(address, ''))
  client.on('error', () => {})
  await client.connect()
  return client
}

async function settingsOf(address: string, options: string): Promise<PoolConfig> {
  const {default: pg} = await import('pg')
  const url = parseStoreAddress(address)
  // What the address asks for goes before, so that it cannot take the role back.
  const asked = url.searchParams.get('options') ?? ''
  url.searchParams.delete('options')
  return {
    connectionString: url.href,
    options: `${asked} ${options}`.trim(),
    connectionTimeoutMillis: PATIENCE_MS,
    application_name: 'mh',
    // A statement does not wait for the answer to the one before it.
    pipeline: true,
    keepAlive: true,
    types: {
      // Numbers of 64 bits count memories and milliseconds here: all of them are exact in a double.
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as never
    }
  }
}
