import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {requireUserContext} from '../context.ts'
import {conflict, type MhError, notFound, usageError} from '../errors.ts'
import {reach} from '../faults.ts'
import {type AccountsLock, type ProfileLock, withProfileLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, userByName} from '../users/accounts.ts'
import {changeAccounts} from '../users/change-accounts.ts'
import {createAccount, profileFolders} from '../users/create.ts'
import {isAdministrator, requireAdministrator} from '../users/permissions.ts'
import type {User} from '../users/user.ts'
import {checkUsername} from '../users/username.ts'
import {archive, settleProfile} from './create.ts'
import {type Extraction, extractArchive, newAside, removeAside} from './extract.ts'
import {type Manifest, parseManifest} from './manifest.ts'
import {withUserId} from './records.ts'
import {damaged} from './sealed.ts'
import {Snapshots} from './snapshot.ts'
import {findBackup, openBackup, requireForBackup, type StoredBackup} from './stored.ts'
import {RESTORED_LOGS, restoredEvent, restoredLogs, swapProfile} from './swap.ts'

/** Whose part of a backup goes where. */
export interface RestoreChoice {
  /** The name of the person who gets it: somebody who is in the backup, or a new one. */
  as?: string
  /** Whose part it is, where the backup holds several people. */
  of?: string
  /** Everybody who is in it; who has no account any more is made again. */
  everybody?: boolean
}

export interface RestorePlan {
  backup: StoredBackup
  parts: Part[]
}

interface Part {
  /** As the backup names them. */
  from: {id: string; username: string}
  /** The account whose profile is replaced; undefined where one is made. */
  present: User | undefined
  /** Its name. */
  username: string
}

