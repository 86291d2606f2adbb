import {randomBytes} from 'node:crypto'
import {existsSync, readdirSync, readlinkSync, renameSync, rmSync, statSync} from 'node:fs'
import {join, relative, sep} from 'node:path'
import {MhError} from '../errors.ts'
import {ensureSystemFolder, syncFolder, unwritable} from '../files.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import type {User} from '../users/user.ts'
import {type ArchiveEntry, hashFile, writeArchive} from './archive.ts'
import {MANIFEST, type Manifest, type ManifestFile} from './manifest.ts'
import {verifyArchive} from './verify.ts'

export interface Backup {
  id: string
  /** Absolute path of the archive. */
  path: string
  files: number
  /** Of the archive. */
  bytes: number
}

/**
 * Archives one profile, with its account, below backups/, then reads the archive back and compares every file. For whoever
 * holds the person's write lock, so that the archive holds one state.
 * @throws MhError NOT_WRITABLE, BACKUP_NOT_VERIFIED (exit 1): then there is no archive
 */
export async function backUpProfile(user: User, now = new Date()): Promise<Backup> {
  const id = `${now.toISOString().replaceAll(':', '-').replace(/\..*/, 'Z')}-${user.username}-${randomBytes(3).toString('hex')}`
  const path = join(systemPaths.backups, `${id}.tar.gz`)
  const unfinished = join(systemPaths.temporary, `backup.${process.pid}.${id}`)
  ensureSystemFolder(systemPaths.backups)
  ensureSystemFolder(systemPaths.temporary)
  try {
    const root = join(systemPaths.profiles, user.username)
    const files = existsSync(root) ? await listFiles(root, `profiles/${user.username}`) : []
    const manifest: Manifest = {version: 1, id, createdAt: now.toISOString(), accounts: [user], files}
    await writeArchive(unfinished, entriesOf(manifest, root))
    const broken = await verifyArchive(unfinished)
    if (broken.length > 0)
      throw new MhError('BACKUP_NOT_VERIFIED', `The backup of ${user.username} is not whole: ${broken.join('; ')}`, {
        hint: 'Nothing else was done. Try again when nothing writes into the profile'
      })
    renameSync(unfinished, path)
    syncFolder(systemPaths.backups)
    return {id, path, files: files.length, bytes: statSync(path).size}
  } catch (error) {
    rmSync(unfinished, {force: true})
    throw unwritable(path, error)
  }
}

function* entriesOf(manifest: Manifest, root: string): Generator<ArchiveEntry> {
  yield {name: MANIFEST, text: `${JSON.stringify(manifest, null, 2)}\n`}
  const above = join(root, '..', '..')
  for (const {path, size, link} of manifest.files) {
    const file = join(above, path)
    if (link !== undefined) yield {name: path, link}
    else yield {name: path, file, size, mtimeMs: statSync(file).mtimeMs}
  }
}

/** Every file of a profile but those that were being written; links as links. In the order of their names. */
async function listFiles(root: string, prefix: string): Promise<ManifestFile[]> {
  const files: ManifestFile[] = []
  const entries = readdirSync(root, {withFileTypes: true, recursive: true})
    .map((entry) => ({entry, file: join(entry.parentPath, entry.name)}))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
  for (const {entry, file} of entries) {
    const below = relative(root, file).split(sep).join('/')
    if (below.split('/')[0] === PROFILE_LAYOUT.temporary) continue
    const path = `${prefix}/${below}`
    if (entry.isSymbolicLink()) files.push({path, size: 0, sha256: '', link: readlinkSync(file)})
    else if (entry.isFile()) files.push({path, size: statSync(file).size, sha256: await hashFile(file)})
  }
  return files
}
