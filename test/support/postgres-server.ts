import {spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {appendFileSync, chmodSync, chownSync, existsSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import pg from 'pg'

/** A server that databases may be made on. */
export interface Server {
  /** Of a superuser, without a database: "postgres://name:password@host:port". */
  address: string
  /** What the server logs; undefined where it is not ours. */
  log?: string
}

/**
 * Starts a PostgreSQL in a folder, which `node postgres-end.ts` ends. Its programs are installed where that may be done.
 * @param durable whether what is committed is there after a crash of the machine, too
 * @returns why there is none, and what to do about it, where there is none
 */
export async function startServer(folder: string, durable = false): Promise<Server | {reason: string}> {
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
    ...(durable ? ['shared_buffers = 1GB', 'max_wal_size = 8GB'] : ['fsync = off']),
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

/** Runs one statement. */
export async function asSuperuser(address: string, text: string): Promise<void> {
  const client = new pg.Client(address)
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
