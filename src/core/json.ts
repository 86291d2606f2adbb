import {unreadable} from './files.ts'
import {DEEPEST, jsonErrorOffset} from './json-error.ts'

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object as it is; an empty one in the place of anything else. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** The texts of a list; what else is in it, or stands in its place, is passed over. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

/** What `jsonProblem` says of JSON that is nested too deep. */
export const TOO_DEEP = `it is nested more than ${DEEPEST} levels deep`

/** Parses JSON that somebody else wrote. @throws SyntaxError; `jsonProblem` says what is wrong with the text */
export function parseShallow(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(TOO_DEEP)
  return JSON.parse(text)
}

function isTooDeep(text: string): boolean {
  // Each level takes two characters.
  if (text.length <= 2 * DEEPEST) return false
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) quoted = !quoted
    else if (quoted) at += code === 0x5c ? 1 : 0
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > DEEPEST) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

/** Where a text was read: its path, or what finds that out where it is needed. */
type Place = string | (() => string)

/** Parses a document, which is always an object. @throws MhError UNREADABLE_FILE with path and line. The file stays as it is. */
export function parseObject(text: string, place: Place): JsonObject {
  const value = parseJson(text, place)
  if (!isObject(value)) throw unreadable(pathOf(place), 'it is not a JSON object')
  return value
}

const MOST_SHARED = 1000
const shared = new Map<string, JsonObject>()

/**
 * The same for a text that is asked for again and again (see remembered-text.ts): it is parsed once, and the object that comes of it is
 * everybody's. It cannot be changed.
 */
export function parseShared(text: string, place: Place): Readonly<JsonObject> {
  const known = shared.get(text)
  if (known !== undefined) return known
  const value = frozen(parseObject(text, place))
  if (shared.size >= MOST_SHARED) shared.clear()
  shared.set(text, value)
  return value
}

/** Makes an object, and all that is in it, unchangeable. */
export function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner)
  return Object.freeze(value)
}

/**
 * Parses JSON and, where it does not parse, says in which line.
 * @throws MhError UNREADABLE_FILE with path and line. The file stays as it is.
 */
export function parseJson(text: string, place: Place): unknown {
  try {
    return parseShallow(text)
  } catch {
    throw unreadable(pathOf(place), jsonProblem(text))
  }
}

const pathOf = (place: Place): string => (typeof place === 'string' ? place : place())

/** What is wrong with a text that is no JSON: the line, and one character. More of it could be somebody's diary. */
export function jsonProblem(text: string): string {
  if (isTooDeep(text)) return TOO_DEEP
  const offset = jsonErrorOffset(text)
  const found = text[offset]
  // A text that ends too early does so in its last line, not behind the newline that ends it.
  const line = text.slice(0, found === undefined ? text.trimEnd().length : offset).split('\n').length
  return `line ${line}: ${found === undefined ? 'the text ends too early' : `unexpected ${JSON.stringify(found)}`}`
}
