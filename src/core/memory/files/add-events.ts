import {lstatSync, rmSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {AuditEvent} from '../../audit.ts'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {waitsAside} from '../../disk.ts'
import {conflict} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {TRIES} from '../../file-index/derived-index.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import {
  discard,
  ensureFolder,
  place,
  type StagedFile,
  stageFile,
  stageFiles,
  unplaced,
  unwritable
} from '../../files.ts'
import {gather, type Outcome} from '../../gather.ts'
import {PROFILE_LAYOUT, paths} from '../../paths.ts'
import type {EpisodicEvent} from '../event.ts'
import {IndexUnusable, type MemoryIndex} from '../index/index.ts'
import {formatChecked, versionOf} from '../read-file.ts'
import type {Added, Prepared} from '../store.ts'
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
  /** By id. */
  files: Map<string, PlannedFile>
  folders: FolderKnowledge
  audit: AuditEvent[]
  /** For each addition, in their order. */
  outcomes: Outcome<Added[]>[]
}

/** What one caller adds: all of it becomes durable, or none of it is acknowledged. */
interface Addition {
  files: readonly NewFile[]
  audit: (added: readonly EpisodicEvent[]) => AuditEvent
}

const gathering = gather<Addition, Added[]>()

/**
 * Writes new memories in the one order that loses nothing: temporary files and their fsync outside the lock; then, under it,
 * the rename, the folder's fsync, the audit line, the index. A crash after the rename leaves a folder that the index does not
 * know, and the next look reads it. All of the events become durable, or none is acknowledged. What several callers add while they
 * wait for the lock is written together: the disk is waited for once.
 */
export async function prepareEvents(events: readonly EpisodicEvent[]): Promise<Prepared> {
  const key = JSON.stringify(requireUserContext('Memories'))
  // Nobody waits for a batch's next chunk, which is written while the one before is indexed.
  const files = await (events.length === 1 ? gathering.announce(key, stage(events)) : stage(events))
  const leave = (): void => discard(unplaced(files.map(({staged}) => staged)))
  return {
    async add(audit) {
      try {
        return await gathering.bring(key, {files, audit}, (take) => changeProfile((change) => commit(change, take())))
      } finally {
        leave()
      }
    },
    leave
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
      named.length === 1 && first !== undefined && !waitsAside()
        ? [stageFile(path, first.name, first.data)]
        : await stageFiles(path, named)
    return named.flatMap(({event, data}, index) =>
      staged[index] === undefined ? [] : [{event, text: data, staged: staged[index]}]
    )
  } catch (error) {
    throw unwritable(root, error)
  }
}

async function commit(change: ProfileChange, additions: readonly Addition[]): Promise<Outcome<Added[]>[]> {
  const root = join(change.root, PROFILE_LAYOUT.episodic)
  ensureFolder(change.root, PROFILE_LAYOUT.episodic)
  let index = memoryIndex.openLocked(change.user)
  try {
    let plan: Plan | undefined
    for (let tries = 1; plan === undefined; tries++) {
      try {
        plan = makePlan(change, root, index, additions)
      } catch (error) {
        // Damage may show only where a damaged page is read. Nothing has been renamed yet: go on with a new index.
        if (!(error instanceof IndexUnusable) || tries === TRIES) throw error
        index = memoryIndex.renew(change.user, index)
      }
    }
    const {folders, outcomes} = plan
    const placed = await placeFiles(change, root, plan)
    if (placed.length > 0) memoryIndex.update(change.user, index, () => indexPlaced(index, placed, folders))
    reach('committed')
    return outcomes
  } finally {
    memoryIndex.leave(change.user, index)
  }
}

/** What goes where. Everything that the index has to be asked is asked here, before any file gets its name. */
function makePlan(change: ProfileChange, root: string, index: MemoryIndex, additions: readonly Addition[]): Plan {
  const placement = new Placement(root, index)
  const plan: Plan = {files: new Map(), folders: new FolderKnowledge(root, index), audit: [], outcomes: []}
  for (const {files, audit} of additions) {
    const planned = new Map<string, PlannedFile>()
    const results: Added[] = []
    try {
      for (const file of files) {
        const {id, timestamp} = file.event
        const before = planned.get(id) ?? plan.files.get(id)
        const located = before === undefined ? index.locate(id) : undefined
        const existing =
          before?.event ?? (located === undefined ? undefined : readPlaced(root, located, change.user.userId)?.event)
        if (existing !== undefined) {
          results.push({existing})
          continue
        }
        const folder = placement.folderFor(timestamp)
        const name = fileNameOf(id)
        const path = join(root, folder, name)
        plan.folders.adding(folder)
        refuseStranger(path)
        planned.set(id, {...file, folder, name, path})
        results.push({memory: {event: file.event, path, version: () => versionOf(file.text)}})
      }
    } catch (error) {
      if (error instanceof IndexUnusable) throw error
      // What one caller adds and cannot have stops nobody else.
      plan.outcomes.push({error})
      continue
    }
    for (const [id, file] of planned) plan.files.set(id, file)
    if (planned.size > 0) plan.audit.push(audit([...planned.values()].map(({event}) => event)))
    plan.outcomes.push({result: results})
  }
  return plan
}

/** Gives the files their names, makes those durable and writes the audit lines; where a step fails, takes all of it back. */
async function placeFiles(change: ProfileChange, root: string, {files, folders, audit}: Plan): Promise<PlacedFile[]> {
  const placed: PlacedFile[] = []
  const named: string[] = []
  try {
    for (const file of files.values()) {
      named.push(file.path)
      // The profile may have been renamed since the file was staged; its temporary folder went with it.
      place({path: join(change.root, PROFILE_LAYOUT.temporary, basename(file.staged.path))}, file.path)
      const {mtimeMs, size} = statSync(file.path)
      placed.push({...file, mtimeMs, size})
    }
    await folders.synced()
    await change.auditAll(audit)
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
