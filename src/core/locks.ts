import {AsyncLocalStorage} from 'node:async_hooks'
import {join} from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import {type AccountWrites, backend, type ProfileWrites} from './backend.ts'
import {conflict, MhError} from './errors.ts'
import {reach} from './faults.ts'
import {unwritable} from './files.ts'
import {lookAgain} from './glance.ts'
import {isBusy, openLockFile} from './lock-file.ts'
import {systemPaths} from './system-paths.ts'

/** Proof that the lock of all accounts is held. */
export interface AccountsLock {
  readonly kind: 'accounts'
  /** Where a database keeps everything: what is written under the lock. */
  readonly writes?: AccountWrites
}

/** Proof that one person's write lock is held. */
export interface ProfileLock {
  readonly kind: 'profile'
  readonly userId: string
  /** Where a database keeps everything: what is written under the lock. */
  readonly writes?: ProfileWrites
}

/** How long a caller waits for somebody else's write. Nobody holds a lock during slow work, so this is never near. */
const PATIENCE_MS = 60_000

/**
 * How often whoever waits looks again, in milliseconds: often at first, then after a tenth of the time already waited. Of 200 processes
 * that wait for one lock, looking every 20 ms took more of the processors than the writes that they waited for.
 */
const FIRST_LOOK_MS = 0.5
const OFTEN_MS = 20
const SELDOM_MS = 100

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
  withLock('accounts', (run) => {
    const store = backend()
    return store === undefined
      ? withLockFile('accounts', () => run(() => fn({kind: 'accounts'})))
      : store.lockAccounts((writes) => run(() => fn({kind: 'accounts', writes})))
  })

/**
 * Runs `fn` while no other process or task writes into that person's profile. Taken after the accounts lock where both are
 * needed; two profiles by ascending id.
 * @param mayRepeat whether `fn` may run a second time: it does nothing that lasts but by the lock that it is given
 * @throws MhError LOCKED (exit 5) after a minute of waiting
 */
export const withProfileLock = <T>(
  userId: string,
  fn: (lock: ProfileLock) => Promise<T> | T,
  mayRepeat = false
): Promise<T> =>
  withLock(userId, (run) => {
    const store = backend()
    return store === undefined
      ? withLockFile(userId, () => run(() => fn({kind: 'profile', userId})))
      : store.lockProfile(userId, (writes) => run(() => fn({kind: 'profile', userId, writes})), mayRepeat)
  })

/** @param take has the lock while it runs what it is given */
async function withLock<T>(
  name: string,
  take: (run: (fn: () => Promise<T> | T) => Promise<T> | T) => Promise<T>
): Promise<T> {
  const outer = held.getStore()
  checkOrder(name, outer)
  const leave = await enterQueue(name)
  try {
    return await take((fn) => {
      // Whatever was seen before, another process may have changed until now.
      lookAgain()
      reach('locked')
      return held.run({name, outer}, fn)
    })
  } finally {
    lookAgain()
    leave()
  }
}

/**
 * Runs `fn` while no other process or task runs that agent for that person. Held as long as the agent works, model calls included, so it is
 * taken before any lock of writes, and nobody waits for it. The kernel frees it when its holder dies.
 * @returns what `fn` gives; undefined where the agent runs for them already
 */
export async function withAgentLock<T>(
  agent: string,
  userId: string,
  fn: () => Promise<T>
): Promise<{result: T} | undefined> {
  const outer = held.getStore()
  if (outer !== undefined)
    throw new MhError('LOCK_ORDER', `The lock of ${agent} was asked for while that of ${outer.name} is held`)
  const store = backend()
  if (store !== undefined) return withNamedLock(await store.locks.take(`agent ${userId} ${agent}`), fn)
  const path = join(systemPaths.locks, `${userId}.${agent}.lock`)
  const database = openLockFile(path)
  try {
    database.exec('BEGIN IMMEDIATE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw unwritable(path, error)
  }
  try {
    return {result: await fn()}
  } finally {
    release(database)
  }
}

async function withNamedLock<T>(
  lock: {release(): Promise<void>} | undefined,
  fn: () => Promise<T>
): Promise<{result: T} | undefined> {
  if (lock === undefined) return undefined
  try {
    return {result: await fn()}
  } finally {
    await lock.release()
  }
}

/**
 * BEGIN IMMEDIATE on a small SQLite file: the kernel frees it when the holder dies, so there is no stale lock to break.
 * Waiting is done here and not in SQLite's busy handler, which would stop the whole process.
 */
async function withLockFile<T>(name: string, fn: () => Promise<T> | T): Promise<T> {
  const database = await acquire(name)
  try {
    return await fn()
  } finally {
    release(database)
  }
}

/**
 * Nothing was written, so this ends the transaction; but in a file that is new it writes the first page. An empty one would cost each
 * holder a journal: 2 ms.
 */
function release(database: DatabaseSync): void {
  try {
    database.exec('COMMIT')
  } catch {
    // Somebody is just asking for the lock of a new file, or the disk is full (SQLite ends the transaction then): it stays empty.
    if (database.isTransaction) database.exec('ROLLBACK')
  } finally {
    database.close()
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
  const database = openLockFile(path)
  const start = Date.now()
  for (let wait = FIRST_LOOK_MS; ; ) {
    const waited = Date.now() - start
    try {
      database.exec('BEGIN IMMEDIATE')
      return database
    } catch (error) {
      if (!isBusy(error) || waited > PATIENCE_MS) {
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
    wait = Math.min(wait * 1.5, Math.max(OFTEN_MS, Math.min(SELDOM_MS, waited / 10)))
  }
}

/** A wrong order is a mistake in this program that would show as two processes waiting for each other for ever. */
function checkOrder(name: string, outer: Held | undefined): void {
  for (let lock = outer; lock !== undefined; lock = lock.outer) {
    if (lock.name === name || name === 'accounts' || (lock.name > name && lock.name !== 'accounts')) {
      throw new MhError('LOCK_ORDER', `The lock of ${name} was asked for while that of ${lock.name} is held`)
    }
  }
}
