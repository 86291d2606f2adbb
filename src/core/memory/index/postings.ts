import type {SQLInputValue} from 'node:sqlite'
import type {Statements} from '../../file-index/statements.ts'
import type {WantedRows} from '../search/source.ts'
import {rowsOf} from './filter.ts'
import {markersWanted} from './markers.ts'
import type {IndexFilter} from './types.ts'

/** For each term the rows of memories that hold it and pass the filter. */
type Postings = (wanted: readonly WantedRows[]) => number[][]

/** Rows read from a posting at a time where a filter drops some of them. */
const PAGE = 10_000

/**
 * All rows of each term of a JSON array, as one query: a query for each costs twice as much. Without an order costs half: the index has
 * them oldest first, in several parts.
 */
const ANY = 'SELECT (SELECT json_group_array(rowid) FROM words WHERE words MATCH t.value) FROM json_each(?) t'
const NEWEST = 'SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?'
/** node:sqlite binds every number as a float, and FTS5 takes no notice of bounds that are no integers: hence the casts. */
const BETWEEN = `SELECT rowid FROM words WHERE words MATCH ?
  AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) ORDER BY rowid DESC LIMIT ?`

/**
 * The postings of an index under a filter. Where few rows pass, they are read once and lazily by the filter's own index. Where many do, a
 * posting is read as it is, and the caller drops what does not pass; only one that is longer than asked for is looked up together with the
 * filter (see markers.ts).
 */
export function postingsOf(
  sql: Statements,
  {current, ...filter}: IndexFilter,
  excludeSession: string | undefined,
  span: () => {oldest: number; newest: number}
): Postings {
  const excluded = excludedRows(sql, current, excludeSession)
  if (rowsOf(filter).condition.sql === 'TRUE' && excluded.size === 0)
    return (wanted) =>
      wanted.every(({all}) => all)
        ? allRows(sql, wanted)
        : wanted.map(({term, limit}) => rows(sql, NEWEST, match(term), limit))
  let known: Passing | undefined
  const passingRows = ({term, limit}: WantedRows): number[] => {
    known ??= passing(sql, filter, excluded, span)
    const {lowest, highest, passes, markers, postings} = known
    if (postings !== undefined) return postings.get(term)?.slice(0, limit) ?? []
    if (markers !== undefined) {
      const found = rows(sql, NEWEST, match(term), limit)
      return found.length < limit ? found : rows(sql, NEWEST, `${match(term)} AND ${markers}`, limit)
    }
    const found: number[] = []
    for (let from = highest; from >= lowest && found.length < limit; ) {
      const page = rows(sql, BETWEEN, match(term), lowest, from, PAGE)
      for (const row of page) if (found.length < limit && passes(row)) found.push(row)
      from = page.length < PAGE ? lowest - 1 : (page.at(-1) ?? lowest) - 1
    }
    return found
  }
  return (wanted) => wanted.map(passingRows)
}

const allRows = (sql: Statements, wanted: readonly WantedRows[]): number[][] =>
  sql
    .arrays<[found: string]>(ANY, JSON.stringify(wanted.map(({term}) => match(term))))
    .map(([found]) => JSON.parse(found) as number[])

interface Passing {
  /** Bounds of the rows that may pass: memories of a stretch of time mostly stand together. */
  lowest: number
  highest: number
  passes(row: number): boolean
  /** Where many rows pass: what finds them, as a part of an FTS5 expression. */
  markers?: string
  /** Where few rows pass: theirs alone, newest first. */
  postings?: Map<string, number[]>
}

/** So few rows are quicker read themselves than found in the postings of common words. */
const FEW = 2_000
/** So many are still read once; more are found by their markers. */
const MANY = 6_000

/** Rows that are few, and are dropped one by one: those of a session, and those that had been superseded by a moment. */
function excludedRows(sql: Statements, current: number | undefined, session: string | undefined): ReadonlySet<number> {
  return new Set([
    ...(session === undefined ? [] : rows(sql, 'SELECT row FROM memory WHERE session = ?', session)),
    ...(current === undefined ? [] : rows(sql, SUPERSEDED, current))
  ])
}

const SUPERSEDED = 'SELECT m.row FROM superseded s JOIN memory m ON m.id = s.target WHERE s.at <= ?'

function passing(
  sql: Statements,
  filter: IndexFilter,
  excluded: ReadonlySet<number>,
  span: () => {oldest: number; newest: number}
): Passing {
  const {from, condition} = rowsOf(filter)
  const all = {lowest: 0, highest: Number.MAX_SAFE_INTEGER, passes: (row: number) => !excluded.has(row)}
  if (condition.sql === 'TRUE') return all
  const markers = markersWanted(filter, span())
  const limit = markers === undefined ? '' : ` LIMIT ${MANY + 1}`
  // A tag alone is answered without looking at its memories.
  const row = condition.sql.endsWith('AND TRUE') ? 't.row' : 'm.row'
  const source = row === 't.row' ? 'tag t' : from
  const read = rows(sql, `SELECT ${row} FROM ${source} WHERE ${condition.sql}${limit}`, ...condition.values)
  if (markers !== undefined && read.length > MANY) return {...all, markers}
  const allowed = new Set(read)
  for (const row of excluded) allowed.delete(row)
  let lowest = Number.MAX_SAFE_INTEGER
  let highest = -1
  for (const row of allowed) {
    if (row < lowest) lowest = row
    if (row > highest) highest = row
  }
  return {
    lowest,
    highest,
    passes: (row) => allowed.has(row),
    ...(allowed.size <= FEW ? {postings: postingsOfRows(sql, allowed)} : {})
  }
}

function postingsOfRows(sql: Statements, allowed: ReadonlySet<number>): Map<string, number[]> {
  const postings = new Map<string, number[]>()
  const query = 'SELECT row, terms FROM memory WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row DESC'
  for (const [row, terms] of sql.arrays<[number, string]>(query, JSON.stringify([...allowed]))) {
    for (const term of new Set(terms.split(' '))) {
      const places = postings.get(term)
      if (places === undefined) postings.set(term, [row])
      else places.push(row)
    }
  }
  return postings
}

/** A term as an FTS5 string; terms hold no quotes. */
const match = (term: string): string => `"${term}"`

const rows = (sql: Statements, query: string, ...values: SQLInputValue[]): number[] =>
  sql.arrays<[number]>(query, ...values).map(([row]) => row)
