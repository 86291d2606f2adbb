import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {TextDecoder} from 'node:util'
import {errno, usageError} from '../errors.ts'
import {jsonProblem, parseShallow, TOO_DEEP} from '../json.ts'
import {sha256} from '../sha256.ts'
import {type EpisodicEvent, formatEvent, LARGEST_FILE, readEvent} from './event.ts'

const UTF8 = new TextDecoder('utf-8', {fatal: true})

/** A memory's file as it is now. */
export interface MemoryFile {
  event: EpisodicEvent
  bytes: Uint8Array
  mtimeMs: number
  size: number
  /** The first 16 hex digits of the SHA-256 of its bytes. Worked out when asked for: a search does not show it. */
  version: () => string
}

/** Why a file was not read; "gone" where there is none. */
export type Unread = {gone: true} | {gone: false; reason: string}

/**
 * Reads one memory. Links and pipes are not followed: a link could lead out of the profile, and a pipe would wait for ever.
 * @returns the memory, or why it could not be read; nothing is thrown for what stands in the file
 */
export function readMemoryFile(path: string, userId: string): MemoryFile | Unread {
  const read = readJsonFile(path)
  if (!('bytes' in read)) return read
  const {value, bytes, mtimeMs, size} = read
  const event = readEvent(value, userId)
  if (typeof event === 'string') return {gone: false, reason: event}
  return {event, bytes, mtimeMs, size, version: () => versionOf(bytes)}
}

/** Reads the JSON of a record's file, or says why it cannot be read. */
export function readJsonFile(
  path: string
): {value: unknown; bytes: Uint8Array; mtimeMs: number; size: number} | Unread {
  const read = readRegularFile(path)
  if (!('bytes' in read)) return read
  let text: string
  try {
    text = UTF8.decode(read.bytes)
  } catch {
    return {gone: false, reason: 'it is not UTF-8 text'}
  }
  const parsed = parseRecord(text)
  return 'reason' in parsed ? {gone: false, reason: parsed.reason} : {...read, value: parsed.value}
}

/** The value of a record's text, or why it cannot be read. */
export function parseRecord(text: string): {value: unknown} | {reason: string} {
  try {
    return {value: parseShallow(text)}
  } catch {
    const problem = jsonProblem(text)
    return {reason: problem === TOO_DEEP ? problem : `it is not JSON: ${problem}`}
  }
}

/**
 * The text of a memory's file, made sure that it can be read again.
 * @throws MhError INPUT_TOO_LARGE (exit 2): JSON may be several times as long as the text that it holds
 */
export function formatChecked(event: EpisodicEvent): string {
  const text = formatEvent(event)
  const bytes = Buffer.byteLength(text)
  if (bytes > LARGEST_FILE) {
    throw usageError(
      'INPUT_TOO_LARGE',
      `The memory would have ${bytes} bytes, ${LARGEST_FILE} at most can be kept`,
      'Split it'
    )
  }
  return text
}

/** What `version` and an ETag show of a file's bytes. */
export const versionOf = (bytes: string | Uint8Array): string => sha256(bytes).slice(0, 16)

/** Bytes of a file that is no link, no pipe, and not larger than a memory may be; or why there are none. */
export function readRegularFile(path: string): {bytes: Uint8Array; mtimeMs: number; size: number} | Unread {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = errno(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {gone: true}
    return {gone: false, reason: code === 'ELOOP' ? 'it is a link' : `it cannot be opened (${code})`}
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) return {gone: false, reason: 'it is not a regular file'}
    if (stat.size > LARGEST_FILE)
      return {gone: false, reason: `it has ${stat.size} bytes, ${LARGEST_FILE} at most are read`}
    const bytes = Buffer.alloc(stat.size)
    let length = 0
    for (let count = -1; count !== 0 && length < bytes.length; length += count)
      count = readSync(file, bytes, length, bytes.length - length, length)
    return {bytes: bytes.subarray(0, length), mtimeMs: stat.mtimeMs, size: stat.size}
  } finally {
    closeSync(file)
  }
}
