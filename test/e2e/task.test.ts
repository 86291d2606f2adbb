import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {openTerminal} from '../support/terminal.ts'

const FOLDERS = ['active', 'completed', 'deleted']

/** The folders that a task's file lies in. */
const foldersOf = (home: Home, id: string, username = 'ada'): string[] =>
  FOLDERS.filter((folder) => existsSync(join(home.root, 'profiles', username, 'memory/tasks', folder, `${id}.json`)))

async function withTask(...words: string[]): Promise<{home: Home; id: string}> {
  const home = temporaryHome()
  await people(home, 'ada')
  const {json} = await mh(home, ['task', 'add', 'Call the plumber', ...words, '--json'])
  return {home, id: json.id}
}

it('a task goes from added to done and back by the commands of the manual', async () => {
  const {home, id} = await withTask('--due', '2027-01-05 10:00Z', '--priority', 'P1', '-t', 'house', '--tag', 'urgent')
  const {json} = await mh(home, ['task', 'show', '@last', '--json'])
  expect(json).toMatchObject({id, title: 'Call the plumber', priority: 'P1', due: '2027-01-05T10:00:00.000Z'})
  expect(json.tags).toEqual(['house', 'urgent'])
  for (const [verb, status, folder] of [
    ['start', 'in_progress', 'active'],
    ['block', 'blocked', 'active'],
    ['done', 'done', 'completed'],
    ['start', 'in_progress', 'active'],
    ['cancel', 'cancelled', 'completed'],
    ['delete', 'cancelled', 'deleted'],
    ['restore', 'cancelled', 'completed']
  ] as const) {
    const changed = await mh(home, ['task', verb, id.slice(-8), '--json'])
    expect([verb, changed.exitCode, changed.json.status, ...foldersOf(home, id)]).toEqual([verb, 0, status, folder])
  }
  const edited = await mh(home, ['task', 'edit', id, '--title', 'Call her', '--due', 'none', '--tag', 'none', '--json'])
  expect(edited.json).toMatchObject({title: 'Call her', tags: []})
  expect(edited.json).not.toHaveProperty('due')
  verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
})

it('the list is one tab-separated line a task in a pipe, and an array with --json', async () => {
  const {home, id} = await withTask('--due', '2027-01-05', '-t', 'house')
  await mh(home, ['task', 'add', 'Other\tthing'])
  const lines = (await mh(home, ['task', 'list'])).stdout.split('\n')
  expect(lines[0]).toBe(`${id}\t2027-01-05\tP2\ttodo\tCall the plumber\thouse`)
  expect(lines[1]).toContain('\tOther\\tthing\t')
  expect((await mh(home, ['task', 'list', '--json'])).json.map(({title}: {title: string}) => title)).toEqual([
    'Call the plumber',
    'Other\tthing'
  ])
  const first = await mh(home, ['task', 'list', '-n', '1', '--json'])
  expect([first.json.length, first.stderr]).toEqual([1, 'Note: 1 of 2 tasks. All of them: -n 2\n'])
  expect((await mh(home, ['task', 'list', '--tag', 'none', '--json'])).json).toEqual([])
})

it('the title comes from standard input where no words stand on the line', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  expect((await mh(home, ['task', 'add', '--json'], {input: 'Water the plants\n'})).json.title).toBe('Water the plants')
  const none = await mh(home, ['task', 'add', '--json'])
  expect([none.exitCode, none.json.error.code]).toEqual([2, 'EMPTY_TITLE'])
})

it('mistakes are told with their exit codes', async () => {
  const {home, id} = await withTask()
  const next = (await mh(home, ['task', 'add', 'Pay', '--depends', id, '--json'])).json.id
  for (const [words, exitCode, code] of [
    [['done', next], 5, 'DEPENDENCY_OPEN'],
    [['edit', id, '--depends', next], 5, 'DEPENDENCY_CYCLE'],
    [['show', 'abcd1234'], 3, 'TASK_NOT_FOUND'],
    [['show', '../../x'], 3, 'TASK_NOT_FOUND'],
    [['show', 'ab'], 2, 'ID_TOO_SHORT'],
    [['edit', id], 2, 'NOTHING_TO_CHANGE'],
    [['add', 'x', '--due', 'soonish'], 2, 'INVALID_TIME'],
    [['add', 'x', '--priority', 'P9'], 2, 'USAGE'],
    [['restore', id], 3, 'TASK_NOT_FOUND']
  ] as const) {
    const failed = await mh(home, ['task', ...words, '--json'])
    expect([words, failed.exitCode, failed.json.error?.code]).toEqual([words, exitCode, code])
  }
  expect((await mh(home, ['task', 'done', next, '--force'])).exitCode).toBe(0)
})

it('one person’s tasks are nobody else’s', async () => {
  const {home, id} = await withTask()
  await people(home, 'bob')
  expect((await mh(home, ['task', 'list', '-u', 'bob', '--json'])).json).toEqual([])
  expect((await mh(home, ['task', 'done', id, '-u', 'bob'])).exitCode).toBe(3)
  const his = (await mh(home, ['task', 'add', 'His own', '-u', 'bob', '--json'])).json
  expect(foldersOf(home, his.id, 'bob')).toEqual(['active'])
  expect((await mh(home, ['task', 'list'])).stdout).not.toContain('His own')
})

