import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {Backup} from '../backup/create.ts'
import {reach} from '../faults.ts'
import {ensureSystemFolder, unwritable} from '../files.ts'
import {type AccountsLock, withProfileLock} from '../locks.ts'
import {systemPaths} from '../system-paths.ts'
import {listUsers, writeUsers} from './accounts.ts'
import {changeAccounts, requireTarget} from './change-accounts.ts'
import {finishInterrupted} from './finish.ts'
import {writeJournal} from './journal.ts'
import {refuseLastOwner} from './role.ts'
import type {User} from './user.ts'

/**
 * Whether the current person may delete that account; asked before they are asked whether they mean it.
 * @throws MhError USER_NOT_FOUND (exit 3), NOT_ADMINISTRATOR, NOT_ALLOWED_FOR_ROLE (exit 4), LAST_OWNER (exit 5)
 */
export function requireDeletable(username: string): User {
  const user = requireTarget(username, `Deleting ${username}`, 'config')
  refuseLastOwner(user, 'be deleted')
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
    const user = requireDeletable(username)
    // Nobody writes into the profile from here on, so that what goes is what was backed up.
    const {path} = await withProfileLock(user.id, async () => {
      const backup = await backUpProfile(user)
      reach('account-backup')
      await remove(lock, user, backup)
      return backup
    })
    return {username: user.username, backup: path}
  })
}

async function remove(lock: AccountsLock, {id, username}: User, backup: Backup): Promise<void> {
  ensureSystemFolder(systemPaths.temporary)
  ensureSystemFolder(systemPaths.run)
  try {
    writeJournal({action: 'delete', id, username, backup: backup.path, archive: archiveName(id)})
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
