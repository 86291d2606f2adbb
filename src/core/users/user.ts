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

/** The roles that an account may be given. */
export const ROLES = ['owner', 'member', 'guest'] as const

/** Roles of other versions read as the one that permits least of what they permitted: a member's. */
export function readRole(role: unknown): User['role'] {
  return role === 'owner' || role === 'guest' ? role : 'member'
}
