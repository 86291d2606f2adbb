import {createReadStream, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {hashFile} from '../backup/archive.ts'
import {archive, type Backup} from '../backup/create.ts'
import {type Manifest, parseManifest} from '../backup/manifest.ts'
import {readManifestOf} from '../backup/read-checked.ts'
import {damaged} from '../backup/sealed.ts'
import type {SnapshotFile} from '../backup/snapshot.ts'
import type {StoredBackup} from '../backup/stored.ts'
import {readIfThere} from '../files.ts'
import {isObject} from '../json.ts'
import {sha256} from '../sha256.ts'
import {systemPaths} from '../system-paths.ts'
import type {User} from '../users/user.ts'
import {splitDay} from './audit-days.ts'
import {refuseChange, type Watch} from './copy.ts'
import {isBelow, type MigrationJournal} from './journal.ts'
import {AUDIT_DAY} from './places.ts'
import type {Draft} from './plan.ts'
import {listSource, type SourceFile} from './source.ts'
import {starterPaths} from './target.ts'

/** What a backup keeps of a migration beside the files: what taking it back needs. Paths are those of the source, with "/". */
export interface MigrationRecord extends Pick<MigrationJournal, 'made' | 'from'> {
  files: {
    path: string
    /** Where it went, below the profile. */
    to: string
    mode: number
    mtimeMs: number
  }[]
  folders: {path: string; mode: number}[]
  /** Days of the audit trail, and how lines of the system's own stood among those that went (see splitDay). */
  days: {path: string; runs: number[]}[]
  /** Documents of the profile that were replaced, with their text. */
  replaced: {path: string; text: string}[]
}

export type MigrationManifest = Manifest & {migration: MigrationRecord}

export interface MigrationBackup extends Backup {
  record: MigrationRecord
  /** SHA-256 of each file by its path in the source, as it was backed up; of a link what it names. */
  hashes: Map<string, string>
}

/**
 * Archives everything that a migration is going to move, and reads the archive back.
 * @param folder where the files lie: the source itself, or its copy
 * @throws MhError NOT_WRITABLE, BACKUP_NOT_VERIFIED (exit 1), SOURCE_CHANGED (exit 5): then there is no archive
 */
export async function backUpSource(
  draft: Draft,
  folder: string,
  user: User,
  made: MigrationJournal['made'],
  {onFile, signal}: Watch = {}
): Promise<MigrationBackup> {
  const {source, inPlace, targets} = draft
  const record: MigrationRecord = {
    made,
    from: inPlace ? null : source.root,
    files: source.files.map(({path, mode, mtimeMs}) => ({path, to: targets.get(path) ?? path, mode, mtimeMs})),
    folders: source.folders,
    days: source.files.flatMap(({path}) =>
      AUDIT_DAY.test(path) ? [{path, runs: splitDay(readFileSync(join(folder, path))).runs}] : []
    ),
    replaced: replacedDocuments(draft)
  }
  try {
    const files: SnapshotFile[] = []
    for (const file of source.files) {
      signal?.throwIfAborted()
      files.push(await describe(file, folder))
      onFile?.(files.length, source.files.length)
    }
    const hashes = new Map(files.map(({path, sha256, link}) => [path, link ?? sha256]))
    const options = {reason: 'migrate' as const, more: {migration: record}, ...(signal === undefined ? {} : {signal})}
    return {...(await archive([{user, files}], options)), record, hashes}
  } catch (error) {
    // What cannot be archived as it was hashed was changed in between.
    if (!signal?.aborted && inPlace) refuseChange(source, listSource(source.root))
    throw error
  }
}

/** The name of a file of the source in its backup: that which it has in a profile. */
export const archivedName = (username: string, path: string): string => `profiles/${username}/${path}`

/** @throws MhError BACKUP_DAMAGED (exit 1) */
export async function readMigrationManifest({path}: StoredBackup): Promise<MigrationManifest> {
  try {
    return await readManifestOf(createReadStream(path), parseMigration)
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
}

/** @throws Error that says what is wrong with it */
export function parseMigration(text: string): MigrationManifest {
  const manifest = parseManifest(text) as MigrationManifest
  const {migration} = manifest
  if (!isObject(migration) || !isProper(migration as unknown as MigrationRecord))
    throw new Error('the manifest tells of no migration')
  return manifest
}

/** What an archive keeps of a file. Of a day of the audit trail that is what goes; the system's own lines are nobody's. */
async function describe({path, size, mtimeMs, link}: SourceFile, folder: string): Promise<SnapshotFile> {
  const file = join(folder, path)
  const told = {path, size, modified: new Date(Math.floor(mtimeMs)).toISOString()}
  if (link !== undefined) return {...told, sha256: '', link, entry: (name) => ({name, link})}
  if (!AUDIT_DAY.test(path))
    return {...told, sha256: await hashFile(file), entry: (name, at) => ({name, file, size, mtimeMs: at})}
  const others = (): Buffer => splitDay(readFileSync(file)).others
  return {...told, sha256: sha256(others()), entry: (name, at) => ({name, bytes: others, mtimeMs: at})}
}

function replacedDocuments({user, username, targets}: Draft): MigrationRecord['replaced'] {
  if (user === undefined) return []
  const taken = new Set(targets.values())
  return starterPaths(user).flatMap((path) => {
    const text = taken.has(path) ? readIfThere(join(systemPaths.profiles, username, path)) : undefined
    return text === undefined ? [] : [{path, text}]
  })
}

const isProper = ({made, from, files, folders, days, replaced}: MigrationRecord): boolean =>
  ['account', 'profile', 'nothing'].includes(made) &&
  (from === null || typeof from === 'string') &&
  [files, folders, days, replaced].every(
    (list) => Array.isArray(list) && list.every((one) => isObject(one) && isBelow(one.path))
  ) &&
  files.every(({to, mode, mtimeMs}) => isBelow(to) && Number.isInteger(mode) && Number.isFinite(mtimeMs)) &&
  folders.every(({mode}) => Number.isInteger(mode)) &&
  days.every(({runs}) => Array.isArray(runs) && runs.every((count) => Number.isSafeInteger(count) && count >= 0)) &&
  replaced.every(({text}) => typeof text === 'string')
