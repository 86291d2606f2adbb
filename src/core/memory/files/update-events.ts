import {statSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {AuditEvent} from '../../audit.ts'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {reach} from '../../faults.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import {
  discard,
  ensureFolder,
  placeOrDiscard,
  type StagedFile,
  stageFile,
  stageFiles,
  unplaced,
  unwritable
} from '../../files.ts'
import {withUnread} from '../../keep-unread.ts'
import {PROFILE_LAYOUT, paths} from '../../paths.ts'
import {type EpisodicEvent, formatEvent} from '../event.ts'
import type {Located, MemoryIndex} from '../index/index.ts'
import {formatChecked, type MemoryFile, versionOf} from '../read-file.ts'
import type {ManyUpdate, StoredMemory} from '../store.ts'
import {toEntry} from './entry.ts'
import {memoryIndex} from './memory-index.ts'
import {putBack} from './put-back.ts'
import {readPlaced} from './read-placed.ts'

type PlacedFile = MemoryFile & {path: string; located: Located}

/** A memory's new text, made from what its file held. */
interface Prepared {
  update: ManyUpdate
  before: Uint8Array
  event: EpisodicEvent
  text: string
}

interface Changed {
  file: PlacedFile
  event: EpisodicEvent
  text: string
}

/**
 * Changes many memories together. Their new texts are written and fsynced outside the lock, several at once; under it each file is read
 * again, and where it is not what the new text was made from, that is made anew. So nobody waits for the disk of somebody else's batch,
 * and what a person wrote meanwhile is seen.
 */
export async function updateEvents(
  updates: readonly ManyUpdate[],
  audit: (changed: readonly EpisodicEvent[]) => AuditEvent
): Promise<StoredMemory[]> {
  const prepared = await prepare(updates)
  if (prepared.length === 0) return []
  const staged = await stage(prepared)
  try {
    return await changeProfile((change) => commit(change, prepared, staged, audit))
  } finally {
    discard(unplaced(staged))
  }
}

function prepare(updates: readonly ManyUpdate[]): Promise<Prepared[]> {
  const user = requireUserContext('Memories')
  const root = paths.episodic
  return memoryIndex.use(user, (index) =>
    updates.flatMap((update) => {
      const file = find(index, root, update.id, user.userId)
      const made = file === undefined ? undefined : remake(file, update)
      return file === undefined || made === undefined ? [] : [{update, before: file.bytes, ...made}]
    })
  )
}

async function stage(prepared: readonly Prepared[]): Promise<StagedFile[]> {
  const root = paths.root
  try {
    const {path} = ensureFolder(root, PROFILE_LAYOUT.temporary)
    return await stageFiles(
      path,
      prepared.map(({text}) => ({name: 'event', data: text}))
    )
  } catch (error) {
    throw unwritable(root, error)
  }
}

function commit(
  change: ProfileChange,
  prepared: readonly Prepared[],
  staged: readonly StagedFile[],
  audit: (changed: readonly EpisodicEvent[]) => AuditEvent
): StoredMemory[] {
  const root = join(change.root, PROFILE_LAYOUT.episodic)
  const temporary = ensureFolder(change.root, PROFILE_LAYOUT.temporary).path
  const index = memoryIndex.openLocked(change.user)
  try {
    const folders = new FolderKnowledge(root, index)
    const changed: Changed[] = []
    try {
      for (const [at, {update, before, event, text}] of prepared.entries()) {
        const file = find(index, root, update.id, change.user.userId)
        if (file === undefined) continue
        const same = Buffer.compare(file.bytes, before) === 0
        const made = same ? {event, text} : remake(file, update)
        if (made === undefined) continue
        // The profile may have been renamed since the file was staged; its temporary folder went with it.
        const ready = same
          ? {path: join(temporary, basename(staged[at]?.path ?? ''))}
          : stageFile(temporary, 'event', made.text)
        folders.replacing(file.located.folder)
        placeOrDiscard(ready, file.path)
        changed.push({file, ...made})
      }
      if (changed.length === 0) return []
      folders.sync()
      change.audit(audit(changed.map(({event}) => event)))
    } catch (error) {
      for (const {file} of changed) putBack(temporary, file)
      throw unwritable(root, error)
    }
    memoryIndex.update(change.user, index, () => {
      index.put(changed.map(entryOf))
      for (const mark of folders.marks()) index.setFolder(mark)
      reach('indexed')
    })
    reach('committed')
    return changed.map(({file, event, text}) => ({event, path: file.path, version: () => versionOf(text)}))
  } finally {
    memoryIndex.leave(change.user, index)
  }
}

function entryOf({file: {path, located}, event}: Changed): ReturnType<typeof toEntry> {
  const {mtimeMs, size} = statSync(path)
  return toEntry(event, {folder: located.folder, name: located.name, mtimeMs, size})
}

function find(index: MemoryIndex, root: string, id: string, userId: string): PlacedFile | undefined {
  const located = index.locate(id)
  const file = located === undefined ? undefined : readPlaced(root, located, userId)
  return located === undefined || file === undefined ? undefined : {...file, located}
}

/** The new record and its text; undefined where it stays as it is. */
function remake(file: PlacedFile, {change}: ManyUpdate): {event: EpisodicEvent; text: string} | undefined {
  const event = change(file.event)
  if (event === undefined || formatEvent(event) === formatEvent(file.event)) return undefined
  return {event, text: formatChecked(withUnread(file.bytes, file.event, event))}
}
