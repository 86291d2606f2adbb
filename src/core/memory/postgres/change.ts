import type {AuditEvent} from '../../audit.ts'
import {changeProfile} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {conflict} from '../../errors.ts'
import {gather, type Outcome} from '../../gather.ts'
import type {Database} from '../../postgres/database.ts'
import {currentSnapshot} from '../../postgres/snapshot.ts'
import {currentUnit} from '../../postgres/unit.ts'
import {type EpisodicEvent, formatEvent} from '../event.ts'
import {formatChecked, versionOf} from '../read-file.ts'
import type {Added, EarlierVersion, ManyUpdate, StoredMemory, TrashedMemory, Update} from '../store.ts'
import {eventOf, placeOf, readRecord} from './records.ts'
import {dropVectors, type Locked, type NewRow, putRows, takeRows} from './rows.ts'

type AuditOf = (events: readonly EpisodicEvent[]) => AuditEvent

/** Runs a change of the current person's memories under their lock. */
const change = <T>(
  database: Database,
  fn: (locked: Locked, audit: (event: AuditEvent) => void) => Promise<T>,
  mayRepeat = false
): Promise<T> => changeProfile(({user, audit}) => fn(database.locked(user.userId), audit), mayRepeat)

/** What one caller adds: all of it becomes durable, or none of it is acknowledged. */
interface Addition {
  memories: readonly NewRow[]
  audit: AuditOf
}

const gathered = gather<Addition, Added[]>()

/** Adds memories. What several callers add for one person while they wait for their turn is written together. */
export async function addEvents(
  database: Database,
  events: readonly EpisodicEvent[],
  audit: AuditOf
): Promise<Added[]> {
  const user = requireUserContext('Memories')
  const memories = events.map((event) => ({event, record: formatChecked(event)}))
  const asked = currentSnapshot(user.userId)?.permitted
  // Inside another change it is durable with that one, and with nobody else's.
  const together = currentUnit() === undefined ? gathered : gather<Addition, Added[]>()
  return together.bring(JSON.stringify([database.address, user, asked]), {memories, audit}, (take) => {
    let additions: Addition[] | undefined
    return change(
      database,
      (locked, note) => {
        additions ??= take()
        return addTogether(locked, additions, note)
      },
      true
    )
  })
}

async function addTogether(
  locked: Locked,
  additions: readonly Addition[],
  note: (event: AuditEvent) => void
): Promise<Outcome<Added[]>[]> {
  const all = additions.flatMap(({memories}) => memories.map(({event}) => event))
  // A change that is one statement fails where one of them is there.
  const there = locked.profile.atOnce === undefined ? await presentOf(locked, all) : new Map<string, EpisodicEvent>()
  const rows: NewRow[] = []
  const outcomes = additions.map(({memories, audit}) => {
    const added: EpisodicEvent[] = []
    const result = memories.map(({event, record}): Added => {
      const existing = there.get(event.id)
      if (existing !== undefined) return {existing}
      there.set(event.id, event)
      rows.push({event, record})
      added.push(event)
      return {memory: stored(event, record)}
    })
    if (added.length > 0) note(audit(added))
    return {result}
  })
  if (rows.length > 0) putRows(locked, rows)
  return outcomes
}

/** Those of the memories that are there already, by their ids. */
async function presentOf(
  {unit, profile: {userId}}: Locked,
  events: readonly EpisodicEvent[]
): Promise<Map<string, EpisodicEvent>> {
  const found = await unit.transaction.rows<{id: string; record: string}>(
    userId,
    {
      name: 'present',
      text: `SELECT m.id, m.record FROM unnest($2::text[]) AS w (id) JOIN memory m ON m.user_id = $1 AND m.id = w.id`
    },
    [userId, events.map(({id}) => id)]
  )
  return new Map(found.map(({id, record}) => [id, eventOf(record, userId)]))
}

export function updateEvent(database: Database, id: string, update: Update): Promise<StoredMemory | undefined> {
  return change(database, (locked, note) => updateLocked(locked, id, update, note))
}

