import {existsSync, renameSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {UserContext} from '../context.ts'
import {errno, MhError} from '../errors.ts'
import {ensureSystemFolder, namesIn, unwritable} from '../files.ts'
import {withProfileLock} from '../locks.ts'
import {notify} from '../notices.ts'
import {systemPaths} from '../system-paths.ts'
import {heldIndexes} from './held.ts'
import type {IndexDatabase} from './index-database.ts'
import {IndexUnusable} from './unusable.ts'

/** What SQLite keeps beside a database, and the database itself. */
const SUFFIXES = ['', '-wal', '-shm', '-journal']

/** How often an index that turns out unusable is made anew before the disk is to blame. */
export const TRIES = 10

/** How one kind of index is opened and made. */
interface IndexKind<Index extends IndexDatabase> {
  /** What it is an index of, as people are told: "memory". */
  of: string
  /** The end of its file's name, behind the person's id. */
  ending: string
  /** @throws IndexUnusable where it is missing, damaged, or made for something else */
  open: (file: string, user: UserContext) => Index
  create: (file: string, user: UserContext) => Index
  /** What of the person the index is opened for, as a text: one that is open for anything else cannot be used. */
  purpose: (user: UserContext) => string
}

/** The indexes of one kind, one for each person, below cache/. Each may be removed at any time, and is then built again from the files. */
export interface DerivedIndex<Index extends IndexDatabase> {
  /**
   * Runs `fn` with the person's index. One that is missing, damaged or of another version is made anew, empty: the folders that it
   * does not know are then read at the next look (see sync-folders.ts), and `fn` is run again.
   */
  use<T>(user: UserContext, fn: (index: Index) => Promise<T> | T): Promise<T>
  /** The index of a person whose write lock is held. Nothing is run again: what was written to files stays written. */
  openLocked(user: UserContext): Index
  /** Takes back what `openLocked` gave: the next one may have it, or it is closed. */
  leave(user: UserContext, index: Index): void
  /** A new, empty index in place of one that turned out damaged. For whoever holds the person's write lock. */
  renew(user: UserContext, damaged: Index): Index
  /**
   * Brings the index up to what was done to files. They are durable and audited by now: whatever the index says takes nothing of
   * that back. It is told, and the next look finds folders that the index does not know.
   */
  update(user: UserContext, index: Index, update: () => void): void
  /**
   * Makes an index as a whole beside the present one, which answers until then, and puts it in its place.
   * @param build makes the index in `file`, which is not there yet, and closes it; `former` is the present one's file
   */
  rebuild<T>(user: UserContext, build: (file: string, former: string) => Promise<T>): Promise<T>
  remove(userId: string): void
  /** The files of the index that are there. */
  files(userId: string): string[]
  /** Bytes of those files. */
  bytes(userId: string): number
}

export function derivedIndex<Index extends IndexDatabase>(kind: IndexKind<Index>): DerivedIndex<Index> {
  const fileOf = (userId: string): string => join(systemPaths.indexes, `${userId}${kind.ending}`)
  const files = (userId: string): string[] =>
    SUFFIXES.map((suffix) => fileOf(userId) + suffix).filter((path) => existsSync(path))
  const remove = (userId: string): void => {
    for (const path of files(userId)) rmSync(path, {force: true})
  }

  const held = heldIndexes<Index>()

  function open(user: UserContext): Index | undefined {
    const file = fileOf(user.userId)
    try {
      return kind.open(file, user)
    } catch (error) {
      if (error instanceof IndexUnusable) return undefined
      throw unwritable(file, error)
    }
  }

  function remake(user: UserContext): Index {
    const file = fileOf(user.userId)
    for (let tries = 1; ; tries++) {
      try {
        ensureSystemFolder(systemPaths.indexes)
        remove(user.userId)
        return kind.create(file, user)
      } catch (error) {
        const cause = error instanceof MhError ? error.cause : error
        const emptied = cause instanceof IndexUnusable || errno(cause) === 'ENOENT'
        if (!emptied || tries === TRIES) throw unwritable(file, error)
      }
    }
  }

  const openLocked = (user: UserContext): Index =>
    held.takeAtOnce(fileOf(user.userId), kind.purpose(user), () => open(user) ?? remake(user))

  async function lend<T>(user: UserContext, fn: (index: Index) => Promise<T> | T): Promise<T> {
    const file = fileOf(user.userId)
    const purpose = kind.purpose(user)
    const index = await held.take(
      file,
      purpose,
      () => open(user) ?? withProfileLock(user.userId, () => openLocked(user))
    )
    let result: T
    try {
      index.noteVersion()
      result = await fn(index)
    } catch (error) {
      index.close()
      throw error
    }
    held.giveBack(file, purpose, index)
    return result
  }

  return {
    async use(user, fn) {
      for (let tries = 1; ; tries++) {
        try {
          return await lend(user, fn)
        } catch (error) {
          // Damage may show only where a damaged page is read, and somebody may empty the cache at any moment.
          if (!(error instanceof IndexUnusable) || tries === TRIES) throw unwritable(fileOf(user.userId), error)
          await withProfileLock(user.userId, () => remake(user).close())
        }
      }
    },
    openLocked,
    leave: (user, index) => held.giveBack(fileOf(user.userId), kind.purpose(user), index),
    renew(user, damaged) {
      damaged.close()
      return remake(user)
    },
    update(user, index, update) {
      try {
        index.transaction(update)
      } catch (error) {
        notify({
          code: 'INDEX_BEHIND',
          message: `The ${kind.of} is kept, but its index could not be written: ${(error as Error).message}. The next look mends it`
        })
        if (error instanceof IndexUnusable) remove(user.userId)
      }
    },
    async rebuild(user, build) {
      ensureSystemFolder(systemPaths.indexes)
      ensureSystemFolder(systemPaths.temporary)
      const former = fileOf(user.userId)
      // Named as every unfinished file is, so that what a crash leaves is swept (see core/doctor).
      const file = join(systemPaths.temporary, `index.${process.pid}.${process.hrtime.bigint()}`)
      const discard = (): void => {
        for (const suffix of SUFFIXES) rmSync(file + suffix, {force: true})
      }
      try {
        const result = await build(file, former)
        await withProfileLock(user.userId, () => {
          remove(user.userId)
          renameSync(file, former)
        })
        return result
      } catch (error) {
        throw unwritable(former, error)
      } finally {
        discard()
      }
    },
    remove,
    files,
    bytes: (userId) =>
      files(userId).reduce((sum, path) => sum + (statSync(path, {throwIfNoEntry: false})?.size ?? 0), 0)
  }
}

/** Removes every index of a person, of whatever kind: nothing of somebody who is gone stays in the cache. */
export function removeIndexes(userId: string): void {
  for (const name of namesIn(systemPaths.indexes)) {
    if (name.startsWith(`${userId}.`)) rmSync(join(systemPaths.indexes, name), {force: true})
  }
}
