import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {reach} from '../faults.ts'
import {ensureSystemFolder, unwritable} from '../files.ts'
import {type AccountsLock, withProfileLock} from '../locks.ts'
import {systemPaths} from '../system-paths.ts'
import {listUsers, writeUsers} from './accounts.ts'
import {changeAccounts, requireTarget} from './change-accounts.ts'
import {finishInterrupted, moveGrants} from './finish.ts'
import {writeJournal} from './journal.ts'
import {refuseLastOwner} from './role.ts'
import type {User} from './user.ts'

/**
 * Whether the current person may delete that account; asked before they are asked whether they mean it.
 * @throws MhError USER_NOT_FOUND (exit 3), NOT_ADMINISTRATOR, NOT_ALLOWED_FOR_ROLE (exit 4), LAST_OWNER (exit 5)
 */
export async function requireDeletable(username: string): Promise<User> {
  const user = await requireTarget(username, `Deleting ${username}`, 'config')
  await refuseLastOwner(user, 'be deleted')
  return user
}

/**
 * Deletes an account and everything of its person, after a backup whose every file was read back and compared. users.json decides:
 * a crash before it is written leaves everything as it was, one after it is carried to its end by the next command. The person's
 * audit trail goes to the system's archive.
 * @returns `backup`: absolute path of the archive
 * @throws as requireDeletable, and MhError BACKUP_NOT_VERIFIED (exit 1): nothing was deleted then
 */
export async function deleteUser(username: string): Promise<{username: string; backup: string}> {
  const {backUpProfile} = await import('../backup/create.ts')
  return changeAccounts(async (lock) => {
    const user = await requireDeletable(username)
    // Nobody writes into the profile from here on, so that what goes is what was backed up.
    const {path} = await withProfileLock(user.id, async () => {
      const backup = await backUpProfile(user)
      reach('account-backup')
      await removeAccount(lock, user, backup.path)
      return backup
    })
    return {username: user.username, backup: path}
  })
}

/**
 * Takes an account away, with its profile and everything derived from it, for whoever holds both locks and has checked who may.
 * @param backup absolute path of the archive that holds what goes
 */
export async function removeAccount(lock: AccountsLock, {id, username}: User, backup: string): Promise<void> {
  if (lock.writes !== undefined) {
    lock.writes.remove(id, {category: 'security', event: 'user_deleted', details: {username, backup}})
    return moveGrants(lock, username, undefined)
  }
  ensureSystemFolder(systemPaths.temporary)
  ensureSystemFolder(systemPaths.run)
  try {
    writeJournal({action: 'delete', id, username, backup, archive: archiveName(id)})
    reach('account-journal')
    writeUsers(
      lock,
      listUsers().filter((user) => user.id !== id)
    )
    reach('account-users')
  } catch (error) {
    await finishInterrupted(lock)
    throw unwritable(systemPaths.users, error)
  }
  await finishInterrupted(lock)
}

/** An id comes back where an export was imported again: then its earlier trail has the plain name. */
function archiveName(id: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? id : `${id}.${number}`
    if (!existsSync(join(systemPaths.auditArchive, name))) return name
  }
}
