import {storeAddress} from './open-store.ts'
import {systemPaths} from './system-paths.ts'

/** Where everything is kept. */
export interface StoreStatus {
  store: 'files' | 'postgres'
  /** A folder, or an address without its password. */
  address: string
  /** The schema that is there, 0 where there is none, and the one that this program works with; null with files. */
  schema: number | null
  latest: number | null
  /** Version of the server; null with files. */
  server: string | null
  /** Whether memories can be compared by meaning. */
  vectors: boolean
}

/** @throws MhError STORE_UNREACHABLE, STORE_DENIED (exit 1), INVALID_STORE (exit 2) */
export async function readStoreStatus(address = storeAddress()): Promise<StoreStatus> {
  if (address === undefined)
    return {store: 'files', address: systemPaths.root, schema: null, latest: null, server: null, vectors: true}
  const {inspectStore} = await import('./postgres/inspect.ts')
  return {store: 'postgres', ...(await inspectStore(address))}
}
