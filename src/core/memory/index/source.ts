import type {SQLInputValue} from 'node:sqlite'
import type {Statements} from '../../file-index/statements.ts'
import {type MemorySource, SITTING_GAP_MS, type Turn} from '../search/source.ts'
import {conditionOf} from './filter.ts'
import {FLAG, termsOf} from './findable.ts'
import {postingsOf} from './postings.ts'
import {GUESSED, speakersOf} from './speakers.ts'
import type {IndexFilter, IndexOptions} from './types.ts'

/** The index as search sees it, with the filter inside every query. */
export function sourceOf(
  sql: Statements,
  options: IndexOptions,
  asked: IndexFilter,
  excludeSession?: string
): MemorySource {
  const filter = superseded(sql) ? asked : withoutCurrent(asked)
  const condition = conditionOf(filter, excludeSession)
  const speakers = speakersOf(sql, options.owner)
  const turnOf = (columns: TurnColumns): Turn => toTurn(columns, speakers.keyOf)
  const select = `SELECT m.row, m.id, m.timestamp, m.speaker, m.session, m.terms, m.asked, m.asking, m.person, m.flags, ${condition.sql} FROM memory m`
  const turns = (tail: string, ...values: SQLInputValue[]): Turn[] =>
    sql.arrays<TurnColumns>(`${select} ${tail}`, ...condition.values, ...values).map(turnOf)
  const span = (): {oldest: number; newest: number} =>
    sql.get<{oldest: number; newest: number}>(SPAN) ?? {oldest: 0, newest: 0}

  return {
    totals: () => ({
      ...(sql.get<{memories: number; terms: number}>('SELECT memories, terms FROM totals') ?? {memories: 0, terms: 0}),
      ...span(),
      speakers: speakers.names
    }),
    frequencies: (terms) =>
      new Map(
        sql.arrays<[string, number]>(
          'SELECT term, frequency FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))',
          JSON.stringify(terms)
        )
      ),
    vocabulary: (beginnings) =>
      beginnings.map(({prefix, shortest, longest}) =>
        sql.arrays<[string, number]>(
          'SELECT term, frequency FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?',
          prefix,
          `${prefix}\u{10ffff}`,
          shortest,
          longest
        )
      ),
    postings: postingsOf(sql, filter, excludeSession, span),
    toldBetween: (times, limit) =>
      times.map(({from, to}) =>
        sql
          .arrays<[number]>(
            `SELECT m.row FROM memory m WHERE m.timestamp BETWEEN ? AND ? AND ${condition.sql} ORDER BY m.timestamp DESC, m.id DESC LIMIT ?`,
            from,
            to,
            ...condition.values,
            limit
          )
          .map(([row]) => row)
      ),
    eligible: (rows) =>
      condition.sql === 'TRUE'
        ? [...rows]
        : sql
            .arrays<[number]>(
              `SELECT m.row FROM json_each(?) c CROSS JOIN memory m ON m.row = c.value WHERE ${condition.sql} ORDER BY c.key`,
              JSON.stringify(rows),
              ...condition.values
            )
            .map(([row]) => row),
    turns: (rows) => turns('WHERE m.row IN (SELECT value FROM json_each(?))', JSON.stringify(rows)),
    around: (near, limit) => {
      const beside = sql.arrays<[at: number, before: string, after: string]>(
        BESIDE,
        limit * SITTING_GAP_MS,
        limit,
        limit * SITTING_GAP_MS,
        limit,
        JSON.stringify(near.map(({row}) => row))
      )
      const rows = new Set(
        beside.flatMap(([at, ...sides]) =>
          sides.flatMap((side) => inReach(near[at] as Turn, JSON.parse(side) as Place[]))
        )
      )
      for (const {row} of near) rows.delete(row)
      return turns('WHERE m.row IN (SELECT value FROM json_each(?))', JSON.stringify([...rows]))
    }
  }
}

/** Mostly nothing is superseded, and then no row need be asked whether it is. */
const superseded = (sql: Statements): boolean => sql.get('SELECT 1 FROM superseded LIMIT 1') !== undefined
const withoutCurrent = ({current, ...filter}: IndexFilter): IndexFilter => filter

/** Where a memory lies in time. */
type Place = [row: number, timestamp: number]

/**
 * Places next to a memory `a`, nearest first, as JSON, read from an index alone. What lies in a session is of it however far away in time,
 * and nothing else is farther away than so many gaps.
 */
const side = (condition: string, order: 'ASC' | 'DESC'): string =>
  `(SELECT json_group_array(json_array(row, timestamp)) FROM (SELECT b.row, b.timestamp FROM memory b
    WHERE ${condition} CASE WHEN a.session IS NULL THEN ? ELSE ${Number.MAX_SAFE_INTEGER / 2} END
    ORDER BY b.timestamp ${order}, b.id ${order} LIMIT ?))`

/** Both sides of each memory of a JSON array of rows, with its place there. One query for all of them: a query for each costs six times as much. */
const BESIDE = `SELECT c.key, ${side('(b.timestamp, b.id) < (a.timestamp, a.id) AND b.timestamp >= a.timestamp -', 'DESC')},
    ${side('(b.timestamp, b.id) > (a.timestamp, a.id) AND b.timestamp <= a.timestamp +', 'ASC')}
  FROM json_each(?) c CROSS JOIN memory a ON a.row = c.value`

/** Rows that may be of a memory's sitting: without a session, a gap ends it. @param places on one side of it, nearest first */
function inReach({timestamp, session}: Turn, places: readonly Place[]): number[] {
  const gap = session === null ? SITTING_GAP_MS : Number.POSITIVE_INFINITY
  const end = places.findIndex(([, at], i) => Math.abs(at - (places[i - 1]?.[1] ?? timestamp)) >= gap)
  return places.slice(0, end === -1 ? places.length : end).map(([row]) => row)
}

/** Two look-ups at the ends of the order; min() and max() in one query would read all of it. */
const SPAN =
  'SELECT coalesce((SELECT min(timestamp) FROM memory), 0) AS oldest, coalesce((SELECT max(timestamp) FROM memory), 0) AS newest'

/** A row of a store's memories, as turns are made of it; lists are joined by blanks. */
export type TurnColumns = [
  row: number,
  id: string,
  timestamp: number,
  speaker: string,
  session: string | null,
  terms: string,
  asked: string,
  asking: number,
  person: number,
  flags: number,
  eligible: number | boolean
]

export function toTurn(
  [row, id, timestamp, speaker, session, terms, asked, asking, person, flags, eligible]: TurnColumns,
  keyOf: (name: string) => string
): Turn {
  return {
    row,
    id,
    timestamp,
    speaker: keyOf(speaker),
    byPerson: speaker.startsWith(GUESSED) || keyOf(speaker) === '',
    session,
    terms: termsOf(terms),
    asked: termsOf(asked),
    asking,
    person,
    time: (flags & FLAG.time) !== 0,
    number: (flags & FLAG.number) !== 0,
    place: (flags & FLAG.place) !== 0,
    proper: (flags & FLAG.proper) !== 0,
    quoted: (flags & FLAG.quoted) !== 0,
    eligible: Boolean(eligible)
  }
}
