import {closeSync, existsSync, openSync} from 'node:fs'
import {DatabaseSync, type DatabaseSyncOptions} from 'node:sqlite'
import {glance} from '../glance.ts'
import {notedLooks} from '../looks.ts'
import {Statements} from './statements.ts'
import type {FolderMark} from './sync-folders.ts'
import {guarded, guardedLater, IndexUnusable} from './unusable.ts'

/** The table that an `IndexDatabase` keeps its marks in; a part of every schema. */
export const FOLDER_TABLE =
  'CREATE TABLE folder (path TEXT PRIMARY KEY, mtime REAL NOT NULL, names INTEGER NOT NULL, noted REAL NOT NULL) WITHOUT ROWID;'

/** Another process may be in a checkpoint for a moment. Writers wait for the profile's lock, not here. */
const BUSY_MS = 2000
let opened = 0
/** What is remembered of one connection. */
const MOST_ANSWERS = 64
const MARK = 'path, mtime AS mtimeMs, names, noted AS notedMs'

/**
 * Connects to an index that exists.
 * @param prepare checks what the file is made for, and throws IndexUnusable where it is something else
 * @throws IndexUnusable where it is missing, of another version or damaged
 */
export function openDatabase(
  file: string,
  version: number,
  prepare: (database: DatabaseSync) => void,
  options: DatabaseSyncOptions = {}
): DatabaseSync {
  if (!existsSync(file)) throw new IndexUnusable(file, 'missing')
  return connect(file, options, (database) => {
    const found = (database.prepare('PRAGMA user_version').get() as {user_version: number}).user_version
    if (found !== version) throw new IndexUnusable(file, `has version ${found}, not ${version}`)
    prepare(database)
  })
}

/** Makes an empty index, readable for its owner only. The folder is there; a file that is in the way is an error (EEXIST). */
export function createDatabase(
  file: string,
  prepare: (database: DatabaseSync) => void,
  options: DatabaseSyncOptions = {},
  journal: 'WAL' | 'MEMORY' = 'WAL'
): DatabaseSync {
  closeSync(openSync(file, 'wx', 0o600))
  return connect(file, options, (database) => {
    database.exec(`PRAGMA journal_mode = ${journal}`)
    prepare(database)
  })
}

function connect(file: string, options: DatabaseSyncOptions, prepare: (database: DatabaseSync) => void): DatabaseSync {
  return guarded(file, () => {
    const database = new DatabaseSync(file, {timeout: BUSY_MS, ...options})
    try {
      prepare(database)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/**
 * What every index that is derived from files has: one SQLite file, transactions, and marks of the folders that it knows. Writing
 * is for whoever holds the profile's lock; every method is synchronous, and throws IndexUnusable where the file turns out damaged.
 */
export abstract class IndexDatabase {
  protected readonly file: string
  protected readonly database: DatabaseSync
  protected readonly sql: Statements
  readonly #answers = new Map<string, {answer: unknown}>()
  readonly #name = `index ${opened++}`
  #seen = ''

  protected constructor(file: string, database: DatabaseSync) {
    this.file = file
    this.database = database
    this.sql = new Statements(database)
  }

  close(): void {
    try {
      this.guarded(() => this.database.close())
    } catch (error) {
      // What is damaged is found so at the next opening; nothing is read from it any more.
      if (!(error instanceof IndexUnusable)) throw error
    }
  }

  /** Runs `fn` as one change: all of it is kept, or, where it throws, nothing. */
  transaction<T>(fn: () => T): T {
    return this.guarded(() => {
      this.database.exec('BEGIN IMMEDIATE')
      try {
        const result = fn()
        this.database.exec('COMMIT')
        return result
      } catch (error) {
        if (this.database.isTransaction) this.database.exec('ROLLBACK')
        throw error
      }
    })
  }

  folders(): FolderMark[] {
    return this.guarded(() => this.sql.all<FolderMark>(`SELECT ${MARK} FROM folder ORDER BY path`))
  }

  folder(path: string): FolderMark | undefined {
    return this.guarded(() => this.sql.get<FolderMark>(`SELECT ${MARK} FROM folder WHERE path = ?`, path))
  }

  setFolder({path, mtimeMs, names, notedMs}: FolderMark): void {
    this.guarded(() => this.sql.run('INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?)', path, mtimeMs, names, notedMs))
  }

  /**
   * What `fn` reads of this index, read anew only where something was written to it since: a server is asked the same again and again.
   * It is everybody's who asks, and must not be changed.
   * @param name says what is asked for, with everything that the answer depends on beside the index
   */
  protected remembered<T>(name: string, fn: () => T): T {
    // Inside a change the answers of before it hold no more, and those of now not yet.
    if (this.database.isTransaction) return fn()
    this.#refresh()
    const known = this.#answers.get(name)
    if (known !== undefined) return known.answer as T
    const answer = fn()
    this.#keep(name, answer)
    return answer
  }

  /** The same for what is found out later. */
  protected async rememberedLater<T>(name: string, fn: () => Promise<T>): Promise<T> {
    this.guarded(() => this.#refresh())
    const known = this.#answers.get(name)
    if (known !== undefined) return known.answer as T
    const before = this.#seen
    const answer = await fn()
    if (this.#seen === before) this.#keep(name, answer)
    return answer
  }

  /** Lets whoever notes looks know of the next change of this index: for what is read of it without being remembered. */
  noteVersion(): void {
    if (notedLooks() !== undefined) this.guarded(() => glance(this.#name, () => this.#version()))
  }

  #refresh(): void {
    const version = glance(this.#name, () => this.#version())
    if (version !== this.#seen) {
      this.#answers.clear()
      this.#seen = version
    }
  }

  #keep(name: string, answer: unknown): void {
    const [oldest] = this.#answers.keys()
    if (this.#answers.size >= MOST_ANSWERS && oldest !== undefined) this.#answers.delete(oldest)
    this.#answers.set(name, {answer})
  }

  /** Another one after every change, by this connection or any other. */
  #version(): string {
    const [[others] = []] = this.sql.arrays<[number]>('PRAGMA data_version')
    const [[own] = []] = this.sql.arrays<[number]>('SELECT total_changes()')
    return `${others} ${own}`
  }

  protected guarded<T>(fn: () => T): T {
    return guarded(this.file, fn)
  }

  protected guardedLater<T>(fn: () => Promise<T>): Promise<T> {
    return guardedLater(this.file, fn)
  }
}

/** The condition that holds for a folder and all below it. @param column the one that has folders' paths */
export function belowFolder(path: string, column: string): {sql: string; values: string[]} {
  if (path === '') return {sql: 'TRUE', values: []}
  // "0" is the character after "/".
  return {sql: `(${column} = ? OR (${column} >= ? AND ${column} < ?))`, values: [path, `${path}/`, `${path}0`]}
}

/** An id backwards: by it, ids are looked up by their ending. */
export const reverse = (id: string): string => [...id].reverse().join('')