export interface RestoreOptions {
  passphrase?: string
  /** Told how many of the files were looked at. */
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

export interface Restored {
  id: string
  /** Whose profiles are those of the backup now. */
  users: string[]
  /** How many were put into place. */
  files: number
  /** Id of the backup of what was there before; null where nothing was. */
  previous: string | null
}

/**
 * What a restore would do, before anybody is asked whether they mean it. The current person's own part is put into their place;
 * everything else is for administrators.
 * @throws MhError WHICH_PERSON, MIGRATION_BACKUP (exit 2), BACKUP_NOT_FOUND, NOT_IN_BACKUP (exit 3), NOT_ADMINISTRATOR, NOT_ALLOWED_IN_MODE (exit 4), USER_EXISTS (exit 5)
 */
export async function planRestore(reference: string, {as, of, everybody}: RestoreChoice): Promise<RestorePlan> {
  const acting = requireUserContext('Backups')
  const own = as === undefined || as.toLowerCase() === acting.username.toLowerCase()
  if (everybody) requireAdministrator('Restoring everybody')
  else if (own) requireForBackup('restore')
  else requireAdministrator(`Restoring as ${as}`)
  const backup = await findBackup(reference)
  if (backup.reason === 'migrate')
    throw usageError(
      'MIGRATION_BACKUP',
      `The backup ${backup.id} holds what was migrated, and no profile`,
      `mh migrate rollback ${backup.id} takes the migration back`
    )
  if (everybody) {
    const parts: Part[] = []
    // Who was renamed since keeps the new name.
    for (const from of backup.accounts) parts.push(await partOf(from, findUserById(from.id)?.username ?? from.username))
    return {backup, parts}
  }
  if (own) {
    const from = backup.accounts.find(({id}) => id === acting.userId)
    const present = findUserById(acting.userId)
    if (from === undefined || present === undefined) throw notInBackup(backup, acting.username)
    return {backup, parts: [{from, present, username: present.username}]}
  }
  return {backup, parts: [await partOf(choose(backup, as, of), as)]}
}

/**
 * Puts what is in a backup into place. What is there now is backed up first, and while that is done and the folders are exchanged
 * nobody writes into it. Logs are never taken back: those of the backup are laid beside the present ones.
 * @throws MhError WRONG_PASSPHRASE (exit 2), BACKUP_DAMAGED, NO_SPACE, NOT_WRITABLE (exit 1): everything is as it was then
 */
export async function restoreBackup({backup, parts}: RestorePlan, options: RestoreOptions = {}): Promise<Restored> {
  const {passphrase, onProgress, signal} = options
  const input = await openBackup(backup, passphrase)
  const targets = parts.map((part) => ({...part, id: idFor(part), aside: newAside('restore')}))
  const {manifest, counts} = await extractArchive(
    input,
    parseManifest,
    (found) => targets.map((target) => extraction(found, backup, target)),
    {
      refused: (broken) => damaged(backup.path, broken),
      ...(onProgress === undefined ? {} : {onProgress}),
      ...(signal === undefined ? {} : {signal})
    }
  )
  const snapshots = new Snapshots()
  try {
    for (const {present} of targets)
      if (present !== undefined) await snapshots.prepare(join(systemPaths.profiles, present.username))
    const placed = targets.map((target, index) => ({...target, files: counts[index] ?? 0}))
    const previous = await changeAccounts(async (lock) => {
      const replaced = await replace(lock, backup, placed, snapshots)
      for (const target of placed) if (target.present === undefined) await make(lock, backup, manifest, target)
      return replaced
    })
    return {
      id: backup.id,
      users: placed.map(({username}) => username),
      files: counts.reduce((sum, count) => sum + count, 0),
      previous: previous ?? null
    }
  } finally {
    snapshots.close()
    for (const {aside} of targets) removeAside(aside)
  }
}

interface Target extends Part {
  /** Of the account that has it afterwards. */
  id: string
  aside: string
}

type Placed = Target & {files: number}

/** Backs up the present profiles and exchanges them, under all of their locks. @returns the id of that backup, where there was one */
async function replace(
  lock: AccountsLock,
  backup: StoredBackup,
  targets: readonly Placed[],
  snapshots: Snapshots
): Promise<string | undefined> {
  const present = targets.filter((target) => target.present !== undefined)
  if (present.length === 0) return undefined
  return withProfileLocks(
    present.map(({id}) => id),
    async (locks) => {
      const profiles = []
      for (const {id, username} of present) {
        const profile = await settleProfile(id, snapshots)
        if (profile === undefined) throw gone(username)
        profiles.push(profile)
      }
      const {id: previous} = await archive(profiles, {reason: 'restore', everybody: present.length > 1})
      reach('account-backup')
      for (const {id, aside, files} of present) {
        const held = locks.get(id)
        const username = findUserById(id)?.username
        if (held === undefined || username === undefined) throw gone(id)
        swapProfile(lock, held, {action: 'restore', id, username, aside, backup: backup.id, previous, files})
      }
      return previous
    }
  )
}

/** Makes somebody who has no account. Who had one is again who they were; another name is a new member without a password. */
async function make(
  lock: AccountsLock,
  {id: backup}: StoredBackup,
  {accounts}: Manifest,
  {id, username, aside, from, files}: Placed
): Promise<void> {
  const account = accounts.find((one) => one.id === from.id)
  const {passwordHash, role: _role, ...others} = account ?? {role: 'member', metadata: {}}
  const same = id === from.id
  const user: User = {
    ...others,
    id,
    username,
    role: same && account !== undefined ? account.role : 'member',
    ...(same && passwordHash !== undefined ? {passwordHash} : {})
  }
  await createAccount(lock, user, false, {
    profile: join(systemPaths.temporary, aside),
    event: restoredEvent({username, backup, files})
  })
}

/** The locks of several profiles, by ascending id. */
function withProfileLocks<T>(
  ids: readonly string[],
  fn: (locks: ReadonlyMap<string, ProfileLock>) => Promise<T>,
  held: ReadonlyMap<string, ProfileLock> = new Map()
): Promise<T> {
  const [next, ...others] = [...ids].sort()
  if (next === undefined) return fn(held)
  return withProfileLock(next, (lock) => withProfileLocks(others, fn, new Map([...held, [next, lock]])))
}

function extraction(manifest: Manifest, {id: backup}: StoredBackup, target: Target): Extraction {
  const account = manifest.accounts.find(({id}) => id === target.from.id)
  const home = `profiles/${account?.username}/`
  const {present} = target
  return {
    folder: target.aside,
    folders: profileFolders().filter((path) => present === undefined || !STAYS.test(path)),
    place(path) {
      if (account === undefined || !path.startsWith(home)) return undefined
      const below = path.slice(home.length)
      const log = /^logs\/(.*)$/s.exec(below)?.[1]
      if (log === undefined) return below
      if (present !== undefined) return `${RESTORED_LOGS}/${log}`
      return log.startsWith('restored/') ? below : `${restoredLogs(backup)}/${log}`
    },
    ...(target.id === target.from.id
      ? {}
      : {change: (path: string, bytes: Buffer) => withUserId(path, bytes, target.from.id, target.id)})
  }
}

/** What of a profile goes along when it is exchanged. */
const STAYS = new RegExp(`^(?:logs|${PROFILE_LAYOUT.temporary.replace('.', '\\.')})(?:/|$)`)

/** The id of the backup's person where it is theirs, or nobody has it. */
const idFor = ({from, present}: Part): string =>
  present?.id ?? (findUserById(from.id) === undefined ? from.id : randomUUID())

/** Somebody of the backup who gets their part back under a name; who has no account of that id any more is made again. */
async function partOf(from: {id: string; username: string}, username: string): Promise<Part> {
  const taken = await userByName(username)
  if (taken?.id === from.id) return {from, present: taken, username: taken.username}
  if (taken !== undefined)
    throw conflict(
      'USER_EXISTS',
      `There is a user ${taken.username} already, who is somebody else than ${from.username} of the backup`,
      'Name another one: --as <username>'
    )
  checkUsername(username)
  return {from, present: undefined, username}
}

function choose({accounts, id}: StoredBackup, as: string, of: string | undefined): {id: string; username: string} {
  const named = (name: string) => accounts.find(({username}) => username.toLowerCase() === name.toLowerCase())
  if (of !== undefined) {
    const found = named(of)
    if (found === undefined)
      throw notFound('NOT_IN_BACKUP', `${of} is not in the backup ${id}`, `It holds ${names(accounts)}`)
    return found
  }
  const found = accounts.length === 1 ? accounts[0] : named(as)
  if (found === undefined)
    throw usageError(
      'WHICH_PERSON',
      `The backup ${id} holds ${names(accounts)}`,
      'Say whose part it is: --of <username>'
    )
  return found
}

function notInBackup({id, accounts}: StoredBackup, username: string): MhError {
  const first = accounts[0]?.username
  return notFound(
    'NOT_IN_BACKUP',
    `${username} is not in the backup ${id}`,
    isAdministrator(requireUserContext()) && first !== undefined
      ? `It holds ${names(accounts)}: mh backup restore ${id} --as ${first}`
      : 'mh backup list shows yours'
  )
}

const names = (accounts: readonly {username: string}[]): string => accounts.map(({username}) => username).join(', ')

const gone = (who: string): MhError =>
  conflict('PROFILE_GONE', `${who} was deleted meanwhile`, 'mh user list shows who is there')
