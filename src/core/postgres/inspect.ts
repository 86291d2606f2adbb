import {shownAddress} from '../store-address.ts'
import {storeError} from './errors.ts'
import {SCHEMA_VERSION} from './migrations/migrations.ts'
import {connectAsOwner} from './pool.ts'

interface Inspected {
  address: string
  schema: number
  latest: number
  server: string
  vectors: boolean
}

/** Looks at a store, prepared or not. @throws MhError STORE_UNREACHABLE, STORE_DENIED (exit 1), INVALID_STORE (exit 2) */
export async function inspectStore(connection: string): Promise<Inspected> {
  const address = shownAddress(connection)
  try {
    const client = await connectAsOwner(connection)
    try {
      const {rows} = await client.query(
        "SELECT current_setting('server_version') AS server, to_regclass('mh.migration') IS NOT NULL AS prepared, to_regclass('mh.vector') IS NOT NULL AS vectors"
      )
      const {server, prepared, vectors} = rows[0]
      const schema = prepared
        ? (await client.query('SELECT max(number) AS number FROM mh.migration')).rows[0].number
        : 0
      return {address, schema, latest: SCHEMA_VERSION, server, vectors}
    } finally {
      await client.end()
    }
  } catch (error) {
    throw storeError(error, address)
  }
}
