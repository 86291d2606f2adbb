import {existsSync, readdirSync, renameSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {backend} from '../backend.ts'
import {conflict} from '../errors.ts'
import {reach} from '../faults.ts'
import {ensureSystemFolder, syncFolder, unwritable} from '../files.ts'
import {type AccountsLock, withProfileLock} from '../locks.ts'
import {systemPaths} from '../system-paths.ts'
import {replaceUser, userByName} from './accounts.ts'
import {auditAccount, changeAccounts, requireTarget} from './change-accounts.ts'
import {finishInterrupted, moveGrants} from './finish.ts'
import {writeJournal} from './journal.ts'
import {namedAdministrators} from './named-administrators.ts'
import {requireAdministrator} from './permissions.ts'
import {publicUser} from './show.ts'
import type {PublicUser, User} from './user.ts'
import {checkUsername} from './username.ts'

/**
 * Gives an account and its folder another name: both, or neither. users.json, written last, decides; a crash before it leaves a
 * journal by which the folder gets its old name back.
 * @throws MhError INVALID_USERNAME (exit 2), USER_NOT_FOUND (exit 3), NOT_ADMINISTRATOR, NOT_ALLOWED_FOR_ROLE (exit 4), USER_EXISTS, PROFILE_EXISTS, PROFILE_GONE (exit 5)
 */
export async function renameUser(from: string, to: string): Promise<PublicUser> {
  return changeAccounts(async (lock) => {
    const user = await requireTarget(from, `Renaming ${from}`, 'config')
    if (user.username === to) return publicUser(user)
    checkUsername(to)
    // Whoever has a name of that list administers this machine.
    if (namedAdministrators().has(to)) requireAdministrator(`Taking the name ${to}, which ADMIN_USERS lists,`)
    const renamed = {...user, username: to}
    await withProfileLock(user.id, async () => {
      await refuseTaken(user, to)
      if (lock.writes === undefined) await move(lock, user, renamed)
      else {
        replaceUser(lock, renamed)
        await moveGrants(lock, user.username, to)
      }
    })
    await auditAccount(lock, renamed, {
      category: 'security',
      event: 'user_renamed',
      details: {from: user.username, to}
    })
    return publicUser(renamed)
  })
}

async function refuseTaken(user: User, to: string): Promise<void> {
  const taken = await userByName(to)
  if (taken !== undefined && taken.id !== user.id)
    throw conflict('USER_EXISTS', `There is a user ${taken.username} already`, 'Choose another name')
  if (backend() === undefined) refuseFolders(user, to)
}

function refuseFolders(user: User, to: string): void {
  const folder = join(systemPaths.profiles, user.username)
  const place = join(systemPaths.profiles, to)
  if (!existsSync(folder))
    throw conflict('PROFILE_GONE', `The profile of ${user.username} is not at ${folder}`, 'mh doctor tells more')
  // A file system that does not tell capitals apart finds the own folder there.
  if (
    existsSync(place) &&
    (statSync(place).ino !== statSync(folder).ino || readdirSync(systemPaths.profiles).includes(to))
  )
    throw conflict(
      'PROFILE_EXISTS',
      `The folder ${place} is there, but belongs to no account`,
      'Move it away, or choose another name; mh doctor tells more'
    )
}

async function move(lock: AccountsLock, user: User, renamed: User): Promise<void> {
  ensureSystemFolder(systemPaths.temporary)
  ensureSystemFolder(systemPaths.run)
  try {
    writeJournal({action: 'rename', id: user.id, from: user.username, to: renamed.username})
    reach('account-journal')
    renameSync(join(systemPaths.profiles, user.username), join(systemPaths.profiles, renamed.username))
    syncFolder(systemPaths.profiles)
    reach('account-profile')
    replaceUser(lock, renamed)
    reach('account-users')
  } catch (error) {
    await finishInterrupted(lock)
    throw unwritable(systemPaths.profiles, error)
  }
  await finishInterrupted(lock)
}
