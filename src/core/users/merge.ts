import {existsSync, lstatSync, readdirSync, statSync, writeFileSync} from 'node:fs'
import {basename, dirname, extname, join} from 'node:path'
import {hashFile} from '../backup/archive.ts'
import {getUserContext, requireUserContext, withUserContext} from '../context.ts'
import {MhError} from '../errors.ts'
import {ensureFolder, place, syncFolder} from '../files.ts'
import {isObject} from '../json.ts'
import {withProfileLock} from '../locks.ts'
import type {EpisodicEvent} from '../memory/event.ts'
import {hashOf, idOf} from '../memory/importers/found.ts'
import {memoryStore} from '../memory/memories.ts'
import {readJsonFile, readMemoryFile} from '../memory/read-file.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {formatTask, readTask, type TaskPlace} from '../tasks/task.ts'
import {taskStore} from '../tasks/tasks.ts'
import {profileFolder} from './accounts.ts'
import {auditAccount, changeAccounts} from './change-accounts.ts'
import {contextOf} from './identify.ts'
import type {User} from './user.ts'

/** Something that is here with another content. The present one stays, the one that came is beside it. */
export interface MergeConflict {
  /** Below the profile, as the export has it. */
  path: string
  /** Of a record: its id. */
  id?: string
  /** What the one that came is called now: an id, or a path below the profile. */
  keptAs: string
}

export interface Merged {
  imported: number
  skipped: number
  conflicts: MergeConflict[]
}

/** So many memories share one fsync of their folders, one audit entry and one transaction. */
const CHUNK = 512

/**
 * Adds an unpacked profile to a person who is here. Memories and tasks are known by their ids, everything else by its path. What is
 * here already is skipped, in the trash included; where the same id or path has another content both are kept. Nothing that is
 * here is replaced, and a second run adds nothing twice.
 * @param aside the unpacked profile, on the disk of the data root; its files are moved away
 */
export async function mergeProfile(user: User, aside: string): Promise<Merged> {
  const merged: Merged = {imported: 0, skipped: 0, conflicts: []}
  // The person's data, and whoever acts in their trail.
  const actor = getUserContext()?.username ?? user.username
  await withUserContext({...contextOf(user), username: actor}, async () => {
    const paths = filesBelow(aside)
    const rest = await mergeTasks(aside, await mergeMemories(aside, paths, merged), merged)
    await changeAccounts(async (lock) => {
      await withProfileLock(user.id, async () => placeFiles(profileFolder(user.id), aside, rest, merged))
      const {imported, skipped, conflicts} = merged
      await auditAccount(lock, user, {
        category: 'security',
        event: 'user_imported',
        details: {username: user.username, merged: true, files: imported, skipped, conflicts: conflicts.length}
      })
    })
  })
  return merged
}

/** @returns the paths that are no memories, or hold none that can be read */
async function mergeMemories(aside: string, paths: readonly string[], merged: Merged): Promise<string[]> {
  const store = memoryStore()
  const {userId} = requireUserContext('Memories')
  const trashed = new Map((await store.trashed()).map(({event}) => [event.id, event]))
  const others: string[] = []
  let waiting: Came[] = []
  const flush = async (): Promise<void> => {
    const chunk = waiting
    waiting = []
    const present = await presentOf(
      chunk.map(({event}) => event.id),
      trashed
    )
    const fresh: Came[] = []
    for (const came of chunk) {
      const {event} = came
      const here = present.get(event.id)
      if (here === undefined) fresh.push(came)
      else if (sameMemory(here, event)) merged.skipped++
      else fresh.push({...came, event: {...event, id: copyOf(event)}, conflict: event.id})
    }
    const copies = await presentOf(
      fresh.flatMap(({conflict, event}) => (conflict === undefined ? [] : [event.id])),
      trashed
    )
    // A copy that is here came with an earlier run.
    const wanted = fresh.filter(({event}) => !copies.has(event.id))
    merged.skipped += fresh.length - wanted.length
    await addMemories(wanted, merged, others)
  }
  for (const path of paths) {
    const read = isMemory(path) ? readMemoryFile(join(aside, path), userId) : undefined
    if (read !== undefined && 'event' in read) waiting.push({path, event: read.event})
    else others.push(path)
    if (waiting.length === CHUNK) await flush()
  }
  await flush()
  return others
}

interface Came {
  path: string
  event: EpisodicEvent
  /** The id that it had, where another memory has that. */
  conflict?: string
}

