import type {AuditEntry, AuditLevel} from '../audit.ts'
import {DAY_MS} from '../time.ts'
import {type Trail, trailStore} from './trail-store.ts'
import {noteAccess, type Scope, trailsOf} from './trails.ts'

/** An entry, and in whose trail it stands. */
export type ReadAuditEntry = AuditEntry & {trail: string}

export interface AuditFilter {
  /** Milliseconds, both included. */
  since?: number
  until?: number
  category?: string
  /** This level, and all that are graver. */
  level?: AuditLevel
}

/** From the least to the gravest. */
export const LEVELS: readonly AuditLevel[] = ['info', 'warn', 'error', 'critical']

/**
 * The entries of the scope's trails that pass the filter, the oldest first. What is no entry (a torn line, another tool's) is
 * passed over: `mh audit verify` tells it.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function readAudit(filter: AuditFilter, scope: Scope): Promise<ReadAuditEntry[]> {
  const trails = await trailsOf(scope)
  const entries: ReadAuditEntry[] = []
  for (const trail of trails)
    for (const {bytes} of await trailStore().days(trail, (day) => mayHold(day, filter)))
      entries.push(...parse(bytes.toString('utf8'), trail))
  await noteAccess(trails, 'audit_viewed')
  // Stable: entries of one trail keep their order also where a clock went back.
  const passed = entries.filter((entry) => passes(entry, filter))
  return trails.length === 1 ? passed : passed.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
}

/**
 * Follows the scope's trails from now on: what is added before the entries are asked for comes, too.
 * @returns a function that gives the added entries that pass a filter, as they come, until `signal` ends it; `pauseMs` lie between two looks
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function followAudit(
  scope: Scope
): Promise<(filter: AuditFilter, signal: AbortSignal, pauseMs?: number) => AsyncGenerator<ReadAuditEntry>> {
  const followed: {trail: Trail; added: () => Promise<string>}[] = []
  for (const trail of await trailsOf(scope)) followed.push({trail, added: await trailStore().follow(trail)})
  return async function* (filter, signal, pauseMs = 300) {
    while (!signal.aborted) {
      for (const {trail, added} of followed) yield* parse(await added(), trail).filter((entry) => passes(entry, filter))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, pauseMs)
        function done(): void {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done)
      })
    }
  }
}

function parse(text: string, {name}: Trail): ReadAuditEntry[] {
  return text.split('\n').flatMap((line): ReadAuditEntry[] => {
    if (line === '') return []
    try {
      const entry = JSON.parse(line) as AuditEntry
      return typeof entry.timestamp === 'string' && typeof entry.event === 'string' ? [{...entry, trail: name}] : []
    } catch {
      return [] // Torn, or no entry: told by the verification.
    }
  })
}

/** A day's file holds what was written on that day in UTC; where a clock went back, what is later stands in it, too. */
const mayHold = (day: string, {since}: AuditFilter): boolean =>
  since === undefined || Date.parse(day.slice(0, 10)) + 2 * DAY_MS > since

const passes = (entry: AuditEntry, {since = -Infinity, until = Infinity, category, level}: AuditFilter): boolean => {
  const at = Date.parse(entry.timestamp)
  return (
    at >= since &&
    at <= until &&
    (category === undefined || entry.category === category) &&
    (level === undefined || LEVELS.indexOf(entry.level) >= LEVELS.indexOf(level))
  )
}
