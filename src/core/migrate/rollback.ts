import {
  chmodSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync
} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {type AuditEvent, auditSystem} from '../audit.ts'
import {backend, needsFiles} from '../backend.ts'
import {hashFile} from '../backup/archive.ts'
import {backUpProfile} from '../backup/create.ts'
import {extractArchive, newAside, removeAside} from '../backup/extract.ts'
import type {ManifestFile} from '../backup/manifest.ts'
import {damaged} from '../backup/sealed.ts'
import {type StoredBackup, storedBackups} from '../backup/stored.ts'
import {requireUserContext} from '../context.ts'
import {writeProfileFile} from '../documents.ts'
import {conflict, notFound} from '../errors.ts'
import {reach} from '../faults.ts'
import {syncFolder, unwritable} from '../files.ts'
import {type AccountsLock, type ProfileLock, withProfileLock} from '../locks.ts'
import {notify} from '../notices.ts'
import {resolveReference} from '../reference.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, listUsers} from '../users/accounts.ts'
import {auditAccount, changeAccounts} from '../users/change-accounts.ts'
import {isAdministrator, requireAdministrator, requirePermission} from '../users/permissions.ts'
import type {User} from '../users/user.ts'
import {restoreDay, takeLines} from './audit-days.ts'
import {archivedName, type MigrationManifest, parseMigration, readMigrationManifest} from './backup.ts'
import type {Watch} from './copy.ts'
import {relocate, removeEmptyFolders, temporaryOf} from './move.ts'
import {AUDIT_DAY} from './places.ts'
import {besideTrail} from './plan.ts'
import {recoverUnder, unmake} from './recover.ts'

export interface RolledBack {
  username: string
  /** Id of the migration's backup. */
  backup: string
  /** How many files are at the data root again; 0 where the migration was a copy, whose source was never touched. */
  restored: number
  /** Whether the account went, too: the migration had made it. */
  accountRemoved: boolean
  /** Id of a backup of what was in the profile until now; null where there was none any more. */
  previous: string | null
}

/**
 * Takes a migration back by its backup: what was moved lies at the data root again, byte for byte, and what was made of it goes,
 * after a backup of what it has become. Interrupted, it is run again.
 * @param reference id of the migration's backup, a unique ending of it, "@last", or its path
 * @throws MhError BACKUP_NOT_FOUND (exit 3), NOT_ADMINISTRATOR, NOT_ALLOWED_IN_MODE (exit 4), ROLLBACK_CONFLICT, LAST_OWNER
 *   (exit 5), BACKUP_DAMAGED (exit 1): nothing was changed then
 */
export async function rollBack(reference: string, watch: Watch = {}): Promise<RolledBack> {
  if (backend() !== undefined) throw needsFiles('A migration')
  if (!mayEverything()) requirePermission('restore')
  const backup = await findMigration(reference)
  const manifest = await readMigrationManifest(backup)
  requireRollback(manifest)
  const aside = newAside('rollback')
  try {
    await unpack(backup, aside, watch)
    return await changeAccounts(async (lock) => {
      await recoverUnder(lock)
      requireRollback(manifest)
      await refuseConflicts(manifest)
      const user = findUserById(personOf(manifest).id)
      if (user !== undefined && manifest.migration.made === 'account') refuseLastOwner(user)
      const done = await undo(lock, backup, manifest, user, join(systemPaths.temporary, aside))
      await note(lock, manifest, done)
      return done
    })
  } catch (error) {
    throw unwritable(systemPaths.root, error)
  } finally {
    removeAside(aside)
  }
}

const personOf = ({accounts}: MigrationManifest): User => accounts[0] as User

/** Where nobody has an account, whoever is at the machine may. */
const mayEverything = (): boolean => listUsers().length === 0 || isAdministrator(requireUserContext('Migrations'))

function requireRollback(manifest: MigrationManifest): void {
  if (mayEverything()) return
  const {userId} = requireUserContext('Migrations')
  if (manifest.migration.from === null || personOf(manifest).id !== userId)
    requireAdministrator('Taking this migration back')
  requirePermission('restore')
}

