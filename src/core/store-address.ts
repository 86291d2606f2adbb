import {usageError} from './errors.ts'

/** @throws MhError INVALID_STORE (exit 2) where it is no address of PostgreSQL */
export function parseStoreAddress(address: string): URL {
  const url = URL.parse(address)
  if (url !== null && /^postgres(?:ql)?:$/.test(url.protocol)) return url
  throw usageError(
    'INVALID_STORE',
    'That is no address of a store',
    'Use postgres://user@host:5432/database, or a folder for files'
  )
}

/**
 * An address as it may be shown: without a password, and without parameters, which may hold one.
 * @throws MhError INVALID_STORE (exit 2) where it is no address of PostgreSQL
 */
export function shownAddress(address: string): string {
  const url = parseStoreAddress(address)
  const host = url.host || url.searchParams.get('host') || 'localhost'
  return `postgres://${url.username === '' ? '' : `${url.username}@`}${host}${url.pathname}`
}
