import {backend} from '../backend.ts'
import {requireUserContext} from '../context.ts'
import {notFound, usageError} from '../errors.ts'
import {resolveReference} from '../reference.ts'
import {readSettings} from '../settings.ts'
import {startOfDay} from '../time.ts'
import {requirePermission} from '../users/permissions.ts'
import {checkDependencies, requireDependenciesDone} from './dependencies.ts'
import {taskFiles} from './files/file-store.ts'
import type {TaskFilter, TaskLookup, TaskStore} from './store.ts'
import {newTask, type Task, type TaskFields, type TaskStatus} from './task.ts'

/** Where the current person's tasks are kept. */
export const taskStore = (): TaskStore => backend()?.tasks ?? taskFiles

/** What is changed of a task. What is missing stays; null takes away. */
export interface TaskEdit {
  title?: string
  description?: string
  priority?: Task['priority']
  due?: string | null
  /** In place of the tags that are there; the next two change single ones. */
  tags?: string[]
  addTags?: string[]
  removeTags?: string[]
  /** References (see `resolveTask`), in place of the dependencies that are there. */
  dependencies?: string[]
}

/**
 * Makes a task of the current person. `dependencies` are references: ids, unique endings, "@last".
 * @throws MhError EMPTY_TITLE, AMBIGUOUS_ID (exit 2), TASK_NOT_FOUND (exit 3), NOT_ALLOWED_IN_MODE (exit 4)
 */
export async function addTask(fields: TaskFields): Promise<Task> {
  requirePermission('task')
  const {userId} = requireUserContext('Tasks')
  const task = newTask(
    {
      ...fields,
      title: checkTitle(fields.title),
      tags: unique(fields.tags ?? []),
      dependencies: await resolveAll(fields.dependencies ?? [])
    },
    userId,
    new Date().toISOString()
  )
  const details = {id: task.id}
  await taskStore().add(task, (others) => checkDependencies(task, others), {
    category: 'data',
    event: 'task_added',
    details
  })
  return task
}

/** How many tasks a list shows where nothing else is said: more than a person reads, and quick however many there are. */
export const USUAL_LIMIT = 500

/**
 * Tasks of the current person: open ones before finished ones, then by due date (none last), priority and age.
 * @param limit at most so many
 * @returns those, and how many there are in all
 */
export async function listTasks(filter: TaskFilter, limit = USUAL_LIMIT): Promise<{tasks: Task[]; total: number}> {
  requirePermission('read')
  return taskStore().list(filter, limit)
}

/** How many tasks are open, and how many of them are overdue or due by the end of the day. */
export async function countOpenTasks(now = Date.now()): Promise<{open: number; overdue: number; today: number}> {
  requirePermission('read')
  const zone = readSettings().timezone
  const tonight = startOfDay(now, zone, 1) - 1
  const [open = 0, overdue = 0, due = 0] = await taskStore().counts([
    {which: 'open'},
    {which: 'open', due: now - 1},
    {which: 'open', due: tonight}
  ])
  return {open, overdue, today: due - overdue}
}

/** One task, by its id, any unique ending of it, or "@last". @throws MhError TASK_NOT_FOUND (exit 3), AMBIGUOUS_ID (exit 2) */
export async function showTask(reference: string): Promise<Task> {
  requirePermission('read')
  const found = await taskStore().get(await resolveTask(reference))
  if (found === undefined || found.deleted) throw taskNotFound(reference)
  return found.task
}

/**
 * Says how far a task is. One that was finished is taken up again by another status.
 * @param force whether it may be done while tasks that come before it are open
 * @throws MhError DEPENDENCY_OPEN (exit 5), TASK_NOT_FOUND (exit 3)
 */
export function setTaskStatus(reference: string, status: TaskStatus, force = false): Promise<Task> {
  return change(reference, {
    event: `task_${status}`,
    async apply(task, others) {
      if (task.status === status) return task
      if (status === 'done' && !force) await requireDependenciesDone(task, others)
      const {completed: _completed, ...rest} = task
      const now = new Date().toISOString()
      return {...rest, status, updated: now, ...(status === 'done' ? {completed: now} : {})}
    }
  })
}

/**
 * Changes what a task says.
 * @throws MhError EMPTY_TITLE (exit 2), TASK_NOT_FOUND (exit 3), DEPENDENCY_CYCLE (exit 5)
 */
