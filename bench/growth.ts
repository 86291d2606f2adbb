/**
 * `npm run bench:growth -- [--most 1000000]`: what the same costs with ten times as many memories, from 1,000 on.
 *
 * The files are written as any other tool would write them (no fsync: that the disk is quick enough is not measured here), then indexed by
 * `mh memory reindex`. Commands are whole processes; a question is asked in process by the code behind `mh remember`.
 */
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {report, type Unit} from './figure.ts'
import {memories, questions} from './memory/corpus.ts'
import {median, type Place, percentile, run, runScript} from './memory/measure.ts'

const {values} = parseArgs({
  options: {most: {type: 'string', default: '1000000'}, json: {type: 'boolean', default: false}}
})
const MOST = Number(values.most)
const LEAST = 1000
/** Whole processes of each kind. */
const RUNS = 9
/** As many as mh puts into one folder. */
const FILES_A_FOLDER = 4096

if (!existsSync(join(import.meta.dirname, '../dist/entry.js')))
  throw new Error('there is no dist/: run "npm run build" first')
const scratch = mkdtempSync(join(tmpdir(), 'mh-growth-'))
try {
  for (let count = LEAST; count <= MOST; count *= 10) await measure(count)
} finally {
  rmSync(scratch, {recursive: true, force: true})
}

async function measure(count: number): Promise<void> {
  const home = join(scratch, String(count))
  mkdirSync(home)
  const place: Place = {home, root: join(home, 'data')}
  const tell = (what: string, value: number, unit: Unit, peakMb?: number): void =>
    report({what, value, unit, memories: count, ...(peakMb === undefined ? {} : {peakMb})})
  await run(place, ['user', 'create', 'ada'])
  writeMemories(join(place.root, 'profiles/ada/memory/episodic'), count)

  const indexed = await run(place, ['memory', 'reindex'])
  tell('mh memory reindex, a memory', (indexed.ms * 1000) / count, 'µs', indexed.peakMb)
  // Of memories that are there whatever the number.
  const asked = questions(RUNS + 1, LEAST)
  const commands: [name: string, args: (at: number) => string[]][] = [
    ['mh remember', (at) => ['remember', ...(asked[at % asked.length] ?? '').split(' ')]],
    ['mh memory list', () => ['memory', 'list']],
    ['mh status', () => ['status']],
    ['mh capture', (at) => ['capture', `Lunch with Grace at the harbour, the ${at}th time`]]
  ]
  for (const [name, args] of commands) {
    const ran = []
    for (let at = 0; at <= RUNS; at++) ran.push(await run(place, args(at)))
    const [, ...warm] = ran
    tell(name, median(warm.map(({ms}) => ms)), 'ms', Math.max(...warm.map(({peakMb}) => peakMb)))
  }
  const {ours, plain, peakMb} = runScript<{ours: number[]; plain: number[]}>(place, 'questions.ts', [
    String(count),
    '--plain',
    join(home, 'plain.db')
  ])
  tell('a question in process, median', median(ours), 'ms', peakMb)
  tell('a question in process, 95th percentile', percentile(ours, 0.95), 'ms')
  tell('bare SQLite, median', median(plain), 'ms')
  tell('bare SQLite, 95th percentile', percentile(plain, 0.95), 'ms')
  rmSync(home, {recursive: true, force: true})
}

function writeMemories(folder: string, count: number): void {
  const inMonth = new Map<string, number>()
  for (const memory of memories(count)) {
    const month = memory.timestamp.slice(0, 7).replace('-', '/')
    const before = inMonth.get(month) ?? 0
    inMonth.set(month, before + 1)
    const sibling = Math.floor(before / FILES_A_FOLDER)
    const place = join(folder, sibling === 0 ? month : `${month}-${sibling + 1}`)
    if (before % FILES_A_FOLDER === 0) mkdirSync(place, {recursive: true, mode: 0o700})
    writeFileSync(join(place, `${memory.id}.json`), `${JSON.stringify(memory, null, 2)}\n`, {mode: 0o600})
  }
}
