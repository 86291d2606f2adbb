import {changeProfile} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import type {Database} from '../../postgres/database.ts'
import {namesLike} from '../free-name.ts'
import type {Inbox, InboxItem, Moved} from '../inbox.ts'

/** The inbox in PostgreSQL: what came by HTTP, and waits for the ingestor of any machine. */
export const postgresInbox = (database: Database): Inbox => ({
  list: async () => {
    const {userId} = requireUserContext('The inbox')
    return database.look(userId, async (transaction) => {
      const found = await transaction.rows<{name: string; number: number; modified: Date; size: number}>(
        userId,
        `SELECT name, number, modified, octet_length(bytes) AS size FROM inbox WHERE user_id = $1 AND state = 'waiting' ORDER BY name`,
        [userId]
      )
      return found.map(({name, number, modified, size}) => ({
        name,
        size,
        modified: modified.getTime(),
        stamp: String(number)
      }))
    })
  },

  read: async ({name, stamp}) => {
    const {userId} = requireUserContext('The inbox')
    return database.look(userId, async (transaction) => {
      const found = await transaction.row<{bytes: Buffer}>(
        userId,
        `SELECT bytes FROM inbox WHERE user_id = $1 AND name = $2 AND number = $3 AND state = 'waiting'`,
        [userId, name, stamp]
      )
      return found === undefined ? 'changed' : {bytes: found.bytes}
    })
  },

  archive: (item, day) => move(database, item, 'archived', day),
  setAside: (item, day, reason) => move(database, item, 'failed', day, reason),

  add: (name, bytes) =>
    changeProfile(async ({user: {userId}, audit}) => {
      const {unit} = database.locked(userId)
      let free = name
      for (free of namesLike(name)) {
        const taken = await unit.transaction.row(
          userId,
          `SELECT 1 FROM inbox WHERE user_id = $1 AND name = $2 AND state = 'waiting'`,
          [userId, free]
        )
        if (taken === undefined) break
      }
      unit.send(
        userId,
        `INSERT INTO inbox (user_id, name, modified, state, bytes) VALUES ($1, $2, clock_timestamp(), 'waiting', $3)`,
        [userId, free, bytes]
      )
      audit({category: 'data', event: 'inbox_added', details: {bytes: bytes.length}})
      return free
    })
})

function move(
  database: Database,
  {name, stamp}: InboxItem,
  state: 'archived' | 'failed',
  day: string,
  reason: string | null = null
): Promise<Moved> {
  return changeProfile(async ({user: {userId}}) => {
    const moved = await database
      .locked(userId)
      .unit.transaction.change(
        userId,
        `UPDATE inbox SET state = $4, day = $5, reason = $6 WHERE user_id = $1 AND name = $2 AND number = $3 AND state = 'waiting'`,
        [userId, name, stamp, state, day, reason]
      )
    return moved > 0 ? 'moved' : 'changed'
  })
}
