import {DAY_MS, fromLocal, startOfDay, zoneOffset} from '../time.ts'

/** A part of every day by a person's clock: from "22:00" to "07:00", the end not included. */
export interface DailyWindow {
  start: string
  end: string
}

/**
 * The window that holds a moment; undefined where none does. One that ends before it begins goes over midnight, and one that ends when
 * it begins is never open.
 * @param at milliseconds since 1970
 * @param zone IANA name
 * @returns its first millisecond, and the one after its last
 */
export function windowAt(at: number, zone: string, {start, end}: DailyWindow): {from: number; to: number} | undefined {
  const [first, last] = [minutesOf(start), minutesOf(end)]
  if (first === last) return undefined
  // One over midnight may have begun the day before.
  for (const days of [0, -1]) {
    const from = clockAt(at, zone, days, first)
    const to = clockAt(at, zone, last < first ? days + 1 : days, last)
    if (at >= from && at < to) return {from, to}
  }
  return undefined
}

/** When the clock in `zone` shows so many minutes after midnight, on the day of `at` or so many days after it. */
function clockAt(at: number, zone: string, days: number, minutes: number): number {
  const day = startOfDay(at, zone, days)
  const midnight = Math.round((day + zoneOffset(zone, day)) / DAY_MS) * DAY_MS
  return fromLocal(midnight + minutes * 60_000, zone)
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
