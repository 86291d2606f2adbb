import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import pg from 'pg'
import {afterAll, describe, inject, onTestFinished} from 'vitest'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {upgradeStore} from '../../src/core/postgres/upgrade.ts'
import {type Home, inTemporaryHome} from './home.ts'
import {folderForPostgres} from './postgres-cluster.ts'
import {asSuperuser, type Server, startServer} from './postgres-server.ts'

/** A database of a test file's own, prepared, with nobody in it. */
export interface TestDatabase {
  /** As the program is given it. */
  address: string
  /** Runs statements as the superuser, whom no policy binds. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** Takes everybody out. */
  empty(): Promise<void>
  /** The file that the server logs to; undefined where it is not ours. */
  log: string | undefined
}

const server = await findServer()

/** Why there is no server, and what to do about it; undefined where there is one. With CI=true a missing server is a failure. */
export const withoutPostgres = 'reason' in server ? server.reason : undefined
if (withoutPostgres !== undefined) process.stderr.write(`Tests over PostgreSQL are skipped: ${withoutPostgres}\n`)

/** Tests that need PostgreSQL. */
export const describeWithPostgres = describe.skipIf(withoutPostgres !== undefined)

/** A database for the tests of a file, gone when they are done. To be called in a `beforeAll`, or at a file's top. */
export async function testDatabase(whenDone: (end: () => Promise<void>) => void = afterAll): Promise<TestDatabase> {
  const {address, drop} = await newDatabase()
  await upgradeStore(address)
  const client = new pg.Client({connectionString: address, options: '-c search_path=mh,public'})
  client.on('error', () => {})
  await client.connect()
  whenDone(async () => {
    await client.end()
    await drop()
  })
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(text, values)).rows
  return {
    address,
    query,
    log: ownLog(),
    async empty() {
      await query('TRUNCATE account, system_audit, archived_audit, archived_head, attempts CASCADE')
      await query(`DELETE FROM system; INSERT INTO system DEFAULT VALUES`)
    }
  }
}

/** A database with nothing in it, that mh was not prepared in; its address is a superuser's. */
export async function newDatabase(): Promise<{address: string; drop: () => Promise<void>}> {
  if ('reason' in server) throw new Error(server.reason)
  const {address} = server
  const name = `mh_test_${randomBytes(6).toString('hex')}`
  await asSuperuser(`${address}/postgres`, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
  return {
    address: `${address}/${name}`,
    drop: () => asSuperuser(`${address}/postgres`, `DROP DATABASE ${name} WITH (FORCE)`)
  }
}

const ownLog = (): string | undefined => ('log' in server ? server.log : undefined)

/** The same as `inTemporaryHome`, with everything kept in the database, which is empty then. */
export async function inTemporaryStore(database: TestDatabase): Promise<Home> {
  const home = inTemporaryHome()
  await database.empty()
  const before = process.env.MH_STORE
  process.env.MH_STORE = database.address
  await openStore()
  onTestFinished(async () => {
    if (before === undefined) delete process.env.MH_STORE
    else process.env.MH_STORE = before
    await closeStore()
  })
  return home
}

async function findServer(): Promise<Server | {reason: string}> {
  if (process.env.MH_TEST_PG)
    return {address: process.env.MH_TEST_PG.replace(/\/[^/]*$/, (path) => (path.includes('@') ? path : ''))}
  const found = await ownServer()
  if ('reason' in found && process.env.CI) throw new Error(`PostgreSQL is missing: ${found.reason}`)
  return found
}

/** The run's own server. The first of its processes that comes here starts it; the others wait for that. */
async function ownServer(): Promise<Server | {reason: string}> {
  const folder = inject('postgresFolder')
  const result = join(folder, 'server.json')
  try {
    mkdirSync(join(folder, 'starting'))
    writeFileSync(`${result}.new`, JSON.stringify(await startServer(folder)))
    execFileSync('mv', [`${result}.new`, result])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  while (!existsSync(result)) await new Promise((resolve) => setTimeout(resolve, 50))
  return JSON.parse(readFileSync(result, 'utf8'))
}

/** A server of a test's own, which it may stop. Prepared, with nobody in it. */
export async function startedServer(): Promise<{address: string; stop: () => void; start: () => void}> {
  const {folder, end} = folderForPostgres()
  onTestFinished(end)
  const started = await startServer(folder)
  if ('reason' in started) throw new Error(started.reason)
  const {command, args, options} = JSON.parse(readFileSync(join(folder, 'stop.json'), 'utf8'))
  const control = (...more: string[]): void => {
    execFileSync(command, [...args.slice(0, -1), ...more], {...options, stdio: 'ignore'})
  }
  const address = `${started.address}/postgres`
  await upgradeStore(address)
  return {
    address,
    // Without waiting for anybody: who is connected is cut off, as by a crash of the server.
    stop: () => control('stop'),
    start: () => control('-l', started.log ?? '', '-w', 'start')
  }
}
