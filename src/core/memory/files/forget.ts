import {closeSync, openSync, readdirSync, readSync, rmSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {changeProfile} from '../../change.ts'
import {errno} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import {syncFolder} from '../../files.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import type {EpisodicEvent} from '../event.ts'
import {IndexUnusable} from '../index/index.ts'
import type {Remaining} from '../store.ts'
import {tracesOf} from '../traces.ts'
import {memoryIndex} from './memory-index.ts'
import {historyFolder} from './placement.ts'
import {readPlaced} from './read-placed.ts'
import {readTrash} from './trash.ts'

/**
 * Removes memories for good: their files, those in the trash, their history, their rows in the index. The index is then written
 * anew, so that no byte of them is left in its free pages, and the profile is searched for what they said.
 */
export async function forgetEvents(ids: readonly string[]): Promise<{forgotten: string[]; remaining: Remaining[]}> {
  return changeProfile((change) => {
    const episodic = join(change.root, PROFILE_LAYOUT.episodic)
    const wanted = new Set(ids)
    const inTrash = readTrash(join(change.root, PROFILE_LAYOUT.trash), change.user.userId).filter(({event}) =>
      wanted.has(event.id)
    )
    const gone: EpisodicEvent[] = inTrash.map(({event}) => event)
    let index = memoryIndex.openLocked(change.user)
    try {
      const folders = new FolderKnowledge(episodic, index)
      const removed: string[] = inTrash.map(({path}) => path)
      for (const id of wanted) {
        const located = index.locate(id)
        const file = located === undefined ? undefined : readPlaced(episodic, located, change.user.userId)
        if (located === undefined || file === undefined) continue
        gone.push(file.event)
        removed.push(file.path)
        folders.removing(located.folder)
      }
      // The entry comes first: a removal that nobody can read about must not happen.
      change.audit({
        category: 'data',
        event: 'memories_forgotten',
        details: {count: new Set(gone.map(({id}) => id)).size}
      })
      index.beginForgetting()
      // Earlier versions go first: while the memory itself is there, a run that was killed can be repeated.
      for (const id of wanted) rmSync(join(change.root, historyFolder(id)), {recursive: true, force: true})
      for (const path of removed) {
        reach('forgotten')
        rmSync(path)
      }
      for (const folder of new Set([
        ...removed.map((path) => dirname(path)),
        join(change.root, PROFILE_LAYOUT.history)
      ]))
        syncFolder(folder)
      try {
        index.transaction(() => {
          index.remove([...wanted])
          for (const mark of folders.marks()) index.setFolder(mark)
        })
        reach('indexed')
        index.scrub()
      } catch (error) {
        // An index that is damaged goes whole, and what it held with it.
        if (!(error instanceof IndexUnusable)) throw error
        index = memoryIndex.renew(change.user, index)
      }
    } finally {
      memoryIndex.leave(change.user, index)
    }
    return {
      forgotten: [...new Set(gone.map(({id}) => id))],
      remaining: [
        ...remaining(change.root, 'profile', filesBelow(change.root), gone),
        ...remaining(change.root, 'index', memoryIndex.files(change.user.userId), gone)
      ]
    }
  })
}

/** Files that still hold the id or the text of one of these memories, as they are or as JSON writes them. */
function remaining(
  root: string,
  where: Remaining['where'],
  paths: readonly string[],
  gone: readonly EpisodicEvent[]
): Remaining[] {
  const needles = tracesOf(gone).map((text) => Buffer.from(text))
  const block = Buffer.alloc(BLOCK + Math.max(0, ...needles.map(({length}) => length)))
  // The person's own audit trail names ids, never texts, and stays as it is.
  const audit = join(root, PROFILE_LAYOUT.audit)
  return paths.filter((path) => !path.startsWith(audit) && holds(path, needles, block)).map((path) => ({where, path}))
}

/** So much is read at once: a profile may hold models, which are larger than what a process can hold. In bytes. */
const BLOCK = 1024 * 1024

/** @param block to read into, longer than every needle */
function holds(path: string, needles: readonly Buffer[], block: Buffer): boolean {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (errno(error) === 'ENOENT') return false
    throw error
  }
  try {
    // A needle may begin in one block and end in the next one.
    const overlap = block.length - BLOCK
    for (let kept = 0; ; ) {
      const count = readSync(file, block, kept, block.length - kept, null)
      if (count === 0) return false
      const bytes = block.subarray(0, kept + count)
      if (needles.some((needle) => bytes.includes(needle))) return true
      kept = Math.min(overlap, bytes.length)
      bytes.copy(block, 0, bytes.length - kept)
    }
  } finally {
    closeSync(file)
  }
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
