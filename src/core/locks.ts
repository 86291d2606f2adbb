import {AsyncLocalStorage} from 'node:async_hooks'
import {closeSync, openSync} from 'node:fs'
import {join} from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import {conflict, errno, MhError} from './errors.ts'
import {reach} from './faults.ts'
import {ensureSystemFolder, unwritable} from './files.ts'
import {systemPaths} from './system-paths.ts'

/** Proof that the lock of all accounts is held. */
export interface AccountsLock {
  readonly kind: 'accounts'
}

/** Proof that one person's write lock is held. */
export interface ProfileLock {
  readonly kind: 'profile'
  readonly userId: string
}

/** How long a caller waits for somebody else's write. Nobody holds a lock during slow work, so this is never near. */
const PATIENCE_MS = 60_000

interface Held {
  name: string
  outer: Held | undefined
}

const held = new AsyncLocalStorage<Held | undefined>()
const queues = new Map<string, Promise<void>>()

/**
 * Runs `fn` while no other process or task changes accounts.
 * @throws MhError LOCKED (exit 5) after a minute of waiting
 */
export const withAccountsLock = <T>(fn: (lock: AccountsLock) => Promise<T> | T): Promise<T> =>
  withLock('accounts', () => fn({kind: 'accounts'}))

/**
 * Runs `fn` while no other process or task writes into that person's profile. Taken after the accounts lock where both are
 * needed; two profiles by ascending id.
 * @throws MhError LOCKED (exit 5) after a minute of waiting
 */
export const withProfileLock = <T>(userId: string, fn: (lock: ProfileLock) => Promise<T> | T): Promise<T> =>
  withLock(userId, () => fn({kind: 'profile', userId}))

/**
 * BEGIN IMMEDIATE on a small SQLite file: the kernel frees it when the holder dies, so there is no stale lock to break.
 * Waiting is done here and not in SQLite's busy handler, which would stop the whole process.
 */
async function withLock<T>(name: string, fn: () => Promise<T> | T): Promise<T> {
  const outer = held.getStore()
  checkOrder(name, outer)
  const leave = await enterQueue(name)
  try {
    const database = await acquire(name)
    try {
      reach('locked')
      return await held.run({name, outer}, fn)
    } finally {
      database.exec('ROLLBACK')
      database.close()
    }
  } finally {
    leave()
  }
}

/** Tasks of one process wait for each other here, in order, before they compete with other processes. */
async function enterQueue(name: string): Promise<() => void> {
  const before = queues.get(name)
  let leave = (): void => {}
  const mine = new Promise<void>((resolve) => {
    leave = resolve
  })
  queues.set(name, mine)
  await before
  return () => {
    if (queues.get(name) === mine) queues.delete(name)
    leave()
  }
}

async function acquire(name: string): Promise<DatabaseSync> {
  const path = join(systemPaths.locks, `${name}.lock`)
  const database = open(path)
  const end = Date.now() + PATIENCE_MS
  for (let wait = 0.5; ; wait = Math.min(wait * 1.5, 20)) {
    try {
      database.exec('BEGIN IMMEDIATE')
      return database
    } catch (error) {
      if (!isBusy(error) || Date.now() > end) {
        database.close()
        throw isBusy(error)
          ? conflict(
              'LOCKED',
              `Another process has been writing to ${name} for a minute`,
              'Try again when it has finished'
            )
          : unwritable(path, error)
      }
    }
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
  }
}

function open(path: string): DatabaseSync {
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
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && ((error.errcode as number) & 0xff) === SQLITE_BUSY

/** A wrong order is a mistake in this program that would show as two processes waiting for each other for ever. */
function checkOrder(name: string, outer: Held | undefined): void {
  for (let lock = outer; lock !== undefined; lock = lock.outer) {
    if (lock.name === name || name === 'accounts' || (lock.name > name && lock.name !== 'accounts')) {
      throw new MhError('LOCK_ORDER', `The lock of ${name} was asked for while that of ${lock.name} is held`)
    }
  }
}
