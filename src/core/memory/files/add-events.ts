import {lstatSync, rmSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {AuditEvent} from '../../audit.ts'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {conflict} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {TRIES} from '../../file-index/derived-index.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import {discard, ensureFolder, place, type StagedFile, stageFile, stageFiles, unwritable} from '../../files.ts'
import {PROFILE_LAYOUT, paths} from '../../paths.ts'
import type {EpisodicEvent} from '../event.ts'
import {IndexUnusable, type MemoryIndex} from '../index/index.ts'
import {formatChecked, versionOf} from '../read-file.ts'
import type {Added} from '../store.ts'
import {toEntry} from './entry.ts'
import {memoryIndex} from './memory-index.ts'
import {fileNameOf, Placement} from './placement.ts'
import {readPlaced} from './read-placed.ts'

interface NewFile {
  event: EpisodicEvent
  text: string
  staged: StagedFile
}

interface PlannedFile extends NewFile {
  folder: string
  name: string
  path: string
}

interface PlacedFile extends PlannedFile {
  mtimeMs: number
  size: number
}

interface Plan {
  files: PlannedFile[]
  folders: FolderKnowledge
  /** For each event that was given, in their order. */
  results: Added[]
}

/**
 * Writes new memories in the one order that loses nothing: temporary files and their fsync outside the lock; then, under it,
 * the rename, the folder's fsync, the audit line, the index. A crash after the rename leaves a folder that the index does not
 * know, and the next look reads it. All of the events become durable, or none is acknowledged.
 */
export async function addEvents(
  events: readonly EpisodicEvent[],
  audit: (added: readonly EpisodicEvent[]) => AuditEvent
): Promise<Added[]> {
  const files = await stage(events)
  try {
    return await changeProfile((change) => commit(change, files, audit))
  } finally {
    // Those that were renamed are gone from here; what is left was not wanted.
    discard(files.map(({staged}) => staged))
  }
}

async function stage(events: readonly EpisodicEvent[]): Promise<NewFile[]> {
  const root = paths.root
  const named = events.map((event) => ({event, name: 'event', data: formatChecked(event)}))
  try {
    const {path} = ensureFolder(root, PROFILE_LAYOUT.temporary)
    // One file is written at once: handing it to the thread pool would cost more than it saves.
    const [first] = named
    const staged =
      named.length === 1 && first !== undefined
        ? [stageFile(path, first.name, first.data)]
        : await stageFiles(path, named)
    return named.flatMap(({event, data}, index) =>
      staged[index] === undefined ? [] : [{event, text: data, staged: staged[index]}]
    )
  } catch (error) {
    throw unwritable(root, error)
  }
}

function commit(
  change: ProfileChange,
  files: readonly NewFile[],
  audit: (added: readonly EpisodicEvent[]) => AuditEvent
): Added[] {
  const root = join(change.root, PROFILE_LAYOUT.episodic)
  ensureFolder(change.root, PROFILE_LAYOUT.episodic)
  let index = memoryIndex.openLocked(change.user)
  try {
    let plan: Plan | undefined
    for (let tries = 1; plan === undefined; tries++) {
      try {
        plan = makePlan(change, root, index, files)
      } catch (error) {
        // Damage may show only where a damaged page is read. Nothing has been renamed yet: go on with a new index.
        if (!(error instanceof IndexUnusable) || tries === TRIES) throw error
        index = memoryIndex.renew(change.user, index)
      }
    }
    const {folders, results} = plan
    const placed = placeFiles(change, root, plan, audit)
    if (placed.length > 0) memoryIndex.update(change.user, index, () => indexPlaced(index, placed, folders))
    reach('committed')
    return results
  } finally {
    index.close()
  }
}

/** What goes where. Everything that the index has to be asked is asked here, before any file gets its name. */
function makePlan(change: ProfileChange, root: string, index: MemoryIndex, files: readonly NewFile[]): Plan {
  const placement = new Placement(root, index)
  const folders = new FolderKnowledge(root, index)
  const planned = new Map<string, PlannedFile>()
  const results: Added[] = []
  for (const file of files) {
    const {id, timestamp} = file.event
    const located = planned.has(id) ? undefined : index.locate(id)
    const existing =
      planned.get(id)?.event ??
      (located === undefined ? undefined : readPlaced(root, located, change.user.userId)?.event)
    if (existing !== undefined) {
      results.push({existing})
      continue
    }
    const folder = placement.folderFor(timestamp)
    folders.adding(folder)
    const name = fileNameOf(id)
    const path = join(root, folder, name)
    refuseStranger(path)
    planned.set(id, {...file, folder, name, path})
    results.push({memory: {event: file.event, path, version: () => versionOf(file.text)}})
  }
  return {files: [...planned.values()], folders, results}
}

/** Gives the files their names, makes those durable and writes the audit line; where a step fails, takes all of it back. */
function placeFiles(
  change: ProfileChange,
  root: string,
  {files, folders}: Plan,
  audit: (added: readonly EpisodicEvent[]) => AuditEvent
): PlacedFile[] {
  const placed: PlacedFile[] = []
  const named: string[] = []
  try {
    for (const file of files) {
      named.push(file.path)
      // The profile may have been renamed since the file was staged; its temporary folder went with it.
      place({path: join(change.root, PROFILE_LAYOUT.temporary, basename(file.staged.path))}, file.path)
      const {mtimeMs, size} = statSync(file.path)
      placed.push({...file, mtimeMs, size})
    }
    folders.sync()
    if (placed.length > 0) change.audit(audit(placed.map(({event}) => event)))
    return placed
  } catch (error) {
    for (const path of named) rmSync(path, {force: true})
    throw unwritable(root, error)
  }
}

function indexPlaced(index: MemoryIndex, placed: readonly PlacedFile[], folders: FolderKnowledge): void {
  index.put(placed.map(({event, folder, name, mtimeMs, size}) => toEntry(event, {folder, name, mtimeMs, size})))
  for (const mark of folders.marks()) index.setFolder(mark)
  reach('indexed')
}

/** A rename would replace whatever lies there; a file that the index does not know (unreadable, say) must stay. */
function refuseStranger(path: string): void {
  if (lstatSync(path, {throwIfNoEntry: false}) !== undefined) {
    throw conflict(
      'FILE_EXISTS',
      `There is a file ${path} already, which is no readable memory`,
      'mh doctor says what is wrong with it'
    )
  }
}
