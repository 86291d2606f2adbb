import {randomBytes} from '../../ids.ts'
import {loadedCrypto} from '../../node-crypto.ts'
import {resolveReference} from '../../reference.ts'
import {type IssuedKind, type IssuedRecords, issuedStore} from './store.ts'

/** A new secret of 256 random bits, as text that may stand in a cookie, a header and an address. */
export const newSecret = (): string => Buffer.from(randomBytes(32)).toString('base64url')

/** What of a secret is kept: its SHA-256, by the built-in module, which is quicker than ours where many are asked for. */
export const hashOf = (secret: string): string =>
  (loadedCrypto() ?? process.getBuiltinModule('node:crypto')).hash('sha256', secret)

/** What people call it by: enough of the hash to tell it from all others, and nothing of the secret. */
export const publicId = ({hash}: {hash: string}): string => hash.slice(0, 16)

/** The public id that a reference means: whole, a unique ending, or "@last". @throws what resolveReference throws */
export const resolveIssued = (
  reference: string,
  records: readonly {hash: string}[],
  notFound: (reference: string) => Error
): Promise<string> =>
  resolveReference(reference, {
    endingWith: (ending) => records.map(publicId).filter((id) => id.endsWith(ending)),
    last: () => records.map(publicId).at(-1),
    notFound
  })

/** Whether it is good no more. @param now milliseconds */
export const hasExpired = ({expiresAt}: {expiresAt: string | null}, now = Date.now()): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= now

/** Those of a kind that a person was given and that are good. What is good no more is taken away. The oldest first. */
export async function listIssued<K extends IssuedKind>(kind: K, userId: string): Promise<IssuedRecords[K][]> {
  const good: IssuedRecords[K][] = []
  for (const record of await issuedStore().list(kind, userId)) {
    if (hasExpired(record)) await issuedStore().remove(kind, record.hash)
    else good.push(record)
  }
  return good
}

/** Takes away all that was issued to somebody whose account goes: one of the same id may come back. */
export async function forgetIssued(userId: string): Promise<void> {
  for (const kind of ['session', 'token', 'invitation', 'link'] as const)
    for (const {hash} of await issuedStore().list(kind, userId)) await issuedStore().remove(kind, hash)
}
