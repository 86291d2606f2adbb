import {type Dirent, lstatSync, readdirSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import {errno} from '../../errors.ts'
import {withProfileLock} from '../../locks.ts'
import {notify} from '../../notices.ts'
import type {IndexEntry, MemoryIndex} from '../index/index.ts'
import {readMemoryFile} from '../read-file.ts'
import {toEntry} from './entry.ts'

/** A mark this much younger than the change that it saw could have missed another one within the same tick of the file system's clock. */
export const COARSE_CLOCK_MS = 50
const CHUNK = 512

/** What a look at the folders found. */
export interface SyncReport {
  added: number
  updated: number
  removed: number
  unreadable: {path: string; reason: string}[]
}

/**
 * Brings the index up to what other tools did in the folders: files and folders added, moved or removed. Only folders whose
 * mtime changed are listed, and only files that are new or differ in mtime or size are read. Files that were changed in place do
 * not show in their folder; those are noticed when they are about to be shown.
 *
 * Writes in chunks, each under the person's lock, so that a large rebuild never makes a capture wait long. A folder is marked as
 * known last: a crash on the way only means that it is listed again.
 */
export async function syncFolders(
  userId: string,
  root: string,
  index: MemoryIndex,
  {every = false, onProgress, signal}: SyncOptions = {}
): Promise<SyncReport> {
  const report: SyncReport = {added: 0, updated: 0, removed: 0, unreadable: []}
  const progress = {looked: 0, tell: onProgress, signal}
  const known = new Map(index.folders().map((mark) => [mark.path, mark]))
  const waiting = new Set(known.keys()).add('')
  for (const path of waiting) {
    const stat = folderStat(join(root, path))
    if (stat === undefined) {
      if (known.has(path) || path === '')
        report.removed += await withProfileLock(userId, () => removeFolder(index, path))
      continue
    }
    const mark = known.get(path)
    if (!every && mark !== undefined && mark.mtimeMs === stat.mtimeMs) {
      if (mark.notedMs - mark.mtimeMs >= COARSE_CLOCK_MS) continue
      const names = readdirSync(join(root, path)).length
      if (names === mark.names) {
        await confirm(userId, index, path, mark.mtimeMs, names)
        continue
      }
    }
    for (const folder of await listFolder(userId, root, path, stat, index, report, progress)) waiting.add(folder)
  }
  return report
}

export interface SyncOptions {
  /** Looks at every file of every folder, whatever the index knows. */
  every?: boolean
  /** Told how many files were looked at so far. */
  onProgress?: (files: number) => void
  /** Ends the look between two chunks. What was done until then stays. */
  signal?: AbortSignal
}

interface Progress {
  looked: number
  tell: ((files: number) => void) | undefined
  signal: AbortSignal | undefined
}

/** The entry of one file that may have changed, read anew; the index forgets it where it is gone or unreadable. */
export async function syncFile(
  userId: string,
  root: string,
  index: MemoryIndex,
  folder: string,
  name: string,
  id: string
): Promise<void> {
  await withProfileLock(userId, () => {
    const path = join(root, folder, name)
    const read = readMemoryFile(path, userId)
    index.transaction(() => {
      if ('event' in read) index.put([toEntry(read.event, {folder, name, mtimeMs: read.mtimeMs, size: read.size})])
      else index.remove([id])
    })
    if ('reason' in read) tell([{path, reason: read.reason}])
  })
}

/** A young mark that proved right is old enough by now, and need not be looked at again. */
async function confirm(
  userId: string,
  index: MemoryIndex,
  path: string,
  mtimeMs: number,
  names: number
): Promise<void> {
  if (Date.now() - mtimeMs < COARSE_CLOCK_MS) return
  await withProfileLock(userId, () => {
    // Another process may have written meanwhile; its mark stays.
    if (index.folder(path)?.mtimeMs === mtimeMs) index.setFolder({path, mtimeMs, names, notedMs: Date.now()})
  })
}

/** Reads what is new in one folder. @returns its subfolders */
async function listFolder(
  userId: string,
  root: string,
  path: string,
  before: Stats,
  index: MemoryIndex,
  report: SyncReport,
  progress: Progress
): Promise<string[]> {
  const notedMs = Date.now()
  const names = readdirSync(join(root, path), {withFileTypes: true})
  const indexed = index.files(path)
  const fresh: string[] = []
  for (const file of names) {
    if (!isMemoryFile(file)) continue
    const stat = lstatSync(join(root, path, file.name), {throwIfNoEntry: false})
    const entry = indexed.get(file.name)
    indexed.delete(file.name)
    if (stat !== undefined && (entry === undefined || entry.mtimeMs !== stat.mtimeMs || entry.size !== stat.size))
      fresh.push(file.name)
    else if (stat === undefined && entry !== undefined) indexed.set(file.name, entry)
  }
  const unreadable: SyncReport['unreadable'] = []
  // What is gone goes first: a file that was moved keeps its id, and an id has one file.
  if (indexed.size > 0) {
    await withProfileLock(userId, () => {
      const gone = [...indexed].filter(
        ([name]) => lstatSync(join(root, path, name), {throwIfNoEntry: false}) === undefined
      )
      index.transaction(() => index.remove(gone.map(([, {id}]) => id)))
      report.removed += gone.length
    })
  }
  progress.looked += names.length - fresh.length
  for (let at = 0; at < fresh.length; at += CHUNK) {
    progress.signal?.throwIfAborted()
    progress.looked += Math.min(CHUNK, fresh.length - at)
    const entries: IndexEntry[] = []
    for (const name of fresh.slice(at, at + CHUNK)) {
      const read = readMemoryFile(join(root, path, name), userId)
      if ('event' in read)
        entries.push(toEntry(read.event, {folder: path, name, mtimeMs: read.mtimeMs, size: read.size}))
      else if (!read.gone) unreadable.push({path: join(root, path, name), reason: read.reason})
    }
    await withProfileLock(userId, () => {
      const before = index.count({})
      const conflicts = index.transaction(() => putMoved(root, index, entries))
      const added = index.count({}) - before
      report.added += added
      report.updated += entries.length - conflicts.length - added
      for (const {id, name} of conflicts)
        unreadable.push({path: join(root, path, name), reason: `another file has the id ${id} already`})
    })
  }
  progress.tell?.(progress.looked)
  for (const file of names) {
    if (file.isSymbolicLink())
      unreadable.push({path: join(root, path, file.name), reason: 'it is a link; links are not followed'})
  }
  tell(unreadable)
  report.unreadable.push(...unreadable)
  await withProfileLock(userId, () => index.setFolder({path, mtimeMs: before.mtimeMs, names: names.length, notedMs}))
  return names
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({name}) => (path === '' ? name : `${path}/${name}`))
}

