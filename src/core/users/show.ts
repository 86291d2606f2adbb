import {join} from 'node:path'
import {systemPaths} from '../system-paths.ts'
import {activeUser} from './identify.ts'
import type {PublicUser, User} from './user.ts'

/** What every answer shows of an account. */
export function publicUser(user: User): PublicUser {
  const {id, username, role, createdAt, lastLogin, metadata} = user
  return {
    id,
    username,
    role,
    displayName: metadata?.displayName ?? null,
    createdAt: createdAt ?? null,
    lastLogin: lastLogin ?? null,
    profilePath: join(systemPaths.profiles, username),
    active: activeUser()?.id === id
  }
}