it('many processes at once lose no task and no change', async () => {
  const {home, id} = await withTask()
  await Promise.all(Array.from({length: 8}, (_, n) => mh(home, ['task', 'edit', id, '--add-tag', `t${n}`])))
  expect((await mh(home, ['task', 'show', id, '--json'])).json.tags.sort()).toEqual(
    Array.from({length: 8}, (_, n) => `t${n}`)
  )
})

it('at a terminal the list is grouped by due date, and what is overdue stands out', async () => {
  const {home} = await withTask('--due', '2020-01-05')
  await mh(home, ['task', 'add', 'Sometime'])
  const terminal = openTerminal(home, ['task', 'list'], {FORCE_COLOR: '1'})
  await terminal.exitCode
  const output = terminal.output()
  expect(output.indexOf('Overdue')).toBeGreaterThan(0)
  expect(output.indexOf('No date')).toBeGreaterThan(output.indexOf('Call the plumber'))
  expect(output).toContain('\u001b[31m')
  const plain = openTerminal(home, ['task', 'list'], {NO_COLOR: '1'})
  await plain.exitCode
  expect(plain.output()).not.toContain('\u001b[')
})

describe('a change that is killed', () => {
  const POINTS = [
    'staged',
    'locked',
    'rename',
    'renamed',
    'renamed:2',
    'folder-synced',
    'audit-line',
    'audited',
    'indexed',
    'committed'
  ]

  it.each(POINTS)('at "%s" leaves the task in exactly one folder, as it was or done', async (point) => {
    const {home, id} = await withTask()
    expect((await mh(home, ['task', 'done', id], {env: {MH_FAULT: point}})).signal).toBe('SIGKILL')
    expect(foldersOf(home, id)).toHaveLength(1)
    const {json} = await mh(home, ['task', 'list', '--all', '--json'])
    expect(json.map((task: {id: string}) => task.id)).toEqual([id])
    expect(json[0].status).toBe(['staged', 'locked', 'rename'].includes(point) ? 'todo' : 'done')
    // The next change of anything ends what was begun.
    await mh(home, ['task', 'add', 'another'])
    expect(foldersOf(home, id)).toEqual([json[0].status === 'done' ? 'completed' : 'active'])
    expect((await mh(home, ['task', 'start', id, '--json'])).json.status).toBe('in_progress')
    expect(foldersOf(home, id)).toEqual(['active'])
    verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
  })

  it.each(['rename', 'renamed', 'renamed:2', 'audit-line', 'committed'])(
    'at "%s" while it is taken up again leaves it finished or open, once',
    async (point) => {
      const {home, id} = await withTask()
      await mh(home, ['task', 'cancel', id])
      await mh(home, ['task', 'start', id], {env: {MH_FAULT: point}})
      expect(foldersOf(home, id)).toHaveLength(1)
      const {json} = await mh(home, ['task', 'show', id, '--json'])
      expect(json.status).toBe(['rename', 'renamed'].includes(point) ? 'cancelled' : 'in_progress')
      await mh(home, ['task', 'add', 'another'])
      expect(foldersOf(home, id)).toEqual([json.status === 'cancelled' ? 'completed' : 'active'])
    }
  )

  it.each(['rename', 'renamed', 'audit-line', 'indexed'])(
    'at "%s" while it is deleted or restored leaves it in one folder',
    async (point) => {
      const {home, id} = await withTask()
      await mh(home, ['task', 'delete', id], {env: {MH_FAULT: point}})
      expect(foldersOf(home, id)).toEqual([point === 'rename' ? 'active' : 'deleted'])
      await mh(home, ['task', 'delete', id])
      await mh(home, ['task', 'restore', id], {env: {MH_FAULT: point}})
      expect(foldersOf(home, id)).toEqual([point === 'rename' ? 'deleted' : 'active'])
      expect((await mh(home, ['task', 'list', '--json'])).json).toHaveLength(point === 'rename' ? 0 : 1)
    }
  )

  it.each(['write=ENOSPC', 'sync=EIO', 'rename=EIO', 'folder-synced=EIO', 'audit-line=ENOSPC'])(
    'that fails with "%s" says so and changes nothing',
    async (fault) => {
      const {home, id} = await withTask()
      const failed = await mh(home, ['task', 'done', id, '--json'], {env: {MH_FAULT: fault}})
      expect([failed.exitCode, failed.json.error.code]).toEqual([1, expect.any(String)])
      expect(foldersOf(home, id)).toEqual(['active'])
      expect((await mh(home, ['task', 'show', id, '--json'])).json.status).toBe('todo')
      expect(readdirSync(join(home.root, 'profiles/ada/.tmp'))).toEqual([])
    }
  )

  it('leaves the file of a task whole', async () => {
    const {home, id} = await withTask()
    await mh(home, ['task', 'edit', id, '--title', 'x'.repeat(900)], {env: {MH_FAULT: 'renamed'}})
    const text = readFileSync(join(home.root, 'profiles/ada/memory/tasks/active', `${id}.json`), 'utf8')
    expect(JSON.parse(text).title).toHaveLength(900)
  })
})
