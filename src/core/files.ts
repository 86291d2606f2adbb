import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync
} from 'node:fs'
import {dirname, join, sep} from 'node:path'
import {synced, syncedAside} from './disk.ts'
import {AccessDeniedError, conflict, errno, MhError} from './errors.ts'
import {reach} from './faults.ts'
import {lookAgain} from './glance.ts'

const OWNER_ONLY = 0o600
const OWNER_FOLDER = 0o700
/** Tells this process, or thread, from another one that had its number. */
const BEGUN = process.hrtime.bigint().toString(36)
let counter = 0
/** Files of this process that are being written, or wait for their names. */
const waiting = new Set<string>()

/** A file that is written and fsynced under a temporary name, waiting for its rename. */
export interface StagedFile {
  path: string
}

/**
 * Writes `data` under a temporary name in `folder` and fsyncs it. The name tells the process that made it, so that what a
 * crash left can be swept.
 * @throws the file system's error, after removing what was begun
 */
export function stageFile(folder: string, name: string, data: string | Uint8Array): StagedFile {
  const path = temporaryName(folder, name)
  const file = openSync(path, 'wx', OWNER_ONLY)
  try {
    reach('write')
    writeAll(file, typeof data === 'string' ? Buffer.from(data) : data)
    reach('sync')
    fsyncSync(file)
  } catch (error) {
    closeSync(file)
    discard([{path}])
    throw error
  }
  closeSync(file)
  reach('staged')
  return {path}
}

/**
 * Stages many files: all are written, then many are fsynced at once, for the disk takes several in one go. Threads of the pool wait for it,
 * so the caller may do other work meanwhile. Handing them the writing too would cost twice as much.
 * @throws the first error, after removing every file that was begun
 */
export async function stageFiles(
  folder: string,
  files: readonly {name: string; data: string}[]
): Promise<StagedFile[]> {
  const staged: StagedFile[] = []
  const syncs: Promise<void>[] = []
  try {
    for (const {name, data} of files) {
      const path = temporaryName(folder, name)
      staged.push({path})
      reach('write')
      syncs.push(syncAndClose(writeNew(path, Buffer.from(data))))
    }
    await Promise.all(syncs)
  } catch (error) {
    await Promise.allSettled(syncs)
    discard(staged)
    throw error
  }
  reach('staged')
  return staged
}

/** Removes staged files that will not be renamed. Those that are gone already are passed over. */
export function discard(staged: readonly StagedFile[]): void {
  for (const {path} of staged) {
    waiting.delete(path)
    try {
      unlinkSync(path)
    } catch (error) {
      if (errno(error) !== 'ENOENT') throw error
    }
  }
}

/** Those of the staged files that have no names yet. */
export const unplaced = (staged: readonly StagedFile[]): StagedFile[] => staged.filter(({path}) => waiting.has(path))

/** Removes what this process has written and not yet named: for whoever ends it. */
export const discardStaged = (): void => discard([...waiting].map((path) => ({path})))

/** Renames a staged file to `target`. The folder still has to be fsynced. */
export function place(staged: StagedFile, target: string): void {
  reach('rename')
  renameSync(staged.path, target)
  lookAgain()
  waiting.delete(staged.path)
  reach('renamed')
}

/** The same, and nothing is left of a file that cannot be renamed. */
export function placeOrDiscard(staged: StagedFile, target: string): void {
  try {
    place(staged, target)
  } catch (error) {
    discard([staged])
    throw error
  }
}

/** Writes all of it: on a disk that is nearly full a single write may take a part, and say no more than how much. */
export function writeAll(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at)
}

/** Makes the names in a folder durable. File systems that cannot fsync a folder (some on Windows) are passed over. */
export function syncFolder(folder: string): void {
  const handle = openFolder(folder)
  if (handle === undefined) return
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  reach('folder-synced')
}

/** The same where others' work may go on meanwhile. */
export async function folderSynced(folder: string): Promise<void> {
  const handle = openFolder(folder)
  if (handle === undefined) return
  try {
    await synced(handle)
  } finally {
    closeSync(handle)
  }
  reach('folder-synced')
}

function openFolder(folder: string): number | undefined {
  try {
    return openSync(folder, constants.O_RDONLY)
  } catch (error) {
    if (errno(error) === 'EISDIR' || (errno(error) === 'EPERM' && process.platform === 'win32')) return undefined
    throw error
  }
}

/** Replaces (or makes) `target` with `data`, so that after a crash at any point it holds the old or the new text, whole. */
export function writeDurably(target: string, data: string | Uint8Array, temporaryFolder: string): void {
  placeOrDiscard(stageFile(temporaryFolder, 'document', data), target)
  syncFolder(dirname(target))
}

/**
 * Makes `relative` below `base`, one folder at a time, 0700 each. `base` itself must exist: only the creation of an account
 * makes a profile's root, so a process that outlives a deletion recreates nothing.
 * @returns the absolute path, and whether any folder was made
 * @throws MhError PROFILE_GONE where `base` is not there
 */
