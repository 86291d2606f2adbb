import type {Client} from 'pg'
import {shownAddress} from '../store-address.ts'
import {storeError} from './errors.ts'
import {JOBS_SCHEMA, prepareJobs} from './jobs.ts'
import {MIGRATIONS, SCHEMA_VERSION} from './migrations/migrations.ts'
import {connectAsOwner, OWNER_ROLE, PROGRAM_ROLE} from './pool.ts'
import {requireNotNewer, requireServer} from './schema-version.ts'

export interface Upgrade {
  address: string
  /** What the schema was; 0 where there was none. */
  from: number
  to: number
  /** Whether memories can be compared by meaning: the server has pgvector. */
  vectors: boolean
}

/**
 * Prepares a store, or brings it to this program's schema: the two roles, the tables and their policies. Everything or nothing.
 * @param address of a role that may do so: the owner of the database who may make roles, or a superuser
 * @param grant a role that the program will sign in as, where that is another
 * @throws MhError STORE_NEWER, STORE_TOO_OLD, STORE_DENIED, STORE_UNREACHABLE (exit 1)
 */
export async function upgradeStore(address: string, grant?: string): Promise<Upgrade> {
  const shown = shownAddress(address)
  try {
    const client = await connectAsOwner(address)
    try {
      const {rows} = await client.query("SELECT current_setting('server_version_num')::int AS number")
      requireServer(rows[0].number, shown)
      return {address: shown, ...(await upgrade(client, shown, grant))}
    } finally {
      await client.end()
    }
  } catch (error) {
    throw storeError(error, shown)
  }
}

async function upgrade(client: Client, shown: string, grant: string | undefined): Promise<Omit<Upgrade, 'address'>> {
  for (const role of [OWNER_ROLE, PROGRAM_ROLE]) await makeRole(client, role)
  await client.query('BEGIN')
  try {
    // Two upgrades at once: the second finds nothing to do.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('mh store upgrade'))")
    for (const role of [OWNER_ROLE, PROGRAM_ROLE]) {
      const {rows} = await client.query("SELECT pg_has_role(current_user, $1, 'MEMBER') AS member", [role])
      if (!rows[0].member) await client.query(`GRANT ${role} TO CURRENT_USER`)
    }
    if (grant !== undefined) await client.query(`GRANT ${PROGRAM_ROLE} TO ${client.escapeIdentifier(grant)}`)
    const {rows: there} = await client.query("SELECT to_regclass('mh.migration') IS NOT NULL AS prepared")
    if (!there[0].prepared) {
      for (const schema of ['mh', JOBS_SCHEMA])
        await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${OWNER_ROLE}`)
      await client.query(`GRANT USAGE ON SCHEMA mh TO ${PROGRAM_ROLE}`)
    }
    const vectors = await makeVectors(client)
    await client.query(`SET LOCAL ROLE ${OWNER_ROLE}; SET LOCAL search_path = mh, pg_temp`)
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())'
    )
    await client.query(`GRANT SELECT ON migration TO ${PROGRAM_ROLE}`)
    const {rows} = await client.query('SELECT coalesce(max(number), 0) AS number FROM migration')
    const from: number = rows[0].number
    requireNotNewer(from, shown)
    for (const {number, name, sql} of MIGRATIONS.slice(from)) {
      await client.query(sql)
      await client.query('INSERT INTO migration (number, name) VALUES ($1, $2)', [number, name])
    }
    if (vectors) await client.query(VECTORS)
    await client.query('COMMIT')
    await client.query(`SET ROLE ${OWNER_ROLE}`)
    await prepareJobs(client)
    return {from, to: SCHEMA_VERSION, vectors}
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** Roles are the server's, not the database's: another database of it may have made them, or make them right now. */
async function makeRole(client: Client, role: string): Promise<void> {
  const {rowCount} = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
  if (rowCount !== 0) return
  try {
    await client.query(`CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`)
  } catch (error) {
    const {code} = error as {code?: string}
    if (code !== DUPLICATE_OBJECT && code !== UNIQUE_VIOLATION) throw error
  }
}

const DUPLICATE_OBJECT = '42710'
const UNIQUE_VIOLATION = '23505'

/** @returns whether the server has pgvector, and this role may put it into the database */
async function makeVectors(client: Client): Promise<boolean> {
  const {rows} = await client.query(
    "SELECT installed_version IS NOT NULL AS installed FROM pg_available_extensions WHERE name = 'vector'"
  )
  if (rows[0] === undefined) return false
  if (rows[0].installed) return true
  await client.query('SAVEPOINT vectors')
  try {
    await client.query('CREATE EXTENSION vector SCHEMA public')
    return true
  } catch {
    // Search by words needs none; `mh store status` says that there is none.
    await client.query('ROLLBACK TO SAVEPOINT vectors')
    return false
  }
}

/** Made where pgvector is, whenever it came: so it is no numbered step. */
export const VECTORS = `
  CREATE TABLE IF NOT EXISTS vector (
    user_id text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
    row integer NOT NULL,
    model text COLLATE "C" NOT NULL,
    text text NOT NULL,
    embedding public.vector NOT NULL,
    PRIMARY KEY (user_id, row)
  );
  CREATE INDEX IF NOT EXISTS vector_model ON vector (user_id, model);
  ALTER TABLE vector ENABLE ROW LEVEL SECURITY;
  DROP POLICY IF EXISTS own ON vector;
  CREATE POLICY own ON vector USING (user_id = current_setting('mh.user_id', true));
  GRANT SELECT, INSERT, UPDATE, DELETE ON vector TO ${PROGRAM_ROLE};
`
