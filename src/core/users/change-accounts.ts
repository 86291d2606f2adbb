import {type AuditEvent, auditProfile, auditSystem} from '../audit.ts'
import {noteAssumedChange} from '../change.ts'
import {requireUserContext} from '../context.ts'
import {type AccountsLock, withAccountsLock, withProfileLock} from '../locks.ts'
import {findUserById, requireUser} from './accounts.ts'
import {finishInterrupted} from './finish.ts'
import {type Operation, requireAdministrator, requirePermission} from './permissions.ts'
import type {User} from './user.ts'

/** Runs one change of accounts under their lock, after ending what a crash left half done. */
export const changeAccounts = <T>(fn: (lock: AccountsLock) => Promise<T> | T): Promise<T> =>
  withAccountsLock(async (lock) => {
    // What interrupts a change of files leaves a journal; a database takes it back by itself.
    if (lock.writes === undefined) await finishInterrupted(lock)
    await noteAssumedChange(lock)
    return fn(lock)
  })

/**
 * The account that a command is about: the acting person's own, or, for administrators only, somebody else's. A name that is
 * not there and one that may not be touched are told apart only to administrators.
 * @param username the own one where it is undefined
 * @param what named in the refusal: "Renaming bob"
 * @param own what role and mode have to permit where it is the own account; undefined where nothing is asked
 * @throws MhError NOT_ADMINISTRATOR, NOT_ALLOWED_FOR_ROLE, NOT_ALLOWED_IN_MODE (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function requireTarget(username: string | undefined, what: string, own?: Operation): Promise<User> {
  const acting = requireUserContext('Accounts')
  const self = findUserById(acting.userId)
  if (username === undefined || self?.username.toLowerCase() === username.toLowerCase()) {
    if (own !== undefined) requirePermission(own)
    return self ?? requireUser(acting.username)
  }
  requireAdministrator(what)
  return requireUser(username)
}

/** Writes an entry about an account into its person's trail and the system's. */
export async function auditAccount(lock: AccountsLock, user: User, event: AuditEvent): Promise<void> {
  auditSystem(lock, event, user.id)
  await withProfileLock(user.id, (profile) => auditProfile(profile, event))
}

/** The same where nothing is changed: an administrator looked at what is somebody else's. */
export const auditAccess = (users: readonly User[], event: AuditEvent): Promise<void> =>
  withAccountsLock(async (lock) => {
    const {userId} = requireUserContext('Accounts')
    for (const user of users) if (user.id !== userId) await auditAccount(lock, user, event)
  })
