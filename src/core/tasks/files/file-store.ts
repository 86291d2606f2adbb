import {statSync} from 'node:fs'
import {join} from 'node:path'
import {requireUserContext} from '../../context.ts'
import {lookWhenDue} from '../../file-index/held.ts'
import {syncFile, syncFolders} from '../../file-index/sync-folders.ts'
import {glanceAtLink} from '../../glance.ts'
import {paths} from '../../paths.ts'
import type {TaskStore} from '../store.ts'
import type {Task} from '../task.ts'
import {readTaskEntry, readTaskFile} from './read-task-file.ts'
import {placeOfFolder, type TaskIndex} from './task-index.ts'
import {tasksIndex} from './tasks-index.ts'
import {addTaskFile, moveTaskFile, updateTaskFile} from './write-task.ts'

/** Tasks in files, found through an index that is brought up to date at each look. */
export const taskFiles: TaskStore = {
  add: addTaskFile,
  get: (id) =>
    look(async ({index, root, userId}) => {
      const located = index.locate(id)
      if (located === undefined) return undefined
      const file = readTaskFile(root, located.folder, located.name, userId)
      return 'task' in file && file.task.id === id
        ? {task: file.task, deleted: placeOfFolder(located.folder) === 'deleted'}
        : undefined
    }),
  update: async (id, update) => {
    await look(async () => undefined)
    return updateTaskFile(id, update)
  },
  trash: async (id, audit) => {
    await look(async () => undefined)
    return moveTaskFile(id, true, audit)
  },
  restore: async (id, audit) => {
    await look(async () => undefined)
    return moveTaskFile(id, false, audit)
  },
  list: (filter, limit) =>
    look(async (view) => {
      for (let tries = 1; ; tries++) {
        const rows = view.index.list(filter, limit)
        const changed = rows.filter((row) => {
          const stat = glanceAtLink(join(view.root, row.folder, row.name))
          return stat?.mtimeMs !== row.mtimeMs || stat.size !== row.size
        })
        // Those that still change after so many looks are left out.
        if (changed.length === 0 || tries === TRIES) {
          const tasks = rows.filter((row) => !changed.includes(row)).map(({record}) => JSON.parse(record) as Task)
          return {tasks, total: rows.length < limit ? tasks.length : view.index.count(filter)}
        }
        for (const row of changed) await syncFile(view.userId, view.root, view.index, readTaskEntry, row)
      }
    }),
  counts: (filters) => look(async ({index}) => filters.map((filter) => index.count(filter))),
  endingWith: (ending, deleted, limit) => look(async ({index}) => index.endingWith(ending, deleted, limit)),
  newest: (deleted) =>
    look(async ({index, root}) => {
      if (!deleted) return index.newest()
      // A file was renamed when its task was deleted, and not touched since.
      return index
        .list({which: 'deleted'}, Number.MAX_SAFE_INTEGER)
        .map(({id, folder, name}) => ({
          id,
          at: statSync(join(root, folder, name), {throwIfNoEntry: false})?.ctimeMs ?? 0
        }))
        .sort((a, b) => b.at - a.at)[0]?.id
    })
}

interface View {
  index: TaskIndex
  /** The folder memory/tasks. */
  root: string
  userId: string
}

/** How often files may change while a list is put together. */
const TRIES = 4

function look<T>(fn: (view: View) => Promise<T>): Promise<T> {
  const user = requireUserContext('Tasks')
  return tasksIndex.use(user, async (index) => {
    const root = paths.tasks
    await lookWhenDue(
      index,
      () => syncFolders(user.userId, root, index, readTaskEntry),
      () => look(async () => undefined)
    )
    return fn({index, root, userId: user.userId})
  })
}