/** Puts entries; an id whose indexed file is not there any more was moved here. @returns the entries whose id has another file */
function putMoved(root: string, index: MemoryIndex, entries: IndexEntry[]): {id: string; name: string}[] {
  const {conflicts} = index.put(entries)
  const moved = conflicts.filter(({id}) => {
    const old = index.locate(id)
    return old === undefined || lstatSync(join(root, old.folder, old.name), {throwIfNoEntry: false}) === undefined
  })
  if (moved.length === 0) return conflicts
  index.remove(moved.map(({id}) => id))
  const again = new Set(moved.map(({folder, name}) => `${folder}/${name}`))
  const {conflicts: doubled} = index.put(entries.filter(({folder, name}) => again.has(`${folder}/${name}`)))
  return [...conflicts.filter((conflict) => !moved.includes(conflict)), ...doubled]
}

const isMemoryFile = (file: Dirent): boolean =>
  file.name.endsWith('.json') && !file.name.startsWith('.') && !file.isDirectory() && !file.isSymbolicLink()

function removeFolder(index: MemoryIndex, path: string): number {
  const before = index.count({})
  index.transaction(() => index.removeFolder(path))
  return before - index.count({})
}

function folderStat(path: string): Stats | undefined {
  try {
    const stat = lstatSync(path)
    return stat.isDirectory() ? stat : undefined
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function tell(unreadable: readonly {path: string; reason: string}[]): void {
  for (const {path, reason} of unreadable)
    notify({code: 'UNREADABLE_FILE', message: `${path} is left as it is and was skipped: ${reason}`})
}
