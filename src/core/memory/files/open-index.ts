import {existsSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {UserContext} from '../../context.ts'
import {errno} from '../../errors.ts'
import {ensureSystemFolder, unwritable} from '../../files.ts'
import {withProfileLock} from '../../locks.ts'
import {notify} from '../../notices.ts'
import {readSettings} from '../../settings.ts'
import {systemPaths} from '../../system-paths.ts'
import {findUserById} from '../../users/accounts.ts'
import {IndexUnusable, MemoryIndex} from '../index/index.ts'

/**
 * Runs `fn` with the person's index. One that is missing, damaged or of another version is made anew, empty: the folders that
 * it does not know are then read at the next look (see sync-folders.ts).
 */
export async function withIndex<T>(user: UserContext, fn: (index: MemoryIndex) => Promise<T> | T): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await use(open(user) ?? (await withProfileLock(user.userId, () => openIndexLocked(user))), fn)
    } catch (error) {
      // Damage may show only where a damaged page is read, and somebody may empty the cache at any moment. The index is derived: it
      // is made anew and asked again.
      if (!(error instanceof IndexUnusable) || tries === TRIES) throw unwritable(fileOf(user.userId), error)
      await withProfileLock(user.userId, () => remake(user).close())
    }
  }
}

/** How often an index that turns out unusable is made anew before the disk is to blame. */
export const TRIES = 5

async function use<T>(index: MemoryIndex, fn: (index: MemoryIndex) => Promise<T> | T): Promise<T> {
  try {
    return await fn(index)
  } finally {
    index.close()
  }
}

/** The index of a person whose write lock is held. Never sends `fn` to another try: what it wrote to files stays written. */
export function openIndexLocked(user: UserContext): MemoryIndex {
  return open(user) ?? remake(user)
}

/** A new, empty index in place of one that turned out damaged. For whoever holds the person's write lock. */
export function renewIndex(user: UserContext, damaged: MemoryIndex): MemoryIndex {
  damaged.close()
  return remake(user)
}

/**
 * Brings the index up to what was done to files. They are durable and audited by now: whatever the index says takes nothing of that
 * back. It is told, and the next look finds folders that the index does not know.
 */
export function updateIndex(user: UserContext, index: MemoryIndex, update: () => void): void {
  try {
    index.transaction(update)
  } catch (error) {
    notify({
      code: 'INDEX_BEHIND',
      message: `The memory is kept, but its index could not be written: ${(error as Error).message}. The next look mends it`
    })
    if (error instanceof IndexUnusable) removeIndex(user.userId)
  }
}

/** Bytes of the index, with what lies beside it. */
export function indexBytes(userId: string): number {
  return INDEX_FILES.reduce(
    (sum, suffix) => sum + (statSync(fileOf(userId) + suffix, {throwIfNoEntry: false})?.size ?? 0),
    0
  )
}

/** The files of the index that are there. */
export const indexFiles = (userId: string): string[] =>
  INDEX_FILES.map((suffix) => fileOf(userId) + suffix).filter((path) => existsSync(path))

/** Removes the index, which is then built again from the files. */
export function removeIndex(userId: string): void {
  for (const suffix of INDEX_FILES) rmSync(fileOf(userId) + suffix, {force: true})
}

function open(user: UserContext): MemoryIndex | undefined {
  try {
    return MemoryIndex.open(fileOf(user.userId), optionsOf(user))
  } catch (error) {
    if (error instanceof IndexUnusable) return undefined
    throw unwritable(fileOf(user.userId), error)
  }
}

function remake(user: UserContext): MemoryIndex {
  const file = fileOf(user.userId)
  for (let tries = 1; ; tries++) {
    ensureSystemFolder(systemPaths.indexes)
    try {
      removeIndex(user.userId)
      return MemoryIndex.create(file, optionsOf(user))
    } catch (error) {
      const emptied = error instanceof IndexUnusable || errno(error) === 'ENOENT'
      if (!emptied || tries === TRIES) throw unwritable(file, error)
    }
  }
}

const INDEX_FILES = ['', '-wal', '-shm', '-journal']

const fileOf = (userId: string): string => join(systemPaths.indexes, `${userId}.db`)

function optionsOf(user: UserContext): {language: string; owner: string} {
  return {
    language: readSettings().language,
    owner: [user.username, findUserById(user.userId)?.metadata?.displayName ?? ''].join(' ').trim()
  }
}
