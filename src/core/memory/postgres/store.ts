import {requireUserContext} from '../../context.ts'
import type {Database} from '../../postgres/database.ts'
import type {Transaction} from '../../postgres/transaction.ts'
import {readSettings} from '../../settings.ts'
import {findUserById} from '../../users/accounts.ts'
import {termsOf} from '../index/findable.ts'
import type {IndexFilter} from '../index/types.ts'
import type {FoundMemory, ListRequest, MemoryStore, SearchRequest, StoredMemory} from '../store.ts'
import {
  addEvents,
  emptyTrash,
  readHistory,
  restoreEvents,
  trashEvents,
  trashedEvents,
  trashedIds,
  undoEvent,
  updateEvent,
  updateEvents
} from './change.ts'
import {conditionOf, moment, storable, Values} from './condition.ts'
import {forgetEvents} from './forget.ts'
import {rebuild} from './rebuild.ts'
import {readRecord} from './records.ts'
import {sourceOf} from './source.ts'
import {keepVectors, nearestVectors, withoutVector} from './vectors.ts'

interface Recorded {
  id: string
  record: string
}

/** Memories in PostgreSQL. */
export function postgresMemories(database: Database): MemoryStore {
  const look = async <T>(fn: (transaction: Transaction, userId: string) => Promise<T>): Promise<T> => {
    const {userId} = requireUserContext('Memories')
    return database.look(userId, (transaction) => fn(transaction, userId))
  }
  /** @param tail of a statement over `memory m`, from its condition on */
  const select = async (tail: string, ...values: unknown[]): Promise<StoredMemory[]> => {
    const {userId} = requireUserContext('Memories')
    return toMemories(
      await database.rows<Recorded>(userId, `SELECT m.id, m.record FROM memory m WHERE m.user_id = $1 ${tail}`, [
        userId,
        ...values
      ])
    )
  }
  const person = () =>
    look(async (transaction, userId) => {
      const found = await transaction.row<{memories: number; unprocessed: number; bytes: number}>(
        userId,
        'SELECT memories, unprocessed, bytes FROM person WHERE user_id = $1',
        [userId]
      )
      return found ?? {memories: 0, unprocessed: 0, bytes: 0}
    })
  const list = ({filter, limit, before}: ListRequest): Promise<StoredMemory[]> =>
    look(async (transaction, userId) => {
      const values = new Values(userId)
      const {from, condition, time} = rowsOf(filter, values)
      const after =
        before === undefined
          ? ''
          : `AND (${time}, m.id) < (${values.add(moment(before.timestamp))}, ${values.add(before.id)})`
      return toMemories(
        await transaction.rows<Recorded>(
          userId,
          `SELECT m.id, m.record FROM ${from} WHERE ${condition} ${after} ORDER BY ${time} DESC, m.id DESC LIMIT ${values.add(limit)}`,
          values.list
        )
      )
    })

  return {
    add: async (events, audit) => {
      requireUserContext('Memories')
      return addEvents(database, events, audit)
    },
    prepare: async (events) => {
      requireUserContext('Memories')
      return {add: (audit) => addEvents(database, events, audit), leave() {}}
    },
    get: async (id) => (await select('AND m.id = $2', id)).at(0),
    getAll: (ids) => select('AND m.id = ANY($2::text[])', ids),
    update: (id, update) => updateEvent(database, id, update),
    updateMany: (updates, audit) => updateEvents(database, updates, audit),
    trash: (ids) => trashEvents(database, ids),
    restore: (ids) => restoreEvents(database, ids),
    trashed: () => trashedEvents(database),
    trashedIds: () => trashedIds(database),
    emptyTrash: () => emptyTrash(database),
    history: (id) => readHistory(database, id),
    undo: (id) => undoEvent(database, id),
    forget: (ids) => forgetEvents(database, ids),

    endingWith: (ending, limit) =>
      look(async (transaction, userId) => {
        const start = [...ending].reverse().join('')
        const found = await transaction.rows<{id: string}>(
          userId,
          'SELECT id FROM memory WHERE user_id = $1 AND reversed >= $2 AND reversed < $3 LIMIT $4',
          [userId, start, `${start}\u{10ffff}`, limit]
        )
        return found.map(({id}) => id)
      }),
    newest: async () => (await select('ORDER BY m.timestamp DESC, m.id DESC LIMIT 1')).at(0),
    list,
    count: (filter) =>
      look(async (transaction, userId) => {
        const values = new Values(userId)
        const {from, condition} = rowsOf(filter, values)
        const [found] = await transaction.rows<{n: number}>(
          userId,
          condition === ALL
            ? 'SELECT memories AS n FROM person WHERE user_id = $1'
            : `SELECT count(*) AS n FROM ${from} WHERE ${condition}`,
          values.list
        )
        return found?.n ?? 0
      }),
    counts: async () => {
      const {memories, unprocessed} = await person()
      return {total: memories, unprocessed}
    },
    countBetween: (moments) =>
      look(async (transaction, userId) => {
        const found = await transaction.rows<{n: number}>(userId, BETWEEN, [
          userId,
          moments.slice(0, -1).map(moment),
          moments.slice(1).map(moment)
        ])
        return found.map(({n}) => n)
      }),
    statistics: async () => {
      const {memories, unprocessed, bytes} = await person()
      const counts = (text: string) =>
        look(async (transaction, userId) =>
          Object.fromEntries(
            (await transaction.rows<{name: string; n: number}>(userId, text, [userId])).map(({name, n}) => [name, n])
          )
        )
      return {
        total: memories,
        unprocessed,
        byType: await counts(
          'SELECT type AS name, count(*) AS n FROM memory WHERE user_id = $1 GROUP BY type ORDER BY type'
        ),
        byTag: await counts('SELECT tag AS name, count(*) AS n FROM tag WHERE user_id = $1 GROUP BY tag ORDER BY tag'),
        // The index is the server's, and shared by everybody.
        indexBytes: 0,
        bytes
      }
    },

    reindex: ({full, onProgress, signal}) =>
      rebuild(database, {
        full,
        ...(onProgress === undefined ? {} : {onProgress}),
        ...(signal === undefined ? {} : {signal})
      }),
    termsFrom: (prefix, limit) =>
      look(async (transaction, userId) => {
        const found = await transaction.rows<{term: string}>(
          userId,
          `SELECT term FROM vocabulary WHERE user_id = $1 AND term >= $2 AND term < $3 ORDER BY frequency DESC, term LIMIT $4`,
          [userId, prefix, `${prefix}\u{10ffff}`, limit]
        )
        return found.map(({term}) => term)
      }),
    terms: () =>
      look(async (transaction, userId) => {
        const found = await transaction.rows<{id: string; terms: string}>(
          userId,
          'SELECT id, terms FROM memory WHERE user_id = $1 ORDER BY row',
          [userId]
        )
        return found.map(({id, terms}) => ({id, terms: termsOf(terms)}))
      }),

    search: async (question, request) => {
      for (;;) {
        const found = await look((transaction, userId) => search(transaction, userId, question, request))
        if (found !== undefined) return found
        await rebuild(database, {full: false})
      }
    },
    nearest: async (request) => nearestVectors(database, request),
    withoutVector: async (model, withPrivate, limit) => withoutVector(database, model, withPrivate, limit),
    addVectors: async (model, vectors) => keepVectors(database, model, vectors),

    session: (sessionId) => select('AND m.session = $2 ORDER BY m.timestamp, m.id', storable(sessionId)),
    newestSession: () =>
      look(async (transaction, userId) => {
        const found = await transaction.row<{session: string}>(
          userId,
          'SELECT session FROM memory WHERE user_id = $1 AND session IS NOT NULL ORDER BY timestamp DESC, id DESC LIMIT 1',
          [userId]
        )
        return found?.session
      }),
    sessions: (limit) =>
      look(async (transaction, userId) => {
        const found = await transaction.rows<Recorded & {session: string; turns: number; started: number}>(
          userId,
          SESSIONS,
          [userId, limit]
        )
        return found.map(({session, turns, started, id, record}) => ({
          session,
          turns,
          startedAt: new Date(started).toISOString(),
          opening: readRecord(id, record)[0]?.event.content ?? ''
        }))
      })
  }
}

