import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, renameSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {execa} from 'execa'
import type {Home} from './home.ts'

export const BIN = join(import.meta.dirname, '..', '..', 'bin', 'run.js')

export interface Outcome {
  stdout: string
  stderr: string
  exitCode: number
  signal: string | undefined
  /** What was printed with --json. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own shape, which the tests look into
  json: any
}

export interface RunOptions {
  input?: string | Buffer
  env?: Record<string, string>
  cwd?: string
  /** Sends this signal when the program has printed something: for what runs until it is ended. */
  endWith?: NodeJS.Signals
}

/** Environment of a process that knows nothing of the machine's own accounts and settings. */
export const environment = (home: Home, env: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  TZ: 'UTC',
  HOME: home.home,
  MH_HOME: home.root,
  ...(process.env.MH_TEST_CACHE ? {XDG_CACHE_HOME: process.env.MH_TEST_CACHE} : {}),
  // Set where the tests run over a database.
  ...(process.env.MH_STORE ? {MH_STORE: process.env.MH_STORE} : {}),
  ...env
})

/** Runs the built program. Its input is empty unless `input` is given; it never sees a terminal. */
export async function mh(home: Home, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const running = execa(process.execPath, [BIN, ...args], {
    env: environment(home, options.env),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...(options.input === undefined ? {stdin: 'ignore' as const} : {input: options.input}),
    ...(options.cwd === undefined ? {} : {cwd: options.cwd})
  })
  const {endWith} = options
  if (endWith !== undefined) running.stdout?.once('data', () => running.kill(endWith))
  const {stdout, stderr, exitCode, signal} = await running
  return {
    stdout: String(stdout),
    stderr: String(stderr),
    exitCode: exitCode ?? -1,
    signal,
    get json() {
      return JSON.parse(String(stdout))
    }
  }
}

/** Makes people; the first is owner and active. In a new home they are a copy of the same people, made once a run. */
export async function people(home: Home, ...names: string[]): Promise<void> {
  const shared = process.env.MH_TEST_CACHE
  if (shared === undefined || process.env.MH_STORE || existsSync(home.root)) return makePeople(home, names)
  const made = join(shared, 'people', names.join(' '))
  if (!existsSync(made)) {
    const own: Home = {...home, root: `${home.root}-made`}
    await makePeople(own, names)
    mkdirSync(dirname(made), {recursive: true})
    try {
      renameSync(own.root, made)
    } catch (error) {
      // Another file of tests was first.
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    }
  }
  // Node's own copy leaves out the modes of folders.
  execFileSync('cp', ['-a', made, home.root])
}

async function makePeople(home: Home, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const made = await mh(home, ['user', 'create', name])
    if (made.exitCode !== 0) throw new Error(made.stderr)
  }
}
