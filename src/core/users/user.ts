import type {Role} from '../context.ts'

/** One account, as persona/users.json keeps it. Unknown keys stay with it. */
export interface User {
  id: string
  username: string
  role: Exclude<Role, 'anonymous'>
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

/** Roles of other versions read as the one that permits least of what they permitted: a member's. */
export function readRole(role: unknown): User['role'] {
  return role === 'owner' || role === 'guest' ? role : 'member'
}
