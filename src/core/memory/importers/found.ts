import {createHash} from 'node:crypto'
import {type EpisodicEvent, readEvent} from '../event.ts'
import type {ImportFormat} from './formats.ts'

/** What a reader finds: a memory, something that cannot be read, or something that is none of an import's business. */
export type Found =
  | {source: string; event: EpisodicEvent}
  | {source: string; reason: string}
  /** `leftOut` says what kind of thing it is: ".png", "empty". */
  | {source: string; leftOut: string}

/** Where a record stands. */
export interface Place {
  /** The file. It becomes metadata.import.source. */
  source: string
  /** The record in it, as a person is told: "notes.jsonl:12". */
  at: string
}

/** For whom is read, and how. */
export interface Importing {
  userId: string
  /** IANA name of the person's zone, for dates without one. */
  zone: string
  /** What was said; undefined where each file is asked what it is. */
  format: ImportFormat | undefined
  /** How much of the present input has been read, 0 to 1. */
  progress: {fraction: number}
  /** Ends the wait for a pipe that says nothing. */
  signal?: AbortSignal
}

/** Identifies a record whatever becomes of its memory: equal parts give the same hash. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

/** "evt-" and a UUID of version 8 (RFC 9562: a version for ids made otherwise) out of a record's hash, so that a second run makes the same id. */
export function idOf(hash: string): string {
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `evt-${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/**
 * A memory of a record: its own id where it has one, and where it came from under metadata.import.
 * @param record as found, with no key of a missing value
 */
export function importedEvent(
  {userId}: Importing,
  origin: {source: string; hash: string},
  record: Record<string, unknown>
): EpisodicEvent | string {
  const event = readEvent({id: idOf(origin.hash), ...record, userId}, userId)
  if (typeof event === 'string') return event
  return {...event, metadata: {...event.metadata, import: {source: origin.source, hash: origin.hash}}}
}

/** The one or the other of an event and the reason why there is none, with its source. */
export const found = (source: string, event: EpisodicEvent | string): Found =>
  typeof event === 'string' ? {source, reason: event} : {source, event}