export function ensureFolder(base: string, relative: string): {path: string; made: boolean} {
  let path = base
  let made = false
  for (const segment of relative.split(/[/\\]/)) {
    if (segment === '') continue
    const parent = path
    path = join(path, segment)
    // Most are there: a look costs a fifth of what it costs to be refused.
    if (lstatSync(path, {throwIfNoEntry: false})?.isDirectory() === true) continue
    try {
      mkdirSync(path, OWNER_FOLDER)
      made = true
      syncFolder(parent)
    } catch (error) {
      if (errno(error) === 'ENOENT') throw profileGone(base)
      if (errno(error) !== 'EEXIST') throw error
      if (!lstatSync(path).isDirectory()) throw noFolder(path)
    }
  }
  return {path, made}
}

/** A link in the place of a folder could lead into somebody else's profile. */
export const noFolder = (path: string): MhError =>
  new AccessDeniedError(`${path} is no folder of its own; links are not followed`, 'Put a folder in its place')

/** The system's own folders: made with everything above them. */
export function ensureSystemFolder(path: string): void {
  try {
    makeFolders(path)
  } catch (error) {
    if (errno(error) === 'ENOENT') throw refused(path, 'a folder of its path cannot be made', error)
    throw unwritable(path, error)
  }
}

/** One level at a time: mkdir's own `recursive` never ends below /proc (seen with Node 24). */
function makeFolders(path: string): void {
  const error = makeFolder(path)
  if (error === undefined) return
  if (dirname(path) !== path && !existsSync(dirname(path))) makeFolders(dirname(path))
  // Meanwhile another process may have made the one above, or this one.
  const again = makeFolder(path)
  if (again !== undefined) throw again
}

/** @returns the error where the folder above is missing; one that is there already is none */
function makeFolder(path: string): Error | undefined {
  try {
    mkdirSync(path, OWNER_FOLDER)
  } catch (error) {
    if (errno(error) === 'ENOENT') return error as Error
    if (errno(error) !== 'EEXIST') throw error
  }
  return undefined
}

export const profileGone = (root: string): MhError =>
  conflict(
    'PROFILE_GONE',
    `The profile at ${root} is gone: it was renamed or deleted meanwhile`,
    'Run the command again; mh doctor tells more where it is gone for good'
  )

/** Turns a refusal of the file system, or of SQLite, into one sentence that names the place. Other errors are given back as they are. */
export function unwritable(path: string, error: unknown): unknown {
  const reason = REFUSALS[errno(error) ?? ''] ?? SQLITE_REFUSALS[sqliteCode(error) ?? -1]
  return reason === undefined ? error : refused(path, reason, error)
}

const refused = (path: string, reason: string, cause: unknown): MhError =>
  new MhError('NOT_WRITABLE', `Cannot write ${path}: ${reason}`, {
    hint: HINTS[reason] ?? 'Set MH_HOME to a folder that you can write, or mend its permissions',
    cause
  })

const FULL = 'the disk is full'
const BROKEN = 'the disk reports an error'
const FULL_OR_BROKEN = 'the disk is full, or reports an error'

const HINTS: Record<string, string> = {
  [FULL]: 'Make room, and run the command again',
  [FULL_OR_BROKEN]: 'Make room, and run the command again; if there is room, look at the disk first',
  [BROKEN]: 'Look at the disk before anything else: the log of the system says more'
}

const REFUSALS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'read-only file system',
  ENOTDIR: 'a part of the path is a file',
  ENOSPC: FULL,
  EDQUOT: 'the quota is used up',
  EIO: BROKEN
}

/** https://www.sqlite.org/rescode.html */
const SQLITE_REFUSALS: Record<number, string> = {
  8: 'permission denied',
  // Where there is no room for what several processes share (the -shm file), it says no more than this.
  10: FULL_OR_BROKEN,
  13: FULL,
  14: 'permission denied'
}

/** The primary result code of an SQLite error, or of what another error was caused by; the higher bytes say more exactly what is wrong. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : sqliteCode(error.cause)
}

/** Text of a file, or undefined where there is none. @throws every other error of the file system */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Names in a folder; none where there is no such folder. @throws every other error of the file system */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (errno(error) === 'ENOENT') return []
    throw error
  }
}

/** The error of a file that cannot be understood. It is kept as it is and never replaced by defaults. */
export const unreadable = (path: string, reason: string): MhError =>
  new MhError('UNREADABLE_FILE', `${path} cannot be read: ${reason}`, {
    hint: 'The file was left as it is. Mend it, or restore it from a backup'
  })

/** True where `path` is `folder` or lies below it (both absolute and free of dots). */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

function temporaryName(folder: string, name: string): string {
  const path = `${folder}${sep}${name}.${process.pid}.${BEGUN}${(counter++).toString(36)}`
  waiting.add(path)
  return path
}

/** @returns the file, which is open */
function writeNew(path: string, data: Uint8Array): number {
  const file = openSync(path, 'wx', OWNER_ONLY)
  try {
    writeAll(file, data)
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

async function syncAndClose(file: number): Promise<void> {
  try {
    await syncedAside(file)
  } finally {
    closeSync(file)
  }
}
