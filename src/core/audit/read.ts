import {closeSync, fstatSync, openSync, readFileSync, readSync} from 'node:fs'
import {join} from 'node:path'
import type {AuditEntry, AuditLevel} from '../audit.ts'
import {errno} from '../errors.ts'
import {DAY_MS} from '../time.ts'
import {daysOf, noteAccess, type Scope, type Trail, trailsOf} from './trails.ts'

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
  const trails = trailsOf(scope)
  const entries = trails.flatMap((trail) =>
    daysOf(trail.folder)
      .filter((day) => mayHold(day, filter))
      .flatMap((day) => parse(readFileSync(join(trail.folder, day), 'utf8'), trail))
  )
  await noteAccess(trails, 'audit_viewed')
  // Stable: entries of one trail keep their order also where a clock went back.
  const passed = entries.filter((entry) => passes(entry, filter))
  return trails.length === 1 ? passed : passed.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
}

/**
 * The entries that are added from now on, as they come. Ends when `signal` says so.
 * @param pauseMs how long to wait between two looks
 */
export async function* followAudit(
  filter: AuditFilter,
  scope: Scope,
  signal: AbortSignal,
  pauseMs = 300
): AsyncGenerator<ReadAuditEntry> {
  const ends = new Map<string, number>()
  const trails = trailsOf(scope)
  for (const trail of trails)
    for (const day of daysOf(trail.folder)) ends.set(join(trail.folder, day), linesFrom(join(trail.folder, day), 0).end)
  while (!signal.aborted) {
    for (const trail of trails) {
      // A profile that was renamed meanwhile is followed no further: its folder is empty from here.
      for (const day of daysOf(trail.folder).slice(-2)) {
        const path = join(trail.folder, day)
        const {text, end} = linesFrom(path, ends.get(path) ?? 0)
        ends.set(path, end)
        yield* parse(text, trail).filter((entry) => passes(entry, filter))
      }
    }
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

/** Whole lines of a file from a byte on, and where the next look begins. */
function linesFrom(path: string, from: number): {text: string; end: number} {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (errno(error) === 'ENOENT') return {text: '', end: from}
    throw error
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from))
    const count = readSync(file, bytes, 0, bytes.length, from)
    const length = bytes.subarray(0, count).lastIndexOf(0x0a) + 1
    return {text: bytes.toString('utf8', 0, length), end: from + length}
  } finally {
    closeSync(file)
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
