import {rmSync} from 'node:fs'
import {join} from 'node:path'
import type {UserContext} from '../../context.ts'
import {ensureSystemFolder, unwritable} from '../../files.ts'
import {withProfileLock} from '../../locks.ts'
import {IndexUnusable} from '../../memory/index/unusable.ts'
import {readSettings} from '../../settings.ts'
import {systemPaths} from '../../system-paths.ts'
import {TaskIndex} from './task-index.ts'

/**
 * Runs `fn` with the index of the person's tasks. One that is missing, damaged or of another version is made anew, empty: the
 * folders that it does not know are then read at the next look.
 */
export async function withTaskIndex<T>(user: UserContext, fn: (index: TaskIndex) => Promise<T>): Promise<T> {
  try {
    return await use(open(user) ?? (await withProfileLock(user.userId, () => openTaskIndexLocked(user))), fn)
  } catch (error) {
    // Damage may show only where a damaged page is read. The index is derived: it is made anew and asked again, once.
    if (!(error instanceof IndexUnusable)) throw error
    return use(await withProfileLock(user.userId, () => remake(user)), fn)
  }
}

/** The index, for whoever holds the person's write lock. */
export const openTaskIndexLocked = (user: UserContext): TaskIndex => open(user) ?? remake(user)

/** A new, empty index in place of one that turned out damaged. For whoever holds the person's write lock. */
export function renewTaskIndex(user: UserContext, damaged: TaskIndex): TaskIndex {
  damaged.close()
  return remake(user)
}

async function use<T>(index: TaskIndex, fn: (index: TaskIndex) => Promise<T>): Promise<T> {
  try {
    return await fn(index)
  } finally {
    index.close()
  }
}

function open(user: UserContext): TaskIndex | undefined {
  try {
    return TaskIndex.open(fileOf(user), readSettings().timezone)
  } catch (error) {
    if (error instanceof IndexUnusable) return undefined
    throw error
  }
}

function remake(user: UserContext): TaskIndex {
  const file = fileOf(user)
  ensureSystemFolder(systemPaths.indexes)
  try {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, {force: true})
    return TaskIndex.create(file, readSettings().timezone)
  } catch (error) {
    throw unwritable(file, error)
  }
}

const fileOf = ({userId}: UserContext): string => join(systemPaths.indexes, `${userId}.tasks.db`)
