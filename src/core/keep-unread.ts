import {isDeepStrictEqual} from 'node:util'
import type {JsonObject} from './json.ts'

/**
 * What a change makes of a record's file. Reading is lenient: entities that are no texts are passed over, a time with an offset is
 * read as UTC, a word that is not known as another. What the change left alone is written as the file had it, so that a record of
 * another system loses nothing by being changed here.
 * @param file bytes of the file, which is a JSON object
 * @param before the record as it was read from it
 * @param after the record as it was changed
 */
export function withUnread<T extends object>(file: Uint8Array, before: T, after: T): T {
  const written: JsonObject = JSON.parse(Buffer.from(file).toString('utf8'))
  const known = before as JsonObject
  const changed = Object.entries(after).map(([key, value]) => [
    key,
    Object.hasOwn(written, key) ? merged(written[key], known[key], value) : value
  ])
  const unread = Object.entries(written).filter(([key]) => !Object.hasOwn(before, key) && !Object.hasOwn(after, key))
  return Object.fromEntries([...changed, ...unread])
}

/** A list that was changed keeps what reading passed over. */
function merged(written: unknown, before: unknown, after: unknown): unknown {
  if (isDeepStrictEqual(before, after)) return written
  if (!Array.isArray(written) || !Array.isArray(before) || !Array.isArray(after)) return after
  return [...after, ...written.filter((item) => !before.some((one) => isDeepStrictEqual(one, item)))]
}
