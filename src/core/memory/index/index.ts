import type {DatabaseSync, SQLInputValue} from 'node:sqlite'
import {belowFolder, createDatabase, IndexDatabase, openDatabase, reverse} from '../../file-index/index-database.ts'
import type {FolderIndex} from '../../file-index/sync-folders.ts'
import {IndexUnusable} from '../../file-index/unusable.ts'
import type {Search} from '../search/search.ts'
import {counted, countOf, PRIVATE, tallyOf} from './counts.ts'
import {rowsOf} from './filter.ts'
import {termsOf} from './findable.ts'
import {LOOK_UPS, SCHEMA, SCHEMA_VERSION} from './schema.ts'
import {sourceOf} from './source.ts'
import {speakersOf} from './speakers.ts'
import type {
  Conflict,
  Hit,
  IndexEntry,
  IndexFilter,
  IndexOptions,
  Located,
  NearestRequest,
  SearchOptions
} from './types.ts'
import {loadVectorFunctions, nearestVectors, putVector, vectorCount, withoutVector} from './vectors.ts'
import {putEntries, removeRows} from './writer.ts'

export {IndexUnusable} from '../../file-index/unusable.ts'
export type * from './types.ts'

const LOCATED = 'm.id, m.timestamp, m.type, m.folder, m.name, m.mtime AS mtimeMs, m.size'

/**
 * What a profile's memories are found by: one SQLite file, derived from the memory files and deletable at any time.
 * Writing is for whoever holds the profile's lock; every method is synchronous. Each throws IndexUnusable where the file turns out damaged.
 */
export class MemoryIndex extends IndexDatabase implements FolderIndex<IndexEntry> {
  readonly #options: IndexOptions
  #comparesVectors = false

  private constructor(file: string, database: DatabaseSync, options: IndexOptions) {
    super(file, database)
    this.#options = options
  }

  /** Opens an index that exists. Throws IndexUnusable where it is missing, damaged, of another version or in another language. */
  static open(file: string, options: IndexOptions): MemoryIndex {
    const check = (database: DatabaseSync): void => {
      const {language} = database.prepare('SELECT language FROM totals').get() as {language: string}
      if (language !== options.language) throw new IndexUnusable(file, `is in ${language}, not in ${options.language}`)
      database.exec(PRAGMAS)
    }
    return new MemoryIndex(file, openDatabase(file, SCHEMA_VERSION, check, EXTENSIONS), options)
  }

  /** Makes an empty index, readable for its owner only. The folder is there; a file that is in the way is an error (EEXIST). */
  static create(file: string, options: IndexOptions): MemoryIndex {
    const fill = (database: DatabaseSync): void => {
      database.exec(`${PRAGMAS}; BEGIN IMMEDIATE; ${SCHEMA}; ${LOOK_UPS}`)
      database.prepare('UPDATE totals SET language = ?').run(options.language)
      database.exec('COMMIT')
    }
    return new MemoryIndex(file, createDatabase(file, fill, EXTENSIONS), options)
  }

  /**
   * Inserts entries, or replaces what the index knows of the same file. An id that stands in another file already stays with that one:
   * the later entry is left out and returned as a conflict.
   */
  put(entries: readonly IndexEntry[]): {conflicts: Conflict[]} {
    return {conflicts: this.#change(() => putEntries(this.sql, this.#options.language, entries))}
  }

  /** Takes memories out; unknown ids are left alone. */
  remove(ids: readonly string[]): void {
    this.#change(() =>
      removeRows(
        this.sql,
        this.#rows('SELECT row FROM memory WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
      )
    )
  }

