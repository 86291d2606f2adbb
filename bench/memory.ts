/**
 * `npm run bench:memory -- [--memories 100000] [--large]`: what a life of memories costs. Figures are ratios within one run where they can be; the
 * machine is stated. --large also asks among 1,000,000 memories (index alone; takes minutes and 2 GB of disk).
 *
 * docs/performance.md holds the results and says what is measured.
 */
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {cpus, release, tmpdir, totalmem, type} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {parseArgs} from 'node:util'
import {memories, questions} from './memory/corpus.ts'
import {median, type Place, percentile, run, runScript} from './memory/measure.ts'

const {values} = parseArgs({
  options: {memories: {type: 'string', default: '100000'}, large: {type: 'boolean', default: false}}
})
const COUNT = Number(values.memories)
const FEW = 100
const LARGE = 1_000_000
/** Whole processes of each kind, in turns. */
const RUNS = 15
const BARE = 20_000

if (!existsSync(join(import.meta.dirname, '../dist/entry.js')))
  throw new Error('there is no dist/: run "npm run build" first')
const scratch = mkdtempSync(join(tmpdir(), 'mh-bench-'))
try {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${type()} ${release()}, Node ${process.version}; ${number(COUNT)} memories\n`
  )
  const few = await profileOf('few', FEW)
  const many = await captureMany()
  await wholeProcesses(few, many)
  inProcess(many, COUNT)
  await reindex(many)
  if (values.large) inProcess(placeOf('large'), LARGE, join(scratch, 'large.db'))
} finally {
  rmSync(scratch, {recursive: true, force: true})
}

async function captureMany(): Promise<Place> {
  const place = placeOf('many')
  const {ms: bareMs} = runScript<{ms: number}>(place, 'bare-writes.ts', [join(scratch, 'bare'), String(BARE)])
  await run(place, ['user', 'create', 'ada'])
  const {ms, peakMb} = await run(place, ['capture', '--batch'], linesOf(COUNT))
  say('capture --batch', `${perSecond(COUNT, ms)} memories a second durable`, peakMb)
  say('files written and fsynced, 8 at once', `${perSecond(BARE, bareMs)} a second`)
  return place
}

async function wholeProcesses(few: Place, many: Place): Promise<void> {
  const commands = [
    ['memory', 'list'],
    ['memory', 'stats'],
    ['user', 'whoami']
  ]
  const asked = questions(RUNS + 1, COUNT)
  await ratio('mh remember', few, many, (i) => ['remember', ...(asked[i % asked.length] ?? 'x').split(' ')])
  for (const command of commands) await ratio(`mh ${command.join(' ')}`, few, many, () => command)
}

async function ratio(name: string, few: Place, many: Place, args: (i: number) => string[]): Promise<void> {
  const small: number[] = []
  const large: number[] = []
  let peak = 0
  for (let i = -1; i < RUNS; i++) {
    const {ms: fewMs} = await run(few, args(i + 1))
    const {ms, peakMb} = await run(many, args(i + 1))
    if (i < 0) continue // before that caches are cold
    small.push(fewMs)
    large.push(ms)
    peak = Math.max(peak, peakMb)
  }
  const [a, b] = [median(small), median(large)]
  say(
    `${name}, whole process`,
    `${a.toFixed(0)} ms at ${FEW}, ${b.toFixed(0)} ms at ${number(COUNT)}: × ${(b / a).toFixed(2)}`,
    peak
  )
}

function inProcess(place: Place, count: number, index?: string): void {
  const {ours, plain, peakMb} = runScript<{ours: number[]; plain: number[]}>(place, 'questions.ts', [
    String(count),
    '--plain',
    join(scratch, `plain-${count}.db`),
    ...(index === undefined ? [] : ['--index', index])
  ])
  const figures = (times: number[]): string =>
    `p50 ${median(times).toFixed(1)} ms, p95 ${percentile(times, 0.95).toFixed(1)} ms`
  say(`a question among ${number(count)}, in process`, figures(ours), peakMb)
  say('  plain OR with bm25() beside it', figures(plain))
}

async function reindex(place: Place): Promise<void> {
  const folder = join(place.root, 'profiles/ada/memory/episodic')
  const {ms: parseMs} = runScript<{ms: number}>(place, 'read-and-parse.ts', [folder])
  const {ms, peakMb} = await run(place, ['memory', 'reindex', '--full'])
  const {ms: againMs} = await run(place, ['memory', 'reindex'])
  say(
    'memory reindex --full',
    `${seconds(ms)}, reading and parsing alone ${seconds(parseMs)}: × ${(ms / parseMs).toFixed(2)}`,
    peakMb
  )
  say('memory reindex, nothing changed', seconds(againMs))
}

async function profileOf(name: string, count: number): Promise<Place> {
  const place = placeOf(name)
  await run(place, ['user', 'create', 'ada'])
  await run(place, ['capture', '--batch'], linesOf(count))
  return place
}

function placeOf(name: string): Place {
  const home = join(scratch, name)
  mkdirSync(home)
  return {home, root: join(home, 'data')}
}

function linesOf(count: number): Readable {
  return Readable.from(
    (function* () {
      for (const memory of memories(count)) yield `${JSON.stringify(memory)}\n`
    })()
  )
}

function say(what: string, figure: string, peakMb?: number): void {
  console.log(what.padEnd(44) + figure + (peakMb === undefined ? '' : `   (peak ${peakMb.toFixed(0)} MB)`))
}

function number(count: number): string {
  return count.toLocaleString('en')
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function perSecond(count: number, ms: number): string {
  return number(Math.round((count / ms) * 1000))
}
