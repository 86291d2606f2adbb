import {DAY_MS} from '../../time.ts'

/** A moment as the person's calendar shows it. `number` counts days (1970-01-01 is 0), so that days can be compared. */
export interface Day {
  number: number
  year: number
  /** 0–11. */
  month: number
  /** 1–31. */
  day: number
  /** 0 is Sunday. */
  weekday: number
}

export interface Calendar {
  dayOf(timestamp: number): Day
  /** The moment a day begins, milliseconds UTC. */
  startOf(dayNumber: number): number
}

/** The number of a date; months below 0 or above 11 and days out of range count on into other years and months. */
export const dayNumber = (year: number, month: number, day: number): number =>
  Math.floor(Date.UTC(year, month, day) / DAY_MS)

/**
 * The calendar of a time zone (IANA name), or of the system's where none is named. Throws RangeError for an unknown zone.
 * Made only where a question has to do with time: Intl is slow to load.
 */
export function calendarOf(zone: string | undefined): Calendar {
  const offset = offsetsOf(zone)
  return {
    dayOf(timestamp) {
      const local = new Date(timestamp + offset(timestamp))
      return {
        number: Math.floor(local.getTime() / DAY_MS),
        year: local.getUTCFullYear(),
        month: local.getUTCMonth(),
        day: local.getUTCDate(),
        weekday: local.getUTCDay()
      }
    },
    startOf(number) {
      const start = number * DAY_MS
      // The offset is asked for at a moment near enough; where the clock changes at that very night the second look is right.
      return start - offset(start - offset(start))
    }
  }
}

function offsetsOf(zone: string | undefined): (timestamp: number) => number {
  if (zone === undefined) return (timestamp) => -new Date(timestamp).getTimezoneOffset() * 60_000
  if (zone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric'
  })
  const known = new Map<number, number>()
  // Clocks change at full quarters of an hour.
  return (timestamp) => {
    const quarter = Math.floor(timestamp / 900_000)
    let offset = known.get(quarter)
    if (offset === undefined) {
      const at = quarter * 900_000
      const part: Record<string, number> = {}
      for (const {type, value} of format.formatToParts(at)) part[type] = Number(value)
      offset = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day ?? 1, part.hour ?? 0, part.minute ?? 0) - at
      known.set(quarter, offset)
    }
    return offset
  }
}
