import {usageError} from '../../errors.ts'
import {storeAddress} from '../../open-store.ts'
import {shownAddress} from '../../store-address.ts'
import {systemPaths} from '../../system-paths.ts'
import {requireAdministrator} from '../../users/permissions.ts'

/** What became of a person: copied now, or there and the same from before. */
export interface CopiedPerson {
  username: string
  files: number
  bytes: number
  status: 'copied' | 'there'
}

export interface LeftOut {
  username: string
  /** Below the profile. */
  path: string
  reason: string
  /** It was copied byte for byte, and is read as nothing. */
  kept?: boolean
}

export interface Copy {
  /** A folder, or an address without its password. */
  from: string
  to: string
  people: CopiedPerson[]
  leftOut: LeftOut[]
  /** Everything was read back and compared. */
  verified: true
}

export type CopyProgress = (now: {username: string; people: number}) => void

/**
 * Copies everybody to another store: from files to PostgreSQL, or back. Person by person, each whole or not at all and compared
 * afterwards, so that one that was stopped goes on where it was. Nothing is changed at the source.
 * @param to an address, or a folder that is not there, empty, or was begun
 * @throws MhError NOT_ADMINISTRATOR (exit 4), SAME_STORE, FOLDER_IN_USE (exit 2), COPY_DIFFERS (exit 5), COPY_NOT_VERIFIED, STORE_… (exit 1)
 */
export async function copyStore(to: string, onProgress: CopyProgress = () => {}): Promise<Copy> {
  requireAdministrator('Copying the store')
  const source = storeAddress()
  const intoPostgres = /^postgres(?:ql)?:\/\//.test(to)
  if ((source === undefined) !== intoPostgres)
    throw usageError(
      'SAME_STORE',
      source === undefined ? 'Files are copied by mh backup' : 'A database is copied by its own tools (pg_dump)',
      'mh store copy goes from files to PostgreSQL, or back'
    )
  const from = source === undefined ? systemPaths.root : shownAddress(source)
  const copied =
    source === undefined
      ? await (await import('./to-postgres.ts')).copyToPostgres(to, onProgress)
      : await (await import('./to-files.ts')).copyToFiles(source, to, onProgress)
  return {from, ...copied, verified: true}
}
