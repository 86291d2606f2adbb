import {closeSync, createReadStream, openSync, readSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {backend, needsFiles} from '../backend.ts'
import {requireUserContext} from '../context.ts'
import {MhError, notFound, usageError} from '../errors.ts'
import {namesIn} from '../files.ts'
import {notify} from '../notices.ts'
import {resolveReference} from '../reference.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById} from '../users/accounts.ts'
import {decide, isAdministrator, requirePermission} from '../users/permissions.ts'
import {getSecurityPolicy} from '../users/policy.ts'
import {type BackupReason, parseListed, parseSealedManifest} from './manifest.ts'
import {readManifestOf} from './read-checked.ts'
import {damaged, unseal} from './sealed.ts'

/** A backup that is there, as its manifest tells. */
export interface StoredBackup {
  id: string
  /** Absolute. */
  path: string
  /** ISO 8601, UTC. */
  createdAt: string
  reason: BackupReason | undefined
  everybody: boolean
  encrypted: boolean
  /** Whose profiles are in it, and how many files each has. */
  accounts: {id: string; username: string; files: number}[]
  /** Of the archive. */
  bytes: number
}

/** What everybody is shown of a backup; of those in it members see themselves. */
export interface ListedBackup {
  id: string
  path: string
  users: string[]
  files: number
  bytes: number
  createdAt: string
  encrypted: boolean
}

/** The backups that the current person may restore from, the newest first; all of them for administrators. */
export async function listBackups(): Promise<ListedBackup[]> {
  requireForBackup('backup')
  const user = requireUserContext('Backups')
  const all = isAdministrator(user)
  return (await ownBackups()).map(({id, path, accounts, bytes, createdAt, encrypted}) => {
    const seen = accounts.filter((account) => all || account.id === user.userId)
    const files = seen.reduce((sum, account) => sum + account.files, 0)
    return {id, path, users: seen.map(({username}) => username), files, bytes, createdAt, encrypted}
  })
}

/**
 * The backup that is meant: its id, any unique ending of it, "@last", or the path of an archive outside the data root.
 * @throws MhError BACKUP_NOT_FOUND (exit 3), AMBIGUOUS_ID, FILE_NOT_READABLE (exit 2), ACCESS_DENIED (exit 4), BACKUP_DAMAGED (exit 1)
 */
export async function findBackup(reference: string): Promise<StoredBackup> {
  requireForBackup('backup')
  const user = requireUserContext('Backups')
  if (/[\\/]|\.tar(?:\.gz)?$/.test(reference)) {
    const {path, close} = getSecurityPolicy(user).requireFileAccess(reference, 'read', 'named')
    close()
    return readStored(path)
  }
  const backups = await ownBackups()
  const missing = (): Error =>
    notFound(
      'BACKUP_NOT_FOUND',
      reference === '@last' ? 'There is no backup yet' : `There is no backup ${JSON.stringify(reference)}`,
      'mh backup list shows what is there'
    )
  const id = await resolveReference(reference, {
    endingWith: (ending, limit) =>
      backups.flatMap((backup) => (backup.id.endsWith(ending) ? [backup.id] : [])).slice(0, limit),
    last: () => backups[0]?.id,
    notFound: missing
  })
  const found = backups.find((backup) => backup.id === id)
  if (found === undefined) throw missing()
  return found
}

/** The archive of a backup, decrypted. @throws MhError PASSPHRASE_MISSING, WRONG_PASSPHRASE (exit 2), BACKUP_DAMAGED (exit 1) */
export async function openBackup({path, encrypted}: StoredBackup, passphrase: string | undefined): Promise<Readable> {
  if (!encrypted) return createReadStream(path)
  if (passphrase === undefined)
    throw usageError(
      'PASSPHRASE_MISSING',
      `${path} is encrypted, and the passphrase is missing`,
      'Give it on standard input, with --passphrase-stdin'
    )
  return unseal(path, passphrase)
}

/** What mode and role permit; where the person's folder is lost there is no mode, and the role says it alone. */
export function requireForBackup(operation: 'backup' | 'restore'): void {
  if (backend() !== undefined) throw needsFiles('A backup')
  const {userId} = requireUserContext('Backups')
  try {
    requirePermission(operation)
  } catch (error) {
    const lost = error instanceof MhError && error.code === 'PROFILE_GONE'
    const role = findUserById(userId)?.role ?? 'anonymous'
    if (!lost || !decide(operation, role, 'dual', false).allowed) throw error
  }
}

/** Every backup below backups/ that can be read, the newest first. @param onUnreadable told of every other file */
export async function storedBackups(onUnreadable: (path: string, reason: string) => void): Promise<StoredBackup[]> {
  const found: StoredBackup[] = []
  for (const name of namesIn(systemPaths.backups)) {
    const path = join(systemPaths.backups, name)
    try {
      found.push(await readStored(path))
    } catch (error) {
      onUnreadable(path, (error as Error).message)
    }
  }
  return found.sort((a, b) => (a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id) ? 1 : -1))
}

async function ownBackups(): Promise<StoredBackup[]> {
  const user = requireUserContext('Backups')
  const all = isAdministrator(user)
  // Whose an unreadable one is nobody can say.
  const backups = await storedBackups((_path, message) => {
    if (all) notify({code: 'BACKUP_DAMAGED', message})
  })
  return backups.filter(({accounts}) => all || accounts.some(({id}) => id === user.userId))
}

async function readStored(path: string): Promise<StoredBackup> {
  try {
    const {size: bytes} = statSync(path)
    const encrypted = !isCompressed(path)
    const stream = createReadStream(path)
    const {id, createdAt, reason, everybody, accounts} = encrypted
      ? await readManifestOf(stream, parseSealedManifest, false)
      : await readManifestOf(stream, parseListed)
    return {
      id,
      path,
      createdAt,
      reason,
      everybody: everybody === true,
      encrypted,
      accounts: accounts.map(({id: userId, username, files}) => ({id: userId, username, files})),
      bytes
    }
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
}

/** The first bytes of what gzip wrote. */
function isCompressed(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(2)
    readSync(file, bytes, 0, 2, 0)
    return bytes[0] === 0x1f && bytes[1] === 0x8b
  } finally {
    closeSync(file)
  }
}
