/**
 * How long mh takes from start to end, beside Node itself: `npm run bench:startup -- [--runs 31] [--json]`.
 *
 * Every command has its own HOME and data root with one profile of a few memories, and prints into a pipe. The runs
 * take turns (node, a, b, c, node, a, b, c, …), so that a slow moment of the machine is shared by all; figures are
 * medians, and the ratio is to the median of `node -e 0` by the same Node.
 */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {report} from './figure.ts'

interface Case {
  name: string
  /** what to run, after the path of Node */
  args: string[]
  /** the greatest ratio that is good enough */
  bar?: number
}

const root = join(import.meta.dirname, '..')
const mh = join(root, 'bin', 'run.js')
const BARE = 'node -e 0'
const SEED = [
  'Met Grace at the harbour to talk about compilers',
  'The coffee machine is broken again',
  'Planted tomatoes'
]

const {values} = parseArgs({options: {runs: {type: 'string', default: '31'}, json: {type: 'boolean', default: false}}})
if (!existsSync(join(root, 'dist', 'entry.js'))) throw new Error('there is no dist/: run "npm run build" first')

const folder = mkdtempSync(join(tmpdir(), 'mh-startup-'))
try {
  measure(cases(folder), Number(values.runs))
} finally {
  rmSync(folder, {recursive: true, force: true})
}

function cases(scratch: string): Case[] {
  return [
    {name: BARE, args: ['-e', '0']},
    {name: 'mh --version', args: [mh, '--version'], bar: 1.7},
    {name: 'mh user whoami', args: [mh, 'user', 'whoami'], bar: 1.7},
    {name: 'durable write alone', args: [join(root, 'bench', 'durable-write.cjs'), scratch]},
    {name: 'mh capture', args: [mh, 'capture', 'Lunch with Grace at the harbour'], bar: 2.3},
    {name: 'mh remember', args: [mh, 'remember', 'coffee machine'], bar: 2.3},
    {name: 'mh status', args: [mh, 'status'], bar: 2.3},
    {name: 'mh task list', args: [mh, 'task', 'list']}
  ]
}

function measure(all: Case[], runs: number): void {
  const times = all.map((): number[] => [])
  const homes = all.map(({args}, at) => seededHome(join(folder, `home-${at}`), args[0] === mh))
  for (let round = -2; round < runs; round++) {
    for (const [at, {args}] of all.entries()) {
      const time = run(args, homes[at] ?? folder)
      if (round >= 0) times[at]?.push(time) // before that the compile cache is written
    }
  }
  const [bare = Number.NaN, ...others] = times.map(median)
  for (const [at, value] of others.entries()) {
    const {name, bar} = all[at + 1] as Case
    const beside = {what: BARE, value: bare}
    report({what: name, value, unit: 'ms', beside, ...(bar === undefined ? {} : {bar})})
  }
}

/** A new HOME, with a profile and memories in it where `withProfile`. */
function seededHome(home: string, withProfile: boolean): string {
  mkdirSync(home)
  if (!withProfile) return home
  run([mh, 'user', 'create', 'ada'], home)
  for (const text of SEED) run([mh, 'capture', text], home)
  return home
}

/** Runs Node with these arguments and returns how many milliseconds that took. Throws where the exit code is not 0. */
function run(args: string[], home: string): number {
  const {PATH} = process.env
  const start = process.hrtime.bigint()
  const {status, stderr} = spawnSync(process.execPath, args, {
    env: {HOME: home, MH_HOME: join(home, 'data'), ...(PATH === undefined ? {} : {PATH})},
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8'
  })
  const time = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return time
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
