import type {Role} from '../context.ts'

/** Where an account keeps its role as the file has it, so that a rewriting of the file does not change what it does not know. */
export const WRITTEN_ROLE = Symbol('role as it is written')

/** One account, as persona/users.json keeps it. Unknown keys stay with it. */
export interface User {
  id: string
  username: string
  role: Exclude<Role, 'anonymous'>
  [WRITTEN_ROLE]?: unknown
  createdAt?: string
  lastLogin?: string
  passwordHash?: string
  metadata?: {displayName?: string; email?: string; avatar?: string; [key: string]: unknown}
  [key: string]: unknown
}

/** What every JSON answer about an account shows. The hash of a password is never among it. */
export interface PublicUser {
  id: string
  username: string
  role: Role
  displayName: string | null
  createdAt: string | null
  lastLogin: string | null
  profilePath: string
  active: boolean
}

/** Whether it may be an account's id: locks, indexes and files are named by it. */
export const isAccountId = (id: unknown): id is string => typeof id === 'string' && /^[\w-]{1,64}$/.test(id)

/**
 * Whether an account that is there may have that name, which is its folder's too: one that leads elsewhere must not be followed, whoever wrote
 * it. New ones have to keep to more (`checkUsername`).
 */
export const isAccountName = (name: unknown): name is string =>
  typeof name === 'string' &&
  // The first says the same of ASCII. To compile the second takes a tenth of what a short command does.
  (/^\w[\w. @-]{0,63}$/.test(name) || /^[\p{L}\p{N}_][\p{L}\p{N}._ @-]{0,63}$/u.test(name))

/** The roles that an account may be given. */
export const ROLES = ['owner', 'member', 'guest'] as const

/** Roles of other versions read as the one that permits least of what they permitted: a member's. */
export function readRole(role: unknown): User['role'] {
  return role === 'owner' || role === 'guest' ? role : 'member'
}
