import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import {backend} from '../backend.ts'
import {isBusy, openLockFile} from '../lock-file.ts'
import {systemPaths} from '../system-paths.ts'

/** A lock that is held until it is given back. */
export interface SchedulerLock {
  release(): Promise<void>
  /** Aborted where it was lost: a database freed it with the connection. */
  lost: AbortSignal
}

const NAME = 'scheduler'

/**
 * Takes the lock of whoever schedules agents on this data root, until it is given back or the process dies: the kernel frees it then.
 * @returns what gives it back; undefined where another process has it
 */
export async function takeSchedulerLock(): Promise<SchedulerLock | undefined> {
  const store = backend()
  if (store !== undefined) return store.locks.take(NAME)
  const database = openLockFile(pathOfLock())
  if (!runs(database, 'BEGIN EXCLUSIVE')) return undefined
  return {
    async release() {
      database.exec('ROLLBACK')
      database.close()
    },
    lost: new AbortController().signal
  }
}

/** Whether a process has that lock. Only an exclusive lock keeps a reader out, so that any number may look at once. */
export async function isSchedulerLocked(): Promise<boolean> {
  const store = backend()
  if (store !== undefined) return store.locks.isTaken(NAME)
  const database = openLockFile(pathOfLock())
  if (!runs(database, 'SELECT name FROM sqlite_schema')) return true
  database.close()
  return false
}

/** Whether the data root is still there: whoever removes it leaves nothing to schedule. */
export const isRootThere = (): boolean => backend() !== undefined || existsSync(pathOfLock())

const pathOfLock = (): string => join(systemPaths.locks, 'scheduler.lock')

/** Closes the database where somebody else has it locked. */
function runs(database: DatabaseSync, statement: string): boolean {
  try {
    database.exec(statement)
    return true
  } catch (error) {
    database.close()
    if (isBusy(error)) return false
    throw error
  }
}
