import type {FoundEvent} from '../core/memory/memories.ts'
import {matchesIn} from '../core/memory/text/matches.ts'
import type {ProfileSettings} from '../core/settings.ts'
import {colour} from './colour.ts'
import {relativeTime} from './relative-time.ts'
import type {Column} from './table.ts'

/** A text whose first match is so far in is shown from shortly before it. */
const SEEN_AT_ONCE = 48
const BEFORE = 24

/** The columns of found memories as a person at the terminal sees them. */
export function terminalColumns(
  columns: readonly Column<FoundEvent>[],
  {timezone, language}: Pick<ProfileSettings, 'timezone' | 'language'>,
  now: number
): Column<FoundEvent>[] {
  return columns.map((column) => {
    if (column.title === 'when')
      return {...column, short: ({timestamp}) => relativeTime(Date.parse(timestamp), now, timezone)}
    if (column.title !== 'what') return column
    return {
      ...column,
      short: (found) => around(column.value(found), found, language),
      paint: (cell, found) => highlighted(cell, found, language)
    }
  })
}

/** The text from where it begins to say what was asked for. */
function around(text: string, found: FoundEvent, language: string): string {
  const start = matchesIn(text, termsOf(found), language)[0]?.start ?? 0
  if (start < SEEN_AT_ONCE) return text
  const blank = text.lastIndexOf(' ', start - BEFORE)
  return `… ${text.slice(blank === -1 ? start : blank + 1)}`
}

function highlighted(text: string, found: FoundEvent, language: string): string {
  let painted = ''
  let at = 0
  for (const {start, end} of matchesIn(text, termsOf(found), language)) {
    painted += text.slice(at, start) + colour.bold.yellow(text.slice(start, end))
    at = end
  }
  return painted + text.slice(at)
}

const termsOf = ({explain}: FoundEvent): Set<string> => new Set(Object.values(explain?.matched ?? {}).flat())
