import {execFileSync, spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import pg from 'pg'
import {afterAll, describe, inject, onTestFinished} from 'vitest'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {upgradeStore} from '../../src/core/postgres/upgrade.ts'
import {type Home, inTemporaryHome} from './home.ts'

/** A server that tests may make databases on. */
interface Server {
  /** Of a superuser, without a database: "postgres://name:password@host:port". */
  address: string
  /** What the server logs; undefined where it is not ours. */
  log?: string
}

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
  const folder = mkdtempSync(join(tmpdir(), 'mh-postgres-'))
  const started = await startServer(folder)
  if ('reason' in started) throw new Error(started.reason)
  const {command, args, options} = JSON.parse(readFileSync(join(folder, 'stop.json'), 'utf8'))
  const control = (...more: string[]): void => {
    execFileSync(command, [...args.slice(0, -1), ...more], {...options, stdio: 'ignore'})
  }
  onTestFinished(() => {
    if (existsSync(join(folder, 'data/postmaster.pid'))) control('stop')
    rmSync(folder, {recursive: true, force: true})
  })
  const address = `${started.address}/postgres`
  await upgradeStore(address)
  return {
    address,
    // Without waiting for anybody: who is connected is cut off, as by a crash of the server.
    stop: () => control('stop'),
    start: () => control('-l', started.log ?? '', '-w', 'start')
  }
}

async function startServer(folder: string): Promise<Server | {reason: string}> {
  const programs = findPrograms() ?? installPrograms()
  if (programs === undefined)
    return {reason: 'install PostgreSQL (Debian: apt-get install postgresql), or set MH_TEST_PG'}
  const account = process.getuid?.() === 0 ? accountOf('postgres') : undefined
  if (process.getuid?.() === 0 && account === undefined)
    return {reason: 'there is no account "postgres" to run it under, or set MH_TEST_PG'}
  const options = account === undefined ? {} : account
  const password = randomBytes(12).toString('hex')
  writeFileSync(join(folder, 'password'), password)
  if (account !== undefined) {
    chownSync(folder, account.uid, account.gid)
    chownSync(join(folder, 'password'), account.uid, account.gid)
  }
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  const run = (program: string, args: string[]): void => {
    const {status, stderr, stdout} = spawnSync(join(programs, program), args, {...options, cwd: '/', encoding: 'utf8'})
    if (status !== 0) throw new Error(`${program} failed: ${stderr}${stdout}`)
  }
  run('initdb', [
    ...['-D', data, '-U', 'tester', '-E', 'UTF8', '--locale=C', '--no-sync'],
    ...['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${join(folder, 'password')}`]
  ])
  const log = join(folder, 'log')
  writeFileSync(
    join(folder, 'stop.json'),
    JSON.stringify({
      command: join(programs, 'pg_ctl'),
      args: ['-D', data, '-m', 'immediate', 'stop'],
      options: {...options, cwd: '/'}
    })
  )
  const port = await freePort()
  const settings = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${folder}'`,
    'max_connections = 200',
    // A crash of the machine is not what is tested; that of the server is.
    'fsync = off',
    "log_line_prefix = '%d '"
  ]
  appendFileSync(join(data, 'postgresql.conf'), settings.map((line) => `${line}\n`).join(''))
  run('pg_ctl', ['-D', data, '-l', log, '-w', 'start'])
  chmodSync(log, 0o644)
  return {address: `postgres://tester:${password}@127.0.0.1:${port}`, log}
}

/** The folder of PostgreSQL's programs: Debian keeps them off the path, so its package's list of files is asked. */
function findPrograms(): string | undefined {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what dpkg-query puts in their place
  const listed = output('dpkg-query', ['-W', '-f', '${Status} ${Package}\n', 'postgresql-[0-9]*'])
  const versions = [...(listed ?? '').matchAll(/installed postgresql-(\d+)\n/g)].map(([, version]) => Number(version))
  for (const version of versions.sort((a, b) => b - a)) {
    const file = output('dpkg', ['-L', `postgresql-${version}`])
      ?.split('\n')
      .find((path) => path.endsWith('/initdb'))
    if (file !== undefined) return file.slice(0, -'/initdb'.length)
  }
  const folder = output('pg_config', ['--bindir'])?.trim()
  return folder !== undefined && existsSync(join(folder, 'initdb')) ? folder : undefined
}

function installPrograms(): string | undefined {
  if (process.getuid?.() !== 0 || output('apt-get', ['--version']) === undefined) return undefined
  const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'}
  spawnSync('apt-get', ['update'], {env, stdio: 'ignore'})
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], {env, stdio: 'ignore'})
  return findPrograms()
}

function output(command: string, args: string[]): string | undefined {
  const {status, stdout} = spawnSync(command, args, {encoding: 'utf8'})
  return status === 0 ? stdout : undefined
}

function accountOf(name: string): {uid: number; gid: number} | undefined {
  const uid = output('id', ['-u', name])
  const gid = output('id', ['-g', name])
  return uid === undefined || gid === undefined ? undefined : {uid: Number(uid), gid: Number(gid)}
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer()
    listener.on('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      listener.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function asSuperuser(address: string, text: string): Promise<void> {
  const client = new pg.Client(address)
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
