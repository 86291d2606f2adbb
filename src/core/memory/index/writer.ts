import {factsOf} from '../text/facts.ts'
import {spokenBy} from '../text/speaker.ts'
import {foldName} from '../text/tokenize.ts'
import {GUESSED} from './speakers.ts'
import type {Statements} from './statements.ts'
import type {Conflict, IndexEntry} from './types.ts'

/** Bits of memory.flags. */
export const FLAG = {time: 1, number: 2, place: 4, proper: 8, quoted: 16} as const

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
    if (ofFile !== undefined) removeRow(sql, change, ofFile.row)
    if (ofId !== undefined && ofId.row !== ofFile?.row)
      conflicts.push({id: entry.id, folder: entry.folder, name: entry.name})
    else insert(sql, change, language, entry, ofFile?.row ?? null)
  }
  change.apply(sql)
  return conflicts
}

/** Takes rows out of the index, inside the caller's transaction. */
export function removeRows(sql: Statements, rows: readonly number[]): void {
  const change = new Change()
  for (const row of rows) removeRow(sql, change, row)
  change.apply(sql)
}

/** Frequencies change once a call, not once a memory: common terms would be written hundreds of times. */
class Change {
  readonly #terms = new Map<string, number>()
  readonly #speakers = new Map<string, number>()
  #memories = 0
  #length = 0

  add(terms: readonly string[], speaker: string, sign: 1 | -1): void {
    for (const term of new Set(terms)) this.#terms.set(term, (this.#terms.get(term) ?? 0) + sign)
    if (speaker !== '') this.#speakers.set(speaker, (this.#speakers.get(speaker) ?? 0) + sign)
    this.#memories += sign
    this.#length += sign * terms.length
  }

  apply(sql: Statements): void {
    addCounts(sql, 'vocabulary', 'term', 'frequency', this.#terms)
    addCounts(sql, 'speaker', 'name', 'memories', this.#speakers)
    if (this.#memories !== 0 || this.#length !== 0)
      sql.run('UPDATE totals SET memories = memories + ?, terms = terms + ?', this.#memories, this.#length)
  }
}

function addCounts(
  sql: Statements,
  table: string,
  key: string,
  count: string,
  changes: ReadonlyMap<string, number>
): void {
  for (const [value, by] of changes) {
    if (by > 0)
      sql.run(
        `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (${key}) DO UPDATE SET ${count} = ${count} + excluded.${count}`,
        value,
        by
      )
    else if (by < 0 && sql.run(`DELETE FROM ${table} WHERE ${key} = ? AND ${count} <= ?`, value, -by) === 0)
      sql.run(`UPDATE ${table} SET ${count} = ${count} + ? WHERE ${key} = ?`, by, value)
  }
}

function insert(sql: Statements, change: Change, language: string, entry: IndexEntry, row: number | null): void {
  const {speaker, certain, text} = spokenBy(entry)
  const name = speaker === undefined ? '' : `${certain ? '' : GUESSED}${foldName(speaker)}`
  const facts = factsOf(
    entry.response === undefined ? text : `${text}\n${entry.response}`,
    certain ? speaker : undefined,
    language
  )
  const terms = facts.terms.join(' ')
  let flags = 0
  for (const fact of ['time', 'number', 'place', 'proper', 'quoted'] as const) if (facts[fact]) flags |= FLAG[fact]
  const tags = [...new Set(entry.tags)]
  sql.run(
    'INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
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
    name,
    JSON.stringify(tags),
    terms,
    facts.asked.join(' '),
    facts.asking,
    facts.person,
    flags
  )
  const stored = row ?? sql.get<{row: number}>('SELECT last_insert_rowid() AS row')?.row ?? 0
  sql.run('INSERT INTO words (rowid, terms) VALUES (?, ?)', stored, terms)
  for (const tag of tags) sql.run('INSERT INTO tag VALUES (?, ?, ?)', tag, entry.timestamp, stored)
  for (const target of entry.supersedes ?? [])
    sql.run('INSERT OR REPLACE INTO superseded VALUES (?, ?, ?)', target, stored, entry.timestamp)
  change.add(facts.terms, name, 1)
}

function removeRow(sql: Statements, change: Change, row: number): void {
  const old = sql.get<{timestamp: number; speaker: string; tags: string; terms: string}>(
    'SELECT timestamp, speaker, tags, terms FROM memory WHERE row = ?',
    row
  )
  if (old === undefined) return
  change.add(old.terms === '' ? [] : old.terms.split(' '), old.speaker, -1)
  for (const tag of JSON.parse(old.tags) as string[])
    sql.run('DELETE FROM tag WHERE tag = ? AND timestamp = ? AND row = ?', tag, old.timestamp, row)
  sql.run('DELETE FROM superseded WHERE row = ?', row)
  sql.run('DELETE FROM words WHERE rowid = CAST(? AS INTEGER)', row)
  sql.run('DELETE FROM memory WHERE row = ?', row)
}

export const reverse = (id: string): string => [...id].reverse().join('')
