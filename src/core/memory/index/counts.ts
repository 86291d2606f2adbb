import type {Statements} from '../../file-index/statements.ts'
import type {IndexFilter} from './types.ts'

/** Names in the table of counts, which spares `list`, `stats` and `status` to read every row. */
export const UNPROCESSED = 'unprocessed'
export const PRIVATE = 'private'
export const countedType = (type: string): string => `${TYPE}${type}`
export const countedTag = (tag: string): string => `${TAG}${tag}`
const TYPE = 'type '
const TAG = 'tag '

/** How many memories pass a filter of one type, one tag or "unprocessed" alone; undefined for every other. */
export function countOf(sql: Statements, {type, tag, unprocessed, ...others}: IndexFilter): number | undefined {
  const names = [
    ...(type === undefined ? [] : [countedType(type)]),
    ...(tag === undefined ? [] : [countedTag(tag)]),
    ...(unprocessed === true ? [UNPROCESSED] : [])
  ]
  const [name] = names
  if (name === undefined || names.length > 1 || Object.values(others).some((value) => value !== undefined)) return
  return counted(sql, name)
}

export const counted = (sql: Statements, name: string): number =>
  sql.get<{memories: number}>('SELECT memories FROM counted WHERE name = ?', name)?.memories ?? 0

/** How many memories there are of each type, and with each tag. */
export function tallyOf(sql: Statements): {types: Record<string, number>; tags: Record<string, number>} {
  const counts = sql.arrays<[string, number]>('SELECT name, memories FROM counted ORDER BY name')
  const below = (prefix: string): Record<string, number> =>
    Object.fromEntries(
      counts.flatMap(([name, count]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), count]] : []))
    )
  return {types: below(TYPE), tags: below(TAG)}
}
