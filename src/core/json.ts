import {parseJson, unreadable} from './files.ts'

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The texts of a list; what else is in it, or stands in its place, is passed over. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

/** Parses a document, which is always an object. @throws MhError UNREADABLE_FILE with path and line. The file stays as it is. */
export function parseObject(text: string, path: string): JsonObject {
  const value = parseJson(text, path)
  if (!isObject(value)) throw unreadable(path, 'it is not a JSON object')
  return value
}
