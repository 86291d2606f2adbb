import {reverse} from '../../file-index/index-database.ts'
import type {Statements} from '../../file-index/statements.ts'
import {countedTag, countedType, PRIVATE, UNPROCESSED} from './counts.ts'
import {foundBy, termsOf} from './findable.ts'
import {markersOf} from './markers.ts'
import type {Conflict, IndexEntry} from './types.ts'
import {dropVector} from './vectors.ts'

/** What is counted of a memory. */
interface Counted {
  type: string
  tags: readonly string[]
  processed: boolean
  hidden: boolean
  speaker: string
  terms: readonly string[]
  size: number
}

interface Stored {
  row: number
  id: string
  folder: string
  name: string
}

/**
 * Puts entries into the index, inside the caller's transaction. The same file replaces what was known of it, whatever its id was;
 * an id that stands in another file stays with that one, and the later entry is returned as a conflict.
 */
export function putEntries(sql: Statements, language: string, entries: readonly IndexEntry[]): Conflict[] {
  const conflicts: Conflict[] = []
  const change = new Change()
  for (const entry of entries) {
    const ofFile = sql.get<Stored>(
      'SELECT row, id, folder, name FROM memory WHERE folder = ? AND name = ?',
      entry.folder,
      entry.name
    )
    const ofId =
      ofFile?.id === entry.id
        ? ofFile
        : sql.get<Stored>('SELECT row, id, folder, name FROM memory WHERE id = ?', entry.id)
    if (ofFile !== undefined) {
      removeRow(sql, change, ofFile.row)
      dropVector(sql, ofFile.row, entry)
    }
    if (ofId !== undefined && ofId.row !== ofFile?.row)
      conflicts.push({id: entry.id, folder: entry.folder, name: entry.name})
    else insert(sql, change, language, entry, ofFile?.row ?? null)
  }
  change.apply(sql)
  return conflicts
}

/**
 * Puts entries into an index that is being built: none of their files was seen before, and what is counted waits in `change`.
 * @returns those whose id stands in another file
 */
export function putFresh(
  sql: Statements,
  language: string,
  entries: readonly IndexEntry[],
  change: Change
): Conflict[] {
  return entries.flatMap((entry) => {
    if (insert(sql, change, language, entry, null)) return []
    const there = sql.get<Stored>('SELECT row, id, folder, name FROM memory WHERE id = ?', entry.id)
    const {id, folder, name} = entry
    return there?.folder === folder && there.name === name ? [] : [{id, folder, name}]
  })
}

/** Takes rows out of the index, inside the caller's transaction. */
export function removeRows(sql: Statements, rows: readonly number[], change = new Change()): void {
  for (const row of rows) {
    removeRow(sql, change, row)
    dropVector(sql, row)
  }
  change.apply(sql)
}

/** Frequencies change once a call, not once a memory: common terms would be written hundreds of times. */
export class Change {
  readonly #terms = new Map<string, number>()
  readonly #speakers = new Map<string, number>()
  readonly #counted = new Map<string, number>()
  #memories = 0
  #length = 0
  #bytes = 0