async function updateLocked(
  locked: Locked,
  id: string,
  {change: make, version, history, audit}: Update,
  note: (event: AuditEvent) => void
): Promise<StoredMemory | undefined> {
  const {unit, profile} = locked
  const {userId} = profile
  const present = await unit.transaction.row<{record: string}>(
    userId,
    'SELECT record FROM memory WHERE user_id = $1 AND id = $2',
    [userId, id]
  )
  if (present === undefined) return undefined
  const before = eventOf(present.record, userId)
  if (version !== undefined && version !== versionOf(present.record))
    throw conflict(
      'STALE_VERSION',
      `The memory ${id} has changed since: its version is ${versionOf(present.record)}, not ${version}`,
      `mh memory show ${id} tells what it says now`
    )
  const event = make(before)
  const record = formatChecked(event)
  if (record === formatEvent(before)) return stored(event, present.record)
  if (history !== undefined)
    unit.send(
      userId,
      'INSERT INTO history (user_id, id, undone, at, record) VALUES ($1, $2, false, clock_timestamp(), $3)',
      [userId, id, present.record]
    )
  await replaceRows(locked, [{event, record}])
  note(audit(event))
  return stored(event, record)
}

/** Puts new records in the place of those that have their ids, each in its row. */
async function replaceRows(locked: Locked, rows: readonly NewRow[]): Promise<void> {
  const old = new Map(
    (
      await takeRows(
        locked,
        rows.map(({event}) => event.id)
      )
    ).map((one) => [one.id, one])
  )
  dropVectors(
    locked,
    rows.flatMap(({event}) => {
      const row = old.get(event.id)?.row
      return row === undefined ? [] : [{row, memory: event}]
    })
  )
  putRows(
    locked,
    rows.map((one) => {
      const {row, place} = old.get(one.event.id) ?? {}
      return {...one, ...(row === undefined ? {} : {row}), ...(place === undefined ? {} : {place})}
    })
  )
}

export function updateEvents(
  database: Database,
  updates: readonly ManyUpdate[],
  audit: AuditOf
): Promise<StoredMemory[]> {
  return change(database, async (locked, note) => {
    const {userId} = locked.profile
    const found = await locked.unit.transaction.rows<{id: string; record: string}>(
      userId,
      'SELECT id, record FROM memory WHERE user_id = $1 AND id = ANY($2::text[])',
      [userId, updates.map(({id}) => id)]
    )
    const present = new Map(found.map(({id, record}) => [id, eventOf(record, userId)]))
    const changed = new Map<string, NewRow>()
    for (const {id, change: make} of updates) {
      const before = changed.get(id)?.event ?? present.get(id)
      const event = before === undefined ? undefined : make(before)
      if (before === undefined || event === undefined) continue
      const record = formatChecked(event)
      if (record !== formatEvent(before)) changed.set(id, {event, record})
    }
    if (changed.size === 0) return []
    const rows = [...changed.values()]
    await replaceRows(locked, rows)
    note(audit(rows.map(({event}) => event)))
    return rows.map(({event, record}) => stored(event, record))
  })
}

/** Earlier versions of a memory, the latest first. */
export function readHistory(database: Database, id: string): Promise<EarlierVersion[]> {
  const {userId} = requireUserContext('The history of memories')
  return database.look(userId, async (transaction) =>
    (
      await transaction.rows<{record: string; at: Date; undone: boolean}>(
        userId,
        'SELECT record, at, undone FROM history WHERE user_id = $1 AND id = $2 ORDER BY number DESC',
        [userId, id]
      )
    ).flatMap(({record, at, undone}) =>
      readRecord(id, record).map(({event, version}) => ({event, version: version(), at: at.toISOString(), undone}))
    )
  )
}

/**
 * Puts the version before the present one back. What is replaced is kept as undone, so that a second undo goes a step further back,
 * and nothing is lost.
 */
export function undoEvent(database: Database, id: string): Promise<StoredMemory | undefined> {
  return change(database, async (locked, note) => {
    const {unit, profile} = locked
    const {userId} = profile
    const step = await unit.transaction.row<{number: number; record: string}>(
      userId,
      'SELECT number, record FROM history WHERE user_id = $1 AND id = $2 AND NOT undone ORDER BY number DESC LIMIT 1',
      [userId, id]
    )
    if (step === undefined) return undefined
    const undone = await updateLocked(
      locked,
      id,
      {
        change: () => eventOf(step.record, userId),
        history: 'keep',
        audit: (event) => ({category: 'data', event: 'memory_edit_undone', details: {id: event.id}})
      },
      note
    )
    if (undone === undefined) return undefined
    // The version that came back is the present one, and history no more; the one that it replaced goes aside.
    unit.send(userId, 'DELETE FROM history WHERE user_id = $1 AND id = $2 AND number = $3', [userId, id, step.number])
    unit.send(userId, 'UPDATE history SET undone = true WHERE user_id = $1 AND id = $2 AND number > $3', [
      userId,
      id,
      step.number
    ])
    return undone
  })
}

