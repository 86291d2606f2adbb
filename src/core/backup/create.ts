import {randomBytes} from 'node:crypto'
import {existsSync, renameSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {auditProfile, auditSystem} from '../audit.ts'
import {backend, needsFiles} from '../backend.ts'
import {changeProfile} from '../change.ts'
import {requireSetting} from '../config/keys.ts'
import {readRootConfig} from '../config.ts'
import {requireUserContext} from '../context.ts'
import {MhError, usageError} from '../errors.ts'
import {ensureSystemFolder, profileGone, syncFolder, unwritable} from '../files.ts'
import {withProfileLock} from '../locks.ts'
import {notify} from '../notices.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, listUsers} from '../users/accounts.ts'
import {changeAccounts} from '../users/change-accounts.ts'
import {requireAdministrator, requirePermission} from '../users/permissions.ts'
import type {User} from '../users/user.ts'
import {type ArchiveEntry, hashFile, writeArchive} from './archive.ts'
import {type BackupReason, MANIFEST, type Manifest} from './manifest.ts'
import {inShort} from './read-checked.ts'
import {prune} from './retention.ts'
import {hashSealed, seal} from './sealed.ts'
import {type SnapshotFile, Snapshots} from './snapshot.ts'
import {verifyArchive} from './verify.ts'

export interface Backup {
  id: string
  /** Absolute path of the archive. */
  path: string
  files: number
  /** Of the archive. */
  bytes: number
}

export interface CreatedBackup extends Backup {
  users: string[]
  createdAt: string
  encrypted: boolean
  /** Ids of older backups that were removed for it. */
  removed: string[]
}

export interface BackupOptions {
  everybody?: boolean
  /** Encrypts it. */
  passphrase?: string
  /** So many backups of the same people are kept; what the data root says where it is missing. */
  keep?: number
  /** Told how many files were read. */
  onProgress?: (files: number) => void
  signal?: AbortSignal
}

/**
 * Backs up the current person's profile, or everybody's (administrators), while they go on being used: each profile is in the
 * archive as it was at one moment. The archive is read back and compared before it counts. Older backups are removed then.
 * @throws MhError INVALID_KEEP, WEAK_PASSPHRASE (exit 2), NOT_ADMINISTRATOR (exit 4), NOT_WRITABLE, BACKUP_NOT_VERIFIED (exit 1): then there is no new archive, and every old one
 */
export async function createBackup(options: BackupOptions = {}): Promise<CreatedBackup> {
  if (backend() !== undefined) throw needsFiles('A backup')
  const {everybody = false, passphrase, keep = usualKeep(), onProgress, signal} = options
  const {userId} = requireUserContext('Backups')
  requirePermission('backup')
  if (everybody) requireAdministrator('A backup of everybody')
  if (!Number.isInteger(keep) || keep < 1)
    throw usageError('INVALID_KEEP', `${keep} backups cannot be kept`, 'Keep at least 1, the new one')
  if (passphrase !== undefined) checkPassphrase(passphrase)
  const people = everybody ? listUsers() : listUsers().filter(({id}) => id === userId)
  const snapshots = new Snapshots()
  try {
    let read = 0
    for (const {username} of people) {
      const before = read
      await snapshots.prepare(join(systemPaths.profiles, username), undefined, (count) => {
        signal?.throwIfAborted()
        read = before + count
        onProgress?.(read)
      })
    }
    const settled = await settleAll(people, snapshots)
    const profiles = settled.filter(({files}) => files.length > 0)
    if (profiles.length === 0) throw profileGone(join(systemPaths.profiles, people[0]?.username ?? ''))
    const backup = await archive(profiles, {
      reason: 'create',
      everybody,
      ...(passphrase === undefined ? {} : {passphrase}),
      ...(signal === undefined ? {} : {signal})
    })
    // An older backup may be the last that holds a profile which is not there now, such as that of a disk that is not mounted.
    const whole = profiles.length === settled.length
    const removed = whole ? await prune(everybody ? 'everybody' : userId, keep, backup.id) : []
    if (!whole) tellMissing(settled)
    const users = profiles.map(({user}) => user.username)
    const encrypted = passphrase !== undefined
    await note(
      profiles.map(({user}) => user),
      everybody,
      {id: backup.id, files: backup.files, encrypted, removed}
    )
    return {...backup, users, encrypted, removed}
  } finally {
    snapshots.close()
  }
}

function tellMissing(settled: readonly ProfileSnapshot[]): void {
  const names = settled.flatMap(({user, files}) => (files.length === 0 ? [user.username] : []))
  const whose =
    names.length === 1 ? `${names[0]} has no profile, and is` : `${names.join(', ')} have no profiles, and are`
  notify({code: 'PROFILE_MISSING', message: `${whose} not in the backup. No older backup was removed`})
}

/**
 * Archives one profile, with its account, below backups/, then reads the archive back and compares every file. For whoever
 * holds the person's write lock, so that the archive holds one state.
 * @throws MhError NOT_WRITABLE, BACKUP_NOT_VERIFIED (exit 1): then there is no archive
 */
export async function backUpProfile(user: User, reason: BackupReason = 'delete'): Promise<Backup> {
  const snapshots = new Snapshots()
  try {
    const files = await settled(user, snapshots)
    const {id, path, bytes} = await archive([{user, files}], {reason})
    return {id, path, files: files.length, bytes}
  } finally {
    snapshots.close()
  }
}

/** The files of a profile; where a database keeps it, those that it would be. */
async function settled(user: User, snapshots: Snapshots): Promise<SnapshotFile[]> {
  const store = backend()
  if (store === undefined) return snapshots.settle(join(systemPaths.profiles, user.username))
  const aside = join(systemPaths.temporary, `profile-${user.id}.${process.pid}`)
  try {
    await store.writeProfile(user.id, aside)
    return await snapshots.settle(aside)
  } finally {
    rmSync(aside, {recursive: true, force: true})
  }
}

/** One person's account and files at one moment. */
export interface ProfileSnapshot {
  user: User
  files: SnapshotFile[]
}

/** The profile of each of these people as it is at one moment; who is gone meanwhile is left out. */
async function settleAll(people: readonly User[], snapshots: Snapshots): Promise<ProfileSnapshot[]> {
  const profiles: ProfileSnapshot[] = []
  for (const {id} of people) {
    const profile = await withProfileLock(id, () => settleProfile(id, snapshots))
    if (profile !== undefined) profiles.push(profile)
  }
  return profiles
}

/** For whoever holds that person's lock. */
export async function settleProfile(id: string, snapshots: Snapshots): Promise<ProfileSnapshot | undefined> {
  const user = findUserById(id)
  if (user === undefined) return undefined
  return {user, files: await snapshots.settle(join(systemPaths.profiles, user.username))}
}

/** Writes, verifies and places an archive of these people. */
export async function archive(
  profiles: readonly ProfileSnapshot[],
  {
    reason,
    everybody = false,
    passphrase,
    signal,
    more = {}
  }: {
    reason: BackupReason
    everybody?: boolean
    passphrase?: string
    signal?: AbortSignal
    /** Further keys of the manifest. */
    more?: Record<string, unknown>
  }
): Promise<Backup & {createdAt: string}> {
  const createdAt = new Date().toISOString()
  const id = newBackupId(createdAt, everybody ? 'everybody' : profiles.map(({user}) => user.username).join('-'))
  const unfinished = join(systemPaths.temporary, `backup.${process.pid}.${id}`)
  const sealed = `${unfinished}-sealed`
  const path = join(systemPaths.backups, `${id}${passphrase === undefined ? '.tar.gz' : '.tar'}`)
  ensureSystemFolder(systemPaths.backups)
  ensureSystemFolder(systemPaths.temporary)
  try {
    const manifest: Manifest = {
      version: 1,
      id,
      createdAt,
      reason,
      ...(everybody ? {everybody} : {}),
      ...more,
      accounts: profiles.map(({user}) => user),
      files: profiles.flatMap(({user, files}) =>
        files.map(({entry: _entry, path: below, ...file}) => ({path: inBackup(user, below), ...file}))
      )
    }
    await writeArchive(unfinished, entriesOf(manifest, profiles), signal)
    const broken = await verifyArchive(unfinished)
    if (broken.length > 0) throw notVerified(profiles, broken)
    if (passphrase !== undefined) {
      const {accounts: _accounts, files: _files, ...head} = manifest
      const accounts = profiles.map(({user, files}) => ({id: user.id, username: user.username, files: files.length}))
      await seal(unfinished, sealed, {...head, encrypted: 'age', accounts}, passphrase, signal)
      if ((await hashSealed(sealed, passphrase)) !== (await hashFile(unfinished)))
        throw notVerified(profiles, ['what was encrypted is not what comes out again'])
    }
    signal?.throwIfAborted()
    renameSync(passphrase === undefined ? unfinished : sealed, path)
    syncFolder(systemPaths.backups)
    return {id, path, createdAt, files: manifest.files.length, bytes: statSync(path).size}
  } catch (error) {
    throw unwritable(path, error)
  } finally {
    for (const left of [unfinished, sealed]) rmSync(left, {force: true})
  }
}

/** A name that tells when, whose, and no more than one backup: "2026-05-04T10-11-12Z-ada-9f3a61". */
function newBackupId(createdAt: string, whose: string): string {
  const safe = whose.replace(/[^\w-]/g, '_').slice(0, 64)
  return `${createdAt.replaceAll(':', '-').replace(/\..*/, 'Z')}-${safe}-${randomBytes(3).toString('hex')}`
}

const inBackup = ({username}: User, below: string): string => `profiles/${username}/${below}`

function* entriesOf(manifest: Manifest, profiles: readonly ProfileSnapshot[]): Generator<ArchiveEntry> {
  yield {name: MANIFEST, text: `${JSON.stringify(manifest, null, 2)}\n`, mtimeMs: Date.parse(manifest.createdAt)}
  for (const {user, files} of profiles)
    for (const {path, modified, entry} of files)
      yield entry(inBackup(user, path), Date.parse(modified ?? manifest.createdAt))
}

async function note(users: readonly User[], everybody: boolean, details: Record<string, unknown>): Promise<void> {
  const event = {category: 'data', event: 'backup_created', details} as const
  if (!everybody) return changeProfile(({audit}) => audit(event))
  await changeAccounts(async (lock) => {
    auditSystem(lock, event)
    for (const {id} of users)
      await withProfileLock(id, (profile) => {
        if (hasProfile(id)) auditProfile(profile, event)
      })
  })
}

/** Whether somebody was not deleted meanwhile, nor their folder lost. */
function hasProfile(id: string): boolean {
  const user = findUserById(id)
  return user !== undefined && existsSync(join(systemPaths.profiles, user.username))
}

/** How many backups the data root says are kept. */
function usualKeep(): number {
  const {backupKeep} = readRootConfig()
  return Number.isInteger(backupKeep) && Number(backupKeep) > 0
    ? Number(backupKeep)
    : Number(requireSetting('backupKeep').default())
}

/** Whoever has the file can try as many passphrases as their machines can. */
function checkPassphrase(passphrase: string): void {
  if ([...passphrase].length < SHORTEST_PASSPHRASE)
    throw usageError(
      'WEAK_PASSPHRASE',
      `The passphrase has fewer than ${SHORTEST_PASSPHRASE} characters`,
      'Use several words that do not belong together'
    )
}

const SHORTEST_PASSPHRASE = 8

const notVerified = (profiles: readonly ProfileSnapshot[], broken: readonly string[]): MhError =>
  new MhError(
    'BACKUP_NOT_VERIFIED',
    `The backup of ${profiles.map(({user}) => user.username).join(', ')} is not whole: ${inShort(broken)}`,
    {hint: 'Nothing else was done. Try again when nothing writes into the profile'}
  )
