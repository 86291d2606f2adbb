import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {hashFile} from '../backup/archive.ts'
import {conflict, errno, type MhError} from '../errors.ts'
import {reach} from '../faults.ts'
import {ensureFolder, syncFolder} from '../files.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {addLines, splitDay, takeLines} from './audit-days.ts'
import {type JournalMove, type MigrationJournal, replacedFolder, sourceOf} from './journal.ts'
import {foldersAbove, LAYOUT_FOLDERS} from './places.ts'

/**
 * Moves everything that the journal names into a profile, each file in one rename: at any moment it is in one of the two places.
 * Lines of the audit trail are copied; their source is shortened when the migration is complete. For whoever holds the lock of
 * the profile.
 * @param profile absolute path of the profile
 */
export function moveIn(journal: MigrationJournal, profile: string): void {
  const source = sourceOf(journal)
  const aside = replacedFolder(journal)
  const folders = new Set<string>()
  for (const path of journal.replaced) {
    makeFolders(systemPaths.temporary, dirname(join(aside, path)))
    renameSync(join(profile, path), join(aside, path))
    syncFolder(dirname(join(aside, path)))
    folders.add(join(profile, dirname(path)))
    reach('migrate-replaced')
  }
  for (const move of journal.moves) {
    const from = join(source, move.path)
    const to = join(profile, move.to)
    ensureFolder(profile, dirname(move.to))
    if (lstatSync(to, {throwIfNoEntry: false}) !== undefined) throw inTheWay(to)
    relocate(from, to)
    if (!move.link) setMode(to, 0o600 | (move.mode & 0o100))
    for (const path of [from, to]) folders.add(dirname(path))
    reach('migrate-moved')
  }
  for (const folder of folders) syncFolder(folder)
  for (const {path, to} of journal.lines) {
    ensureFolder(profile, dirname(to))
    addLines(join(profile, to), splitDay(readFileSync(join(source, path))).others, temporaryOf(profile))
    reach('migrate-lines')
  }
}

/**
 * Moves everything back to where it was, from wherever a crash left it. Done twice, it is done once.
 * @returns absolute paths of what is in neither place, because somebody else removed it: the backup has it
 */
export async function moveOut(journal: MigrationJournal, profile: string): Promise<string[]> {
  const source = sourceOf(journal)
  const lost: string[] = []
  for (const {path, to} of journal.lines)
    if (existsSync(join(source, path)))
      takeLines(join(profile, to), splitDay(readFileSync(join(source, path))).others, temporaryOf(profile))
  for (const folder of journal.folders) mkdirSync(join(source, folder), {recursive: true, mode: 0o700})
  const touched = new Set<string>()
  for (const move of journal.moves) {
    const from = join(source, move.path)
    const to = join(profile, move.to)
    const [before, after] = [from, to].map((path) => lstatSync(path, {throwIfNoEntry: false}) !== undefined)
    if (!before && !after) lost.push(from)
    else if (after && !before) {
      relocate(to, from)
      if (!move.link) setMode(from, move.mode)
      for (const path of [from, to]) touched.add(dirname(path))
      reach('migrate-returned')
    }
    // A move from one file system to another was interrupted between its two steps.
    else if (after && (await isMoved(to, move))) unlinkSync(to)
  }
  for (const folder of touched) syncFolder(folder)
  for (const path of journal.replaced) {
    const aside = join(replacedFolder(journal), path)
    if (!existsSync(aside)) continue
    renameSync(aside, join(profile, path))
    syncFolder(join(profile, dirname(path)))
  }
  removeEmptyFolders(
    profile,
    journal.moves.map(({to}) => to)
  )
  return lost
}

/** Removes the folders that held only what went away, those of every profile excepted. @param paths of what went, below `root` */
export function removeEmptyFolders(root: string, paths: readonly string[]): void {
  const folders = new Set(paths.flatMap(foldersAbove))
  for (const folder of [...folders].sort().reverse()) if (!LAYOUT_FOLDERS.has(folder)) removeIfEmpty(join(root, folder))
}

/** @returns whether it is gone */
export function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (errno(error) === 'ENOENT') return true
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY'].includes(errno(error) ?? '')) return false
    throw error
  }
}

/** Whether a file, or link, is the one that the journal tells of. */
export async function isMoved(path: string, {sha256, link}: JournalMove): Promise<boolean> {
  const stat = lstatSync(path, {throwIfNoEntry: false})
  if (stat === undefined || stat.isSymbolicLink() !== link) return false
  return (link ? readlinkSync(path) : await hashFile(path)) === sha256
}

/** A folder for files being written, on the file system of the profile. */
export const temporaryOf = (profile: string): string => ensureFolder(profile, PROFILE_LAYOUT.temporary).path

/** Something was made, or changed, where a file is to go. */
export const inTheWay = (path: string): MhError =>
  conflict('MIGRATION_CONFLICT', `${path} was changed while it was migrated`, 'Nothing was migrated. Try again')

/** A rename; where the two are on different file systems, a whole copy that is durable before the original goes. */
export function relocate(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errno(error) !== 'EXDEV') throw error
    copyOver(from, to)
    unlinkSync(from)
  }
}

function copyOver(from: string, to: string): void {
  const stat = lstatSync(from)
  if (stat.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to)
    return
  }
  const unfinished = join(dirname(to), `.${basename(to)}.${process.pid}`)
  copyFileSync(from, unfinished)
  utimesSync(unfinished, stat.mtimeMs / 1000, stat.mtimeMs / 1000)
  const file = openSync(unfinished, 'r+')
  fsyncSync(file)
  closeSync(file)
  renameSync(unfinished, to)
  syncFolder(dirname(to))
}

function setMode(path: string, mode: number): void {
  if ((lstatSync(path).mode & 0o7777) !== mode) chmodSync(path, mode)
}

function makeFolders(base: string, path: string): void {
  mkdirSync(base, {recursive: true, mode: 0o700})
  mkdirSync(path, {recursive: true, mode: 0o700})
}
