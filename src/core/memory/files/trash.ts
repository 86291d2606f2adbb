import {type Dirent, lstatSync, readdirSync, rmSync, statSync} from 'node:fs'
import {basename, dirname, join, relative} from 'node:path'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {errno} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import {ensureFolder, place, syncFolder, unwritable} from '../../files.ts'
import {notify} from '../../notices.ts'
import {PROFILE_LAYOUT, paths} from '../../paths.ts'
import type {MemoryIndex} from '../index/index.ts'
import {readMemoryFile} from '../read-file.ts'
import type {TrashedMemory} from '../store.ts'
import {toEntry} from './entry.ts'
import {memoryIndex} from './memory-index.ts'
import {historyFolder, idOfFileName} from './placement.ts'

/** A file on its way from one place to another, both relative to their roots. */
interface Move {
  id: string
  from: string
  to: string
}

/** Moves memories to the trash, each to the folder of the same name there. @returns the ids of those that were there */
export function trashEvents(ids: readonly string[]): Promise<string[]> {
  return changeProfile((change) => {
    const episodic = join(change.root, PROFILE_LAYOUT.episodic)
    const trash = ensureFolder(change.root, PROFILE_LAYOUT.trash).path
    return withLockedIndex(change, (index) => {
      const folders = new FolderKnowledge(episodic, index)
      const moves = [...new Set(ids)].flatMap((id): Move[] => {
        const located = index.locate(id)
        if (located === undefined || !existsFile(join(episodic, located.folder, located.name))) return []
        folders.removing(located.folder)
        ensureFolder(trash, located.folder)
        return [{id, from: join(located.folder, located.name), to: freeName(trash, located.folder, located.name)}]
      })
      if (moves.length === 0) return undefined
      moveAll(moves, episodic, trash, () => {
        folders.sync()
        for (const folder of new Set(moves.map(({to}) => dirname(to)))) syncFolder(join(trash, folder))
        change.audit({category: 'data', event: 'memories_deleted', details: {ids: moves.map(({id}) => id)}})
      })
      return {
        ids: moves.map(({id}) => id),
        update: () => {
          index.remove(moves.map(({id}) => id))
          for (const mark of folders.marks()) index.setFolder(mark)
        }
      }
    })
  })
}

/** Takes memories back out of the trash, to where they lay. @returns the ids of those that were in it */
export function restoreEvents(ids: readonly string[]): Promise<string[]> {
  return changeProfile((change) => {
    const episodic = join(change.root, PROFILE_LAYOUT.episodic)
    const trash = join(change.root, PROFILE_LAYOUT.trash)
    const inTrash = new Map(readTrash(trash, change.user.userId).map((memory) => [memory.event.id, memory]))
    return withLockedIndex(change, (index) => {
      const folders = new FolderKnowledge(episodic, index)
      const moves = [...new Set(ids)].flatMap((id): Move[] => {
        const memory = inTrash.get(id)
        // An id that is used again (by an import, say) stays with the memory that has it now.
        if (memory === undefined || index.locate(id) !== undefined) return []
        const from = relative(trash, memory.path)
        const folder = dirname(from) === '.' ? '' : dirname(from).replaceAll('\\', '/')
        folders.adding(folder)
        return [{id, from, to: freeName(episodic, folder, from.slice(from.lastIndexOf('/') + 1))}]
      })
      if (moves.length === 0) return undefined
      moveAll(moves, trash, episodic, () => {
        folders.sync()
        for (const folder of new Set(moves.map(({from}) => dirname(from)))) syncFolder(join(trash, folder))
        change.audit({category: 'data', event: 'memories_restored', details: {ids: moves.map(({id}) => id)}})
      })
      return {
        ids: moves.map(({id}) => id),
        update: () => {
          const entries = moves.flatMap(({id, to}) => {
            const memory = inTrash.get(id)
            if (memory === undefined) return []
            const {mtimeMs, size} = statSync(join(episodic, to))
            const folder = dirname(to) === '.' ? '' : dirname(to).replaceAll('\\', '/')
            return [toEntry(memory.event, {folder, name: to.slice(to.lastIndexOf('/') + 1), mtimeMs, size})]
          })
          index.put(entries)
          for (const mark of folders.marks()) index.setFolder(mark)
        }
      }
    })
  })
}

