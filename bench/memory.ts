/**
 * `npm run bench:memory -- [--memories 100000]`: what a life of memories costs, beside what nothing can be quicker than. Whole processes of the
 * built program. bench/growth.ts measures how costs grow.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {parseArgs} from 'node:util'
import {report} from './figure.ts'
import {memories, questions} from './memory/corpus.ts'
import {median, type Place, percentile, run, runScript} from './memory/measure.ts'

const {values} = parseArgs({
  options: {memories: {type: 'string', default: '100000'}, json: {type: 'boolean', default: false}}
})
const COUNT = Number(values.memories)
const FEW = 100
/** Whole processes of each kind, in turns. */
const RUNS = 15
const BARE = Math.min(20_000, COUNT)

interface Beside {
  what: string
  value: number
}

if (!existsSync(join(import.meta.dirname, '../dist/entry.js')))
  throw new Error('there is no dist/: run "npm run build" first')
const scratch = mkdtempSync(join(tmpdir(), 'mh-bench-'))
try {
  const few = await profileOf('few', FEW)
  // Made up before the disk is measured.
  linesOf(COUNT).destroy()
  const many = await captureMany(bareFiles(few))
  await importMany(bareFiles(few))
  await wholeProcesses(few, many)
  inProcess(many)
  await reindex(many)
} finally {
  rmSync(scratch, {recursive: true, force: true})
}

function bareFiles(place: Place): Beside {
  const folder = join(scratch, 'bare')
  const {ms} = runScript<{ms: number}>(place, 'bare-writes.ts', [folder, String(BARE)])
  rmSync(folder, {recursive: true})
  return {what: 'files written and fsynced, 8 at once', value: perSecond(BARE, ms)}
}

async function captureMany(beside: Beside): Promise<Place> {
  const place = placeOf('many')
  await run(place, ['user', 'create', 'ada'])
  const {ms, peakMb} = await run(place, ['capture', '--batch'], linesOf(COUNT))
  report({
    what: 'mh capture --batch, durable',
    value: perSecond(COUNT, ms),
    unit: 'a second',
    beside,
    peakMb
  })
  return place
}

/** JSON lines of which none is there yet, and then the same once more. */
async function importMany(beside: Beside): Promise<void> {
  const place = placeOf('imported')
  await run(place, ['user', 'create', 'ada'])
  for (const what of ['mh memory import, JSON lines', 'mh memory import, all of it there already']) {
    const {ms, peakMb} = await run(place, ['memory', 'import', '-'], linesOf(COUNT))
    report({what, value: perSecond(COUNT, ms), unit: 'a second', beside, peakMb})
  }
  rmSync(place.home, {recursive: true})
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
  report({
    what: `${name} with ${number(COUNT)} memories`,
    value: median(large),
    unit: 'ms',
    beside: {what: `with ${FEW}`, value: median(small)},
    bar: 1.5,
    peakMb: peak
  })
}

function inProcess(place: Place): void {
  const {ours, plain, peakMb} = runScript<{ours: number[]; plain: number[]}>(place, 'questions.ts', [
    String(COUNT),
    '--plain',
    join(scratch, 'plain.db')
  ])
  for (const [name, share] of [
    ['median', 0.5],
    ['95th percentile', 0.95]
  ] as const)
    report({
      what: `a question in process, ${name}`,
      value: percentile(ours, share),
      unit: 'ms',
      beside: {what: 'any of its words by bm25() of bare SQLite', value: percentile(plain, share)},
      peakMb
    })
}

async function reindex(place: Place): Promise<void> {
  const folder = join(place.root, 'profiles/ada/memory/episodic')
  const {ms: parseMs} = runScript<{ms: number}>(place, 'read-and-parse.ts', [folder])
  const {ms, peakMb} = await run(place, ['memory', 'reindex', '--full'])
  const {ms: againMs} = await run(place, ['memory', 'reindex'])
  const beside = {what: 'the same files read and parsed', value: parseMs / 1000}
  report({what: 'mh memory reindex --full', value: ms / 1000, unit: 's', beside, bar: 4, peakMb})
  report({what: 'mh memory reindex, nothing changed', value: againMs / 1000, unit: 's', beside})
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

/** They lie in a file, as a person has them: to make them up meanwhile would take a processor from what is measured. */
function linesOf(count: number): Readable {
  const file = join(scratch, `${count}.jsonl`)
  if (!existsSync(file)) {
    const made = openSync(file, 'w')
    for (const memory of memories(count)) writeSync(made, `${JSON.stringify(memory)}\n`)
    fsyncSync(made)
    closeSync(made)
  }
  return createReadStream(file)
}

function number(count: number): string {
  return count.toLocaleString('en')
}

function perSecond(count: number, ms: number): number {
  return (count / ms) * 1000
}
