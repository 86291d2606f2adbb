import {AsyncLocalStorage} from 'node:async_hooks'
import {requireUserContext} from '../context.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import type {Operation} from '../users/permissions.ts'
import type {KnownPerson} from './unit.ts'

/** What is read of a person without waiting: their account and small documents, as they were when the context began or last changed something. */
export interface Snapshot extends KnownPerson {
  /** Of the revision that the row has. */
  documents: ReadonlyMap<string, string>
  /** What role and mode were asked for last. */
  permitted?: Operation
}

const snapshots = new AsyncLocalStorage<Snapshot>()

export const withSnapshot = <T>(snapshot: Snapshot, fn: () => T): T => snapshots.run(snapshot, fn)

/** The current person's snapshot, or undefined where none was loaded for them. */
export function currentSnapshot(userId: string): Snapshot | undefined {
  const snapshot = snapshots.getStore()
  // A context that was entered without loading one must not see its surroundings'.
  return snapshot?.user.id === userId ? snapshot : undefined
}

export function requireSnapshot(): Snapshot {
  const {userId} = requireUserContext('Documents')
  const snapshot = currentSnapshot(userId)
  if (snapshot === undefined) throw new Error('A context was entered without loading what is read in it (enterContext)')
  return snapshot
}

/** The documents that are loaded with a context: all of etc/ and persona/ but what only grows. */
export const LOADED = `(d.path >= 'etc/' AND d.path < 'etc0' OR d.path >= 'persona/' AND d.path < 'persona0'
    AND NOT (d.path >= 'persona/history/' AND d.path < 'persona/history0'))`

export const isLoaded = (path: string): boolean =>
  /^(?:etc|persona)\//.test(path) && !path.startsWith(`${PROFILE_LAYOUT.personaHistory}/`)
