import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'

const BIN = join(import.meta.dirname, '../../bin/run.js')
const REPORT = join(import.meta.dirname, 'report-peak.cjs')

/** How long a process took, and its greatest resident size. */
export interface Ran {
  ms: number
  peakMb: number
}

/** Where mh is to work: a data root with a home beside it. */
export interface Place {
  root: string
  home: string
}

const environment = ({root, home}: Place): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  MH_HOME: root,
  MH_BENCH_PEAK: join(home, 'peak'),
  NODE_OPTIONS: `--require=${REPORT}`
})

const peakMb = ({home}: Place): number => Number(readFileSync(join(home, 'peak'), 'utf8')) / 1024

/** Runs mh from start to end, with a stream as its input where one is given. Throws where it does not end with 0. */
export async function run(place: Place, args: readonly string[], input?: Readable): Promise<Ran> {
  const start = performance.now()
  const child = spawn(process.execPath, [BIN, ...args], {
    env: environment(place),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe']
  })
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const ended = once(child, 'exit')
  if (input !== undefined && child.stdin !== null) await pipeline(input, child.stdin)
  const [code] = await ended
  if (code !== 0) throw new Error(`mh ${args.join(' ')} ended with ${code}: ${said}`)
  return {ms: performance.now() - start, peakMb: peakMb(place)}
}

/** Runs a script of this folder in a process of its own and gives what it printed, as JSON. */
export function runScript<T>(place: Place, name: string, args: readonly string[]): T & {peakMb: number} {
  const {status, stdout, stderr} = spawnSync(process.execPath, [join(import.meta.dirname, name), ...args], {
    env: environment(place),
    encoding: 'utf8',
    maxBuffer: 2 ** 30
  })
  if (status !== 0) throw new Error(`${name}: ${stderr}`)
  return {...(JSON.parse(stdout) as T), peakMb: peakMb(place)}
}

export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (times: readonly number[]): number => percentile(times, 0.5)