async function findMigration(reference: string): Promise<StoredBackup> {
  const missing = (): Error =>
    notFound(
      'BACKUP_NOT_FOUND',
      reference === '@last'
        ? 'Nothing was migrated yet'
        : `There is no migration with the backup ${JSON.stringify(reference)}`,
      'mh migrate tells the id of its backup; mh backup list shows what is there'
    )
  const all = mayEverything()
  const isMine = ({accounts}: StoredBackup): boolean =>
    all || accounts.some(({id}) => id === requireUserContext('Migrations').userId)
  // Whose an unreadable one is nobody can say.
  const unreadable = (_path: string, message: string): void => {
    if (all) notify({code: 'BACKUP_DAMAGED', message})
  }
  const backups = (await storedBackups(unreadable)).filter((backup) => backup.reason === 'migrate' && isMine(backup))
  const named = backups.find(({path}) => path === resolve(reference))
  if (named !== undefined) return named
  const id = await resolveReference(reference, {
    endingWith: (ending, limit) => backups.flatMap((one) => (one.id.endsWith(ending) ? [one.id] : [])).slice(0, limit),
    last: () => backups[0]?.id,
    notFound: missing
  })
  const found = backups.find((one) => one.id === id)
  if (found === undefined) throw missing()
  return found
}

/** Unpacks what was moved, compared with the manifest file by file. Links are made anew when everything else is in its place. */
async function unpack({path}: StoredBackup, folder: string, {onFile, signal}: Watch): Promise<void> {
  await extractArchive(
    createReadStream(path),
    parseMigration,
    (manifest) => {
      const links = new Set(manifest.files.flatMap((file) => (file.link === undefined ? [] : [file.path])))
      const prefix = archivedName(personOf(manifest).username, '')
      // Of a copy only the days of the audit trail are needed: to tell whose lines they are.
      const all = manifest.migration.from === null
      return [
        {
          folder,
          place(name) {
            const path = name.slice(prefix.length)
            return (all || AUDIT_DAY.test(path)) && !links.has(name) ? path : undefined
          }
        }
      ]
    },
    {
      refused: (broken) => damaged(path, broken),
      ...(onFile === undefined ? {} : {onProgress: onFile}),
      ...(signal === undefined ? {} : {signal})
    }
  )
}

/** @throws MhError ROLLBACK_CONFLICT (exit 5) where other files lie at the data root by now */
async function refuseConflicts(manifest: MigrationManifest): Promise<void> {
  if (manifest.migration.from !== null) return
  const taken: string[] = []
  const archived = archivedFiles(manifest)
  for (const {path} of manifest.migration.files)
    if (!AUDIT_DAY.test(path) && (await present(path, archived.get(path))) === 'another')
      taken.push(join(systemPaths.root, path))
  for (const {path} of manifest.migration.folders)
    if (lstatSync(join(systemPaths.root, path), {throwIfNoEntry: false})?.isDirectory() === false)
      taken.push(join(systemPaths.root, path))
  if (taken.length === 0) return
  const more = taken.length > 5 ? `, and ${taken.length - 5} more` : ''
  throw conflict(
    'ROLLBACK_CONFLICT',
    `The migration cannot be taken back: other files are at ${taken.slice(0, 5).join(', ')}${more}`,
    'Move them away, and run it again'
  )
}

/** The files of a backup by their paths in the source. */
function archivedFiles(manifest: MigrationManifest): ReadonlyMap<string, ManifestFile> {
  const prefix = archivedName(personOf(manifest).username, '')
  return new Map(manifest.files.map((file) => [file.path.slice(prefix.length), file]))
}

/** What lies at the data root where a file of the backup was. */
async function present(path: string, file: ManifestFile | undefined): Promise<'nothing' | 'the same' | 'another'> {
  const at = join(systemPaths.root, path)
  if (lstatSync(at, {throwIfNoEntry: false}) === undefined) return 'nothing'
  return (await isSame(at, file)) ? 'the same' : 'another'
}

async function isSame(path: string, file: ManifestFile | undefined): Promise<boolean> {
  const stat = lstatSync(path, {throwIfNoEntry: false})
  if (stat === undefined || file === undefined) return false
  if (file.link !== undefined) return stat.isSymbolicLink() && readlinkSync(path) === file.link
  return stat.isFile() && stat.size === file.size && (await hashFile(path)) === file.sha256
}

function refuseLastOwner(user: User): void {
  const others = listUsers().filter(({id}) => id !== user.id)
  if (user.role === 'owner' && others.length > 0 && others.every(({role}) => role !== 'owner'))
    throw conflict(
      'LAST_OWNER',
      `${user.username} is the last owner, and the account was made by this migration`,
      'Make somebody else an owner first: mh user role <username> owner'
    )
}

