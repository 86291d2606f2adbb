import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import {ANONYMOUS, type UserContext} from '../../../src/core/context.ts'
import {type Notice, onNotice} from '../../../src/core/notices.ts'
import {paths} from '../../../src/core/paths.ts'
import {systemPaths} from '../../../src/core/system-paths.ts'
import type {Task} from '../../../src/core/tasks/task.ts'
import {
  addTask,
  countOpenTasks,
  deleteTask,
  editTask,
  listTasks,
  restoreTask,
  setTaskStatus,
  showTask
} from '../../../src/core/tasks/tasks.ts'
import {requireUser} from '../../../src/core/users/accounts.ts'
import {createUser} from '../../../src/core/users/create.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {verifiedTrail} from '../../support/audit.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {describeOverFiles, itOverFiles} from '../../support/over-files.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

async function ada(): Promise<UserContext> {
  inTemporaryHome()
  return (await makePeople('ada')).ada
}

const as = <T>(user: UserContext, fn: () => Promise<T>): Promise<T> => enterContext(user, fn)
const titles = async (filter: Parameters<typeof listTasks>[0] = {which: 'open'}): Promise<string[]> =>
  (await listTasks(filter)).tasks.map(({title}) => title)
/** Folder and name of every task file: {"task-…": ["active"]}. */
function folders(): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const folder of ['active', 'completed', 'deleted'])
    for (const name of readdirSync(join(paths.tasks, folder)))
      found[name.replace('.json', '')] = [...(found[name.replace('.json', '')] ?? []), folder]
  return found
}
const file = (task: Task, folder = 'active'): string => join(paths.tasks, folder, `${task.id}.json`)

describe('a task', () => {
  itOverFiles('is one readable file with everything that was said', async () => {
    await as(await ada(), async () => {
      const task = await addTask({
        title: ' Call\nthe plumber ',
        priority: 'P1',
        due: '2027-01-05',
        tags: ['a', 'a', 'b']
      })
      expect(task).toMatchObject({
        title: 'Call the plumber',
        description: '',
        status: 'todo',
        priority: 'P1',
        due: '2027-01-05',
        tags: ['a', 'b'],
        dependencies: []
      })
      expect(task.id).toMatch(/^task-[0-9a-f-]{36}$/)
      expect(JSON.parse(readFileSync(file(task), 'utf8'))).toEqual(task)
      expect(await showTask(task.id)).toEqual(task)
      expect(await showTask(task.id.slice(-6))).toEqual(task)
      expect(await showTask('@last')).toEqual(task)
    })
  })

  itOverFiles('lies in the folder that its status says, and comes back from each', async () => {
    await as(await ada(), async () => {
      const {id} = await addTask({title: 'Buy pears'})
      const done = await setTaskStatus(id, 'done')
      expect(done).toMatchObject({status: 'done', completed: expect.any(String)})
      expect(folders()).toEqual({[id]: ['completed']})
      expect(await titles()).toEqual([])
      expect(await titles({which: 'all'})).toEqual(['Buy pears'])
      const again = await setTaskStatus(id, 'in_progress')
      expect(again).not.toHaveProperty('completed')
      expect(folders()).toEqual({[id]: ['active']})
      await setTaskStatus(id, 'cancelled')
      await deleteTask(id)
      expect(folders()).toEqual({[id]: ['deleted']})
      await expect(showTask(id)).rejects.toMatchObject({code: 'TASK_NOT_FOUND', exitCode: 3})
      expect(await titles({which: 'all'})).toEqual([])
      expect(await titles({which: 'deleted'})).toEqual(['Buy pears'])
      expect(await restoreTask('@last')).toMatchObject({id, status: 'cancelled'})
      expect(folders()).toEqual({[id]: ['completed']})
      expect(verifiedTrail(paths.audit).flatMap(({event}) => (event.startsWith('task_') ? [event] : []))).toEqual([
        'task_added',
        'task_done',
        'task_in_progress',
        'task_cancelled',
        'task_deleted',
        'task_restored'
      ])
      expect(readFileSync(join(paths.audit, readdirSync(paths.audit)[0] ?? ''), 'utf8')).not.toContain('Buy pears')
    })
  })

  itOverFiles('keeps keys that this version does not know', async () => {
    await as(await ada(), async () => {
      const task = await addTask({title: 'one'})
      writeFileSync(file(task), JSON.stringify({...task, estimate: {hours: 2}}))
      await editTask(task.id, {title: 'two'})
      expect(JSON.parse(readFileSync(file(task), 'utf8'))).toMatchObject({title: 'two', estimate: {hours: 2}})
    })
  })

  it('is edited field by field, and null takes the due date away', async () => {
    await as(await ada(), async () => {
      const {id} = await addTask({title: 'one', due: '2027-01-05', tags: ['a', 'b']})
      await editTask(id, {addTags: ['c'], removeTags: ['a'], description: 'more'})
      const edited = await editTask(id, {due: null})
      expect(edited).toMatchObject({title: 'one', description: 'more', tags: ['b', 'c']})
      expect(edited).not.toHaveProperty('due')
    })
  })

  it.each([' ', '\n', ''])('without a title is refused: %j', async (title) => {
    await as(await ada(), async () => {
      await expect(addTask({title})).rejects.toMatchObject({code: 'EMPTY_TITLE', exitCode: 2})
      expect(await titles()).toEqual([])
    })
  })
})

