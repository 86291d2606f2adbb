import {changeProfile} from '../../change.ts'
import {documentPlace} from '../../documents.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import type {Database} from '../../postgres/database.ts'
import type {EpisodicEvent} from '../event.ts'
import type {Remaining} from '../store.ts'
import {tracesOf} from '../traces.ts'
import {eventOf, placeOf} from './records.ts'
import {dropVectors, type Locked, takeRows} from './rows.ts'

/**
 * Removes memories for good: their rows, those in the trash, and their history. Then looks for what everything else of the person but
 * the audit trail still holds of them. What the server itself keeps for a while (its log of writes, dead rows, backups) is beyond this.
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
  const needles = tracesOf(gone).filter((text) => !text.includes('\0'))
  const found = await unit.transaction.rows<{kind: Kind; name: string}>(userId, REMAINING, [
    userId,
    needles.map((text) => text.toWellFormed())
  ])
  return found.map(({kind, name}) => ({where: 'profile', path: placeOfKind(kind, name)}))
}

const placeOfKind = (kind: Kind, name: string): string =>
  kind === 'memory' ? placeOf(name) : documentPlace(`${FOLDERS[kind]}${name}`)

type Kind = 'memory' | keyof typeof FOLDERS

/** What goes before the name of each kind; a path is one from the profile on. */
const FOLDERS = {
  trash: `${PROFILE_LAYOUT.trash}/`,
  history: `${PROFILE_LAYOUT.history}/`,
  task: `${PROFILE_LAYOUT.tasks}/`,
  inbox: `${PROFILE_LAYOUT.inbox}/`,
  path: ''
} as const

const holds = (column: string): string =>
  `EXISTS (SELECT FROM unnest($2::text[]) needle WHERE strpos(${column}, needle) > 0)`

const holdsBytes = (column: string): string =>
  `EXISTS (SELECT FROM unnest($2::text[]) needle WHERE position(convert_to(needle, 'UTF8') IN ${column}) > 0)`

const REMAINING = `SELECT 'memory' AS kind, id AS name FROM memory WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT DISTINCT 'trash', id FROM trash WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT DISTINCT 'history', id FROM history WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT 'task', id FROM task WHERE user_id = $1 AND ${holds('record')}
  UNION ALL SELECT DISTINCT 'inbox', name FROM inbox WHERE user_id = $1 AND ${holdsBytes('bytes')}
  UNION ALL SELECT 'path', path FROM document WHERE user_id = $1 AND ${holds('body')}
  UNION ALL SELECT DISTINCT 'path', path FROM line WHERE user_id = $1 AND ${holds('text')}
  UNION ALL SELECT 'path', path FROM file WHERE user_id = $1 AND ${holdsBytes('bytes')}`
