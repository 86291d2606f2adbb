import {createReadStream, createWriteStream, renameSync, rmSync, statSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {backend, needsFiles} from '../backend.ts'
import {type ArchiveEntry, writeArchive} from '../backup/archive.ts'
import {MANIFEST} from '../backup/manifest.ts'
import {inShort, readChecked} from '../backup/read-checked.ts'
import {type SnapshotFile, Snapshots} from '../backup/snapshot.ts'
import {changeProfile} from '../change.ts'
import {requireUserContext} from '../context.ts'
import {errno, MhError} from '../errors.ts'
import {syncFolder, unwritable} from '../files.ts'
import {withProfileLock} from '../locks.ts'
import {notWritable, place} from '../memory/exporters/targets.ts'
import {notify} from '../notices.ts'
import {profileFolder} from './accounts.ts'
import {auditAccount, changeAccounts, requireTarget} from './change-accounts.ts'
import {PERSONAL_FOLDERS, type PersonManifest, parsePerson, personAccount} from './person-archive.ts'
import type {User} from './user.ts'

export interface ExportedPerson {
  /** Absolute. */
  path: string
  username: string
  files: number
  /** Of the file. */
  bytes: number
}

/**
 * Writes everything of a person into one file, from which `importUser` makes them again: what they wrote and set, and of the account
 * the id, names and dates. The same person gives the same bytes: paths are in order, times are fixed.
 * @param output a file that is there is replaced when the export is whole
 * @throws MhError OUTPUT_NOT_WRITABLE (exit 2), USER_NOT_FOUND (exit 3), NOT_ADMINISTRATOR, PATH_NOT_ALLOWED (exit 4), NOT_WRITABLE (exit 1)
 */
export async function exportUser(
  username: string,
  output: string,
  {onProgress, signal}: {onProgress?: (files: number) => void; signal?: AbortSignal} = {}
): Promise<ExportedPerson> {
  if (backend() !== undefined) throw needsFiles('An export of a person')
  const {id} = await requireTarget(username, `Exporting ${username}`, 'export')
  const {path, kind} = place(output)
  if (kind === 'folder') throw notWritable(output, 'it is a folder', 'Name a file')
  const snapshots = new Snapshots()
  try {
    await snapshots.prepare(profileFolder(id), PERSONAL_FOLDERS, (count) => {
      signal?.throwIfAborted()
      onProgress?.(count)
    })
    const {user, files} = await withProfileLock(id, async () => ({
      user: await requireTarget(username, `Exporting ${username}`, 'export'),
      files: await snapshots.settle(profileFolder(id), PERSONAL_FOLDERS)
    }))
    const kept = files.filter(isKept)
    const bytes = await (kind === 'other' ? stream : write)(path, entriesOf(user, kept), signal)
    await note(user, {username: user.username, files: kept.length})
    return {path: resolve(output), username: user.username, files: kept.length, bytes}
  } catch (error) {
    throw unwritable(path, error)
  } finally {
    snapshots.close()
  }
}

function isKept({path, link}: SnapshotFile): boolean {
  if (link !== undefined)
    notify({code: 'LINK_LEFT_OUT', message: `${path} is a link to ${link}; an export holds files only`})
  return link === undefined
}

function* entriesOf(user: User, files: readonly SnapshotFile[]): Generator<ArchiveEntry> {
  const manifest: PersonManifest = {
    version: 1,
    kind: 'person',
    account: personAccount(user),
    files: files.map(({path, size, sha256, modified}) => ({
      path,
      size,
      sha256,
      // When a version of a memory was replaced is known by the time of its file alone.
      ...(path.startsWith('memory/history/') && modified !== undefined ? {modified} : {})
    }))
  }
  yield {name: MANIFEST, text: `${JSON.stringify(manifest, null, 2)}\n`, mtimeMs: 0}
  for (const {path, entry} of files) yield entry(path, 0)
}

/** Writes beside the place, reads it back, and takes the place when it is whole. @returns its size */
async function write(path: string, entries: Iterable<ArchiveEntry>, signal: AbortSignal | undefined): Promise<number> {
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    await writeArchive(unfinished, entries, signal)
    const {broken} = await readChecked(createReadStream(unfinished), {parse: parsePerson})
    if (broken.length > 0)
      throw new MhError('EXPORT_NOT_VERIFIED', `The export is not whole: ${inShort(broken)}`, {
        hint: 'Try again when nothing writes into the profile'
      })
    renameSync(unfinished, path)
    syncFolder(dirname(path))
    return statSync(path).size
  } catch (error) {
    rmSync(unfinished, {force: true})
    throw ['EACCES', 'EPERM', 'EROFS'].includes(errno(error) ?? '')
      ? notWritable(path, `it cannot be written (${errno(error)})`)
      : error
  }
}

/** A pipe or a device takes what comes. @returns how much that was */
async function stream(path: string, entries: Iterable<ArchiveEntry>, signal: AbortSignal | undefined): Promise<number> {
  const target = createWriteStream(path)
  await writeArchive(target, entries, signal)
  return target.bytesWritten
}

async function note(user: User, details: Record<string, unknown>): Promise<void> {
  const event = {category: 'security', event: 'user_exported', details} as const
  if (user.id === requireUserContext('Accounts').userId) return changeProfile(({audit}) => audit(event))
  await changeAccounts((lock) => auditAccount(lock, user, event))
}