describe('a reference', () => {
  itOverFiles('that is too short, ambiguous, or leads elsewhere is told apart', async () => {
    await as(await ada(), async () => {
      await expect(showTask('@last')).rejects.toMatchObject({code: 'TASK_NOT_FOUND'})
      const one = await addTask({title: 'one'})
      writeFileSync(file({...one, id: `x${one.id}`}), JSON.stringify({...one, id: `x${one.id}`}))
      await expect(showTask('abc')).rejects.toMatchObject({code: 'ID_TOO_SHORT', exitCode: 2})
      await expect(showTask(one.id.slice(-8))).rejects.toMatchObject({code: 'AMBIGUOUS_ID', exitCode: 2})
      expect((await showTask(one.id)).id).toBe(one.id)
      for (const reference of ['../../etc/profile', 'a/b/c/d', '....', 'none-such'])
        await expect(showTask(reference)).rejects.toMatchObject({code: 'TASK_NOT_FOUND', exitCode: 3})
    })
  })
})

describe('dependencies', () => {
  it('that are open keep a task from being done, unless forced', async () => {
    await as(await ada(), async () => {
      const first = await addTask({title: 'first'})
      const second = await addTask({title: 'second', dependencies: [first.id.slice(-8)]})
      expect(second.dependencies).toEqual([first.id])
      await expect(setTaskStatus(second.id, 'done')).rejects.toMatchObject({code: 'DEPENDENCY_OPEN', exitCode: 5})
      expect((await showTask(second.id)).status).toBe('todo')
      expect((await setTaskStatus(second.id, 'done', true)).status).toBe('done')
      await setTaskStatus(second.id, 'todo')
      await setTaskStatus(first.id, 'done')
      expect((await setTaskStatus(second.id, 'done')).status).toBe('done')
    })
  })

  it('that were cancelled or deleted are not waited for', async () => {
    await as(await ada(), async () => {
      const [one, two] = [await addTask({title: 'one'}), await addTask({title: 'two'})]
      const last = await addTask({title: 'last', dependencies: [one.id, two.id]})
      await setTaskStatus(one.id, 'cancelled')
      await deleteTask(two.id)
      expect((await setTaskStatus(last.id, 'done')).status).toBe('done')
    })
  })

  it('never go round in a circle, not even through a deleted task', async () => {
    await as(await ada(), async () => {
      const one = await addTask({title: 'one'})
      const two = await addTask({title: 'two', dependencies: [one.id]})
      const three = await addTask({title: 'three', dependencies: [two.id]})
      const circle = {code: 'DEPENDENCY_CYCLE', exitCode: 5}
      await expect(editTask(one.id, {dependencies: [one.id]})).rejects.toMatchObject(circle)
      await expect(editTask(one.id, {dependencies: [two.id]})).rejects.toMatchObject(circle)
      await deleteTask(two.id)
      await expect(editTask(one.id, {dependencies: [three.id]})).rejects.toMatchObject(circle)
      expect((await showTask(one.id)).dependencies).toEqual([])
    })
  })

  it('on a task that is not there are refused', async () => {
    await as(await ada(), async () => {
      await expect(addTask({title: 'one', dependencies: ['task-none']})).rejects.toMatchObject({code: 'TASK_NOT_FOUND'})
      expect(await titles()).toEqual([])
    })
  })

  it('changed by many at once form no circle', async () => {
    await as(await ada(), async () => {
      const ids: string[] = []
      for (const title of ['a', 'b', 'c']) ids.push((await addTask({title})).id)
      const results = await Promise.allSettled(
        ids.map((id, at) => editTask(id, {dependencies: [ids[(at + 1) % ids.length] ?? '']}))
      )
      expect(results.filter(({status}) => status === 'rejected')).toHaveLength(1)
    })
  })
})

