import type {AuditEvent} from '../audit.ts'
import type {Task, TaskStatus} from './task.ts'

/** A task and whether it was deleted. */
export interface StoredTask {
  task: Task
  deleted: boolean
}

/** The other tasks as they are while one is written. */
export interface TaskLookup {
  get(id: string): Promise<StoredTask | undefined>
}

/** A change of one task. */
export interface TaskUpdate {
  /** Makes the new record from the present one, or throws. Given the same record again it makes the same. */
  change: (task: Task, others: TaskLookup) => Promise<Task> | Task
  audit: (task: Task, before: Task) => AuditEvent
}

export interface TaskFilter {
  /** open: what is left to do; all: everything but what was deleted. */
  which: 'open' | 'all' | 'deleted'
  status?: TaskStatus
  tag?: string
  /** Due not later than this, milliseconds. */
  due?: number
}

/**
 * Where one person's tasks are kept. Every implementation gives the same answers; the behaviour tests take it as a parameter.
 * All functions work for the current user context only.
 */
export interface TaskStore {
  /** Makes a new task durable. @param check throws where the other tasks stand in the way */
  add(task: Task, check: (others: TaskLookup) => Promise<void>, audit: AuditEvent): Promise<void>
  get(id: string): Promise<StoredTask | undefined>
  /** @returns the task as it is now; undefined where there is none, or it is deleted */
  update(id: string, update: TaskUpdate): Promise<Task | undefined>
  /** @returns the task; undefined where it is not there */
  trash(id: string, audit: AuditEvent): Promise<Task | undefined>
  /** Takes a task back that was deleted. @returns the task; undefined where it is not there */
  restore(id: string, audit: AuditEvent): Promise<Task | undefined>
  /**
   * Open ones before finished ones, then by due (none last), priority and age.
   * @returns at most `limit`, and how many there are in all
   */
  list(filter: TaskFilter, limit: number): Promise<{tasks: Task[]; total: number}>
  /** How many tasks pass each of the filters. */
  counts(filters: readonly TaskFilter[]): Promise<number[]>
  /** Ids that end so, at most `limit`. */
  endingWith(ending: string, deleted: boolean, limit: number): Promise<string[]>
  /** The id of the task that was made last, or, of the deleted ones, that was deleted last. */
  newest(deleted: boolean): Promise<string | undefined>
}
