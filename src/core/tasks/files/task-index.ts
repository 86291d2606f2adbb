import type {DatabaseSync, SQLInputValue} from 'node:sqlite'
import {
  belowFolder,
  createDatabase,
  FOLDER_TABLE,
  IndexDatabase,
  openDatabase,
  reverse
} from '../../file-index/index-database.ts'
import type {FileEntry, FolderIndex} from '../../file-index/sync-folders.ts'
import {IndexUnusable} from '../../file-index/unusable.ts'
import type {TaskFilter} from '../store.ts'
import {dueMoment, isOpen, type Task} from '../task.ts'

/** One task as its file has it. */
export interface TaskEntry extends FileEntry {
  task: Task
}

/** A change of the table, or of what is worked out from a task, raises it: older indexes are rebuilt. */
const VERSION = 1
const NEVER = Number.MAX_SAFE_INTEGER
const PRAGMAS = 'PRAGMA synchronous = NORMAL'
/** A list up to this long may be remembered. */
const FEW = 20
const LOCATED = 'id, folder, name, mtime AS mtimeMs, size'
const ORDER = 'state, due, priority, created, id'
const STATE = {open: 0, finished: 1, deleted: 2} as const

/** `due` is in milliseconds and depends on the zone, which is why an index belongs to one. `reversed` is the id backwards. */
const SCHEMA = `
  CREATE TABLE task (
    id TEXT PRIMARY KEY, reversed TEXT NOT NULL, folder TEXT NOT NULL, name TEXT NOT NULL, mtime REAL NOT NULL,
    size INTEGER NOT NULL, state INTEGER NOT NULL, status TEXT NOT NULL, due INTEGER NOT NULL, priority TEXT NOT NULL,
    created TEXT NOT NULL, record TEXT NOT NULL
  );
  CREATE INDEX task_order ON task (${ORDER});
  CREATE INDEX task_created ON task (created, id);
  CREATE INDEX task_reversed ON task (reversed);
  CREATE UNIQUE INDEX task_file ON task (folder, name);
  ${FOLDER_TABLE}
  CREATE TABLE zone (name TEXT NOT NULL);
`

/**
 * What a profile's tasks are listed by: one SQLite file, derived from the task files and deletable at any time. Writing is for
 * whoever holds the profile's lock. Each method throws IndexUnusable where the file turns out damaged.
 */
export class TaskIndex extends IndexDatabase implements FolderIndex<TaskEntry> {
  readonly #zone: string

  private constructor(file: string, database: DatabaseSync, zone: string) {
    super(file, database)
    this.#zone = zone
  }

  /** Opens an index that exists. Throws IndexUnusable where it is missing, damaged, or made for another version or zone. */
  static open(file: string, zone: string): TaskIndex {
    const check = (database: DatabaseSync): void => {
      const made = database.prepare('SELECT name FROM zone').get() as {name: string} | undefined
      if (made?.name !== zone) throw new IndexUnusable(file, 'was made in another time zone')
      database.exec(PRAGMAS)
    }
    return new TaskIndex(file, openDatabase(file, VERSION, check), zone)
  }

  /** Makes an empty index, readable for its owner only. */
  static create(file: string, zone: string): TaskIndex {
    const fill = (database: DatabaseSync): void => {
      database.exec(`${PRAGMAS}; BEGIN IMMEDIATE; ${SCHEMA}`)
      database.prepare('INSERT INTO zone VALUES (?)').run(zone)
      database.exec(`PRAGMA user_version = ${VERSION}; COMMIT`)
    }
    return new TaskIndex(file, createDatabase(file, fill), zone)
  }

  put(entries: readonly TaskEntry[]): {conflicts: {id: string; folder: string; name: string}[]} {
    const conflicts: FileEntry[] = []
    for (const entry of entries) {
      const known = this.locate(entry.id)
      if (known !== undefined && (known.folder !== entry.folder || known.name !== entry.name)) conflicts.push(entry)
      else this.#insert(entry)
    }
    return {conflicts}
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#run('DELETE FROM task WHERE id = ?', id)
  }

  removeFolder(path: string): void {
    const tasks = belowFolder(path, 'folder')
    const marks = belowFolder(path, 'path')
    this.#run(`DELETE FROM task WHERE ${tasks.sql}`, ...tasks.values)
    this.#run(`DELETE FROM folder WHERE ${marks.sql}`, ...marks.values)
  }

  files(folder: string): Map<string, {id: string; mtimeMs: number; size: number}> {
    const rows = this.guarded(() => this.sql.all<FileEntry>(`SELECT ${LOCATED} FROM task WHERE folder = ?`, folder))
    return new Map(rows.map(({name, ...file}) => [name, file]))
  }

