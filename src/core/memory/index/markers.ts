import type {IndexFilter} from './types.ts'

/**
 * What memories are filtered by, as words of the full-text index, so that a filter and a term are one look-up. They begin with a
 * colon, which no term does. Words for a time are whole months and years (UTC) and those for types and tags are folded: a marker
 * finds all that pass, and perhaps some more at the edges.
 */
export function markersOf({
  type,
  tags,
  timestamp,
  runs = []
}: {
  type: string
  tags: readonly string[]
  timestamp: number
  runs?: readonly string[]
}): string {
  const at = new Date(timestamp)
  return [
    typeMarker(type),
    ...tags.map(tagMarker),
    yearMarker(at.getUTCFullYear()),
    monthMarker(at),
    ...runs.map(runMarker)
  ].join(' ')
}

/** What finds the memories of a run of an agent, as an FTS5 expression. */
export const runWanted = (run: string): string => quoted(runMarker(run))

/**
 * The markers of a filter as an FTS5 expression, or undefined where it has none.
 * @param span the time of all memories, milliseconds UTC
 */
export function markersWanted(
  {type, tag, since, until}: IndexFilter,
  span: {oldest: number; newest: number}
): string | undefined {
  const parts = [
    ...(type === undefined ? [] : [quoted(typeMarker(type))]),
    ...(tag === undefined ? [] : [quoted(tagMarker(tag))]),
    ...(since === undefined && until === undefined
      ? []
      : [`(${timeMarkers(Math.max(since ?? span.oldest, span.oldest), Math.min(until ?? span.newest, span.newest))})`])
  ]
  return parts.length === 0 ? undefined : parts.join(' AND ')
}

/** Years that lie wholly between the two moments, and the months of the others. */
function timeMarkers(from: number, to: number): string {
  const markers: string[] = []
  const last = new Date(to)
  for (const at = startOfMonth(new Date(from)); at <= last; ) {
    const nextYear = Date.UTC(at.getUTCFullYear() + 1, 0, 1)
    if (at.getUTCMonth() === 0 && nextYear <= to) {
      markers.push(yearMarker(at.getUTCFullYear()))
      at.setTime(nextYear)
    } else {
      markers.push(monthMarker(at))
      at.setUTCMonth(at.getUTCMonth() + 1)
    }
  }
  return markers.length === 0 ? quoted(':none') : markers.map(quoted).join(' OR ')
}

const startOfMonth = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1))
const yearMarker = (year: number): string => `:y${year}`
const monthMarker = (at: Date): string => `:m${at.getUTCFullYear()}-${at.getUTCMonth() + 1}`
const typeMarker = (type: string): string => `:t${joined(type)}`
const tagMarker = (tag: string): string => `:#${joined(tag)}`
const runMarker = (run: string): string => `:r${joined(run)}`
/** The tokenizer would cut at blanks and control characters; quotes end an FTS5 string. */
const joined = (text: string): string => (/^[\w-]*$/.test(text) ? text : text.replace(/[\s"\p{Cc}]/gu, '_'))
const quoted = (marker: string): string => `"${marker}"`