/** @returns undefined where the memories' terms are of another language than the person's is now */
async function search(
  transaction: Transaction,
  userId: string,
  question: string,
  {limit, filter, zone, now, excludeSession, explain}: SearchRequest
): Promise<FoundMemory[] | undefined> {
  const {search: rankAll} = await import('../search/search.ts')
  const {username} = requireUserContext('Memories')
  const owner = [username, findUserById(userId)?.metadata?.displayName ?? ''].join(' ').trim()
  const {language} = readSettings()
  const source = await sourceOf(transaction, {userId, owner, language, filter, excludeSession})
  if (source === undefined) return undefined
  const ranked = await rankAll(source, question, {
    limit,
    language,
    owner,
    now,
    zone,
    ...(explain === undefined ? {} : {explain})
  })
  if (ranked.length === 0) return []
  const found = await transaction.rows<Recorded & {row: number}>(
    userId,
    {name: 'found', text: 'SELECT row, id, record FROM memory WHERE user_id = $1 AND row = ANY($2::int[])'},
    [userId, ranked.map(({row}) => row)]
  )
  const records = new Map(found.map((one) => [one.row, one]))
  return ranked.flatMap(({row, score, explain: why}) => {
    const one = records.get(row)
    return one === undefined
      ? []
      : readRecord(one.id, one.record).map((memory) => ({
          ...memory,
          score,
          ...(why === undefined ? {} : {explain: why})
        }))
  })
}

const ALL = 'm.user_id = $1 AND true'

/** Listing by tag reads the tag's own order; everything else reads memory's. */
function rowsOf(filter: IndexFilter, values: Values): {from: string; condition: string; time: string} {
  const {tag, ...others} = filter
  if (tag === undefined)
    return {from: 'memory m', condition: `m.user_id = $1 AND ${conditionOf(filter, values)}`, time: 'm.timestamp'}
  const name = values.add(storable(tag))
  const condition = conditionOf(others, values).replaceAll('m.timestamp', 't.timestamp')
  return {
    from: 'tag t JOIN memory m ON m.user_id = $1 AND m.row = t.row',
    condition: `t.user_id = $1 AND t.tag = ${name} AND ${condition}`,
    time: 't.timestamp'
  }
}

const toMemories = (rows: readonly Recorded[]): StoredMemory[] => rows.flatMap(({id, record}) => readRecord(id, record))

const BETWEEN = `SELECT (SELECT count(*) FROM memory m WHERE m.user_id = $1 AND m.timestamp >= w.since AND m.timestamp < w.until) AS n
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS w (since, until, place) ORDER BY w.place`

const SESSIONS = `SELECT s.session, s.turns, s.started, f.id, f.record FROM (
    SELECT session, count(*) AS turns, min(timestamp) AS started, max(timestamp) AS latest FROM memory
    WHERE user_id = $1 AND session IS NOT NULL GROUP BY session ORDER BY latest DESC, session LIMIT $2) s
  CROSS JOIN LATERAL (SELECT m.id, m.record FROM memory m WHERE m.user_id = $1 AND m.session = s.session
    ORDER BY m.timestamp, m.id LIMIT 1) f ORDER BY s.latest DESC, s.session`
