import {backend} from '../../backend.ts'
import type {Role} from '../../context.ts'
import {issuedFiles} from './files.ts'

/** What every secret that mh gave out has. The secret itself is kept nowhere: who shows it is known by its hash. */
interface Secret {
  /** SHA-256 of the secret, 64 hex digits. */
  hash: string
  /** ISO 8601, UTC. */
  createdAt: string
  /** ISO 8601, UTC; null where it is good until it is revoked. */
  expiresAt: string | null
}

/** Somebody who is signed in to the web in one browser. */
export interface Session extends Secret {
  userId: string
  /** How they signed in. */
  via: 'password' | 'link' | 'registration'
  /** Where from, and with which browser, as it named itself. */
  address: string
  agent: string
}

/** A bearer token for scripts. */
export interface Token extends Secret {
  userId: string
  name: string
}

/** The right to make one account. */
export interface Invitation extends Secret {
  /** Who invites. */
  userId: string
  role: Exclude<Role, 'anonymous'>
}

/** A link that signs somebody in once. */
export interface SignInLink extends Secret {
  userId: string
}

export interface IssuedRecords {
  session: Session
  token: Token
  invitation: Invitation
  link: SignInLink
}

export type IssuedKind = keyof IssuedRecords

/**
 * Where the secrets that mh gave out are remembered. Every implementation gives the same answers. What has expired is given like
 * all else: whoever asks knows by which clock.
 */
export interface IssuedStore {
  /** Durable when it resolves. */
  add<K extends IssuedKind>(kind: K, record: IssuedRecords[K]): Promise<void>
  find<K extends IssuedKind>(kind: K, hash: string): Promise<IssuedRecords[K] | undefined>
  /** Those of one person, the oldest first. */
  list<K extends IssuedKind>(kind: K, userId: string): Promise<IssuedRecords[K][]>
  /** @returns whether it was there: of several who remove the same one at once, one is told so */
  remove(kind: IssuedKind, hash: string): Promise<boolean>
}

export const issuedStore = (): IssuedStore => backend()?.issued ?? issuedFiles
