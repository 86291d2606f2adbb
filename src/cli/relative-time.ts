const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
const MONTH = 30.44 * DAY
const YEAR = 365.25 * DAY

/**
 * How long ago a moment was, as a person says it: "just now", "5 minutes ago", "yesterday", "3 weeks ago", "in 2 days". Days are counted by
 * the calendar of the zone (IANA name), so that last night is yesterday.
 */
export function relativeTime(timestamp: number, now: number, zone: string): string {
  const passed = Math.abs(now - timestamp)
  const days = dayOf(now, zone) - dayOf(timestamp, zone)
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return ago(now - timestamp, MINUTE, 'minute')
  if (days === 0) return ago(now - timestamp, HOUR, 'hour')
  if (Math.abs(days) === 1) return days === 1 ? 'yesterday' : 'tomorrow'
  if (Math.abs(days) < 14) return ago(days * DAY, DAY, 'day')
  if (passed < 9 * WEEK) return ago(now - timestamp, WEEK, 'week')
  return passed < 2 * YEAR ? ago(now - timestamp, MONTH, 'month') : ago(now - timestamp, YEAR, 'year')
}

function ago(passed: number, size: number, unit: string): string {
  const count = Math.max(1, Math.floor(Math.abs(passed) / size))
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`
  return passed < 0 ? `in ${words}` : `${words} ago`
}

/** The number of the day that a clock in the zone shows. */
function dayOf(timestamp: number, zone: string): number {
  const [year, month, day] = new Intl.DateTimeFormat('en-CA', {timeZone: zone}).format(timestamp).split('-').map(Number)
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day) / DAY
}
