import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {openTerminal} from '../support/terminal.ts'

const FOLDER = join(import.meta.dirname, '../../docs/screens')
/** What is recorded, by the name of its file. */
const SCREENS: Record<string, string[]> = {
  status: ['status'],
  'memory-list': ['memory', 'list'],
  'task-list': ['task', 'list', '--all'],
  help: ['--help'],
  'help-task-add': ['task', 'add', '--help']
}
const WIDTHS = [80, 120]

const MEMORIES = [
  [
    '2026-03-02T17:30:00Z',
    'The plumber fixed the boiler, 120 euros, and said that the valve will last two more winters at most'
  ],
  ['2026-03-09T10:00:00Z', 'Grace recommended Middlemarch over coffee'],
  [
    '2026-03-14T19:15:00Z',
    '祖母から味噌の作り方を教わった。大豆は一晩水につけておく。塩は重さの一割で、夏を越すと食べごろになる'
  ],
  ['2026-04-01T08:00:00Z', 'Signed the lease of the flat in the Lindenstraße 🎉']
]
const TASKS = [
  {title: 'Call the plumber about the valve', status: 'todo', priority: 'P1', due: '2026-10-01', tags: ['house']},
  {title: 'Renew the passport', status: 'blocked', priority: 'P0', due: '2099-05-04', tags: ['papers', 'travel']},
  {
    title: 'Send Grace the list of books that we talked about, with the ones that she has not read yet',
    status: 'in_progress',
    priority: 'P2'
  },
  {title: 'Return the drill', status: 'done', priority: 'P3', due: '2026-04-01'}
]

/** Ada, with the same memories and tasks each time, under the same ids. */
async function seeded(): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada')
  const lines = MEMORIES.map(([at, content], n) => JSON.stringify({id: `evt-recorded-0000000${n + 1}`, at, content}))
  await mh(home, ['capture', '--batch'], {input: lines.join('\n')})
  for (const [n, task] of TASKS.entries()) {
    const folder = task.status === 'done' ? 'completed' : 'active'
    const id = `task-recorded-0000000${n + 1}`
    writeFileSync(join(home.root, `profiles/ada/memory/tasks/${folder}/${id}.json`), JSON.stringify({id, ...task}))
  }
  return home
}

/** What stands on a terminal of that width. What differs from one machine or day to the next is replaced. */
async function record(home: Home, words: readonly string[], columns: number): Promise<string> {
  const terminal = openTerminal(home, words, {NO_COLOR: '1', PAGER: ''}, columns)
  expect(await terminal.exitCode).toBe(0)
  return `${stripVTControlCharacters(terminal.output())
    .replaceAll('\r', '')
    .replaceAll(home.root, '/home/ada/.local/share/mh')
    .replaceAll(/\d+ [MGT]B free/g, '42 GB free')
    .replaceAll(/metahuman\/\S+ \S+ node-\S+/g, 'metahuman/0.1.0 linux-x64 node-v24')
    .replaceAll(/ +$/gm, '')
    .trimEnd()}\n`
}

it('the recordings in docs/screens are what the screens look like (npm run screens makes them anew)', async () => {
  const home = await seeded()
  const recorded: Record<string, string> = {}
  for (const [name, words] of Object.entries(SCREENS))
    for (const columns of WIDTHS) recorded[`${name}-${columns}.txt`] = await record(home, words, columns)
  if (process.env.UPDATE_SCREENS) {
    mkdirSync(FOLDER, {recursive: true})
    for (const [name, text] of Object.entries(recorded)) writeFileSync(join(FOLDER, name), text)
  }
  const kept = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')])
  expect(recorded).toEqual(Object.fromEntries(kept))
})
