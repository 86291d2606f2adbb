/**
 * `npm run bench:memory -- [--memories 100000]`: what a life of memories costs, beside what nothing can be quicker than. Whole processes of the
 * built program. bench/growth.ts measures how costs grow.
 */
import {closeSync, createReadStream, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {report} from './figure.ts'
import {memories, questions} from './memory/corpus.ts'
import {median, type Place, percentile, type Ran, run, runScript} from './memory/measure.ts'

const {values} = parseArgs({
  options: {memories: {type: 'string', default: '100000'}, json: {type: 'boolean', default: false}}
})
const COUNT = Number(values.memories)
const FEW = 100
/** Whole processes of each kind, in turns. */
const RUNS = 15
/** In so many turns memories are added, and so many files are written between two of them. */
const TURNS = 4
const BARE = Math.min(10_000, COUNT)
/** 4,000 memories a second where the disk alone takes 5,000 files. */
const MOST_BESIDE_DISK = 1.25

if (!existsSync(join(import.meta.dirname, '../dist/entry.js')))
  throw new Error('there is no dist/: run "npm run build" first')
const scratch = mkdtempSync(join(tmpdir(), 'mh-bench-'))
try {
  const few = await profileOf('few', FEW)
  const many = await addMany(few)
  await wholeProcesses(few, many)
  inProcess(many)
  await reindex(many)
} finally {
  rmSync(scratch, {recursive: true, force: true})
}

/**
 * Batches and imports of as many lines, none of which is there yet, in turns with the disk alone: how quick a disk is that others use, too,
 * changes within seconds. What is told is of all turns together. @returns where everything was captured
 */
async function addMany(few: Place): Promise<Place> {
  const captured = placeOf('many')
  const imported = placeOf('imported')
  for (const place of [captured, imported]) await run(place, ['user', 'create', 'ada'])
  const files = partsOf(COUNT, TURNS)
  const ran: Record<'capture' | 'import' | 'again', Ran[]> = {capture: [], import: [], again: []}
  const bare: number[] = []
  for (const file of files) {
    bare.push(bareMs(few))
    ran.capture.push(await run(captured, ['capture', '--batch'], createReadStream(file)))
    bare.push(bareMs(few))
    ran.import.push(await run(imported, ['memory', 'import', '-'], createReadStream(file)))
  }
  for (const file of files) ran.again.push(await run(imported, ['memory', 'import', '-'], createReadStream(file)))
  rmSync(imported.home, {recursive: true})
  const beside = {what: 'files written and fsynced, 8 at once', value: perSecond(BARE * bare.length, sum(bare))}
  const tell = (what: string, turns: readonly Ran[], bar?: number): void =>
    report({
      what,
      value: perSecond(COUNT, sum(turns.map(({ms}) => ms))),
      unit: 'a second',
      beside,
      ...(bar === undefined ? {} : {bar}),
      peakMb: Math.max(...turns.map(({peakMb}) => peakMb))
    })
  tell('mh capture --batch, durable', ran.capture, MOST_BESIDE_DISK)
  tell('mh memory import, JSON lines', ran.import, MOST_BESIDE_DISK)
  tell('mh memory import, all of it there already', ran.again)
  return captured
}

function bareMs(place: Place): number {
  const folder = join(scratch, 'bare')
  const {ms} = runScript<{ms: number}>(place, 'bare-writes.ts', [folder, String(BARE)])
  rmSync(folder, {recursive: true})
  return ms
}

/** The lines lie in files, as a person has them: to make them up meanwhile would take a processor from what is measured. */
function partsOf(count: number, parts: number): string[] {
  const files = Array.from({length: parts}, (_, at) => join(scratch, `lines-${at}.jsonl`))
  const open = files.map((file) => openSync(file, 'w'))
  let at = 0
  for (const memory of memories(count)) writeSync(open[at++ % parts] as number, `${JSON.stringify(memory)}\n`)
  for (const file of open) closeSync(file)
  return files
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
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
  for (const file of partsOf(count, 1)) await run(place, ['capture', '--batch'], createReadStream(file))
  return place
}

function placeOf(name: string): Place {
  const home = join(scratch, name)
  mkdirSync(home)
  return {home, root: join(home, 'data')}
}

function number(count: number): string {
  return count.toLocaleString('en')
}

function perSecond(count: number, ms: number): number {
  return (count / ms) * 1000
}