describe('the list', () => {
  it('is in the order of due date, priority and age, in the zone of the person', async () => {
    const user = await ada()
    await setDocument(user, 'profile', {timezone: 'America/Los_Angeles'})
    await as(user, async () => {
      await addTask({title: 'whenever'})
      await addTask({title: 'whenever, but first', priority: 'P0'})
      await addTask({title: 'later', due: '2027-03-01'})
      // The 5th ends at 08:00 UTC of the 6th in California.
      await addTask({title: 'that day', due: '2027-01-05'})
      await addTask({title: 'that evening', due: '2027-01-06T04:00:00.000Z'})
      await addTask({title: 'the day after', due: '2027-01-06T09:00:00.000Z'})
      expect(await titles()).toEqual([
        'that evening',
        'that day',
        'the day after',
        'later',
        'whenever, but first',
        'whenever'
      ])
    })
    await setDocument(user, 'profile', {timezone: 'Pacific/Kiritimati'})
    await as(user, async () => expect((await titles()).slice(0, 2)).toEqual(['that day', 'that evening']))
  })

  it('is filtered by status, tag and due date, and says how many it leaves out', async () => {
    await as(await ada(), async () => {
      await addTask({title: 'house', tags: ['house'], due: '2027-01-05'})
      const {id} = await addTask({title: 'garden', tags: ['garden', 'house'], due: '2027-02-05'})
      await addTask({title: 'other'})
      await setTaskStatus(id, 'blocked')
      expect(await titles({which: 'open', tag: 'house'})).toEqual(['house', 'garden'])
      expect(await titles({which: 'all', status: 'blocked'})).toEqual(['garden'])
      expect(await titles({which: 'open', due: Date.parse('2027-01-06')})).toEqual(['house'])
      expect(await countOpenTasks(Date.parse('2027-01-05T12:00Z'))).toEqual({open: 3, overdue: 0, today: 1})
      expect(await countOpenTasks(Date.parse('2027-01-06T12:00Z'))).toEqual({open: 3, overdue: 1, today: 0})
      expect(await listTasks({which: 'open'}, 2)).toMatchObject({total: 3, tasks: [{}, {}]})
      expect(await listTasks({which: 'open'}, 3)).toMatchObject({total: 3})
    })
  })
})

describeOverFiles('edits by other tools', () => {
  it('are seen: files added, changed in place, moved and removed', async () => {
    await as(await ada(), async () => {
      const task = await addTask({title: 'one'})
      expect(await titles()).toEqual(['one'])
      writeFileSync(file(task), JSON.stringify({...task, title: 'one, changed'}))
      expect(await titles()).toEqual(['one, changed'])
      writeFileSync(join(paths.tasks, 'active', 'mine.json'), '{"id":"task-mine","title":"mine","status":"open"}')
      mkdirSync(join(paths.tasks, 'active', 'work'))
      writeFileSync(join(paths.tasks, 'active/work/two.json'), '{"id":"task-two","title":"two","status":"todo"}')
      expect((await titles()).sort()).toEqual(['mine', 'one, changed', 'two'])
      renameSync(file(task), file(task, 'completed'))
      expect((await titles()).sort()).toEqual(['mine', 'two'])
      expect(await showTask(task.id)).toMatchObject({status: 'done'})
      expect(await setTaskStatus('task-two', 'done')).toMatchObject({status: 'done', priority: 'P2'})
      expect(existsSync(join(paths.tasks, 'completed/two.json'))).toBe(true)
      rmSync(join(paths.tasks, 'active', 'mine.json'))
      expect(await titles()).toEqual([])
    })
  })

  it('that cannot be read are told and left as they are', async () => {
    await as(await ada(), async () => {
      const told: Notice[] = []
      const stop = onNotice((notice) => told.push(notice))
      await addTask({title: 'one'})
      const broken = join(paths.tasks, 'active', 'broken.json')
      writeFileSync(broken, '{"id": ')
      symlinkSync('/etc/hostname', join(paths.tasks, 'active', 'link.json'))
      expect(await titles()).toEqual(['one'])
      stop()
      expect(told.map(({message}) => message).join('\n')).toMatch(/broken\.json.*not JSON[\s\S]*link\.json.*link/)
      expect(readFileSync(broken, 'utf8')).toBe('{"id": ')
    })
  })

  it('an index that is damaged, or gone, is made anew', async () => {
    const user = await ada()
    await as(user, async () => {
      await addTask({title: 'one'})
      const index = join(systemPaths.indexes, `${user.userId}.tasks.db`)
      for (const damage of [
        () => writeFileSync(index, 'nonsense'.repeat(1000)),
        () => rmSync(systemPaths.indexes, {recursive: true})
      ]) {
        damage()
        expect(await titles()).toEqual(['one'])
        await setTaskStatus('@last', 'blocked')
      }
    })
  })
})

