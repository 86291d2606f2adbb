import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import pg from 'pg'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {upgradeStore} from '../../src/core/postgres/upgrade.ts'
import {folderForPostgres} from '../../test/support/postgres-cluster.ts'
import {asSuperuser, startServer} from '../../test/support/postgres-server.ts'

/** Prints a figure. @param good whether the bar is reached; undefined where there is none */
export type Say = (what: string, figure: string, good?: boolean) => void

/** A PostgreSQL of the run's own: what it acknowledges is there after a crash of the machine, too. */
export interface BenchServer {
  version(): Promise<string>
  /** Makes a database with a store prepared in it. */
  database(name: string): Promise<BenchDatabase>
  end(): Promise<void>
}

export interface BenchDatabase {
  address: string
  /** Runs a statement as the superuser, whom no policy binds. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** How often a second pgbench does a statement, over `clients` connections. */
  pgbench(statement: string, clients: number, seconds: number): number
  /** CPU of the connections of mh to it so far, milliseconds; Linux only. */
  cpuMs(): Promise<number>
  /** Runs `fn` with everything kept there. */
  use<T>(fn: () => Promise<T>): Promise<T>
}

export async function startBenchServer(): Promise<BenchServer> {
  const {folder, end} = folderForPostgres()
  const clients: pg.Client[] = []
  try {
    const started = await startServer(folder, true)
    if ('reason' in started) throw new Error(started.reason)
    const address = (name: string): string => `${started.address}/${name}`
    const connect = async (name: string): Promise<pg.Client> => {
      const client = new pg.Client({connectionString: address(name), options: '-c search_path=mh,public'})
      client.on('error', () => {})
      await client.connect()
      clients.push(client)
      return client
    }
    return {
      version: async () => (await (await connect('postgres')).query('SHOW server_version')).rows[0].server_version,
      async database(name) {
        await asSuperuser(address('postgres'), `CREATE DATABASE ${name}`)
        await upgradeStore(address(name))
        return databaseOf(await connect(name), address(name), folder)
      },
      async end() {
        for (const client of clients) await client.end()
        await end()
      }
    }
  } catch (error) {
    await end()
    throw error
  }
}

function databaseOf(client: pg.Client, address: string, folder: string): BenchDatabase {
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(text, values)).rows
  return {
    address,
    query,
    pgbench: (statement, connections, seconds) => pgbench(folder, address, statement, connections, seconds),
    async cpuMs() {
      const found = await query<{pid: number}>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'mh' AND datname = current_database()"
      )
      return found.reduce((sum, {pid}) => sum + cpuOf(pid), 0)
    },
    async use(fn) {
      process.env.MH_STORE = address
      await openStore()
      try {
        return await fn()
      } finally {
        await closeStore()
        delete process.env.MH_STORE
      }
    }
  }
}

function pgbench(folder: string, address: string, statement: string, clients: number, seconds: number): number {
  const {command} = JSON.parse(readFileSync(join(folder, 'stop.json'), 'utf8'))
  const script = join(folder, 'pgbench.sql')
  writeFileSync(script, `${statement};\n`)
  const {hostname, port, username, password, pathname} = new URL(address)
  const told = execFileSync(
    join(dirname(command), 'pgbench'),
    [
      ...['-n', '-M', 'prepared', '-c', String(clients), '-j', String(Math.min(clients, 2)), '-T', String(seconds)],
      ...['-f', script, '-h', hostname, '-p', port, '-U', username, pathname.slice(1)]
    ],
    {encoding: 'utf8', env: {...process.env, PGPASSWORD: password}, stdio: ['ignore', 'pipe', 'inherit']}
  )
  return Number(/tps = ([\d.]+)/.exec(told)?.[1])
}

/** User and system time are the 14th and 15th field; the name before them may hold blanks. */
function cpuOf(pid: number): number {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return 0
  const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK
}

const MS_A_TICK = 10
