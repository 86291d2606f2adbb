import {parseJson, readIfThere, unreadable} from './files.ts'
import {type ProfilePath, paths} from './paths.ts'

export type JsonObject = Record<string, unknown>

/**
 * A document of the current person's profile (persona, models, settings), or undefined where there is none.
 * @throws MhError UNREADABLE_FILE with path and line where it is damaged: it is left as it is
 */
export function readDocument(name: ProfilePath): JsonObject | undefined {
  const path = paths[name]
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const value = parseJson(text, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable(path, 'it is not a JSON object')
  return value as JsonObject
}
