import {closeSync, openSync} from 'node:fs'
import type {DatabaseSync} from 'node:sqlite'
import {errno} from './errors.ts'
import {ensureSystemFolder, unwritable} from './files.ts'
import {systemPaths} from './system-paths.ts'

/** Opens the small SQLite file that a lock is: whoever has a transaction on it has the lock. Made where it is not there. */
export function openLockFile(path: string): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite')
  try {
    // Made by us, so that its mode is 0600; SQLite would ask the umask.
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw unwritable(path, error)
    ensureSystemFolder(systemPaths.locks)
    closeSync(openSync(path, 'a', 0o600))
  }
  return new sqlite.DatabaseSync(path, {timeout: 0})
}

const SQLITE_BUSY = 5

/** True for SQLite's answer that another connection holds the lock. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && ((error.errcode as number) & 0xff) === SQLITE_BUSY
