import {setBackend} from './backend.ts'
import {readLocalConfig} from './config.ts'
import {usageError} from './errors.ts'
import {isObject} from './json.ts'

/**
 * Opens what keeps everything, where MH_STORE or the data root's `store.url` names one; files need no opening. To be called once by
 * whatever starts a process, before anything is read. Nothing of a database is loaded unless one is named.
 * @throws MhError STORE_UNREACHABLE, STORE_DENIED, STORE_NOT_READY, STORE_NEWER (exit 1), INVALID_STORE (exit 2)
 */
export async function openStore(address = storeAddress()): Promise<void> {
  if (address === undefined) return
  const {openPostgres} = await import('./postgres/backend.ts')
  setBackend(await openPostgres(address))
}

/** Ends the connections of a store; nothing where there is none. */
export async function closeStore(): Promise<void> {
  await setBackend(undefined)?.close()
}

/** The address of the store. @throws MhError NO_STORE (exit 2) where everything is kept in files */
export function requireStoreAddress(): string {
  const address = storeAddress()
  if (address !== undefined) return address
  throw usageError(
    'NO_STORE',
    'No store is named: everything is kept in files',
    'Name one in MH_STORE: postgres://user@host:5432/database'
  )
}

/** The address of the store, with its password if it has one; undefined for files. The variable goes before the setting. */
export function storeAddress(): string | undefined {
  const {store} = process.env.MH_STORE ? {} : readLocalConfig()
  const url = process.env.MH_STORE || (isObject(store) && typeof store.url === 'string' ? store.url : '')
  return url === '' || url === 'files' ? undefined : url
}
