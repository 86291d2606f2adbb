import {existsSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {auditArchived, auditSystem} from '../audit.ts'
import {readRootConfig, writeRootConfig} from '../config.ts'
import {reach} from '../faults.ts'
import {ensureSystemFolder, readIfThere, syncFolder} from '../files.ts'
import {isObject} from '../json.ts'
import {type AccountsLock, withAccountsLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById} from './accounts.ts'
import {dropCopies, keepCopy} from './copies.ts'
import {type Journal, readJournal, removeJournal} from './journal.ts'

/** Ends what a crash interrupted. Waits for a change that is under way in another process, and then finds nothing to do. */
export const recoverAccounts = (): Promise<Journal | undefined> => withAccountsLock(finishInterrupted)

/**
 * Ends what the journal tells of. users.json decides: a change that it holds is carried to its end, any other is taken back, so
 * that account and folder are both there, or both not. Running it twice does nothing twice.
 * @returns what was ended, or undefined where there was nothing
 */
export async function finishInterrupted(lock: AccountsLock): Promise<Journal | undefined> {
  const journal = readJournal()
  if (journal === undefined) return undefined
  if (journal.action === 'create') finishCreation(journal)
  else if (journal.action === 'rename') await finishRename(lock, journal)
  else if (journal.action === 'restore') await (await import('../backup/swap.ts')).finishRestore(lock, journal)
  else await finishDeletion(lock, journal)
  removeJournal()
  return journal
}

/** The file in a new profile by which the creation that made it knows it again. */
export const creationMark = (id: string): string => join(PROFILE_LAYOUT.temporary, `created-${id}`)

function finishCreation({id, username}: Journal & {action: 'create'}): void {
  const folder = join(systemPaths.profiles, username)
  const mark = join(folder, creationMark(id))
  if (findUserById(id) !== undefined) {
    rmSync(mark, {force: true})
    return
  }
  // Only a folder that this very creation made may be removed: the mark in it says so.
  if (existsSync(mark)) rmSync(folder, {recursive: true, force: true})
  rmSync(join(systemPaths.temporary, `profile-${id}`), {recursive: true, force: true})
}

async function finishRename(lock: AccountsLock, {id, from, to}: Journal & {action: 'rename'}): Promise<void> {
  const name = findUserById(id)?.username
  if (name === undefined) return
  if (name === to) return moveGrants(lock, from, to)
  // Compared by exact names: a file system may take "Ada" and "ada" for one.
  const folders = readdirSync(systemPaths.profiles)
  if (!folders.includes(to) || folders.includes(from)) return
  renameSync(join(systemPaths.profiles, to), join(systemPaths.profiles, from))
  syncFolder(systemPaths.profiles)
}

async function finishDeletion(
  lock: AccountsLock,
  {id, username, backup, archive}: Journal & {action: 'delete'}
): Promise<void> {
  if (findUserById(id) !== undefined) return
  const folder = join(systemPaths.profiles, username)
  const aside = join(systemPaths.temporary, `deleted-${id}`)
  if (existsSync(folder) && !existsSync(aside)) {
    renameSync(folder, aside)
    syncFolder(systemPaths.profiles)
  }
  reach('account-profile')
  const trail = join(aside, PROFILE_LAYOUT.audit)
  if (existsSync(trail)) {
    const place = join(systemPaths.auditArchive, archive)
    ensureSystemFolder(dirname(place))
    renameSync(trail, place)
    syncFolder(dirname(place))
  }
  reach('account-archived')
  rmSync(aside, {recursive: true, force: true})
  const {removeIndexes} = await import('../file-index/derived-index.ts')
  removeIndexes(id)
  reach('account-removed')
  await moveGrants(lock, username, undefined)
  const {forgetIssued} = await import('./issued/secret.ts')
  await forgetIssued(id)
  dropCopies()
  const accounts = readIfThere(systemPaths.users)
  if (accounts !== undefined) keepCopy(accounts)
  const event = {category: 'security', event: 'user_deleted', details: {username, backup}} as const
  auditArchived(lock, archive, event, id)
  auditSystem(lock, event, id)
}

/** Grants go by name: they follow a person to a new one, and are not left to the next person of the old one. */
export async function moveGrants(lock: AccountsLock, from: string, to: string | undefined): Promise<void> {
  const {models} = readRootConfig()
  const grants = isObject(models) && isObject(models.keyGrants) ? models.keyGrants : undefined
  if (grants === undefined || !Object.hasOwn(grants, from)) return
  const {[from]: granted, ...others} = grants
  await writeRootConfig(lock, {
    models: {...(models as object), keyGrants: to === undefined ? others : {...others, [to]: granted}}
  })
}