/** First everything is at the data root again; only then does anything go. */
async function undo(
  lock: AccountsLock,
  {id}: StoredBackup,
  manifest: MigrationManifest,
  user: User | undefined,
  unpacked: string
): Promise<RolledBack> {
  const {migration} = manifest
  const restored = migration.from === null ? await putBack(manifest, unpacked) : 0
  reach('rollback-restored')
  const result = {username: user?.username ?? personOf(manifest).username, backup: id, restored}
  const profile = join(systemPaths.profiles, result.username)
  if (user === undefined || !existsSync(profile)) return {...result, accountRemoved: false, previous: null}
  if (!(await holdsSome(manifest, profile))) {
    notify({code: 'NOTHING_TO_TAKE_BACK', message: `The profile of ${user.username} holds nothing of this migration`})
    return {...result, accountRemoved: false, previous: null}
  }
  return withProfileLock(user.id, async (profileLock) => {
    const {id: previous} = await backUpProfile(user, 'delete')
    if (migration.made === 'nothing') takeOut(manifest, profile, profileLock, unpacked)
    else await unmake(lock, user, {made: migration.made, backup: previous})
    reach('rollback-removed')
    return {...result, accountRemoved: migration.made === 'account', previous}
  })
}

/**
 * Whether something is still in the profile as it was moved. A migration that was interrupted right after its backup never put
 * anything there, and what the profile holds then is something else.
 */
async function holdsSome(manifest: MigrationManifest, profile: string): Promise<boolean> {
  const archived = archivedFiles(manifest)
  const moved = manifest.migration.files.filter(({path}) => !AUDIT_DAY.test(path))
  for (const {path, to} of moved) if (await isSame(join(profile, to), archived.get(path))) return true
  return moved.length === 0
}

async function putBack(manifest: MigrationManifest, unpacked: string): Promise<number> {
  const {folders, files, days} = manifest.migration
  const made = folders.filter(({path}) => !existsSync(join(systemPaths.root, path)))
  for (const {path} of made) mkdirSync(join(systemPaths.root, path), {mode: 0o700})
  const archived = archivedFiles(manifest)
  for (const {path, mode} of files) {
    const at = join(systemPaths.root, path)
    const link = archived.get(path)?.link
    if (AUDIT_DAY.test(path)) {
      const runs = days.find((day) => day.path === path)?.runs ?? []
      restoreDay(at, {others: readFileSync(join(unpacked, path)), runs}, systemPaths.temporary)
      chmodSync(at, mode)
    } else if ((await present(path, archived.get(path))) === 'nothing') {
      if (link !== undefined) symlinkSync(link, at)
      else {
        relocate(join(unpacked, path), at)
        chmodSync(at, mode)
      }
    }
  }
  for (const {path, mode} of made.reverse()) chmodSync(join(systemPaths.root, path), mode)
  for (const folder of new Set(files.map(({path}) => dirname(path)))) syncFolder(join(systemPaths.root, folder))
  return files.length
}

/** Takes what was moved out of a profile that was there before, and gives it the documents back that it began with. */
function takeOut(manifest: MigrationManifest, root: string, lock: ProfileLock, unpacked: string): void {
  const {files, replaced} = manifest.migration
  for (const {path, to} of files) {
    if (AUDIT_DAY.test(path)) {
      const others = readFileSync(join(unpacked, path))
      for (const target of [path, besideTrail(path)]) takeLines(join(root, target), others, temporaryOf(root))
    } else rmSync(join(root, to), {force: true})
  }
  removeEmptyFolders(
    root,
    files.map(({to}) => to)
  )
  for (const {path, text} of replaced) if (!existsSync(join(root, path))) writeProfileFile({root, lock}, path, text)
}

async function note(lock: AccountsLock, manifest: MigrationManifest, done: RolledBack): Promise<void> {
  const {username, backup, restored, previous} = done
  const event: AuditEvent = {
    category: 'data',
    event: 'migration_rolled_back',
    details: {username, backup, restored, previous}
  }
  const user = findUserById(personOf(manifest).id)
  if (user !== undefined && existsSync(join(systemPaths.profiles, user.username))) await auditAccount(lock, user, event)
  else auditSystem(lock, event, personOf(manifest).id)
}
