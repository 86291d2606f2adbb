import type {IndexFilter} from '../index/types.ts'

/** The values of a statement, in the order of their numbers. The first one is the person's id, in every statement. */
export class Values {
  readonly list: unknown[]

  constructor(userId: string) {
    this.list = [userId]
  }

  /** @returns what stands for the value in the statement: "$2" */
  add(value: unknown): string {
    this.list.push(value)
    return `$${this.list.length}`
  }
}

/** A filter as a condition over `memory m` of the person $1; 'true' where it holds for all. */
export function conditionOf(filter: IndexFilter, values: Values, excludeSession?: string): string {
  const {type, tag, since, until, unprocessed, session, current, run} = filter
  const parts: string[] = []
  if (type !== undefined) parts.push(`m.type = ${values.add(storable(type))}`)
  if (since !== undefined) parts.push(`m.timestamp >= ${values.add(moment(since))}`)
  if (until !== undefined) parts.push(`m.timestamp <= ${values.add(moment(until))}`)
  if (unprocessed === true) parts.push('NOT m.processed')
  if (tag !== undefined)
    parts.push(
      `EXISTS (SELECT FROM tag t WHERE t.user_id = $1 AND t.tag = ${values.add(storable(tag))} AND t.timestamp = m.timestamp AND t.row = m.row)`
    )
  if (session !== undefined) parts.push(`m.session = ${values.add(storable(session))}`)
  if (current !== undefined)
    parts.push(
      `NOT EXISTS (SELECT FROM superseded s WHERE s.user_id = $1 AND s.target = m.id AND s.at <= ${values.add(moment(current))})`
    )
  if (run !== undefined)
    parts.push(`m.row IN (SELECT c.row FROM touched c WHERE c.user_id = $1 AND c.run = ${values.add(storable(run))})`)
  if (excludeSession !== undefined) parts.push(`m.session IS DISTINCT FROM ${values.add(storable(excludeSession))}`)
  return parts.length === 0 ? 'true' : parts.join(' AND ')
}

/** PostgreSQL keeps well-formed text without NUL only. What is filtered by is compared as it is kept; the record itself is JSON, and whole. */
export const storable = (text: string): string => text.replaceAll('\0', '\u{fffd}').toWellFormed()

/** A whole number of milliseconds that a bigint holds. */
export const moment = (milliseconds: number): number =>
  Math.trunc(Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, milliseconds)))
