import {join} from 'node:path'
import {auditProfile, auditSystem} from '../audit.ts'
import {requireUserContext} from '../context.ts'
import {withAccountsLock, withProfileLock} from '../locks.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, requireUserByName} from './accounts.ts'
import {activeUser} from './identify.ts'
import {requireAdministrator} from './permissions.ts'
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

/**
 * The account of `username`, or of the current person where it is undefined. Somebody else's is for administrators, and noted in
 * both trails.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function showUser(username?: string): Promise<PublicUser> {
  const {userId} = requireUserContext('Accounts')
  if (username === undefined) return publicUser(findUserById(userId) ?? requireUserByName(userId))
  // A name that is not there and one that may not be seen are told apart only to administrators.
  const own = findUserById(userId)
  if (own?.username.toLowerCase() === username.toLowerCase()) return publicUser(own)
  const administrator = requireAdministrator(`Showing ${username}`)
  const user = requireUserByName(username)
  const event = {
    category: 'security',
    event: 'user_viewed',
    details: {by: administrator.username, target: user.username}
  } as const
  await withAccountsLock((accounts) => {
    auditSystem(accounts, event, user.id)
    return withProfileLock(user.id, (lock) => auditProfile(lock, event))
  })
  return publicUser(user)
}
