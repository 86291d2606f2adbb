import {existsSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {readRootConfig, unsetRootConfig, writeRootConfig} from '../config.ts'
import {reach} from '../faults.ts'
import {type AccountsLock, withAccountsLock, withProfileLock} from '../locks.ts'
import {notify} from '../notices.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById} from '../users/accounts.ts'
import {auditAccount} from '../users/change-accounts.ts'
import {removeAccount} from '../users/delete.ts'
import {finishInterrupted} from '../users/finish.ts'
import type {User} from '../users/user.ts'
import {dropLines, firstBytes} from './audit-days.ts'
import {type MigrationJournal, readMigrationJournal, removeMigrationJournal, sourceOf} from './journal.ts'
import {moveOut, removeIfEmpty} from './move.ts'
import {occupied} from './target.ts'

/**
 * Ends what a crash interrupted: takes a migration back, or carries it to its end where it was committed. Waits for one that is
 * under way in another process, and then finds nothing to do.
 */
export const recoverMigration = (): Promise<void> =>
  withAccountsLock(async (lock) => {
    await finishInterrupted(lock)
    await recoverUnder(lock)
  })

/** The same for whoever holds the lock of accounts. */
export async function recoverUnder(lock: AccountsLock): Promise<void> {
  const journal = readMigrationJournal()
  if (journal === undefined) return
  if (journal.state === 'committed') {
    await complete(lock, journal)
    notify({code: 'MIGRATION_FINISHED', message: `An interrupted migration to ${journal.username} was finished`})
  } else {
    await takeBack(lock, journal)
    notify({code: 'MIGRATION_TAKEN_BACK', message: `An interrupted migration to ${journal.username} was taken back`})
  }
}

/**
 * Undoes a migration that was not committed: every file is where it was, and what was made for it is gone, unless somebody has
 * put something into it since.
 */
export async function takeBack(lock: AccountsLock, journal: MigrationJournal): Promise<void> {
  await finishInterrupted(lock)
  const user = findUserById(journal.userId)
  const profile = join(systemPaths.profiles, user?.username ?? journal.username)
  const lost: string[] = []
  if (user !== undefined && existsSync(profile))
    // Nobody writes into the profile from here on, so that nothing goes with it that nobody looked at.
    await withProfileLock(user.id, async () => {
      lost.push(...(await moveOut(journal, profile)))
      reach('migrate-moved-back')
      if (occupied(profile, user).length === 0) await unmake(lock, user, journal)
    })
  // Of what was never migrated there is nothing to take back later.
  if (lost.length === 0) removeBackup(journal.backup)
  else
    notify({
      code: 'MIGRATION_INCOMPLETE',
      message: `Somebody removed these files meanwhile; the backup ${journal.backup} has them: ${lost.join(', ')}`
    })
  removeWork(journal)
}

/** Carries a migration that is committed to its end. Done twice, it is done once. */
export async function complete(lock: AccountsLock, journal: MigrationJournal): Promise<void> {
  const source = sourceOf(journal)
  const user = findUserById(journal.userId)
  if (journal.from === null) {
    const profile = join(systemPaths.profiles, user?.username ?? journal.username)
    for (const {path, to, bytes} of journal.lines) {
      if (existsSync(join(profile, to)))
        dropLines(join(source, path), firstBytes(join(profile, to), bytes), systemPaths.temporary)
      reach('migrate-dropped')
    }
    for (const folder of [...journal.folders].reverse()) removeIfEmpty(join(source, folder))
    reach('migrate-cleared')
  }
  if (user !== undefined)
    await auditAccount(lock, user, {
      category: 'data',
      event: 'migrated',
      details: {
        username: user.username,
        from: journal.from,
        files: journal.moves.length + journal.lines.length,
        backup: journal.backup
      }
    })
  removeWork(journal)
}

/** For whoever knows that nothing was migrated by it. */
export const removeBackup = (id: string): void => rmSync(backupPath(id), {force: true})

const backupPath = (id: string): string => join(systemPaths.backups, `${id}.tar.gz`)

/** Takes away an account, or a profile, that was made for a migration. For whoever holds both locks. */
export async function unmake(
  lock: AccountsLock,
  user: User,
  {made, backup}: Pick<MigrationJournal, 'made' | 'backup'>
): Promise<void> {
  if (made === 'account') {
    await removeAccount(lock, user, backupPath(backup))
    await forgetActive(lock, user.id)
  } else if (made === 'profile') rmSync(join(systemPaths.profiles, user.username), {recursive: true, force: true})
}

async function forgetActive(lock: AccountsLock, id: string): Promise<void> {
  const {activeUser, recentUsers} = readRootConfig()
  if (activeUser === id) await unsetRootConfig(lock, 'activeUser')
  if (recentUsers?.includes(id) === true)
    await writeRootConfig(lock, {recentUsers: recentUsers.filter((one) => one !== id)})
}

/** The journal goes last: as long as it is there, what the folder holds is needed. Then the folder is only something left over. */
function removeWork(journal: MigrationJournal): void {
  removeMigrationJournal()
  reach('migrate-journal-removed')
  rmSync(join(systemPaths.temporary, journal.work), {recursive: true, force: true})
}
