import {expect, it} from 'vitest'
import {relativeTime} from '../../src/cli/relative-time.ts'

const NOW = Date.UTC(2024, 5, 10, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

it.each([
  [20_000, 'just now'],
  [5 * MINUTE, '5 minutes ago'],
  [HOUR, '1 hour ago'],
  [11 * HOUR, '11 hours ago'],
  [13 * HOUR, 'yesterday'],
  [3 * DAY, '3 days ago'],
  [21 * DAY, '3 weeks ago'],
  [100 * DAY, '3 months ago'],
  [800 * DAY, '2 years ago'],
  [-DAY, 'tomorrow'],
  [-3 * DAY, 'in 3 days']
])('%i milliseconds before is "%s"', (passed, words) => {
  expect(relativeTime(NOW - passed, NOW, 'UTC')).toBe(words)
})

it('counts days by the calendar of the zone', () => {
  const midnight = Date.UTC(2024, 5, 10, 0, 30)
  expect(relativeTime(midnight, NOW, 'UTC')).toBe('11 hours ago')
  expect(relativeTime(midnight, NOW, 'America/New_York')).toBe('yesterday')
})
