import {closeSync, existsSync, openSync} from 'node:fs'
import {DatabaseSync, type SQLInputValue} from 'node:sqlite'
import type {FolderIndex, FolderMark} from '../files/sync-folders.ts'
import type {Search} from '../search/search.ts'
import {counted, countOf, PRIVATE, tallyOf} from './counts.ts'
import {rowsOf} from './filter.ts'
import {SCHEMA, SCHEMA_VERSION} from './schema.ts'
import {sourceOf} from './source.ts'
import {speakersOf} from './speakers.ts'
import {Statements} from './statements.ts'
import type {Conflict, Hit, IndexEntry, IndexFilter, IndexOptions, Located, SearchOptions} from './types.ts'
import {guarded, IndexUnusable} from './unusable.ts'
import {
  loadVectorFunctions,
  type NearestRequest,
  nearestVectors,
  putVector,
  vectorCount,
  withoutVector
} from './vectors.ts'
import {putEntries, removeRows, reverse} from './writer.ts'

export type {Conflict, Hit, IndexEntry, IndexFilter, IndexOptions, Located, SearchOptions} from './types.ts'
export {IndexUnusable} from './unusable.ts'

const LOCATED = 'm.id, m.timestamp, m.type, m.folder, m.name, m.mtime AS mtimeMs, m.size'

/**
 * What a profile's memories are found by: one SQLite file, derived from the memory files and deletable at any time.
 * Writing is for whoever holds the profile's lock; every method is synchronous. Each throws IndexUnusable where the file turns out damaged.
 */
export class MemoryIndex implements FolderIndex<IndexEntry> {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #options: IndexOptions
  readonly #sql: Statements
  #comparesVectors = false

  private constructor(file: string, database: DatabaseSync, options: IndexOptions) {
    this.#file = file
    this.#database = database
    this.#options = options
    this.#sql = new Statements(database)
  }

