import {changeProfile} from '../../change.ts'
import {documentPlace} from '../../documents.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import type {Database} from '../../postgres/database.ts'
import type {EpisodicEvent} from '../event.ts'
import type {Remaining} from '../store.ts'
import {eventOf, placeOf} from './records.ts'
import {dropVectors, type Locked, takeRows} from './rows.ts'

/**
 * Removes memories for good: their rows, those in the trash, and their history. Then looks for what the person's other records and
 * documents still hold of them. What the server itself keeps for a while (its log of writes, dead rows, backups) is beyond this.
 */
export function forgetEvents(
  database: Database,
  ids: readonly string[]
): Promise<{forgotten: string[]; remaining: Remaining[]}> {
  return changeProfile(async ({user: {userId}, audit}) => {
    const locked = database.locked(userId)
    const {transaction} = locked.unit
    const taken = await takeRows(locked, ids)
    if (taken.length > 0) dropVectors(locked, taken)
    const trashed = await transaction.rows<{id: string; record: string}>(
      userId,
      'DELETE FROM trash WHERE user_id = $1 AND id = ANY($2::text[]) RETURNING id, record',
      [userId, ids]
    )
    await transaction.change(userId, 'DELETE FROM history WHERE user_id = $1 AND id = ANY($2::text[])', [userId, ids])
    const gone = [...taken, ...trashed].map(({record}) => eventOf(record, userId))
    const forgotten = [...new Set(gone.map(({id}) => id))]
    audit({category: 'data', event: 'memories_forgotten', details: {count: forgotten.length}})
    return {forgotten, remaining: forgotten.length === 0 ? [] : await remaining(locked, gone)}
  })
}

/** Where the id or the text of one of these memories still stands, as it is or as JSON writes it. */
async function remaining({unit, profile: {userId}}: Locked, gone: readonly EpisodicEvent[]): Promise<Remaining[]> {
  const needles = gone.flatMap(({id, content, response}) => [
    id,
    ...[content, response ?? '']
      .filter((text) => text.length >= SHORTEST)
      .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
      .filter((text) => !text.includes('\0'))
  ])
  const found = await unit.transaction.rows<{kind: string; name: string}>(userId, REMAINING, [
    userId,
    needles.map((text) => text.toWellFormed())
  ])
  return found.map(({kind, name}) => ({where: 'profile', path: placeOfKind(kind, name)}))
}

/** A text of a few characters stands everywhere, and says nothing. */
const SHORTEST = 8

const placeOfKind = (kind: string, name: string): string =>
  kind === 'memory'
    ? placeOf(name)
    : documentPlace(
        kind === 'trash'
          ? `${PROFILE_LAYOUT.trash}/${name}`
          : kind === 'history'
            ? `${PROFILE_LAYOUT.history}/${name}`
            : name
      )

const holds = (column: string): string =>
  `EXISTS (SELECT FROM unnest($2::text[]) needle WHERE strpos(${column}, needle) > 0)`

const REMAINING = `SELECT 'memory' AS kind, id AS name FROM memory WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT DISTINCT 'trash', id FROM trash WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT DISTINCT 'history', id FROM history WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT 'document', path FROM document WHERE user_id = $1 AND ${holds('body')}`
