import {MhError} from '../errors.ts'
import {SCHEMA_VERSION} from './migrations/migrations.ts'

const OLDEST_SERVER = 14

/** @param number PostgreSQL's own of a version: 14.2 is 140002 @throws MhError STORE_TOO_OLD (exit 1) with the version that is there */
export function requireServer(number: number, shown: string): void {
  const version = Math.floor(number / 10_000)
  if (version >= OLDEST_SERVER) return
  throw new MhError('STORE_TOO_OLD', `The server at ${shown} is PostgreSQL ${version}`, {
    hint: `Use ${OLDEST_SERVER} or newer`
  })
}

/** @throws MhError STORE_NEWER (exit 1) */
export function requireNotNewer(schema: number, shown: string): void {
  if (schema > SCHEMA_VERSION)
    throw new MhError(
      'STORE_NEWER',
      `The store at ${shown} has schema ${schema}, and this mh knows ${SCHEMA_VERSION}`,
      {
        hint: 'Use a newer mh: npm install -g metahuman@latest'
      }
    )
}

/** @throws MhError STORE_NOT_READY (exit 1), STORE_NEWER */
export function requireSchema(schema: number, shown: string): void {
  requireNotNewer(schema, shown)
  if (schema < SCHEMA_VERSION)
    throw new MhError(
      'STORE_NOT_READY',
      `The store at ${shown} has schema ${schema}, and this mh needs ${SCHEMA_VERSION}`,
      {
        hint: 'mh store upgrade brings it there'
      }
    )
}
