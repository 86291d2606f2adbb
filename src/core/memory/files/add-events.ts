import {lstatSync, statSync, unlinkSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {AuditEvent} from '../../audit.ts'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {conflict} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {
  discard,
  ensureFolder,
  place,
  type StagedFile,
  stageFile,
  stageFiles,
  syncFolder,
  unwritable
} from '../../files.ts'
import {PROFILE_LAYOUT, paths} from '../../paths.ts'
import {type EpisodicEvent, formatEvent} from '../event.ts'
import {type FolderMark, IndexUnusable, type MemoryIndex} from '../index/index.ts'
import {versionOf} from '../read-file.ts'
import type {Added} from '../store.ts'
import {toEntry} from './entry.ts'
import {openIndexLocked, removeIndex} from './open-index.ts'
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
  const named = events.map((event) => ({event, name: 'event', data: formatEvent(event)}))
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
  let index = openIndexLocked(change.user)
  try {
    let plan: Plan
    try {
      plan = makePlan(change, root, index, files)
    } catch (error) {
      // Damage may show only where a damaged page is read. Nothing has been renamed yet: go on with a new index.
      if (!(error instanceof IndexUnusable)) throw error
      index = renewIndex(change, index)
      plan = makePlan(change, root, index, files)
    }
    const placed = placeFiles(change, root, plan, audit)
    try {
      updateIndex(index, placed, plan.folders)
    } catch (error) {
      // The files are durable and audited: that is the memory. The new index reads them at the next look.
      if (!(error instanceof IndexUnusable)) throw error
      index = renewIndex(change, index)
    }
    reach('committed')
    return plan.results
  } finally {
    index.close()
  }
}

function renewIndex(change: ProfileChange, damaged: MemoryIndex): MemoryIndex {
  damaged.close()
  removeIndex(change.user.userId)
  return openIndexLocked(change.user)
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
    folders.prepare(folder)
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
  try {
    for (const file of files) {
      // The profile may have been renamed since the file was staged; its temporary folder went with it.
      place({path: join(change.root, PROFILE_LAYOUT.temporary, basename(file.staged.path))}, file.path)
      const {mtimeMs, size} = statSync(file.path)
      placed.push({...file, mtimeMs, size})
    }
    folders.sync()
    if (placed.length > 0) change.audit(audit(placed.map(({event}) => event)))
    return placed
  } catch (error) {
    for (const {path} of placed) unlinkSync(path)
    throw unwritable(root, error)
  }
}

function updateIndex(index: MemoryIndex, placed: readonly PlacedFile[], folders: FolderKnowledge): void {
  if (placed.length === 0) return
  index.transaction(() => {
    index.put(placed.map(({event, folder, name, mtimeMs, size}) => toEntry(event, {folder, name, mtimeMs, size})))
    for (const mark of folders.marks()) index.setFolder(mark)
    reach('indexed')
  })
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

/**
 * What the index may go on to know of the folders that a write changes. A folder that was known before the write, by its mtime,
 * is known after it; one that this write made is known too. Others stay unknown, and are read at the next look.
 */
class FolderKnowledge {
  private readonly root: string
  private readonly index: MemoryIndex
  /** Names that each touched folder holds after the write, where that is known. */
  private readonly names = new Map<string, number | undefined>()

  constructor(root: string, index: MemoryIndex) {
    this.root = root
    this.index = index
  }

  /** Called before a name is added to `folder`, which is made where it is not there. */
  prepare(folder: string): void {
    if (!this.names.has(folder)) {
      const parts = folder.split('/')
      for (let depth = 0; depth < parts.length; depth++) this.enter(parts.slice(0, depth).join('/'), parts[depth] ?? '')
    }
    const count = this.names.get(folder)
    this.names.set(folder, count === undefined ? undefined : count + 1)
  }

  sync(): void {
    for (const folder of this.names.keys()) syncFolder(join(this.root, folder))
  }

  marks(): FolderMark[] {
    const notedMs = Date.now()
    return [...this.names].flatMap(([path, names]) =>
      names === undefined ? [] : [{path, names, notedMs, mtimeMs: statSync(join(this.root, path)).mtimeMs}]
    )
  }

  /** Looks at `parent`/`name` before it is changed, making it if need be. */
  private enter(parent: string, name: string): void {
    const path = parent === '' ? name : `${parent}/${name}`
    if (this.names.has(path)) return
    const there = lstatSync(join(this.root, path), {throwIfNoEntry: false})
    if (there === undefined) {
      if (!this.names.has(parent)) this.names.set(parent, this.known(parent))
      ensureFolder(join(this.root, parent), name)
      const count = this.names.get(parent)
      this.names.set(parent, count === undefined ? undefined : count + 1)
      this.names.set(path, 0)
    } else if (!this.names.has(path)) {
      this.names.set(path, this.known(path))
    }
  }

  private known(path: string): number | undefined {
    const mark = this.index.folder(path)
    return mark !== undefined && mark.mtimeMs === statSync(join(this.root, path)).mtimeMs ? mark.names : undefined
  }
}
