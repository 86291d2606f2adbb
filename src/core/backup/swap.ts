import {existsSync, mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {type AuditEvent, auditProfile, auditSystem} from '../audit.ts'
import {reach} from '../faults.ts'
import {removeIndexes} from '../file-index/derived-index.ts'
import {ensureSystemFolder, namesIn, syncFolder, unwritable} from '../files.ts'
import {type AccountsLock, type ProfileLock, withProfileLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById} from '../users/accounts.ts'
import {type Journal, removeJournal, writeJournal} from '../users/journal.ts'

type RestoreJournal = Journal & {action: 'restore'}

/** Where the logs of a backup lie in the folder that is to take a profile's place. */
export const RESTORED_LOGS = '.restored'
/** Where they lie afterwards, below the profile: the present logs are never taken back. */
const LOGS = 'logs'
export const restoredLogs = (backup: string): string => `${LOGS}/restored/${backup}`

/**
 * Puts the profile in the folder `aside` into the place of a person's present one, whose logs, and what is being written into
 * it, go along. The last rename decides: a crash before it leaves, and a failure gives back, what was there; one after it is carried
 * to its end by the next command.
 */
export function swapProfile(lock: AccountsLock, profile: ProfileLock, journal: RestoreJournal): void {
  const place = join(systemPaths.profiles, journal.username)
  const {next, old} = foldersOf(journal)
  ensureSystemFolder(systemPaths.run)
  try {
    writeJournal(journal)
    reach('account-journal')
    if (existsSync(place)) renameSync(place, old)
    reach('restore-out')
    move(LOGS, old, next)
    move(PROFILE_LAYOUT.temporary, old, next)
    renameSync(next, place)
    syncFolder(systemPaths.profiles)
    reach('restore-in')
  } catch (error) {
    settle(lock, profile, journal)
    removeJournal()
    throw unwritable(place, error)
  }
  settle(lock, profile, journal)
  removeJournal()
}

/** Ends what a crash interrupted; see `swapProfile`. Whoever calls it removes the journal. */
export async function finishRestore(lock: AccountsLock, journal: RestoreJournal): Promise<void> {
  await withProfileLock(journal.id, (profile) => settle(lock, profile, journal))
}

function settle(lock: AccountsLock, profile: ProfileLock, journal: RestoreJournal): void {
  const {next, old} = foldersOf(journal)
  const name = findUserById(journal.id)?.username
  if (name === undefined) throw new Error(`The account ${journal.id} went while its profile was restored`)
  const place = join(systemPaths.profiles, name)
  if (existsSync(next)) {
    if (existsSync(old)) {
      move(LOGS, next, old)
      move(PROFILE_LAYOUT.temporary, next, old)
      renameSync(old, place)
      syncFolder(systemPaths.profiles)
    }
    rmSync(next, {recursive: true, force: true})
  } else {
    // What was made of the files that are gone says nothing of those that came.
    removeIndexes(journal.id)
    layLogsBeside(place, journal.backup)
    rmSync(old, {recursive: true, force: true})
    reach('account-removed')
    const event = restoredEvent(journal)
    auditSystem(lock, event, journal.id)
    auditProfile(profile, event)
  }
}

/** What the trails say of a profile that came out of a backup. */
export const restoredEvent = (details: {
  username: string
  backup: string
  previous?: string
  files: number
}): AuditEvent => ({
  level: 'warn',
  category: 'data',
  event: 'backup_restored',
  details: {
    username: details.username,
    backup: details.backup,
    ...(details.previous === undefined ? {} : {previous: details.previous}),
    files: details.files
  }
})

/** The logs of the backup go to logs/restored/, and so do those that lay there in it, where they are not there already. */
function layLogsBeside(place: string, backup: string): void {
  const from = join(place, RESTORED_LOGS)
  if (!existsSync(from)) return
  const beside = join(place, LOGS, 'restored')
  mkdirSync(beside, {recursive: true, mode: 0o700})
  for (const name of namesIn(join(from, 'restored'))) layBeside(join(from, 'restored', name), join(beside, name))
  rmSync(join(from, 'restored'), {recursive: true, force: true})
  if (readdirSync(from).length > 0) layBeside(from, join(beside, backup))
  rmSync(from, {recursive: true, force: true})
  syncFolder(beside)
  syncFolder(place)
}

function layBeside(from: string, to: string): void {
  if (!existsSync(to)) renameSync(from, to)
}

function move(folder: string, from: string, to: string): void {
  if (existsSync(join(from, folder)) && !existsSync(join(to, folder))) renameSync(join(from, folder), join(to, folder))
}

const foldersOf = ({id, aside}: RestoreJournal): {next: string; old: string} => ({
  next: join(systemPaths.temporary, aside),
  old: join(systemPaths.temporary, `replaced-${id}`)
})
