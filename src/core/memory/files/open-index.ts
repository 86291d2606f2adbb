import {existsSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {UserContext} from '../../context.ts'
import {ensureSystemFolder, unwritable} from '../../files.ts'
import {withProfileLock} from '../../locks.ts'
import {readSettings} from '../../settings.ts'
import {systemPaths} from '../../system-paths.ts'
import {findUserById} from '../../users/accounts.ts'
import {IndexUnusable, MemoryIndex} from '../index/index.ts'

/**
 * Runs `fn` with the person's index. One that is missing, damaged or of another version is made anew, empty: the folders that
 * it does not know are then read at the next look (see sync-folders.ts).
 */
export async function withIndex<T>(user: UserContext, fn: (index: MemoryIndex) => Promise<T> | T): Promise<T> {
  try {
    return await use(open(user) ?? (await withProfileLock(user.userId, () => openIndexLocked(user))), fn)
  } catch (error) {
    // Damage may show only where a damaged page is read. The index is derived: it is made anew and asked again, once.
    if (!(error instanceof IndexUnusable)) throw error
    return use(await withProfileLock(user.userId, () => remake(user)), fn)
  }
}

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
    throw error
  }
}

function remake(user: UserContext): MemoryIndex {
  const file = fileOf(user.userId)
  ensureSystemFolder(systemPaths.indexes)
  try {
    removeIndex(user.userId)
    return MemoryIndex.create(file, optionsOf(user))
  } catch (error) {
    throw unwritable(file, error)
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
