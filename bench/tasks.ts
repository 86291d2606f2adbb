/**
 * What a list costs with many tasks, beside one with few: `npm run bench:tasks -- [--few 100] [--many 10000] [--runs 21]`.
 *
 * Two profiles with nothing but open tasks, listed in turns into a pipe. Figures are medians; the target is that the list of
 * many takes less than 1.5 times as long. A list shows 500 tasks where no number is said; with all of them shown it is measured too.
 */
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {report} from './figure.ts'

const {values} = parseArgs({
  options: {
    few: {type: 'string', default: '100'},
    many: {type: 'string', default: '10000'},
    runs: {type: 'string', default: '21'},
    json: {type: 'boolean', default: false}
  }
})
const MANY = Number(values.many).toLocaleString('en')
const mh = join(import.meta.dirname, '..', 'bin', 'run.js')
const folder = mkdtempSync(join(tmpdir(), 'mh-tasks-'))
try {
  const homes = {few: seed('few', Number(values.few)), many: seed('many', Number(values.many))}
  const first = run(homes.many, ['task', 'list'])
  run(homes.few, ['task', 'list'])
  report({what: `the first mh task list of ${MANY} that other tools put there`, value: first, unit: 'ms'})
  for (const words of [['task', 'list'], ['task', 'list', '--json'], ['task', 'list', '-n', values.many], ['status']]) {
    const times: {few: number[]; many: number[]} = {few: [], many: []}
    for (let round = -2; round < Number(values.runs); round++) {
      for (const size of ['few', 'many'] as const) {
        const time = run(homes[size], words)
        if (round >= 0) times[size].push(time)
      }
    }
    report({
      what: `mh ${words.join(' ')}, ${MANY} tasks`,
      value: median(times.many),
      unit: 'ms',
      beside: {what: `${values.few} tasks`, value: median(times.few)},
      // To print a hundred times as many lines takes its time.
      ...(words.includes('-n') ? {} : {bar: 1.5})
    })
  }
} finally {
  rmSync(folder, {recursive: true, force: true})
}

/** A home with one profile that has so many open tasks. */
function seed(name: string, count: number): string {
  const home = join(folder, name)
  mkdirSync(home)
  run(home, ['user', 'create', 'ada'])
  const active = join(home, 'data/profiles/ada/memory/tasks/active')
  for (let number = 0; number < count; number++) {
    const id = `task-01a21021-1ce1-713c-8f45-${String(number).padStart(12, '0')}`
    const day = new Date(Date.UTC(2026, 0, 1 + (number % 700))).toISOString().slice(0, 10)
    const task = {
      id,
      title: `Look after matter number ${number}`,
      description: '',
      status: 'todo',
      priority: `P${number % 4}`,
      ...(number % 3 === 0 ? {} : {due: day}),
      tags: ['work'],
      dependencies: [],
      created: '2026-01-01T10:00:00.000Z',
      updated: '2026-01-01T10:00:00.000Z'
    }
    writeFileSync(join(active, `${id}.json`), `${JSON.stringify(task, null, 2)}\n`)
  }
  return home
}

/** Runs mh and tells how many milliseconds that took. Throws where it fails. */
function run(home: string, words: string[]): number {
  const start = process.hrtime.bigint()
  const {status, stderr} = spawnSync(process.execPath, [mh, ...words], {
    env: {HOME: home, MH_HOME: join(home, 'data'), PATH: process.env.PATH ?? ''},
    encoding: 'utf8',
    maxBuffer: 1 << 26
  })
  if (status !== 0) throw new Error(`mh ${words.join(' ')} ended with ${status}: ${stderr}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
