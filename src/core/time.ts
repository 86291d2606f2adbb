import {usageError} from './errors.ts'

export const DAY_MS = 24 * 60 * 60 * 1000
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?$/i

/** A moment, and how far the words reached: "2026-05-04" is a day, "yesterday at 5pm" a moment. */
export interface Moment {
  /** Milliseconds since 1970, UTC. */
  at: number
  /** True where no time of day was said; `at` is then the first millisecond of that day. */
  wholeDay: boolean
}

/**
 * Reads a time in ISO 8601 or in English words ("yesterday 5pm", "last friday", "in 2 weeks"). What names no zone is in the
 * person's.
 * @param zone IANA name, such as "Europe/Berlin"
 * @param now milliseconds since 1970
 * @param ahead whether "friday" and "5pm" mean those to come, as of something that is to be done
 * @throws MhError INVALID_TIME (exit 2)
 */
export async function parseTime(text: string, zone: string, now = Date.now(), ahead = false): Promise<Moment> {
  const words = text.trim()
  const moment = parseIso(words, zone) ?? (ISO.test(words) ? undefined : await parseWords(words, zone, now, ahead))
  if (moment === undefined) {
    throw usageError(
      'INVALID_TIME',
      `${JSON.stringify(text)} is not a time that mh understands`,
      'Use ISO 8601 (2026-05-04T17:30) or words such as "yesterday 5pm" or "last friday"'
    )
  }
  return moment
}

/** The bound of `--since` or `--until` in milliseconds: a whole day's first one, or its last, so that the day is included. */
export async function parseBound(
  text: string,
  side: 'since' | 'until',
  zone: string,
  now = Date.now()
): Promise<number> {
  const {at, wholeDay} = await parseTime(text, zone, now)
  return side === 'until' && wholeDay ? startOfDay(at, zone, 1) - 1 : at
}

/** Milliseconds by which the zone's clock is ahead of UTC at that moment. @throws MhError INVALID_TIMEZONE (exit 2) */
export function zoneOffset(zone: string, at: number): number {
  if (zone === 'UTC') return 0
  const parts = Object.fromEntries(
    formatter(zone)
      .formatToParts(at)
      .map(({type, value}) => [type, Number(value)])
  )
  const local = Date.UTC(
    parts.year ?? 0,
    (parts.month ?? 1) - 1,
    parts.day ?? 1,
    parts.hour ?? 0,
    parts.minute ?? 0,
    parts.second ?? 0
  )
  return local - Math.floor(at / 1000) * 1000
}

/**
 * The moment at which a wall clock in `zone` shows the given time (as if it were UTC). Where a clock is put forward over it, it is so much
 * later as the clock is put forward.
 */
export function fromLocal(local: number, zone: string): number {
  const guess = local - zoneOffset(zone, local)
  const moment = local - zoneOffset(zone, guess)
  // Where the clock is changed near it, the guess may lie on the other side. A time that no clock shows is neither of the two.
  const moments = [moment, local - zoneOffset(zone, moment)]
  return moments.find((at) => at + zoneOffset(zone, at) === local) ?? Math.max(...moments)
}

/** What a clock in `zone` shows at that moment: "2026-05-04 17:30". */
export const localTime = (at: number, zone: string): string =>
  new Date(at + zoneOffset(zone, at)).toISOString().slice(0, 16).replace('T', ' ')

/** The first millisecond of the day that it is then in `zone`, or of the day so many days after it. */
export function startOfDay(at: number, zone: string, days = 0): number {
  const midnight = Math.floor((at + zoneOffset(zone, at)) / DAY_MS) * DAY_MS
  return fromLocal(midnight + days * DAY_MS, zone)
}

/** The zone that this machine is set to. */
export const systemZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

function parseIso(text: string, zone: string): Moment | undefined {
  const found = ISO.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '', offset] = found
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3))
  )
  const shown = new Date(local)
  // 30 February and 25:00 would roll over into other days.
  if (
    Number.isNaN(local) ||
    shown.getUTCMonth() !== Number(month) - 1 ||
    shown.getUTCDate() !== Number(day) ||
    Number(hour ?? 0) > 23 ||
    Number(minute ?? 0) > 59 ||
    Number(second) > 59
  )
    return undefined
  return {at: offset === undefined ? fromLocal(local, zone) : local - offsetOf(offset), wholeDay: hour === undefined}
}

function offsetOf(text: string): number {
  if (/z/i.test(text)) return 0
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

async function parseWords(text: string, zone: string, now: number, ahead: boolean): Promise<Moment | undefined> {
  const chrono = await import('chrono-node')
  const reference = {instant: new Date(now), timezone: zoneOffset(zone, now) / 60_000}
  const found = chrono.parse(text, reference, {forwardDate: ahead})[0]
  // Words around a time mean that something else was meant: "lunch tomorrow" is no time.
  if (found === undefined || text.replace(found.text, '').trim() !== '') return undefined
  const {start} = found
  const wholeDay = !start.isCertain('hour')
  const [year, month, day] = [start.get('year'), start.get('month'), start.get('day')]
  if (year === null || month === null || day === null) return undefined
  if (start.isCertain('timezoneOffset')) return {at: start.date().getTime(), wholeDay}
  const time = wholeDay ? [0, 0, 0] : [start.get('hour') ?? 0, start.get('minute') ?? 0, start.get('second') ?? 0]
  return {at: fromLocal(Date.UTC(year, month - 1, day, ...time), zone), wholeDay}
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string): Intl.DateTimeFormat {
  let made = formatters.get(zone)
  if (made === undefined) {
    try {
      made = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric'
      })
    } catch {
      throw usageError(
        'INVALID_TIMEZONE',
        `${JSON.stringify(zone)} is not a time zone`,
        'Set "timezone" in etc/profile.json to a name such as "Europe/Berlin"'
      )
    }
    formatters.set(zone, made)
  }
  return made
}