/** What is in the trash, deleted last first. A file that cannot be read is told and left out. */
export async function trashedEvents(): Promise<TrashedMemory[]> {
  const {userId} = requireUserContext('The trash')
  return readTrash(paths.trash, userId).sort((a, b) => (a.deletedAt < b.deletedAt ? 1 : -1))
}

/** Ids of what is in the trash, by the names of its files: a file that somebody named otherwise is not among them. */
export async function trashedIds(): Promise<Set<string>> {
  return new Set(filesBelow(paths.trash).map((path) => idOfFileName(basename(path))))
}

/** Removes what is in the trash for good, with its history. @returns how many memories */
export function emptyTrash(): Promise<number> {
  return changeProfile((change) => {
    const trash = join(change.root, PROFILE_LAYOUT.trash)
    const memories = readTrash(trash, change.user.userId)
    if (memories.length === 0) return 0
    // The entry comes first: a removal that nobody can read about must not happen.
    change.audit({category: 'data', event: 'trash_emptied', details: {count: memories.length}})
    const index = memoryIndex.openLocked(change.user)
    try {
      for (const {event, path} of memories) {
        // A memory of that id may live on, by an import, and keeps its history. It goes first: what is in the trash can be emptied again.
        if (index.locate(event.id) === undefined)
          rmSync(join(change.root, historyFolder(event.id)), {recursive: true, force: true})
        rmSync(path)
      }
    } finally {
      memoryIndex.leave(change.user, index)
    }
    for (const folder of new Set(memories.map(({path}) => dirname(path)))) syncFolder(folder)
    return memories.length
  })
}

/** Memories in the trash, in no order. A file that cannot be read is told and left out. */
export function readTrash(trash: string, userId: string): TrashedMemory[] {
  return filesBelow(trash).flatMap((path): TrashedMemory[] => {
    const read = readMemoryFile(path, userId)
    if ('event' in read) {
      // The file was renamed when it was deleted, and not touched since.
      return [
        {event: read.event, path, version: read.version, deletedAt: new Date(statSync(path).ctimeMs).toISOString()}
      ]
    }
    if (!read.gone)
      notify({code: 'UNREADABLE_FILE', message: `${path} is left as it is and was skipped: ${read.reason}`})
    return []
  })
}

function filesBelow(folder: string): string[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, {withFileTypes: true})
  } catch (error) {
    if (errno(error) === 'ENOENT') return []
    throw error
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() && entry.name.endsWith('.json') ? [path] : []
  })
}

/** Renames every file and makes it durable by `finish`; where a step fails, all of them go back. */
function moveAll(moves: readonly Move[], from: string, to: string, finish: () => void): void {
  const done: Move[] = []
  try {
    for (const move of moves) {
      done.push(move)
      place({path: join(from, move.from)}, join(to, move.to))
    }
    finish()
  } catch (error) {
    for (const move of done) {
      if (existsFile(join(to, move.to))) place({path: join(to, move.to)}, join(from, move.from))
    }
    throw unwritable(to, error)
  }
}

/** Runs a move with the index, then brings the index up to it. Damage of the index never undoes what was done to files. */
function withLockedIndex(
  change: ProfileChange,
  fn: (index: MemoryIndex) => {ids: string[]; update: () => void} | undefined
): string[] {
  const index = memoryIndex.openLocked(change.user)
  try {
    const result = fn(index)
    if (result === undefined) return []
    memoryIndex.update(change.user, index, () => {
      result.update()
      reach('indexed')
    })
    reach('committed')
    return result.ids
  } finally {
    memoryIndex.leave(change.user, index)
  }
}

const existsFile = (path: string): boolean => lstatSync(path, {throwIfNoEntry: false})?.isFile() === true

/** A name that nothing has in that folder: what lies there is never replaced. @returns the path relative to `root` */
function freeName(root: string, folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name.slice(0, -'.json'.length)}~${number}.json`)
    if (lstatSync(join(root, path), {throwIfNoEntry: false}) === undefined) return path
  }
}
