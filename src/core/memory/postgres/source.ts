import type {Transaction} from '../../postgres/transaction.ts'
import {type TurnColumns, toTurn} from '../index/source.ts'
import {speakersAmong} from '../index/speakers.ts'
import type {IndexFilter} from '../index/types.ts'
import {type MemorySource, SITTING_GAP_MS, type Turn} from '../search/source.ts'
import {conditionOf, moment, storable, Values} from './condition.ts'

interface SourceOptions {
  userId: string
  /** The person's names, separated by blanks. */
  owner: string
  /** The language that terms are made in. */
  language: string
  filter: IndexFilter
  excludeSession?: string | undefined
}

/** The tables as search sees them, with the filter inside every statement; undefined where their terms are of another language. */
export async function sourceOf(
  transaction: Transaction,
  {userId, owner, language, filter: asked, excludeSession}: SourceOptions
): Promise<MemorySource | undefined> {
  const known = await transaction.row<Known>(userId, {name: 'search-totals', text: TOTALS}, [userId])
  if ((known?.language ?? language) !== language) return undefined
  const {memories = 0, terms = 0, oldest, newest, speakers: counted, superseded} = known ?? {}
  const speakers = speakersAmong(Object.entries(JSON.parse(counted ?? '{}') as Record<string, number>), memories, owner)
  // Mostly nothing is superseded, and then no row need be asked whether it is.
  const {current, ...others} = asked
  const filter: IndexFilter = superseded && current !== undefined ? asked : others
  const condition = (values: Values): string => conditionOf(filter, values, excludeSession)
  const unfiltered = condition(new Values(userId)) === 'true'
  const toTurns = (rows: {turn: TurnColumns}[]): Turn[] => rows.map(({turn}) => toTurn(turn, speakers.keyOf))

  return {
    totals: () => ({memories, terms, oldest: oldest ?? 0, newest: newest ?? 0, speakers: speakers.names}),

    async frequencies(wanted) {
      const found = await transaction.rows<{term: string; frequency: number}>(
        userId,
        {name: 'frequencies', text: FREQUENCIES},
        [userId, wanted]
      )
      return new Map(found.map(({term, frequency}) => [term, frequency]))
    },

    async vocabulary(beginnings) {
      const found = await transaction.rows<{place: number; term: string; frequency: number}>(
        userId,
        {name: 'vocabulary', text: VOCABULARY},
        [
          userId,
          beginnings.map(({prefix}) => prefix),
          beginnings.map(({prefix}) => `${prefix}\u{10ffff}`),
          beginnings.map(({shortest}) => shortest),
          beginnings.map(({longest}) => longest)
        ]
      )
      const words: [string, number][][] = beginnings.map(() => [])
      for (const {place, term, frequency} of found) words[place - 1]?.push([term, frequency])
      return words
    },

    async postings(wanted) {
      const {since, until, type, tag, unprocessed, session} = filter
      const found = await transaction.rows<{found: string}>(userId, {name: 'postings', text: POSTINGS}, [
        userId,
        wanted.map(({term}) => term),
        wanted.map(({limit}) => limit),
        since === undefined ? null : moment(since),
        until === undefined ? null : moment(until),
        type === undefined ? null : storable(type),
        tag === undefined ? null : storable(tag),
        unprocessed === true,
        session ?? null,
        excludeSession ?? null,
        filter.current === undefined ? null : moment(filter.current)
      ])
      return found.map(({found: rows}) => (rows === '' ? [] : rows.split(',').map(Number)))
    },

    async toldBetween(times, limit) {
      const rows: number[][] = []
      for (const {from, to} of times) {
        const values = new Values(userId)
        const found = await transaction.rows<{row: number}>(
          userId,
          `SELECT m.row FROM memory m WHERE m.user_id = $1 AND m.timestamp BETWEEN ${values.add(moment(from))} AND ${values.add(moment(to))}
            AND ${condition(values)} ORDER BY m.timestamp DESC, m.id DESC LIMIT ${values.add(limit)}`,
          values.list
        )
        rows.push(found.map(({row}) => row))
      }
      return rows
    },

    async eligible(rows) {
      if (unfiltered) return [...rows]
      const values = new Values(userId)
      const wanted = values.add(rows)
      const found = await transaction.rows<{row: number}>(
        userId,
        `SELECT m.row FROM memory m WHERE m.user_id = $1 AND m.row = ANY(${wanted}::int[]) AND ${condition(values)}`,
        values.list
      )
      const passing = new Set(found.map(({row}) => row))
      return rows.filter((row) => passing.has(row))
    },

    async turns(rows) {
      const values = new Values(userId)
      const wanted = values.add(rows)
      return toTurns(
        await transaction.rows<{turn: TurnColumns}>(
          userId,
          `SELECT ${turnOf(condition(values))} FROM memory m WHERE m.user_id = $1 AND m.row = ANY(${wanted}::int[])`,
          values.list
        )
      )
    },

    async around(turns, limit) {
      if (turns.length === 0) return []
      const values = new Values(userId)
      const reach = limit * SITTING_GAP_MS
      const columns = [
        `${values.add(turns.map(({timestamp}) => timestamp))}::bigint[]`,
        `${values.add(turns.map(({id}) => id))}::text[]`,
        `${values.add(turns.map((turn) => moment(turn.session === null ? turn.timestamp - reach : FARTHEST * -1)))}::bigint[]`,
        `${values.add(turns.map((turn) => moment(turn.session === null ? turn.timestamp + reach : FARTHEST)))}::bigint[]`
      ]
      const most = values.add(limit)
      const beside = (side: string): string =>
        `(SELECT b.row FROM memory b WHERE b.user_id = $1 AND ${side} LIMIT ${most})`
      const text = `SELECT ${turnOf(condition(values))} FROM memory m WHERE m.user_id = $1 AND m.row = ANY(ARRAY(
          SELECT n.row FROM unnest(${columns.join(', ')}) AS c (timestamp, id, earliest, latest) CROSS JOIN LATERAL (
            ${beside('(b.timestamp, b.id) < (c.timestamp, c.id) AND b.timestamp >= c.earliest ORDER BY b.timestamp DESC, b.id DESC')}
            UNION ALL
            ${beside('(b.timestamp, b.id) > (c.timestamp, c.id) AND b.timestamp <= c.latest ORDER BY b.timestamp, b.id')}) n))`
      return toTurns(await transaction.rows<{turn: TurnColumns}>(userId, text, values.list))
    }
  }
}

