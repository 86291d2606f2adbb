import {lstatSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {MhError} from '../errors.ts'
import {readIfThere} from '../files.ts'
import {parseObject} from '../json.ts'
import {readMemoryFile} from '../memory/read-file.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {sha256} from '../sha256.ts'
import {readTaskFile} from '../tasks/files/read-task-file.ts'
import {firstBytes} from './audit-days.ts'
import type {MigrationJournal} from './journal.ts'
import {isMoved} from './move.ts'

/** What was found among the records that were moved. */
export interface Records {
  /** Ids, each once. */
  memories: Set<string>
  tasks: Set<string>
  /** What cannot be read; `path` is absolute. It stays as it is. */
  unreadable: {path: string; reason: string}[]
}

/**
 * Whether everything is in the profile as it was in the source, byte for byte.
 * @throws MhError MIGRATION_NOT_VERIFIED (exit 1) that names the first file which is not
 */
export async function verifyMoved(journal: MigrationJournal, profile: string): Promise<void> {
  for (const move of journal.moves) {
    const path = join(profile, move.to)
    if (!(await isMoved(path, move))) throw notVerified(path)
  }
  for (const {to, bytes, sha256: wanted} of journal.lines) {
    const path = join(profile, to)
    if (sha256(firstBytes(path, bytes)) !== wanted) throw notVerified(path)
  }
}

/** Reads every record by the rules of this version. @param paths of files below the profile */
export function readRecords(profile: string, paths: readonly string[], userId: string): Records {
  const records: Records = {memories: new Set(), tasks: new Set(), unreadable: []}
  for (const path of paths) {
    const reason = readRecord(profile, path, userId, records)
    if (reason !== undefined) records.unreadable.push({path: join(profile, path), reason})
  }
  return records
}

/** @returns why it cannot be read */
function readRecord(profile: string, path: string, userId: string, records: Records): string | undefined {
  if (!path.endsWith('.json') || basename(path).startsWith('.')) return undefined
  if (isIn(path, PROFILE_LAYOUT.episodic)) {
    const read = readMemoryFile(join(profile, path), userId)
    if (!('event' in read)) return reasonOf(read)
    if (records.memories.has(read.event.id)) return `another file has the id ${read.event.id} already`
    records.memories.add(read.event.id)
  } else if (PLACES.some((place) => isIn(path, place))) {
    const read = readTaskFile(
      join(profile, PROFILE_LAYOUT.tasks),
      dirname(path).slice(PROFILE_LAYOUT.tasks.length + 1),
      basename(path),
      userId
    )
    if (!('task' in read)) return reasonOf(read)
    records.tasks.add(read.task.id)
  } else if (DOCUMENTS.has(path) || isIn(path, PROFILE_LAYOUT.facets)) return documentProblem(join(profile, path))
  return undefined
}

function documentProblem(path: string): string | undefined {
  if (!lstatSync(path).isFile()) return 'it is a link'
  try {
    parseObject(readIfThere(path) ?? '', path)
    return undefined
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    return error.message.replace(`${path} cannot be read: `, '')
  }
}

const PLACES = [PROFILE_LAYOUT.tasksActive, PROFILE_LAYOUT.tasksCompleted, PROFILE_LAYOUT.tasksDeleted]
const DOCUMENTS: ReadonlySet<string> = new Set(Object.values(PROFILE_LAYOUT).filter((path) => path.endsWith('.json')))

const isIn = (path: string, folder: string): boolean => path.startsWith(`${folder}/`)

const reasonOf = (unread: {gone: boolean; reason?: string}): string => unread.reason ?? 'it is gone'

const notVerified = (path: string): MhError =>
  new MhError('MIGRATION_NOT_VERIFIED', `${path} is not what it was before it was moved`, {
    hint: 'Everything was moved back. End every program that works in that folder, and try again'
  })