  locate(id: string): FileEntry | undefined {
    return this.guarded(() => this.sql.get<FileEntry>(`SELECT ${LOCATED} FROM task WHERE id = ?`, id))
  }

  total(): number {
    return this.guarded(() => this.sql.get<{n: number}>('SELECT count(*) AS n FROM task')?.n ?? 0)
  }

  endingWith(ending: string, deleted: boolean, limit: number): string[] {
    const start = reverse(ending)
    return this.#ids(
      `reversed >= ? AND reversed < ? AND (state = ${STATE.deleted}) = ? LIMIT ?`,
      start,
      `${start}\u{10ffff}`,
      deleted ? 1 : 0,
      limit
    )
  }

  /** The task that was made last and is not deleted. */
  newest(): string | undefined {
    return this.#ids(`state < ${STATE.deleted} ORDER BY created DESC, id DESC LIMIT 1`)[0]
  }

  /** Finished tasks whose file still lies among the active ones: a change was interrupted between its two steps. */
  misplaced(): FileEntry[] {
    return this.guarded(() =>
      this.sql.all<FileEntry>(
        `SELECT ${LOCATED} FROM task WHERE state = ${STATE.finished} AND folder NOT IN ('completed') AND folder NOT LIKE 'completed/%'`
      )
    )
  }

  list(filter: TaskFilter, limit: number): readonly (FileEntry & {record: string})[] {
    const {where, values} = conditions(filter)
    const list = (): (FileEntry & {record: string})[] =>
      this.sql
        .arrays<[string, string, string, number, number, string]>(
          `SELECT id, folder, name, mtime, size, record FROM task WHERE ${where} ORDER BY ${ORDER} LIMIT ?`,
          ...values,
          limit
        )
        .map(([id, folder, name, mtimeMs, size, record]) => ({id, folder, name, mtimeMs, size, record}))
    return this.guarded(() =>
      limit > FEW ? list() : this.remembered(JSON.stringify(['list', where, values, limit]), list)
    )
  }

  count(filter: TaskFilter): number {
    const {which, due, status, tag} = filter
    if (which === 'open' && status === undefined && tag === undefined) return this.#countOpen(due)
    const {where, values} = conditions(filter)
    return this.guarded(
      () => this.sql.get<{n: number}>(`SELECT count(*) AS n FROM task WHERE ${where}`, ...values)?.n ?? 0
    )
  }

  /** A status counts open tasks by a moment that goes on all the time: their dues hold for all of them. */
  #countOpen(due: number | undefined): number {
    const dues = this.guarded(() =>
      this.remembered('dues', () =>
        this.sql.arrays<[number]>(`SELECT due FROM task WHERE state = ${STATE.open} ORDER BY due`).map(([at]) => at)
      )
    )
    return due === undefined ? dues.length : dues.findLastIndex((at) => at <= due) + 1
  }

  #insert({id, folder, name, mtimeMs, size, task}: TaskEntry): void {
    this.#run(
      'INSERT OR REPLACE INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      reverse(id),
      folder,
      name,
      mtimeMs,
      size,
      placeOfFolder(folder) === 'deleted' ? STATE.deleted : isOpen(task) ? STATE.open : STATE.finished,
      task.status,
      dueMoment(task, this.#zone) ?? NEVER,
      task.priority,
      task.created,
      JSON.stringify(task)
    )
  }

  #ids(where: string, ...values: SQLInputValue[]): string[] {
    return this.guarded(() =>
      this.sql.arrays<[string]>(`SELECT id FROM task WHERE ${where}`, ...values).map(([id]) => id)
    )
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.guarded(() => this.sql.run(sql, ...values))
  }
}

/** What a folder below memory/tasks is for; a file that lies outside the three is an active task. */
export function placeOfFolder(folder: string): 'active' | 'completed' | 'deleted' {
  const [top] = folder.split('/')
  return top === 'completed' || top === 'deleted' ? top : 'active'
}

function conditions({which, status, tag, due}: TaskFilter): {where: string; values: SQLInputValue[]} {
  const where = [which === 'all' ? `state < ${STATE.deleted}` : `state = ${STATE[which]}`]
  const values: SQLInputValue[] = []
  if (status !== undefined) {
    where.push('status = ?')
    values.push(status)
  }
  if (tag !== undefined) {
    where.push("EXISTS (SELECT 1 FROM json_each(record, '$.tags') WHERE value = ?)")
    values.push(tag)
  }
  if (due !== undefined) {
    where.push('due <= ?')
    values.push(due)
  }
  return {where: where.join(' AND '), values}
}