export async function editTask(reference: string, edit: TaskEdit): Promise<Task> {
  requirePermission('task')
  const {addTags = [], removeTags = [], due, ...fields} = edit
  const title = fields.title === undefined ? {} : {title: checkTitle(fields.title)}
  const dependencies = fields.dependencies === undefined ? {} : {dependencies: await resolveAll(fields.dependencies)}
  return change(reference, {
    event: 'task_edited',
    async apply(task, others) {
      const {due: before, ...rest} = task
      const tags = unique([...(fields.tags ?? task.tags), ...addTags]).filter((tag) => !removeTags.includes(tag))
      const when = due === undefined ? before : (due ?? undefined)
      const edited: Task = {
        ...rest,
        ...fields,
        ...title,
        ...dependencies,
        ...(when === undefined ? {} : {due: when}),
        tags,
        updated: new Date().toISOString()
      }
      if (fields.dependencies !== undefined) await checkDependencies(edited, others)
      return edited
    }
  })
}

/** Puts a task away; `restoreTask` brings it back. */
export async function deleteTask(reference: string): Promise<Task> {
  requirePermission('task')
  const id = await resolveTask(reference)
  const task = await taskStore().trash(id, {category: 'data', event: 'task_deleted', details: {id}})
  if (task === undefined) throw taskNotFound(reference)
  return task
}

/** Brings a deleted task back; "@last" is the one that was deleted last. @throws MhError TASK_NOT_FOUND (exit 3) */
export async function restoreTask(reference: string): Promise<Task> {
  requirePermission('task')
  const id = await resolveTask(reference, true)
  const task = await taskStore().restore(id, {category: 'data', event: 'task_restored', details: {id}})
  if (task === undefined) throw taskNotFound(reference, true)
  return task
}

/**
 * The id that a reference means (see `resolveReference`); "@last" is the task that was made last.
 * @param deleted whether it is looked for among the deleted ones
 * @throws MhError TASK_NOT_FOUND (exit 3), ID_TOO_SHORT, AMBIGUOUS_ID (exit 2)
 */
export function resolveTask(reference: string, deleted = false): Promise<string> {
  const store = taskStore()
  return resolveReference(reference, {
    endingWith: (ending, limit) => store.endingWith(ending, deleted, limit),
    last: () => store.newest(deleted),
    notFound: (wanted) => taskNotFound(wanted, deleted)
  })
}

const LONGEST_TITLE = 1000

interface Change {
  event: string
  apply: (task: Task, others: TaskLookup) => Promise<Task>
}

async function change(reference: string, {event, apply}: Change): Promise<Task> {
  requirePermission('task')
  const changed = await taskStore().update(await resolveTask(reference), {
    change: apply,
    audit: (task, before) => ({category: 'data', event, details: {id: task.id, changed: changedFields(task, before)}})
  })
  if (changed === undefined) throw taskNotFound(reference)
  return changed
}

/** Names of the fields that differ; what stands in them is nobody's business but the person's. */
const changedFields = (task: Task, before: Task): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(task)])].filter(
    (key) => JSON.stringify(task[key]) !== JSON.stringify(before[key])
  )

async function resolveAll(references: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const reference of references) ids.push(await resolveTask(reference))
  return unique(ids)
}

/** @throws MhError EMPTY_TITLE, TITLE_TOO_LONG (exit 2) */
function checkTitle(title: string): string {
  const line = title.trim().replaceAll(/\s*\n\s*/g, ' ')
  if (line === '') throw usageError('EMPTY_TITLE', 'The task has no title', 'mh task add "what is to be done"')
  if (line.length > LONGEST_TITLE)
    throw usageError(
      'TITLE_TOO_LONG',
      `The title has ${line.length} characters, ${LONGEST_TITLE} at most are taken`,
      'Put the rest into --description'
    )
  return line
}

function taskNotFound(reference: string, deleted = false): Error {
  const what = deleted ? 'deleted task' : 'task'
  return notFound(
    'TASK_NOT_FOUND',
    reference === '@last' ? `There is no ${what} yet` : `There is no ${what} ${JSON.stringify(reference)}`,
    deleted ? 'mh task list --deleted shows those that are' : 'mh task list --all shows what is there'
  )
}

const unique = (values: readonly string[]): string[] => [...new Set(values)]