interface Known {
  /** Of the terms; null where there are none. */
  language: string | null
  memories: number
  terms: number
  oldest: number | null
  newest: number | null
  /** JSON: how many memories each name has. */
  speakers: string | null
  superseded: boolean
}

const FARTHEST = Number.MAX_SAFE_INTEGER

/** One value a row, which the driver parses quicker than a row of eleven. */
const turnOf = (condition: string): string =>
  `json_build_array(m.row, m.id, m.timestamp, m.speaker, m.session, m.terms, m.asked, m.asking, m.person, m.flags, ${condition}) AS turn`

const TOTALS = `SELECT p.language, p.memories, p.terms,
    (SELECT m.timestamp FROM memory m WHERE m.user_id = $1 ORDER BY m.timestamp, m.id LIMIT 1) AS oldest,
    (SELECT m.timestamp FROM memory m WHERE m.user_id = $1 ORDER BY m.timestamp DESC, m.id DESC LIMIT 1) AS newest,
    (SELECT json_object_agg(s.name, s.memories)::text FROM speaker s WHERE s.user_id = $1) AS speakers,
    EXISTS (SELECT FROM superseded s WHERE s.user_id = $1) AS superseded
  FROM person p WHERE p.user_id = $1`

const FREQUENCIES = 'SELECT term, frequency FROM vocabulary WHERE user_id = $1 AND term = ANY($2::text[])'

/** OFFSET keeps the inner part one look into the index for each beginning: as a join it reads the person's whole vocabulary. */
const VOCABULARY = `SELECT w.place::int, v.term, v.frequency
  FROM unnest($2::text[], $3::text[], $4::int[], $5::int[]) WITH ORDINALITY AS w (first, beyond, shortest, longest, place)
  CROSS JOIN LATERAL (SELECT v.term, v.frequency FROM vocabulary v WHERE v.user_id = $1 AND v.term >= w.first AND v.term < w.beyond
    AND length(v.term) BETWEEN w.shortest AND w.longest OFFSET 0) v`

const POSTINGS = 'SELECT found FROM postings($1, $2::text[], $3::int[], $4, $5, $6, $7, $8, $9, $10, $11)'