  /** Opens an index that exists. Throws IndexUnusable where it is missing, of another version or damaged. */
  static open(file: string, options: IndexOptions): MemoryIndex {
    if (!existsSync(file)) throw new IndexUnusable(file, 'missing')
    return MemoryIndex.#connect(file, options, (database) => {
      const version = (database.prepare('PRAGMA user_version').get() as {user_version: number}).user_version
      if (version !== SCHEMA_VERSION) throw new IndexUnusable(file, `has version ${version}, not ${SCHEMA_VERSION}`)
      const {language} = database.prepare('SELECT language FROM totals').get() as {language: string}
      if (language !== options.language) throw new IndexUnusable(file, `is in ${language}, not in ${options.language}`)
      database.exec(PRAGMAS)
    })
  }

  /** Makes an empty index, readable for its owner only. The folder is there; a file that is in the way is an error (EEXIST). */
  static create(file: string, options: IndexOptions): MemoryIndex {
    closeSync(openSync(file, 'wx', 0o600))
    return MemoryIndex.#connect(file, options, (database) => {
      database.exec(`PRAGMA journal_mode = WAL; ${PRAGMAS}`)
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA}`)
      database.prepare('UPDATE totals SET language = ?').run(options.language)
      database.exec('COMMIT')
    })
  }

  static #connect(file: string, options: IndexOptions, prepare: (database: DatabaseSync) => void): MemoryIndex {
    return guarded(file, () => {
      // Extensions are allowed, and switched on only while the one for vectors is loaded.
      const database = new DatabaseSync(file, {timeout: BUSY_MS, allowExtension: true})
      try {
        prepare(database)
        return new MemoryIndex(file, database, options)
      } catch (error) {
        database.close()
        throw error
      }
    })
  }

  close(): void {
    try {
      this.#guarded(() => this.#database.close())
    } catch (error) {
      // What is damaged is found so at the next opening; nothing is read from it any more.
      if (!(error instanceof IndexUnusable)) throw error
    }
  }

  /** Runs `fn` as one change: all of it is kept, or, where it throws, nothing. */
  transaction<T>(fn: () => T): T {
    return this.#guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const result = fn()
        this.#database.exec('COMMIT')
        return result
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /**
   * Inserts entries, or replaces what the index knows of the same file. An id that stands in another file already stays with that one:
   * the later entry is left out and returned as a conflict.
   */
  put(entries: readonly IndexEntry[]): {conflicts: Conflict[]} {
    return {conflicts: this.#change(() => putEntries(this.#sql, this.#options.language, entries))}
  }

  /** Takes memories out; unknown ids are left alone. */
  remove(ids: readonly string[]): void {
    this.#change(() =>
      removeRows(
        this.#sql,
        this.#rows('SELECT row FROM memory WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
      )
    )
  }

  /** Takes out everything of a folder and of all below it, the marks as well. */
  removeFolder(path: string): void {
    const [where, values] =
      path === '' ? ['TRUE', []] : ['(PATH = ? OR (PATH >= ? AND PATH < ?))', [path, `${path}/`, `${path}0`]]
    this.#change(() => {
      removeRows(this.#sql, this.#rows(`SELECT row FROM memory WHERE ${where.replaceAll('PATH', 'folder')}`, ...values))
      this.#sql.run(`DELETE FROM folder WHERE ${where.replaceAll('PATH', 'path')}`, ...values)
    })
  }

  folders(): FolderMark[] {
    return this.#guarded(() => this.#sql.all<FolderMark>(`SELECT ${MARK} FROM folder ORDER BY path`))
  }

  folder(path: string): FolderMark | undefined {
    return this.#guarded(() => this.#sql.get<FolderMark>(`SELECT ${MARK} FROM folder WHERE path = ?`, path))
  }

  setFolder(mark: FolderMark): void {
    this.#guarded(() =>
      this.#sql.run(
        'INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?)',
        mark.path,
        mark.mtimeMs,
        mark.names,
        mark.notedMs
      )
    )
  }

  /** What the index knows of exactly that folder, by file name. */
  files(folder: string): Map<string, {id: string; mtimeMs: number; size: number}> {
    const rows = this.#guarded(() =>
      this.#sql.arrays<[string, string, number, number]>(
        'SELECT name, id, mtime, size FROM memory WHERE folder = ?',
        folder
      )
    )
    return new Map(rows.map(([name, id, mtimeMs, size]) => [name, {id, mtimeMs, size}]))
  }

  locate(id: string): Located | undefined {
    return this.#guarded(() => this.#sql.get<Located>(`SELECT ${LOCATED} FROM memory m WHERE m.id = ?`, id))
  }

  /** Memories whose id ends so, at most `limit`. */
  endingWith(ending: string, limit: number): Located[] {
    const start = reverse(ending)
    return this.#guarded(() =>
      this.#sql.all<Located>(
        `SELECT ${LOCATED} FROM memory m WHERE m.reversed >= ? AND m.reversed < ? LIMIT ?`,
        start,
        `${start}\u{10ffff}`,
        limit
      )
    )
  }

  /** The newest memory by timestamp, then id. */
  newest(): Located | undefined {
    return this.list({}, 1)[0]
  }

  /** Every memory's terms, in the order of rows: what is compared to find memories that say the same. */
  *terms(): Generator<{id: string; terms: string[]}> {
    for (let last = 0; ; ) {
      const page = this.#guarded(() =>
        this.#sql.arrays<[number, string, string]>(
          'SELECT row, id, terms FROM memory WHERE row > ? ORDER BY row LIMIT 1000',
          last
        )
      )
      for (const [, id, terms] of page) yield {id, terms: terms === '' ? [] : terms.split(' ')}
      const end = page.at(-1)?.[0]
      if (end === undefined) return
      last = end
    }
  }

  /**
   * Writes the whole file anew, so that no byte of what was taken out is left in it or beside it. Removing a row only marks its
   * place as free, and a full-text index keeps the words of removed rows until its parts are merged.
   */
  scrub(): void {
    this.#guarded(() => {
      this.#database.exec("INSERT INTO words (words) VALUES ('optimize')")
      this.#database.exec('VACUUM')
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    })
  }

  /** The session of the newest memory that belongs to one. */
  newestSession(): string | undefined {
    return this.#guarded(() => this.#sql.get<{session: string}>(NEWEST_SESSION)?.session)
  }

  /** The commonest terms that begin so. */
  termsFrom(prefix: string, limit: number): string[] {
    return this.#guarded(() =>
      this.#sql
        .arrays<[string]>(
          'SELECT term FROM vocabulary WHERE term >= ? AND term < ? ORDER BY frequency DESC, term LIMIT ?',
          prefix,
          `${prefix}\u{10ffff}`,
          limit
        )
        .map(([term]) => term)
    )
  }

  /** Conversations, the one with the newest turn first: what they began with, how many turns, when. */
  sessions(limit: number): {session: string; first: Located; turns: number; startedAt: number}[] {
    return this.#guarded(() =>
      this.#sql.all<{session: string; turns: number; startedAt: number}>(SESSIONS, limit).flatMap((found) => {
        const first = this.#sql.get<Located>(
          `SELECT ${LOCATED} FROM memory m WHERE m.session = ? ORDER BY m.timestamp, m.id LIMIT 1`,
          found.session
        )
        return first === undefined ? [] : [{...found, first}]
      })
    )
  }

  /** Memories that pass the filter, newest first, from after the one named in `before`. */
  list(filter: IndexFilter, limit: number, before?: {timestamp: number; id: string}): Located[] {
    const {from, condition, time} = rowsOf(filter)
    const [after, cursor] =
      before === undefined ? ['', []] : [` AND (${time}, m.id) < (?, ?)`, [before.timestamp, before.id]]
    const query = `SELECT ${LOCATED} FROM ${from} WHERE ${condition.sql}${after} ORDER BY ${time} DESC, m.id DESC LIMIT ?`
    return this.#guarded(() => this.#sql.all<Located>(query, ...condition.values, ...cursor, limit))
  }

  /** How many memories there are. */
  total(): number {
    return this.#guarded(() => this.#sql.get<{memories: number}>('SELECT memories FROM totals')?.memories ?? 0)
  }

  /** Of all memory files together. */
  bytes(): number {
    return this.#guarded(() => this.#sql.get<{bytes: number}>('SELECT bytes FROM totals')?.bytes ?? 0)
  }

  count(filter: IndexFilter): number {
    return this.#guarded(() => {
      const {from, condition} = rowsOf(filter)
      if (condition.sql === 'TRUE') return this.total()
      return (
        countOf(this.#sql, filter) ??
        this.#sql.get<{n: number}>(`SELECT count(*) AS n FROM ${from} WHERE ${condition.sql}`, ...condition.values)
          ?.n ??
        0
      )
    })
  }

  /** Numbers for the whole profile; speakers are lower case, the person left out. */
  counts(): {total: number; unprocessed: number; speakers: string[]} {
    return this.#guarded(() => ({
      total: this.total(),
      unprocessed: this.count({unprocessed: true}),
      speakers: speakersOf(this.#sql, this.#options.owner).names.filter((name) => name !== '')
    }))
  }

  /** How many memories there are of each type, and with each tag. */
  tally(): {types: Record<string, number>; tags: Record<string, number>} {
    return this.#guarded(() => tallyOf(this.#sql))
  }

  /**
   * The memories that answer a question best, best first.
   * @param search of search/search.ts; handed in, so that whoever only captures does not wait for it to load
   */
  search(search: Search, question: string, options: SearchOptions): Hit[] {
    return this.#guarded(() => {
      const source = sourceOf(this.#sql, this.#options, options.filter ?? {}, options.excludeSession)
      return search(source, question, {...this.#options, ...options}).flatMap(({row, score, explain}) => {
        const located = this.#sql.get<Located>(`SELECT ${LOCATED} FROM memory m WHERE m.row = ?`, row)
        return located === undefined ? [] : [{...located, score, ...(explain === undefined ? {} : {explain})}]
      })
    })
  }

  /** The newest memories without a vector of that model, and how many there are; private ones only where they may be sent to it. */
  withoutVector(model: string, withPrivate: boolean, limit: number): {count: number; memories: Located[]} {
    return this.#guarded(() => {
      const wanted = this.total() - (withPrivate ? 0 : counted(this.#sql, PRIVATE))
      const count = Math.max(0, wanted - vectorCount(this.#sql, model))
      return {count, memories: count === 0 ? [] : withoutVector(this.#sql, LOCATED, model, withPrivate, limit)}
    })
  }

  /** Keeps what a model made of memories' texts. */
  putVectors(
    model: string,
    vectors: readonly {memory: {id: string; content: string; response?: string}; vector: Float32Array}[]
  ): void {
    this.#change(() => {
      for (const {memory, vector} of vectors) putVector(this.#sql, model, memory, vector)
    })
  }

  /** The memories nearest in meaning, nearest first. @throws MhError VECTORS_UNAVAILABLE (exit 1) */
  async nearest(request: NearestRequest): Promise<(Located & {score: number})[]> {
    if (!this.#comparesVectors) await loadVectorFunctions(this.#database)
    this.#comparesVectors = true
    return this.#guarded(() => nearestVectors(this.#sql, LOCATED, request))
  }

  #rows(query: string, ...values: SQLInputValue[]): number[] {
    return this.#sql.arrays<[number]>(query, ...values).map(([row]) => row)
  }

  /** Inside the caller's transaction, or as one of its own. */
  #change<T>(fn: () => T): T {
    return this.#database.isTransaction ? this.#guarded(fn) : this.transaction(fn)
  }

  #guarded<T>(fn: () => T): T {
    return guarded(this.#file, fn)
  }
}

/** Pages are written back, with two fsyncs, every 40 MB and not every 4: a rebuild would wait for the disk most of its time. */
const PRAGMAS = 'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 10000'
const NEWEST_SESSION = 'SELECT session FROM memory WHERE session IS NOT NULL ORDER BY timestamp DESC, id DESC LIMIT 1'
const SESSIONS = `SELECT session, count(*) AS turns, min(timestamp) AS startedAt FROM memory WHERE session IS NOT NULL
  GROUP BY session ORDER BY max(timestamp) DESC, session LIMIT ?`
const MARK = 'path, mtime AS mtimeMs, names, noted AS notedMs'
/** Another process may be in a checkpoint for a moment. Writers wait for the profile's lock, not here. */
const BUSY_MS = 2000
