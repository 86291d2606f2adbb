import type {Database} from '../../postgres/database.ts'
import {SYSTEM} from '../../postgres/transaction.ts'

/** So many servers that wait for the first account may show a token of their own. */
const REMEMBERED = 100

/** Where servers keep by what they know each other's setup tokens. */
export interface SetupStore {
  /** @param hash of a token that a server shows */
  remember(hash: string): Promise<void>
  knows(hash: string): Promise<boolean>
}

export const postgresSetup = (database: Database): SetupStore => ({
  async remember(hash) {
    await database.change(SYSTEM, (transaction) =>
      transaction.change(SYSTEM, `UPDATE system SET setup = (ARRAY[$1::text] || setup)[:${REMEMBERED}]`, [hash])
    )
  },
  knows: async (hash) =>
    (await database.look(SYSTEM, (transaction) =>
      transaction.row(SYSTEM, 'SELECT 1 FROM system WHERE $1 = ANY(setup)', [hash])
    )) !== undefined
})