describe('two people', () => {
  it('never see or change each other’s tasks', async () => {
    inTemporaryHome()
    const people = await makePeople('ada', 'bob')
    const hers = await as(people.ada, () => addTask({title: 'hers'}))
    const his = await as(people.bob, () => addTask({title: 'his'}))
    expect(hers.userId).not.toBe(his.userId)
    for (const [user, own, other] of [
      [people.ada, hers, his],
      [people.bob, his, hers]
    ] as const) {
      await as(user, async () => {
        expect(await titles({which: 'all'})).toEqual([own.title])
        const gone = {code: 'TASK_NOT_FOUND', exitCode: 3}
        await expect(showTask(other.id)).rejects.toMatchObject(gone)
        await expect(setTaskStatus(other.id, 'done')).rejects.toMatchObject(gone)
        await expect(editTask(other.id, {title: 'x'})).rejects.toMatchObject(gone)
        await expect(deleteTask(other.id)).rejects.toMatchObject(gone)
        await expect(restoreTask(other.id)).rejects.toMatchObject(gone)
        await expect(addTask({title: 'x', dependencies: [other.id]})).rejects.toMatchObject(gone)
      })
    }
    await Promise.all([as(people.ada, () => deleteTask(hers.id)), as(people.bob, () => setTaskStatus(his.id, 'done'))])
    expect(await as(people.ada, () => titles({which: 'deleted'}))).toEqual(['hers'])
    expect(await as(people.bob, () => titles({which: 'deleted'}))).toEqual([])
  })

  it('and nobody at all reach nothing', async () => {
    await ada()
    await expect(listTasks({which: 'open'})).rejects.toMatchObject({code: 'NO_USER_CONTEXT'})
    await expect(enterContext(ANONYMOUS, () => listTasks({which: 'open'}))).rejects.toMatchObject({exitCode: 4})
    await expect(enterContext(ANONYMOUS, () => addTask({title: 'x'}))).rejects.toMatchObject({exitCode: 4})
  })
})

describe('mode and role', () => {
  it('emulation changes no task, and reads them', async () => {
    const user = await ada()
    const {id} = await as(user, () => addTask({title: 'one'}))
    await setDocument(user, 'cognitiveMode', {currentMode: 'emulation'})
    await as(user, async () => {
      const refused = {code: 'NOT_ALLOWED_IN_MODE', exitCode: 4}
      await expect(addTask({title: 'two'})).rejects.toMatchObject(refused)
      await expect(setTaskStatus(id, 'done')).rejects.toMatchObject(refused)
      await expect(editTask(id, {title: 'x'})).rejects.toMatchObject(refused)
      await expect(deleteTask(id)).rejects.toMatchObject(refused)
      await expect(restoreTask(id)).rejects.toMatchObject(refused)
      expect(await titles()).toEqual(['one'])
    })
  })

  it('a guest changes none in any mode', async () => {
    const user = await ada()
    await as(user, () => createUser({username: 'eve', role: 'guest'}))
    await as(contextOf(await requireUser('eve')), async () => {
      await expect(addTask({title: 'two'})).rejects.toMatchObject({code: 'NOT_ALLOWED_FOR_ROLE', exitCode: 4})
    })
  })
})
