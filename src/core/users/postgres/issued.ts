import type {Database} from '../../postgres/database.ts'
import {SYSTEM} from '../../postgres/transaction.ts'
import type {IssuedKind, IssuedRecords, IssuedStore} from '../issued/store.ts'

/** Secrets that were given out, in PostgreSQL. */
export const postgresIssued = (database: Database): IssuedStore => ({
  async add(kind, record) {
    await database.change(SYSTEM, (transaction) =>
      transaction.change(
        SYSTEM,
        `INSERT INTO issued (user_id, kind, hash, created_at, expires_at, record) VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (user_id, kind, hash) DO UPDATE SET created_at = excluded.created_at,
            expires_at = excluded.expires_at, record = excluded.record`,
        [record.userId, kind, record.hash, record.createdAt, record.expiresAt, JSON.stringify(record)]
      )
    )
  },

  find: async <K extends IssuedKind>(kind: K, hash: string) => {
    const [found] = await database.rows<{record: IssuedRecords[K]}>(
      SYSTEM,
      {name: 'issued', text: 'SELECT record FROM issued WHERE hash = $1 AND kind = $2'},
      [hash, kind]
    )
    return found?.record
  },

  list: async <K extends IssuedKind>(kind: K, userId: string) => {
    const found = await database.rows<{record: IssuedRecords[K]}>(
      SYSTEM,
      'SELECT record FROM issued WHERE user_id = $1 AND kind = $2 ORDER BY created_at, hash',
      [userId, kind]
    )
    return found.map(({record}) => record)
  },

  remove: async (kind, hash) =>
    (await database.change(SYSTEM, (transaction) =>
      transaction.change(SYSTEM, 'DELETE FROM issued WHERE hash = $1 AND kind = $2', [hash, kind])
    )) > 0
})
