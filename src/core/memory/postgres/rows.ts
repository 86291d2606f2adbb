import {reverse} from '../../file-index/index-database.ts'
import type {LockedProfile, Part, Unit} from '../../postgres/unit.ts'
import {readSettings} from '../../settings.ts'
import type {EpisodicEvent} from '../event.ts'
import {foundBy, termsOf} from '../index/findable.ts'
import {findable} from '../index/findable-event.ts'
import {textHash} from '../index/vectors.ts'
import {storable} from './condition.ts'

/** A memory that is to be kept. */
export interface NewRow {
  event: EpisodicEvent
  /** The text that its file would have. */
  record: string
  /** The row that it had; a new one where it is missing. */
  row?: number
  /** Where its file lay, for one that came from files. */
  place?: string | null
}

/** A memory that was taken out. */
export interface OldRow {
  id: string
  row: number
  place: string | null
  record: string
}

/** A profile under its lock, and the change that it is in. */
export interface Locked {
  unit: Unit
  profile: LockedProfile
  /** Whether there are vectors. */
  vectors: boolean
}

/** Puts memories into the tables, with everything that they are found by. Their ids are not there. */
export function putRows({unit, profile}: Locked, rows: readonly NewRow[]): void {
  const {row: person} = profile
  const language = person.language ?? readSettings().language
  person.language = language
  const change = new Counts()
  const made = rows.map(({event, record, row = person.next_row++, place = null}) => {
    const memory = findable(event)
    const {speaker, terms, asked, asking, person: saidByPerson, flags, tags} = foundBy(memory, language)
    change.add({terms: termsOf(terms), speaker, processed: memory.processed, record}, 1)
    return {
      id: memory.id,
      row,
      reversed: reverse(memory.id),
      timestamp: memory.timestamp,
      type: storable(memory.type),
      session: memory.session === undefined ? null : storable(memory.session),
      speaker: storable(speaker),
      processed: memory.processed,
      private: memory.private === true,
      flags,
      asking,
      person: saidByPerson,
      asked,
      terms,
      place,
      record,
      tags: [...new Set(tags.map(storable))],
      supersedes: memory.supersedes ?? [],
      runs: memory.runs ?? []
    }
  })
  unit.put(profile, MEMORIES, [JSON.stringify(made)])
  const pairs = (name: 'tags' | 'supersedes' | 'runs'): [texts: string[], rows: number[], times: number[]] => {
    const all = made.flatMap((one) => one[name].map((text) => ({text, row: one.row, timestamp: one.timestamp})))
    return [all.map(({text}) => text), all.map(({row}) => row), all.map(({timestamp}) => timestamp)]
  }
  const [tags, tagRows, tagTimes] = pairs('tags')
  if (tags.length > 0) unit.put(profile, TAGS, [tags, tagTimes, tagRows])
  const [targets, by, at] = pairs('supersedes')
  if (targets.length > 0) unit.put(profile, SUPERSEDED, [targets, by, at])
  const [runs, touched] = pairs('runs')
  if (runs.length > 0) unit.put(profile, TOUCHED, [runs, touched])
  change.apply(unit, profile, rows.length)
}

/** Takes memories out of the tables. @returns those that were there, in the order of `ids` */
export async function takeRows({unit, profile}: Locked, ids: readonly string[]): Promise<OldRow[]> {
  const {userId} = profile
  const wanted = [...new Set(ids)]
  const found = await unit.transaction.rows<OldRow & {terms: string; speaker: string; processed: boolean}>(
    userId,
    {name: 'take-memories', text: TAKE},
    [userId, wanted]
  )
  if (found.length === 0) return []
  const rows = found.map(({row}) => row)
  for (const table of ['tag', 'superseded', 'touched'])
    unit.send(userId, `DELETE FROM ${table} WHERE user_id = $1 AND row = ANY($2::int[])`, [userId, rows])
  const change = new Counts()
  for (const {terms, ...one} of found) change.add({...one, terms: termsOf(terms)}, -1)
  change.apply(unit, profile, -found.length)
  const byId = new Map(found.map(({id, row, place, record}) => [id, {id, row, place, record}]))
  return wanted.flatMap((id) => byId.get(id) ?? [])
}