  /** Takes out everything of a folder and of all below it, the marks as well. */
  removeFolder(path: string): void {
    const memories = belowFolder(path, 'folder')
    const marks = belowFolder(path, 'path')
    this.#change(() => {
      removeRows(this.sql, this.#rows(`SELECT row FROM memory WHERE ${memories.sql}`, ...memories.values))
      this.sql.run(`DELETE FROM folder WHERE ${marks.sql}`, ...marks.values)
    })
  }

  /** What the index knows of exactly that folder, by file name. */
  files(folder: string): Map<string, {id: string; mtimeMs: number; size: number}> {
    const rows = this.guarded(() =>
      this.sql.arrays<[string, string, number, number]>(
        'SELECT name, id, mtime, size FROM memory WHERE folder = ?',
        folder
      )
    )
    return new Map(rows.map(([name, id, mtimeMs, size]) => [name, {id, mtimeMs, size}]))
  }

  locate(id: string): Located | undefined {
    return this.guarded(() => this.sql.get<Located>(`SELECT ${LOCATED} FROM memory m WHERE m.id = ?`, id))
  }

  /** Memories whose id ends so, at most `limit`. */
  endingWith(ending: string, limit: number): Located[] {
    const start = reverse(ending)
    return this.guarded(() =>
      this.sql.all<Located>(
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
      const page = this.guarded(() =>
        this.sql.arrays<[number, string, string]>(
          'SELECT row, id, terms FROM memory WHERE row > ? ORDER BY row LIMIT 1000',
          last
        )
      )
      for (const [, id, terms] of page) yield {id, terms: termsOf(terms)}
      const end = page.at(-1)?.[0]
      if (end === undefined) return
      last = end
    }
  }

  /**
   * To be called before files are removed that nothing may be left of. Until `scrub` is done, whoever opens the index finds it to be of
   * no version that is known, and builds it anew: where the process is killed on its way, its words go as well.
   */
  beginForgetting(): void {
    this.guarded(() => this.database.exec(`PRAGMA synchronous = FULL; PRAGMA user_version = 0; ${PRAGMAS}`))
  }

  /**
   * Writes the whole file anew, so that no byte of what was taken out is left in it or beside it. Removing a row only marks its
   * place as free, and a full-text index keeps the words of removed rows until its parts are merged.
   */
  scrub(): void {
    this.guarded(() => {
      this.database.exec("INSERT INTO words (words) VALUES ('optimize')")
      this.database.exec('VACUUM')
      this.database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    })
  }

  /** The session of the newest memory that belongs to one. */
  newestSession(): string | undefined {
    return this.guarded(() => this.sql.get<{session: string}>(NEWEST_SESSION)?.session)
  }

  /** The commonest terms that begin so. */
  termsFrom(prefix: string, limit: number): string[] {
    return this.guarded(() =>
      this.sql
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
    return this.guarded(() =>
      this.sql.all<{session: string; turns: number; startedAt: number}>(SESSIONS, limit).flatMap((found) => {
        const first = this.sql.get<Located>(
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
    return this.guarded(() => this.sql.all<Located>(query, ...condition.values, ...cursor, limit))
  }

  /** How many memories there are. */
  total(): number {
    return this.guarded(() => this.sql.get<{memories: number}>('SELECT memories FROM totals')?.memories ?? 0)
  }

  /** Of all memory files together. */
  bytes(): number {
    return this.guarded(() => this.sql.get<{bytes: number}>('SELECT bytes FROM totals')?.bytes ?? 0)
  }

  count(filter: IndexFilter): number {
    return this.guarded(() => {
      const {from, condition} = rowsOf(filter)
      if (condition.sql === 'TRUE') return this.total()
      return (
        countOf(this.sql, filter) ??
        this.sql.get<{n: number}>(`SELECT count(*) AS n FROM ${from} WHERE ${condition.sql}`, ...condition.values)?.n ??
        0
      )
    })
  }

  /** Numbers for the whole profile; speakers are lower case, the person left out. */
  counts(): {total: number; unprocessed: number; speakers: readonly string[]} {
    return this.guarded(() =>
      this.remembered('counts', () => ({
        total: this.total(),
        unprocessed: this.count({unprocessed: true}),
        speakers: speakersOf(this.sql, this.#options.owner).names.filter((name) => name !== '')
      }))
    )
  }

  /** How many memories there are from each moment (milliseconds) up to the next. */
  countBetween(moments: readonly number[]): readonly number[] {
    return this.guarded(() =>
      this.remembered(`between ${moments.join(' ')}`, () =>
        moments.slice(1).map((until, at) => this.count({since: moments[at] ?? until, until: until - 1}))
      )
    )
  }

  /** How many memories there are of each type, and with each tag. */
  tally(): {types: Record<string, number>; tags: Record<string, number>} {
    return this.guarded(() => tallyOf(this.sql))
  }

  /**
   * The memories that answer a question best, best first.
   * @param search of search/search.ts; handed in, so that whoever only captures does not wait for it to load
   */
  search(search: Search, question: string, options: SearchOptions): Promise<readonly Hit[]> {
    const {now, ...asked} = options
    if (options.limit > FEW || options.explain === true) return this.#search(search, question, options)
    // What is asked depends on the day of now, and days begin and end with a quarter of an hour in every zone.
    const name = JSON.stringify(['search', question, Math.floor(now / QUARTER_MS), asked])
    return this.rememberedLater(name, () => this.#search(search, question, options))
  }

  async #search(search: Search, question: string, options: SearchOptions): Promise<Hit[]> {
    const ranked = await this.guardedLater(() => {
      const source = sourceOf(this.sql, this.#options, options.filter ?? {}, options.excludeSession)
      return search(source, question, {...this.#options, ...options})
    })
    return this.guarded(() =>
      ranked.flatMap(({row, score, explain}) => {
        const located = this.sql.get<Located>(`SELECT ${LOCATED} FROM memory m WHERE m.row = ?`, row)
        return located === undefined ? [] : [{...located, score, ...(explain === undefined ? {} : {explain})}]
      })
    )
  }

  /** The newest memories without a vector of that model, and how many there are; private ones only where they may be sent to it. */
  withoutVector(model: string, withPrivate: boolean, limit: number): {count: number; memories: Located[]} {
    return this.guarded(() => {
      const wanted = this.total() - (withPrivate ? 0 : counted(this.sql, PRIVATE))
      const count = Math.max(0, wanted - vectorCount(this.sql, model))
      return {count, memories: count === 0 ? [] : withoutVector(this.sql, LOCATED, model, withPrivate, limit)}
    })
  }

  /** Keeps what a model made of memories' texts. */
  putVectors(
    model: string,
    vectors: readonly {memory: {id: string; content: string; response?: string}; vector: Float32Array}[]
  ): void {
    this.#change(() => {
      for (const {memory, vector} of vectors) putVector(this.sql, model, memory, vector)
    })
  }

  /** The memories nearest in meaning, nearest first. @throws MhError VECTORS_UNAVAILABLE (exit 1) */
  async nearest(request: NearestRequest): Promise<(Located & {score: number})[]> {
    if (!this.#comparesVectors) await loadVectorFunctions(this.database)
    this.#comparesVectors = true
    return this.guarded(() => nearestVectors(this.sql, LOCATED, request))
  }

  #rows(query: string, ...values: SQLInputValue[]): number[] {
    return this.sql.arrays<[number]>(query, ...values).map(([row]) => row)
  }

  /** Inside the caller's transaction, or as one of its own. */
  #change<T>(fn: () => T): T {
    return this.database.isTransaction ? this.guarded(fn) : this.transaction(fn)
  }
}

/** Pages are written back, with two fsyncs, every 40 MB and not every 4: a rebuild would wait for the disk most of its time. */
const PRAGMAS = 'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 10000'
/** An answer up to this long may be remembered: who opens a result and goes back asks the same again. */
const FEW = 50
const QUARTER_MS = 15 * 60_000
const NEWEST_SESSION = 'SELECT session FROM memory WHERE session IS NOT NULL ORDER BY timestamp DESC, id DESC LIMIT 1'
const SESSIONS = `SELECT session, count(*) AS turns, min(timestamp) AS startedAt FROM memory WHERE session IS NOT NULL
  GROUP BY session ORDER BY max(timestamp) DESC, session LIMIT ?`
/** Extensions are allowed, and switched on only while the one for vectors is loaded. */
const EXTENSIONS = {allowExtension: true}
