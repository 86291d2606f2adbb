import {newId} from '../ids.ts'
import {isObject, texts} from '../json.ts'
import {DAY_MS, fromLocal} from '../time.ts'

export const TASK_STATUSES = ['todo', 'in_progress', 'blocked', 'done', 'cancelled'] as const
export const TASK_PRIORITIES = ['P0', 'P1', 'P2', 'P3'] as const

export type TaskStatus = (typeof TASK_STATUSES)[number]
export type TaskPriority = (typeof TASK_PRIORITIES)[number]

/** Where a task's file lies: the folders of memory/tasks. */
export type TaskPlace = 'active' | 'completed' | 'deleted'

/** A task, as mh writes it. Read leniently: see `readTask`. */
export interface Task {
  /** "task-" and a UUIDv7; older forms are read as they are. */
  id: string
  title: string
  description: string
  status: TaskStatus
  /** P0 is the most urgent. */
  priority: TaskPriority
  /** YYYY-MM-DD where no time was said: until the end of that day in the person's zone. Else ISO 8601, UTC. */
  due?: string
  tags: string[]
  /** Ids of the tasks that come before this one. */
  dependencies: string[]
  userId: string
  /** ISO 8601, UTC, as are the next two. */
  created: string
  updated: string
  /** When it was done. */
  completed?: string
  [key: string]: unknown
}

/** Everything that a person says of a new task. */
export type TaskFields = Pick<Task, 'title'> &
  Partial<Pick<Task, 'description' | 'priority' | 'due' | 'tags' | 'dependencies'>>

/** The record of a new task. */
export function newTask(fields: TaskFields, userId: string, now: string): Task {
  const {title, description = '', priority = 'P2', due, tags = [], dependencies = []} = fields
  return {
    id: newId('task'),
    title,
    description,
    status: 'todo',
    priority,
    ...(due === undefined ? {} : {due}),
    tags,
    dependencies,
    userId,
    created: now,
    updated: now
  }
}

/** Whether something is left to do. */
export const isOpen = ({status}: Pick<Task, 'status'>): boolean => status !== 'done' && status !== 'cancelled'

/** The folder of a task that is not deleted. */
export const placeOf = (task: Pick<Task, 'status'>): TaskPlace => (isOpen(task) ? 'active' : 'completed')

/**
 * Until when a task is to be done, in milliseconds; undefined where it has no due date, or one that cannot be read.
 * @param zone IANA name of the person's zone
 */
export function dueMoment({due}: Pick<Task, 'due'>, zone: string): number | undefined {
  if (due === undefined) return undefined
  const at = Date.parse(due)
  if (Number.isNaN(at)) return undefined
  return /^\d{4}-\d\d-\d\d$/.test(due) ? fromLocal(at + DAY_MS, zone) - 1 : at
}

/**
 * Reads a task from parsed JSON. Only id, title and status must be there; everything else gets its default, and keys that this
 * version does not know stay. A finished task is one whose status says so or that lies among the completed ones: a change that
 * was interrupted between the two is read as it was before or as it is after, never as something else.
 * @param place where the file lies
 * @param userId the profile's person, for records without one
 * @param mtimeMs of the file, for records without times
 * @returns the task, or the reason why the value is none
 */
export function readTask(value: unknown, place: TaskPlace, userId: string, mtimeMs: number): Task | string {
  if (!isObject(value)) return 'it is not a JSON object'
  const {
    id,
    title,
    description,
    status,
    priority,
    due,
    tags,
    dependencies,
    created,
    updated,
    completed,
    userId: by,
    ...others
  } = value as Record<string, unknown>
  if (typeof id !== 'string' || id === '') return 'it has no id'
  if (!/^[\w.:-]{1,128}$/.test(id) || id.includes('..'))
    return `its id ${JSON.stringify(id.slice(0, 80))} has characters that an id may not have`
  if (typeof title !== 'string') return 'it has no title'
  if (typeof status !== 'string') return 'it has no status'
  const made = moment(created) ?? new Date(mtimeMs).toISOString()
  return {
    id,
    title,
    description: typeof description === 'string' ? description : '',
    status: statusOf(status, place),
    priority: TASK_PRIORITIES.find((one) => one === priority) ?? 'P2',
    ...(typeof due === 'string' && due !== '' ? {due} : {}),
    tags: texts(tags),
    dependencies: texts(dependencies),
    userId: typeof by === 'string' ? by : userId,
    created: made,
    updated: moment(updated) ?? made,
    ...(moment(completed) === undefined ? {} : {completed: moment(completed) as string}),
    ...others
  }
}

/** The text of a task's file. */
export const formatTask = (task: Task): string => `${JSON.stringify(task, null, 2)}\n`

/** A word that is no status of ours leaves the folder to say whether something is left to do. */
function statusOf(word: string, place: TaskPlace): TaskStatus {
  const status = TASK_STATUSES.find((one) => one === word) ?? (place === 'completed' ? 'done' : 'todo')
  return place === 'completed' && isOpen({status}) ? 'done' : status
}

function moment(value: unknown): string | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
