import {type Dirent, lstatSync, readdirSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import {errno} from '../errors.ts'
import {noFolder} from '../files.ts'
import {withProfileLock} from '../locks.ts'
import type {Unread} from '../memory/read-file.ts'
import {notify} from '../notices.ts'
import {COARSE_CLOCK_MS} from '../same-file.ts'

const CHUNK = 512
/** Of files that are read ahead: while some are written, so many more are read. */
const AHEAD_CHUNK = 128
const AHEAD = 2

/** What an index keeps of one file, among other things. */
export interface FileEntry {
  id: string
  /** Relative to the root, '/' separated, '' for the root itself. */
  folder: string
  name: string
  mtimeMs: number
  size: number
}

/** What is known of a folder: it need not be listed again while mtime and number of names are the same. */
export interface FolderMark {
  path: string
  mtimeMs: number
  names: number
  /** Wall clock when it was noted, milliseconds. */
  notedMs: number
}

/** An index of the files below one root, one record a file. Memories have one, tasks have another. */
export interface FolderIndex<Entry extends FileEntry> {
  folders(): FolderMark[]
  folder(path: string): FolderMark | undefined
  setFolder(mark: FolderMark): void
  /** Files of exactly that folder, by name. */
  files(folder: string): Map<string, {id: string; mtimeMs: number; size: number}>
  locate(id: string): {folder: string; name: string} | undefined
  /** An id that stands in another file already stays with that one, and is returned. */
  put(entries: readonly Entry[]): {conflicts: {id: string; folder: string; name: string}[]}
  remove(ids: readonly string[]): void
  removeFolder(path: string): void
  total(): number
  transaction<T>(fn: () => T): T
}

/** A file as it was read for the index. */
export type Read<Entry> = {entry: Entry} | Unread

/** Reads the file `folder`/`name` below `root` for the index. */
export type ReadEntry<Entry extends FileEntry> = (
  root: string,
  folder: string,
  name: string,
  userId: string
) => Read<Entry>

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
export async function syncFolders<Entry extends FileEntry>(
  userId: string,
  root: string,
  index: FolderIndex<Entry>,
  readEntry: ReadEntry<Entry>,
  {every = false, onProgress, signal, readAhead}: SyncOptions<Entry> = {}
): Promise<SyncReport> {
  const report: SyncReport = {added: 0, updated: 0, removed: 0, unreadable: []}
  const progress = {looked: 0, tell: onProgress, signal, readAhead}
  const known = new Map(index.folders().map((mark) => [mark.path, mark]))
  const waiting = new Set(known.keys()).add('')
  const folders = [...waiting]
  let ahead: {path: string; listing: Listing<Entry>} | undefined
  for (const [at, path] of folders.entries()) {
    const early = ahead?.path === path ? ahead.listing : undefined
    const stat = early?.stat ?? folderStat(join(root, path))
    if (stat === undefined && path === '' && lstatSync(root, {throwIfNoEntry: false})?.isSymbolicLink())
      throw noFolder(root)
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
    const listing = early ?? list(userId, root, path, stat, index, readEntry, progress)
    // While the last files of this folder are written, the first of the next one are read.
    const listNext = (): void => {
      const next = folders[at + 1]
      const nextStat = next === undefined || readAhead === undefined ? undefined : folderStat(join(root, next))
      if (next === undefined || nextStat === undefined) return
      ahead = {path: next, listing: list(userId, root, next, nextStat, index, readEntry, progress)}
    }
    for (const folder of await takeFolder(userId, root, path, listing, index, report, progress, listNext))
      if (!waiting.has(folder)) {
        waiting.add(folder)
        folders.push(folder)
      }
  }
  return report
}

export interface SyncOptions<Entry extends FileEntry = FileEntry> {
  /** Looks at every file of every folder, whatever the index knows. */
  every?: boolean
  /** Told how many files were looked at so far. */
  onProgress?: (files: number) => void
  /** Ends the look between two chunks. What was done until then stays. */
  signal?: AbortSignal
  /** Reads files of one folder, as `readEntry` does; asked for the next ones before the present ones are written. */
  readAhead?: (page: {
    root: string
    folder: string
    names: string[]
    userId: string
  }) => Read<Entry>[] | Promise<Read<Entry>[]>
}

interface Progress<Entry extends FileEntry> {
  looked: number
  tell: ((files: number) => void) | undefined
  signal: AbortSignal | undefined
  readAhead: SyncOptions<Entry>['readAhead']
}

/** The entry of one file that may have changed, read anew; the index forgets it where it is gone or unreadable. */
export async function syncFile<Entry extends FileEntry>(
  userId: string,
  root: string,
  index: FolderIndex<Entry>,
  readEntry: ReadEntry<Entry>,
  {folder, name, id}: Pick<FileEntry, 'folder' | 'name' | 'id'>
): Promise<void> {
  await withProfileLock(userId, () => {
    const read = readEntry(root, folder, name, userId)
    index.transaction(() => {
      if ('entry' in read) index.put([read.entry])
      else index.remove([id])
      const mark = index.folder(folder)
      // The folder is listed again at each look until the file can be read, whatever its mtime says.
      if ('reason' in read && mark !== undefined) index.setFolder({...mark, mtimeMs: UNKNOWN})
    })
    if ('reason' in read) tell([{path: join(root, folder, name), reason: read.reason}])
  })
}

/** Reads files by the page, the first ones at once. @param ahead how many more pages are asked for while one is worked on */
function readPages<Entry>(
  files: readonly string[],
  size: number,
  ahead: number,
  read: (names: string[]) => Read<Entry>[] | Promise<Read<Entry>[]>
): Pages<Entry> {
  const asked: {names: string[]; reads: Promise<Read<Entry>[]>}[] = []
  let at = 0
  const ask = (): void => {
    for (; at < files.length && asked.length <= ahead; at += size) {
      const names = files.slice(at, at + size)
      const reads = Promise.resolve(read(names))
      // Whoever ends before it is waited for need not hear of it.
      reads.catch(() => {})
      asked.push({names, reads})
    }
  }
  ask()
  return async function* (allAsked) {
    for (let told = false; ; ) {
      ask()
      if (!told && at >= files.length) {
        allAsked()
        told = true
      }
      const next = asked.shift()
      if (next === undefined) return
      yield {names: next.names, reads: await next.reads}
    }
  }
}

/** @param allAsked called once, when no more has to be asked for */
type Pages<Entry> = (allAsked: () => void) => AsyncGenerator<{names: string[]; reads: Read<Entry>[]}>

/** A young mark that proved right is old enough by now, and need not be looked at again. */
async function confirm(
  userId: string,
  index: Pick<FolderIndex<FileEntry>, 'folder' | 'setFolder'>,
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

/** A folder as it was found, and what of it has to be read. */
interface Listing<Entry> {
  /** From before it was listed. */
  stat: Stats
  notedMs: number
  names: Dirent[]
  /** What the index knows of it, by name, and those of them that were not found. */
  known: ReadonlyMap<string, {id: string}>
  missing: ReadonlyMap<string, {id: string}>
  /** How many files are to be read. */
  fresh: number
  pages: Pages<Entry>
}

function list<Entry extends FileEntry>(
  userId: string,
  root: string,
  path: string,
  stat: Stats,
  index: FolderIndex<Entry>,
  readEntry: ReadEntry<Entry>,
  {readAhead}: Progress<Entry>
): Listing<Entry> {
  const notedMs = Date.now()
  const names = readdirSync(join(root, path), {withFileTypes: true})
  const indexed = index.files(path)
  const known = new Map(indexed)
  const fresh: string[] = []
  for (const file of names) {
    if (!isRecord(file)) continue
    if (!indexed.has(file.name)) {
      fresh.push(file.name)
      continue
    }
    const stat = lstatSync(join(root, path, file.name), {throwIfNoEntry: false})
    const entry = indexed.get(file.name)
    indexed.delete(file.name)
    if (stat === undefined) {
      if (entry !== undefined) indexed.set(file.name, entry)
    } else if (entry === undefined || entry.mtimeMs !== stat.mtimeMs || entry.size !== stat.size) fresh.push(file.name)
  }
  const pages =
    readAhead === undefined
      ? readPages(fresh, CHUNK, 0, (names) => names.map((name) => readEntry(root, path, name, userId)))
      : readPages(fresh, AHEAD_CHUNK, AHEAD, (names) => readAhead({root, folder: path, names, userId}))
  return {stat, notedMs, names, known, missing: indexed, fresh: fresh.length, pages}
}

/** Takes in what is new in one folder. @param listNext called when the last of its files were asked for @returns its subfolders */
async function takeFolder<Entry extends FileEntry>(
  userId: string,
  root: string,
  path: string,
  {stat, notedMs, names, known, missing, fresh, pages}: Listing<Entry>,
  index: FolderIndex<Entry>,
  report: SyncReport,
  progress: Progress<Entry>,
  listNext: () => void
): Promise<string[]> {
  const unreadable: SyncReport['unreadable'] = []
  // What is gone goes first: a file that was moved keeps its id, and an id has one file.
  if (missing.size > 0) {
    await withProfileLock(userId, () => {
      const gone = [...missing].filter(
        ([name]) => lstatSync(join(root, path, name), {throwIfNoEntry: false}) === undefined
      )
      index.transaction(() => index.remove(gone.map(([, {id}]) => id)))
      report.removed += gone.length
    })
  }
  progress.looked += names.length - fresh
  for await (const {names, reads} of pages(listNext)) {
    progress.signal?.throwIfAborted()
    progress.looked += names.length
    const entries: Entry[] = []
    const lost: string[] = []
    for (const [at, read] of reads.entries()) {
      const name = names[at] as string
      if ('entry' in read) {
        entries.push(read.entry)
        continue
      }
      const old = known.get(name)
      if (old !== undefined) lost.push(old.id)
      if (!read.gone) unreadable.push({path: join(root, path, name), reason: read.reason})
    }
    await withProfileLock(userId, () => {
      if (lost.length > 0) index.transaction(() => index.remove(lost))
      // What was removed after it was read stays removed: nothing that was forgotten comes back into the index.
      const still =
        folderStat(join(root, path))?.mtimeMs === stat.mtimeMs
          ? entries
          : entries.filter(({name}) => lstatSync(join(root, path, name), {throwIfNoEntry: false}) !== undefined)
      const total = index.total()
      const refused = putAll(root, index, still)
      const added = index.total() - total
      report.added += added
      report.updated += still.length - refused.length - added
      for (const {name, reason} of refused) unreadable.push({path: join(root, path, name), reason})
    })
  }
  progress.tell?.(progress.looked)
  // A file that could not be taken is looked at again each time, and told, until somebody mends it: it may be mended in place, which
  // its folder does not show, and a copy is wanted as soon as the file that it is a copy of goes.
  const mtimeMs = unreadable.length === 0 ? stat.mtimeMs : UNKNOWN
  for (const file of names) {
    if (file.isSymbolicLink())
      unreadable.push({path: join(root, path, file.name), reason: 'it is a link; links are not followed'})
  }
  tell(unreadable)
  report.unreadable.push(...unreadable)
  const folders = names
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({name}) => (path === '' ? name : `${path}/${name}`))
  await withProfileLock(userId, () =>
    index.transaction(() => {
      // With the parent known, only marks lead to its subfolders: they have one before they are listed, so that a crash forgets none.
      for (const folder of folders)
        if (index.folder(folder) === undefined) index.setFolder({path: folder, mtimeMs: UNKNOWN, names: 0, notedMs})
      index.setFolder({path, mtimeMs, names: names.length, notedMs})
    })
  )
  return folders
}

/** The mtime of a mark that no folder matches. */
const UNKNOWN = -1

/** Puts entries. One that the index cannot take for what is in it must not keep the others out. @returns those that were not taken */
function putAll<Entry extends FileEntry>(
  root: string,
  index: FolderIndex<Entry>,
  entries: Entry[]
): {name: string; reason: string}[] {
  const put = (some: Entry[]): {name: string; reason: string}[] =>
    index
      .transaction(() => putMoved(root, index, some))
      .map(({id, name}) => ({name, reason: `another file has the id ${id} already`}))
  try {
    return put(entries)
  } catch (error) {
    if (entries.length > 1 && concernsContent(error)) return entries.flatMap((entry) => putAll(root, index, [entry]))
    const [entry] = entries
    if (entry === undefined || !concernsContent(error)) throw error
    return [{name: entry.name, reason: `it cannot be indexed: ${(error as Error).message}`}]
  }
}

/** SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH and RANGE are about values; all others are about the file or the disk. */
const concernsContent = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && [1, 18, 19, 20, 25].includes((error.errcode as number) & 0xff)

/** Puts entries; an id whose indexed file is not there any more was moved here. @returns the entries whose id has another file */
function putMoved<Entry extends FileEntry>(
  root: string,
  index: FolderIndex<Entry>,
  entries: Entry[]
): {id: string; name: string}[] {
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

const isRecord = (file: Dirent): boolean =>
  file.name.endsWith('.json') && !file.name.startsWith('.') && !file.isDirectory() && !file.isSymbolicLink()

function removeFolder(index: FolderIndex<FileEntry>, path: string): number {
  const before = index.total()
  index.transaction(() => index.removeFolder(path))
  return before - index.total()
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
