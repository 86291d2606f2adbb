import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {AuditEvent} from '../../audit.ts'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {conflict} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import {ensureFolder, placeOrDiscard, stageFile, syncFolder, unwritable} from '../../files.ts'
import {withUnread} from '../../keep-unread.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import {type EpisodicEvent, formatEvent} from '../event.ts'
import {formatChecked, type MemoryFile, versionOf} from '../read-file.ts'
import type {StoredMemory, Update} from '../store.ts'
import {toEntry} from './entry.ts'
import {memoryIndex} from './memory-index.ts'
import {historyFolder} from './placement.ts'
import {putBack} from './put-back.ts'
import {readPlaced} from './read-placed.ts'

/**
 * Changes one memory: its file is read, changed and written under the person's lock, so that whatever somebody else wrote
 * meanwhile is seen. The version that a person's edit replaces is kept first.
 * @returns the memory as it is now; undefined where it is not there
 * @throws MhError STALE_VERSION (exit 5) where `version` is not the present one
 */
export async function updateEvent(id: string, update: Update): Promise<StoredMemory | undefined> {
  return changeProfile((change) => {
    const root = join(change.root, PROFILE_LAYOUT.episodic)
    const index = memoryIndex.openLocked(change.user)
    try {
      const located = index.locate(id)
      const file = located === undefined ? undefined : readPlaced(root, located, change.user.userId)
      if (located === undefined || file === undefined) return undefined
      if (update.version !== undefined && update.version !== file.version())
        throw stale(id, update.version, file.version())
      const event = update.change(file.event)
      if (formatEvent(event) === formatEvent(file.event)) return stored(event, file.path, file.version)
      const text = formatChecked(withUnread(file.bytes, file.event, event))
      const folders = new FolderKnowledge(root, index)
      folders.replacing(located.folder)
      if (update.history !== undefined) keepVersion(change, id, file)
      replace(change, file, text, folders, update.audit(event))
      memoryIndex.update(change.user, index, () => {
        const {mtimeMs, size} = statSync(file.path)
        index.put([toEntry(event, {folder: located.folder, name: located.name, mtimeMs, size})])
        for (const mark of folders.marks()) index.setFolder(mark)
        reach('indexed')
      })
      reach('committed')
      return stored(event, file.path, () => versionOf(text))
    } finally {
      memoryIndex.leave(change.user, index)
    }
  })
}

/** Gives the file its new text; where that cannot be made durable and audited, its old one again. */
function replace(
  change: ProfileChange,
  file: MemoryFile & {path: string},
  text: string,
  folders: FolderKnowledge,
  audit: AuditEvent
): void {
  const temporary = ensureFolder(change.root, PROFILE_LAYOUT.temporary).path
  const staged = stageFile(temporary, 'event', text)
  let placed = false
  try {
    placeOrDiscard(staged, file.path)
    placed = true
    folders.sync()
    change.audit(audit)
  } catch (error) {
    if (placed) putBack(temporary, file)
    throw unwritable(file.path, error)
  }
}

/** Keeps the version that an edit is about to replace. After a crash in between it is kept twice, which its readers know. */
function keepVersion(change: ProfileChange, id: string, file: MemoryFile): void {
  const {path: folder} = ensureFolder(change.root, historyFolder(id))
  const next = readdirSync(folder).reduce((last, name) => Math.max(last, Number.parseInt(name, 10) || 0), 0) + 1
  const staged = stageFile(ensureFolder(change.root, PROFILE_LAYOUT.temporary).path, 'history', file.bytes)
  placeOrDiscard(staged, join(folder, `${String(next).padStart(6, '0')}.json`))
  syncFolder(folder)
}

const stored = (event: EpisodicEvent, path: string, version: () => string): StoredMemory => ({event, path, version})

const stale = (id: string, wanted: string, present: string): Error =>
  conflict(
    'STALE_VERSION',
    `The memory ${id} has changed since: its version is ${present}, not ${wanted}`,
    `mh memory show ${id} tells what it says now`
  )
