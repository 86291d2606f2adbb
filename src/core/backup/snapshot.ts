import {createHash} from 'node:crypto'
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  writeSync
} from 'node:fs'
import {join} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {errno, MhError} from '../errors.ts'
import {ensureSystemFolder, unwritable} from '../files.ts'
import {randomBytes} from '../ids.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {type ArchiveEntry, hashFile} from './archive.ts'
import type {ManifestFile} from './manifest.ts'

/** One file as it is in a snapshot: what a manifest says of it, and what an archive reads it from. */
export interface SnapshotFile extends ManifestFile {
  entry: (name: string, mtimeMs: number) => ArchiveEntry
}

/** How a file looked when it was read: whoever changes it changes one of these. */
interface Seen {
  signature: string
  file: SnapshotFile
}

/** Larger files are read where they lie, when the archive is written: the archive is compared with its manifest afterwards. */
const LARGEST_COPIED = 8 * 1024 * 1024
/** A file that was written so shortly ago may be written again without that its times change: clocks of file systems are coarse. */
const SETTLED_MS = 100

/**
 * Copies what profiles hold at one moment, while others go on writing. First everything is read without a lock (`prepare`); then,
 * under the person's lock, what has changed since is read again (`settle`), so that writers wait for a look at each file and not
 * for the reading of it. The copies lie in one temporary file, which goes with `close`.
 */
export class Snapshots {
  private readonly path: string
  private readonly spool: number
  private length = 0
  private readonly seen = new Map<string, Seen>()

  constructor() {
    ensureSystemFolder(systemPaths.temporary)
    this.path = join(systemPaths.temporary, `snapshot.${process.pid}.${Buffer.from(randomBytes(4)).toString('hex')}`)
    try {
      this.spool = openSync(this.path, 'wx+', 0o600)
    } catch (error) {
      throw unwritable(this.path, error)
    }
  }

  /** Reads a profile, without a lock. @param onFile told after each file how many were read */
  async prepare(root: string, folders?: readonly string[], onFile?: (count: number) => void): Promise<void> {
    await this.read(root, folders, onFile)
  }

  /**
   * The files of a profile as they are now, in the order of their paths below it; links as links, and without what is being
   * written. For whoever holds the person's lock.
   * @param folders only what is in these, of those right below the profile
   */
  settle(root: string, folders?: readonly string[]): Promise<SnapshotFile[]> {
    return this.read(root, folders)
  }

  close(): void {
    closeSync(this.spool)
    rmSync(this.path, {force: true})
  }

  private async read(
    root: string,
    folders: readonly string[] | undefined,
    onFile?: (count: number) => void
  ): Promise<SnapshotFile[]> {
    const files: SnapshotFile[] = []
    for (const below of filesBelow(root, folders)) {
      const file = await this.readFile(join(root, below), below)
      if (file !== undefined) files.push(file)
      if (onFile !== undefined && files.length % 256 === 0) {
        onFile(files.length)
        // Everything above is done at once: signals have their turn here.
        await setImmediate()
      }
    }
    return files
  }

  private async readFile(path: string, below: string): Promise<SnapshotFile | undefined> {
    try {
      const stat = lstatSync(path)
      const {ino, size, mtimeMs, ctimeMs} = stat
      const signature = `${ino} ${size} ${mtimeMs} ${ctimeMs}`
      const before = this.seen.get(path)
      if (before?.signature === signature) return before.file
      const told = {path: below, size, modified: new Date(Math.floor(mtimeMs)).toISOString()}
      if (stat.isSymbolicLink()) {
        const link = readlinkSync(path)
        return {...told, size: 0, sha256: '', link, entry: (name) => ({name, link})}
      }
      if (!stat.isFile()) return undefined
      const file = size > LARGEST_COPIED ? await this.large(path, told) : this.copied(path, told)
      if (Date.now() - Math.max(mtimeMs, ctimeMs) > SETTLED_MS) this.seen.set(path, {signature, file})
      return file
    } catch (error) {
      // It went while it was read; where that matters, the lock is held and nothing goes.
      if (errno(error) === 'ENOENT') return undefined
      if (errno(error) === 'EACCES')
        throw new MhError('UNREADABLE_FILE', `${path} cannot be read: permission denied`, {
          hint: 'Mend its permissions (mh doctor --fix), or move it away',
          cause: error
        })
      throw unwritable(this.path, error)
    }
  }

  private copied(path: string, told: Pick<SnapshotFile, 'path' | 'modified'>): SnapshotFile {
    const bytes = readFileSync(path)
    const at = this.length
    for (let done = 0; done < bytes.length; ) done += writeSync(this.spool, bytes, done, bytes.length - done, at + done)
    this.length += bytes.length
    const size = bytes.length
    return {
      ...told,
      size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      entry: (name, mtimeMs) => ({name, mtimeMs, bytes: () => this.fetch(at, size)})
    }
  }

  private async large(path: string, told: Pick<SnapshotFile, 'path' | 'size' | 'modified'>): Promise<SnapshotFile> {
    const {size} = told
    return {...told, sha256: await hashFile(path), entry: (name, mtimeMs) => ({name, mtimeMs, file: path, size})}
  }

  private fetch(at: number, size: number): Buffer {
    const bytes = Buffer.alloc(size)
    for (let done = 0; done < size; ) {
      const count = readSync(this.spool, bytes, done, size - done, at + done)
      if (count === 0) throw new Error(`${this.path} was cut`)
      done += count
    }
    return bytes
  }
}

/** Paths of everything below a folder that is no folder, with "/", in their order. */
function* filesBelow(root: string, folders: readonly string[] | undefined): Generator<string> {
  const below = (folder: string): string[] => {
    try {
      return readdirSync(join(root, folder), {withFileTypes: true}).flatMap((entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (path === PROFILE_LAYOUT.temporary) return []
        if (folder === '' && folders !== undefined && !folders.includes(entry.name)) return []
        return entry.isDirectory() ? below(path) : [path]
      })
    } catch (error) {
      if (errno(error) === 'ENOENT') return []
      throw error
    }
  }
  yield* below('').sort()
}
