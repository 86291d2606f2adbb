import type {DatabaseSync} from 'node:sqlite'
import {createDatabase, IndexDatabase} from '../../file-index/index-database.ts'
import type {FolderIndex} from '../../file-index/sync-folders.ts'
import {isDamage} from '../../file-index/unusable.ts'
import {LOOK_UPS, SCHEMA, SCHEMA_VERSION} from './schema.ts'
import type {Conflict, IndexEntry, IndexOptions, Located} from './types.ts'
import {textHash} from './vectors.ts'
import {Change, putFresh, removeRows} from './writer.ts'

/**
 * An index that is made as a whole, in a file that nobody reads yet: one transaction, no journal on disk, and what is counted or looked up
 * by is written at the end. That costs less than half of what it costs to add the same memories to an index in use.
 */
export class IndexBuild extends IndexDatabase implements FolderIndex<IndexEntry> {
  readonly #language: string
  readonly #change = new Change()
  /** Whether the former index has vectors, which are taken over. */
  #hasFormer: boolean

  private constructor(file: string, database: DatabaseSync, language: string, former: string | undefined) {
    super(file, database)
    this.#language = language
    this.#hasFormer = former !== undefined && attachFormer(database, former)
    this.guarded(() => {
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA}`)
      this.sql.run('UPDATE totals SET language = ?', language)
      setHashSize(database, HASH_BYTES)
    })
  }

  /**
   * Begins an index, readable for its owner only. The folder is there; a file that is in the way is an error (EEXIST).
   * @param former the index that it will replace; its vectors are taken over for texts that are still the same
   */
  static begin(file: string, {language}: IndexOptions, former?: string): IndexBuild {
    const prepare = (database: DatabaseSync): void => database.exec(PRAGMAS)
    return new IndexBuild(file, createDatabase(file, prepare, {}, 'MEMORY'), language, former)
  }

  /** Writes what is left. Closed then, the file is an index as any other. */
  finish(): void {
    this.guarded(() => {
      this.#change.apply(this.sql)
      setHashSize(this.database, USUAL_HASH_BYTES)
      this.database.exec(`${LOOK_UPS}; COMMIT`)
      if (this.#hasFormer) this.database.exec('DETACH former')
      this.database.exec('PRAGMA journal_mode = WAL')
    })
  }

  put(entries: readonly IndexEntry[]): {conflicts: Conflict[]} {
    return {
      conflicts: this.guarded(() => {
        const conflicts = putFresh(this.sql, this.#language, entries, this.#change)
        for (const entry of entries) this.#takeVector(entry)
        return conflicts
      })
    }
  }

  remove(ids: readonly string[]): void {
    this.guarded(() => {
      const rows = this.sql.arrays<[number]>(
        'SELECT row FROM memory WHERE id IN (SELECT value FROM json_each(?))',
        JSON.stringify(ids)
      )
      removeRows(
        this.sql,
        rows.map(([row]) => row),
        this.#change
      )
    })
  }

  locate(id: string): Pick<Located, 'folder' | 'name'> | undefined {
    return this.guarded(() => this.sql.get('SELECT folder, name FROM memory WHERE id = ?', id))
  }

  total(): number {
    return this.#change.memories
  }

  /** Nothing is known of any folder before it is listed. */
  files(): ReturnType<FolderIndex<IndexEntry>['files']> {
    return new Map()
  }

  /** A folder that is not there any more was never put. */
  removeFolder(): void {}

  /** The whole build is one. */
  override transaction<T>(fn: () => T): T {
    return fn()
  }

  #takeVector(entry: IndexEntry): void {
    if (!this.#hasFormer) return
    try {
      const text = this.sql.get<{text: string}>(FORMER_TEXT, entry.id)?.text
      if (text !== undefined && text === textHash(entry)) this.sql.run(TAKE_VECTOR, entry.id)
    } catch (error) {
      // What is damaged gives no more vectors; a model makes them again.
      if (!isDamage(error)) throw error
      this.#hasFormer = false
    }
  }
}

function attachFormer(database: DatabaseSync, former: string): boolean {
  try {
    database.prepare('ATTACH ? AS former').run(former)
    const version = database.prepare('PRAGMA former.user_version').get() as {user_version: number}
    if (version.user_version === SCHEMA_VERSION && database.prepare(HAS_VECTORS).get() !== undefined) return true
    database.exec('DETACH former')
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  return false
}

const HAS_VECTORS = 'SELECT 1 FROM former.vector LIMIT 1'
const FORMER_TEXT = 'SELECT v.text FROM former.memory m JOIN former.vector v ON v.row = m.row WHERE m.id = ?'
const TAKE_VECTOR = `INSERT OR IGNORE INTO main.vector SELECT n.row, v.model, v.text, v.embedding FROM former.memory m
  JOIN former.vector v ON v.row = m.row JOIN main.memory n ON n.id = m.id WHERE m.id = ?`

/** node:sqlite binds every number as a float, which FTS5 does not take for a size. */
const setHashSize = (database: DatabaseSync, bytes: number): void =>
  database.exec(`INSERT INTO words (words, rank) VALUES ('hashsize', ${bytes})`)

const PRAGMAS = 'PRAGMA synchronous = OFF; PRAGMA cache_size = -65536'
/** How much of the full-text index is gathered before it is written: few large parts are merged less often. */
const HASH_BYTES = 2 ** 24
/** FTS5's own default. */
const USUAL_HASH_BYTES = 2 ** 20
