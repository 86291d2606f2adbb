import type {SQLInputValue} from 'node:sqlite'
import {runWanted} from './markers.ts'
import type {IndexFilter} from './types.ts'

/** A condition over `memory m`, with its values in order. */
export interface Condition {
  sql: string
  values: SQLInputValue[]
}

/** The filter as a condition over `memory m`; 'TRUE' where it holds for all. */
export function conditionOf(filter: IndexFilter, excludeSession?: string): Condition {
  const parts: string[] = []
  const values: SQLInputValue[] = []
  const add = (sql: string, value?: SQLInputValue): void => {
    parts.push(sql)
    if (value !== undefined) values.push(value)
  }
  if (filter.type !== undefined) add('m.type = ?', filter.type)
  if (filter.since !== undefined) add('m.timestamp >= ?', filter.since)
  if (filter.until !== undefined) add('m.timestamp <= ?', filter.until)
  if (filter.unprocessed === true) add('m.processed = 0')
  if (filter.tag !== undefined)
    add('EXISTS (SELECT 1 FROM tag t WHERE t.tag = ? AND t.timestamp = m.timestamp AND t.row = m.row)', filter.tag)
  if (filter.session !== undefined) add('m.session = ?', filter.session)
  if (filter.run !== undefined) add('m.row IN (SELECT rowid FROM words WHERE words MATCH ?)', runWanted(filter.run))
  if (filter.current !== undefined)
    add('NOT EXISTS (SELECT 1 FROM superseded s WHERE s.target = m.id AND s.at <= ?)', filter.current)
  if (excludeSession !== undefined) add('m.session IS NOT ?', excludeSession)
  return {sql: parts.length === 0 ? 'TRUE' : parts.join(' AND '), values}
}

/** Listing by tag reads the tag's own order; everything else reads memory's. */
export function rowsOf(filter: IndexFilter): {from: string; condition: Condition; time: string} {
  if (filter.tag === undefined) return {from: 'memory m', condition: conditionOf(filter), time: 'm.timestamp'}
  const {tag, ...rest} = filter
  const condition = conditionOf(rest)
  return {
    from: 'tag t CROSS JOIN memory m ON m.row = t.row',
    condition: {
      sql: `t.tag = ? AND ${condition.sql.replaceAll('m.timestamp', 't.timestamp')}`,
      values: [tag, ...condition.values]
    },
    time: 't.timestamp'
  }
}
