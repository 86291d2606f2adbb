import {statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type AuditEvent, auditProfile, auditProfileTogether, auditSystem} from './audit.ts'
import {backend} from './backend.ts'
import {type Assumption, getUserContext, requireUserContext, type UserContext} from './context.ts'
import {errno} from './errors.ts'
import {ensureSystemFolder} from './files.ts'
import {type AccountsLock, type ProfileLock, withAccountsLock, withProfileLock} from './locks.ts'
import {systemPaths} from './system-paths.ts'
import {profileFolder} from './users/accounts.ts'

/** What a change of a profile is given: the lock that it holds, and the profile's folder as it is under that lock, where it is one. */
export interface ProfileChange {
  readonly user: UserContext
  readonly lock: ProfileLock
  readonly root: string
  /** Adds the change's entry to the person's trail. */
  audit(event: AuditEvent): void
  /** Adds the entries of several changes that are made together. */
  auditAll(events: readonly AuditEvent[]): Promise<void>
}

/** Reads of an assumed profile are noted once in this time for each pair of people. */
const READ_NOTE_MS = 60 * 60 * 1000

/**
 * Runs one change of the current person's profile under their write lock. Where they are another than the active person, the
 * entries `profile_assumed` go into both trails with it.
 * @param mayRepeat whether `fn` may run a second time: it does nothing that lasts but by the change that it is given
 * @throws MhError PROFILE_GONE where the account was renamed or deleted before the lock was had
 */
export async function changeProfile<T>(fn: (change: ProfileChange) => Promise<T> | T, mayRepeat = false): Promise<T> {
  const user = requireUserContext()
  const {assumed} = user
  const change = (): Promise<T> =>
    withProfileLock(
      user.userId,
      (lock) => {
        const root = backend() === undefined ? profileFolder(user.userId) : undefined
        if (assumed !== undefined && !assumed.noted) {
          auditProfile(lock, assumption(assumed))
          assumed.noted = true
        }
        return fn({
          user,
          lock,
          get root() {
            return root ?? profileFolder(user.userId)
          },
          audit: (event) => auditProfile(lock, event),
          auditAll: (events) => auditProfileTogether(lock, events)
        })
      },
      mayRepeat
    )
  if (assumed === undefined || assumed.noted) return change()
  return withAccountsLock((lock) => {
    auditSystem(lock, assumption(assumed), user.userId)
    touchMark(user, assumed)
    return change()
  })
}

/** The same entries for a change of accounts, by whoever holds their lock. */
export async function noteAssumedChange(lock: AccountsLock): Promise<void> {
  const user = getUserContext()
  if (user?.assumed === undefined || user.assumed.noted) return
  const {assumed} = user
  auditSystem(lock, assumption(assumed), user.userId)
  touchMark(user, assumed)
  await withProfileLock(user.userId, (profile) => auditProfile(profile, assumption(assumed)))
  assumed.noted = true
}

/** Notes that somebody reads as another person, at most once an hour for each pair, so that reads do not queue for a lock. */
export async function noteAssumedRead(): Promise<void> {
  const user = requireUserContext()
  const {assumed} = user
  if (assumed === undefined || assumed.noted || isFresh(user, assumed)) return
  await changeProfile(() => undefined)
}

const assumption = ({activeUser, via, osUser}: Assumption): AuditEvent => ({
  category: 'security',
  event: 'profile_assumed',
  details: {activeUser, via, osUser}
})

const markOf = (user: UserContext, assumed: Assumption): string =>
  join(systemPaths.run, 'assumed', `${assumed.activeUser ?? 'nobody'}-${user.userId}`)

function isFresh(user: UserContext, assumed: Assumption): boolean {
  try {
    const age = Date.now() - statSync(markOf(user, assumed)).mtimeMs
    return age >= 0 && age < READ_NOTE_MS
  } catch (error) {
    if (errno(error) === 'ENOENT') return false
    throw error
  }
}

function touchMark(user: UserContext, assumed: Assumption): void {
  ensureSystemFolder(join(systemPaths.run, 'assumed'))
  writeFileSync(markOf(user, assumed), '', {mode: 0o600})
}