/** Moves memories to the trash. @returns the ids of those that were there */
export function trashEvents(database: Database, ids: readonly string[]): Promise<string[]> {
  return change(database, async (locked, note) => {
    const {unit, profile} = locked
    const {userId} = profile
    const taken = await takeRows(locked, ids)
    if (taken.length === 0) return []
    dropVectors(locked, taken)
    unit.send(
      userId,
      `INSERT INTO trash (user_id, id, deleted_at, place, record)
        SELECT $1, t.id, clock_timestamp(), t.place, t.record FROM unnest($2::text[], $3::text[], $4::text[]) AS t (id, place, record)`,
      [userId, taken.map(({id}) => id), taken.map(({place}) => place), taken.map(({record}) => record)]
    )
    note({category: 'data', event: 'memories_deleted', details: {ids: taken.map(({id}) => id)}})
    return taken.map(({id}) => id)
  })
}

/** Takes memories back out of the trash. @returns the ids of those that were in it */
export function restoreEvents(database: Database, ids: readonly string[]): Promise<string[]> {
  return change(database, async (locked, note) => {
    const {unit, profile} = locked
    const {userId} = profile
    // An id that is used again (by an import, say) stays with the memory that has it now.
    const found = await unit.transaction.rows<{id: string; number: number; place: string | null; record: string}>(
      userId,
      `SELECT DISTINCT ON (t.id) t.id, t.number, t.place, t.record FROM trash t WHERE t.user_id = $1 AND t.id = ANY($2::text[])
        AND NOT EXISTS (SELECT FROM memory m WHERE m.user_id = $1 AND m.id = t.id) ORDER BY t.id, t.number DESC`,
      [userId, ids]
    )
    if (found.length === 0) return []
    putRows(
      locked,
      found.map(({record, place}) => ({event: eventOf(record, userId), record, place}))
    )
    unit.send(userId, 'DELETE FROM trash WHERE user_id = $1 AND number = ANY($2::bigint[])', [
      userId,
      found.map(({number}) => number)
    ])
    const restored = new Set(found.map(({id}) => id))
    const inOrder = [...new Set(ids)].filter((id) => restored.has(id))
    note({category: 'data', event: 'memories_restored', details: {ids: inOrder}})
    return inOrder
  })
}

/** What is in the trash, deleted last first. */
export function trashedEvents(database: Database): Promise<TrashedMemory[]> {
  const {userId} = requireUserContext('The trash')
  return database.look(userId, async (transaction) =>
    (
      await transaction.rows<{id: string; deleted_at: Date; record: string}>(
        userId,
        'SELECT id, deleted_at, record FROM trash WHERE user_id = $1 ORDER BY deleted_at DESC, number DESC',
        [userId]
      )
    ).flatMap(({id, deleted_at: at, record}) =>
      readRecord(id, record).map((memory) => ({...memory, deletedAt: at.toISOString()}))
    )
  )
}

export function trashedIds(database: Database): Promise<Set<string>> {
  const {userId} = requireUserContext('The trash')
  return database.look(userId, async (transaction) => {
    const found = await transaction.rows<{id: string}>(userId, 'SELECT id FROM trash WHERE user_id = $1', [userId])
    return new Set(found.map(({id}) => id))
  })
}

/** Removes what is in the trash for good, with its history. @returns how many memories */
export function emptyTrash(database: Database): Promise<number> {
  return change(database, async ({unit, profile: {userId}}, note) => {
    const gone = await unit.transaction.rows<{id: string}>(
      userId,
      'DELETE FROM trash WHERE user_id = $1 RETURNING id',
      [userId]
    )
    if (gone.length === 0) return 0
    // A memory of that id may live on, by an import, and keeps its history.
    unit.send(
      userId,
      `DELETE FROM history h WHERE h.user_id = $1 AND h.id = ANY($2::text[])
        AND NOT EXISTS (SELECT FROM memory m WHERE m.user_id = $1 AND m.id = h.id)`,
      [userId, gone.map(({id}) => id)]
    )
    note({category: 'data', event: 'trash_emptied', details: {count: gone.length}})
    return gone.length
  })
}

const stored = (event: EpisodicEvent, record: string): StoredMemory => ({
  event,
  path: placeOf(event.id),
  version: () => versionOf(record)
})