/** Takes the vectors of rows out; with their new memories, only of those that say something else now. */
export function dropVectors(
  {unit, profile: {userId}, vectors}: Locked,
  rows: readonly {row: number; memory?: EpisodicEvent}[]
): void {
  if (!vectors) return
  unit.send(
    userId,
    `DELETE FROM vector v USING unnest($2::int[], $3::text[]) AS w (row, text)
      WHERE v.user_id = $1 AND v.row = w.row AND v.text IS DISTINCT FROM w.text`,
    [userId, rows.map(({row}) => row), rows.map(({memory}) => (memory === undefined ? null : textHash(memory)))]
  )
}

interface Counted {
  terms: readonly string[]
  speaker: string
  processed: boolean
  record: string
}

/** What is counted of a person's memories. Frequencies change once a call, not once a memory. */
class Counts {
  readonly #terms = new Map<string, number>()
  readonly #speakers = new Map<string, number>()
  #unprocessed = 0
  #length = 0
  #bytes = 0

  add({terms, speaker, processed, record}: Counted, sign: 1 | -1): void {
    for (const term of new Set(terms)) addTo(this.#terms, term, sign)
    if (speaker !== '') addTo(this.#speakers, speaker, sign)
    if (!processed) this.#unprocessed += sign
    this.#length += sign * terms.length
    this.#bytes += sign * Buffer.byteLength(record)
  }

  apply(unit: Unit, profile: LockedProfile, memories: number): void {
    const {row} = profile
    addCounts(unit, profile, VOCABULARY, this.#terms)
    addCounts(unit, profile, SPEAKERS, this.#speakers)
    row.memories += memories
    row.unprocessed += this.#unprocessed
    row.terms += this.#length
    row.bytes += this.#bytes
  }
}

const addTo = (counts: Map<string, number>, name: string, by: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

interface CountedTable extends Part {
  table: string
  key: string
  count: string
}

function addCounts(
  unit: Unit,
  profile: LockedProfile,
  counted: CountedTable,
  changes: ReadonlyMap<string, number>
): void {
  if (changes.size === 0) return
  const {userId} = profile
  const {table, key, count} = counted
  const names = [...changes.keys()]
  unit.put(profile, counted, [names, [...changes.values()]])
  const less = names.filter((name) => (changes.get(name) ?? 0) < 0)
  if (less.length > 0)
    unit.send(userId, `DELETE FROM ${table} WHERE user_id = $1 AND ${key} = ANY($2::text[]) AND ${count} <= 0`, [
      userId,
      less
    ])
}

const countedIn = (table: string, key: string, count: string): CountedTable => ({
  table,
  key,
  count,
  name: table,
  text: (from, at) => `INSERT INTO ${table} SELECT $1, c.* FROM ${from}unnest($${at}::text[], $${at + 1}::int[]) c
    ON CONFLICT (user_id, ${key}) DO UPDATE SET ${count} = ${table}.${count} + excluded.${count}`
})

const VOCABULARY = countedIn('vocabulary', 'term', 'frequency')
const SPEAKERS = countedIn('speaker', 'name', 'memories')

const MEMORIES: Part = {
  name: 'memories',
  text: (
    from,
    at
  ) => `INSERT INTO memory (user_id, id, row, reversed, timestamp, type, session, speaker, processed, private, flags, asking,
      person, asked, terms, place, record)
    SELECT $1, m.* FROM ${from}json_to_recordset($${at}) AS m (id text, row int, reversed text, timestamp bigint, type text, session text,
      speaker text, processed boolean, private boolean, flags smallint, asking double precision, person double precision, asked text,
      terms text, place text, record text)`
}

const TAGS: Part = {
  name: 'tags',
  text: (from, at) =>
    `INSERT INTO tag SELECT $1, t.* FROM ${from}unnest($${at}::text[], $${at + 1}::bigint[], $${at + 2}::int[]) t`
}

const SUPERSEDED: Part = {
  name: 'superseded',
  text: (from, at) =>
    `INSERT INTO superseded SELECT $1, s.* FROM ${from}unnest($${at}::text[], $${at + 1}::int[], $${at + 2}::bigint[]) s
      ON CONFLICT DO NOTHING`
}

const TOUCHED: Part = {
  name: 'touched',
  text: (from, at) =>
    `INSERT INTO touched SELECT $1, t.* FROM ${from}unnest($${at}::text[], $${at + 1}::int[]) t ON CONFLICT DO NOTHING`
}

const TAKE = `DELETE FROM memory WHERE user_id = $1 AND id = ANY($2::text[])
  RETURNING id, row, place, record, terms, speaker, processed`