  add({type, tags, processed, hidden, speaker, terms, size}: Counted, sign: 1 | -1): void {
    for (const term of new Set(terms)) addTo(this.#terms, term, sign)
    if (speaker !== '') addTo(this.#speakers, speaker, sign)
    addTo(this.#counted, countedType(type), sign)
    for (const tag of tags) addTo(this.#counted, countedTag(tag), sign)
    if (!processed) addTo(this.#counted, UNPROCESSED, sign)
    if (hidden) addTo(this.#counted, PRIVATE, sign)
    this.#memories += sign
    this.#length += sign * terms.length
    this.#bytes += sign * size
  }

  get memories(): number {
    return this.#memories
  }

  /** Writes what was counted, and begins anew. */
  apply(sql: Statements): void {
    addCounts(sql, 'vocabulary', 'term', 'frequency', this.#terms)
    addCounts(sql, 'speaker', 'name', 'memories', this.#speakers)
    addCounts(sql, 'counted', 'name', 'memories', this.#counted)
    if (this.#memories === 0 && this.#length === 0 && this.#bytes === 0) return
    sql.run(
      'UPDATE totals SET memories = memories + ?, terms = terms + ?, bytes = bytes + ?',
      this.#memories,
      this.#length,
      this.#bytes
    )
    for (const counts of [this.#terms, this.#speakers, this.#counted]) counts.clear()
    this.#memories = this.#length = this.#bytes = 0
  }
}

const addTo = (counts: Map<string, number>, name: string, by: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

function addCounts(
  sql: Statements,
  table: string,
  key: string,
  count: string,
  changes: ReadonlyMap<string, number>
): void {
  // Names that rise by the same number go in at once: a statement for each costs twice as much.
  const rising = Map.groupBy([...changes.keys()].sort(), (name) => changes.get(name) ?? 0)
  for (const [by, names] of rising) {
    if (by > 0)
      sql.run(
        `INSERT INTO ${table} SELECT value, ? FROM json_each(?) WHERE TRUE
          ON CONFLICT (${key}) DO UPDATE SET ${count} = ${count} + excluded.${count}`,
        by,
        JSON.stringify(names)
      )
  }
  for (const [value, by] of changes) {
    if (by < 0 && sql.run(`DELETE FROM ${table} WHERE ${key} = ? AND ${count} <= ?`, value, -by) === 0)
      sql.run(`UPDATE ${table} SET ${count} = ${count} + ? WHERE ${key} = ?`, by, value)
  }
}

/** @returns false where the id is there already, and nothing was inserted */
function insert(sql: Statements, change: Change, language: string, entry: IndexEntry, row: number | null): boolean {
  const {speaker, terms, asked, asking, person, flags, tags} = entry.found ?? foundBy(entry, language)
  const stored = sql.insert(
    'INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    row,
    entry.id,
    reverse(entry.id),
    entry.timestamp,
    entry.type,
    entry.folder,
    entry.name,
    entry.mtimeMs,
    entry.size,
    entry.processed ? 1 : 0,
    entry.private === true ? 1 : 0,
    entry.session ?? null,
    speaker,
    JSON.stringify(tags),
    terms,
    asked,
    asking,
    person,
    flags
  )
  if (stored === undefined) return false
  sql.run('INSERT INTO words (rowid, terms) VALUES (?, ?)', stored, `${terms} ${markersOf({...entry, tags})}`)
  for (const tag of tags) sql.run('INSERT OR IGNORE INTO tag VALUES (?, ?, ?)', tag, entry.timestamp, stored)
  for (const target of entry.supersedes ?? [])
    sql.run('INSERT OR REPLACE INTO superseded VALUES (?, ?, ?)', target, stored, entry.timestamp)
  change.add(
    {
      type: entry.type,
      tags,
      processed: entry.processed,
      hidden: entry.private === true,
      speaker,
      terms: termsOf(terms),
      size: entry.size
    },
    1
  )
  return true
}

function removeRow(sql: Statements, change: Change, row: number): void {
  const old = sql.get<{
    timestamp: number
    type: string
    processed: number
    private: number
    speaker: string
    tags: string
    terms: string
    size: number
  }>('SELECT timestamp, type, processed, private, speaker, tags, terms, size FROM memory WHERE row = ?', row)
  if (old === undefined) return
  const {type, processed, speaker, size} = old
  const tags = JSON.parse(old.tags) as string[]
  const terms = termsOf(old.terms)
  change.add({type, tags, processed: processed === 1, hidden: old.private === 1, speaker, terms, size}, -1)
  for (const tag of tags)
    sql.run('DELETE FROM tag WHERE tag = ? AND timestamp = ? AND row = ?', tag, old.timestamp, row)
  sql.run('DELETE FROM superseded WHERE row = ?', row)
  sql.run('DELETE FROM words WHERE rowid = CAST(? AS INTEGER)', row)
  sql.run('DELETE FROM memory WHERE row = ?', row)
}
