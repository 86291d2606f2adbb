import {changeProfile} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import type {Database} from '../../postgres/database.ts'
import {readSettings} from '../../settings.ts'
import type {ReindexOptions, ReindexReport} from '../store.ts'
import {eventOf} from './records.ts'
import {putRows, takeRows} from './rows.ts'

/** Memories that are worked on at once. */
const PAGE = 500

/**
 * Works out anew what memories are found by: all of them where `full`, or where they were worked out in another language than the
 * person's is now. There are no files that could have changed meanwhile.
 */
export function rebuild(database: Database, {full, onProgress, signal}: ReindexOptions): Promise<ReindexReport> {
  requireUserContext('Memories')
  return changeProfile(async ({user: {userId}}) => {
    const locked = database.locked(userId)
    const {unit, profile} = locked
    const {language} = readSettings()
    let updated = 0
    if (full || (profile.row.language ?? language) !== language) {
      profile.row.language = language
      profile.changed = true
      const ids = await unit.transaction.rows<{id: string}>(
        userId,
        'SELECT id FROM memory WHERE user_id = $1 ORDER BY row',
        [userId]
      )
      for (let at = 0; at < ids.length; at += PAGE) {
        signal?.throwIfAborted()
        const old = await takeRows(
          locked,
          ids.slice(at, at + PAGE).map(({id}) => id)
        )
        putRows(
          locked,
          old.map(({row, place, record}) => ({event: eventOf(record, userId), record, row, place}))
        )
        updated += old.length
        onProgress?.(updated)
      }
    }
    return {added: 0, updated, removed: 0, unreadable: []}
  })
}