async function addMemories(wanted: readonly Came[], merged: Merged, others: string[]): Promise<void> {
  if (wanted.length === 0) return
  try {
    const added = await memoryStore().add(
      wanted.map(({event}) => event),
      (events) => ({
        category: 'data',
        event: 'memories_imported',
        details: {count: events.length, first: events[0]?.id, last: events.at(-1)?.id}
      })
    )
    for (const [index, one] of added.entries()) {
      const came = wanted[index]
      if (came === undefined) continue
      const {path, event, conflict} = came
      if ('existing' in one) {
        // Somebody captured it meanwhile, or the export has it twice.
        merged.skipped++
        continue
      }
      merged.imported++
      if (conflict !== undefined) merged.conflicts.push({path, id: conflict, keptAs: event.id})
    }
  } catch (error) {
    if (!(error instanceof MhError) || error.code !== 'FILE_EXISTS') throw error
    // A file that cannot be read has the name of one of them: that one is laid beside it.
    const [only] = wanted
    if (wanted.length === 1 && only !== undefined) others.push(only.path)
    else for (const came of wanted) await addMemories([came], merged, others)
  }
}

async function presentOf(
  ids: readonly string[],
  trashed: ReadonlyMap<string, EpisodicEvent>
): Promise<Map<string, EpisodicEvent>> {
  const present = new Map(ids.flatMap((id) => (trashed.has(id) ? [[id, trashed.get(id) as EpisodicEvent]] : [])))
  if (ids.length > 0) for (const {event} of await memoryStore().getAll(ids)) present.set(event.id, event)
  return present
}

/** What a person said, and when. Tags and marks that agents add later make no other memory of it. */
const sameMemory = (a: EpisodicEvent, b: EpisodicEvent): boolean =>
  a.content === b.content && a.response === b.response && a.type === b.type && a.timestamp === b.timestamp

const copyOf = ({id, content, response = '', type, timestamp}: EpisodicEvent): string =>
  idOf(hashOf(id, content, response, type, timestamp))

/** Tasks that are here already are skipped, or get another id. @returns the paths that are to be laid down as they are */
async function mergeTasks(aside: string, paths: readonly string[], merged: Merged): Promise<string[]> {
  const store = taskStore()
  const {userId} = requireUserContext('Memories')
  const rest: string[] = []
  for (const path of paths) {
    const folder = TASK.exec(path)?.[1] as TaskPlace | undefined
    const read = folder === undefined ? undefined : readJsonFile(join(aside, path))
    if (folder === undefined || read === undefined || !('value' in read)) {
      rest.push(path)
      continue
    }
    const task = readTask(read.value, folder, userId, read.mtimeMs)
    const present = typeof task === 'string' ? undefined : await store.get(task.id)
    if (typeof task === 'string' || present === undefined) {
      rest.push(path)
      continue
    }
    if (present.task.title === task.title && present.task.description === task.description) {
      merged.skipped++
      continue
    }
    const id = idOf(hashOf(task.id, task.title, task.description)).replace('evt-', 'task-')
    if ((await store.get(id)) !== undefined) {
      merged.skipped++
      continue
    }
    const keys = isObject(read.value) ? read.value : {}
    const copy = join(dirname(path), `${id}.json`)
    writeFileSync(join(aside, copy), formatTask({...keys, ...task, id}), {mode: 0o600, flush: true})
    rest.push(copy)
    merged.conflicts.push({path, id: task.id, keptAs: id})
  }
  return rest
}

/** Gives files their places by renaming them, each folder made durable once. For whoever holds the person's lock. */
async function placeFiles(root: string, aside: string, paths: readonly string[], merged: Merged): Promise<void> {
  const folders = new Set<string>()
  for (const path of paths) {
    const from = join(aside, path)
    const hash = await hashFile(from)
    const target = freePlace(root, path, hash)
    if (target === undefined || (await isSame(join(root, path), from, hash))) {
      merged.skipped++
      continue
    }
    folders.add(ensureFolder(root, dirname(target)).path)
    place({path: from}, join(root, target))
    merged.imported++
    if (target !== path) merged.conflicts.push({path, keptAs: target})
  }
  for (const folder of folders) syncFolder(folder)
}

/** The path itself where nothing is there, else one that tells where it came from; undefined where that is there already. */
function freePlace(root: string, path: string, hash: string): string | undefined {
  if (lstatSync(join(root, path), {throwIfNoEntry: false}) === undefined) return path
  const ending = extname(path)
  const beside = join(dirname(path), `${basename(path, ending)}.imported-${hash.slice(0, 8)}${ending}`)
  return existsSync(join(root, beside)) ? undefined : beside
}

async function isSame(present: string, came: string, hash: string): Promise<boolean> {
  const stat = lstatSync(present, {throwIfNoEntry: false})
  return stat?.isFile() === true && stat.size === statSync(came).size && (await hashFile(present)) === hash
}

const filesBelow = (root: string): string[] =>
  readdirSync(root, {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/')
    )
    .sort()

const isMemory = (path: string): boolean => path.startsWith(`${PROFILE_LAYOUT.episodic}/`) && path.endsWith('.json')

const TASK = /^memory\/tasks\/(active|completed|deleted)\/[^/]+\.json$/
