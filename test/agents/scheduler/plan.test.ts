import {describe, expect, it} from 'vitest'
import {type Moment, nextRun, type Schedule} from '../../../src/agents/scheduler/plan.ts'
import type {ScheduledState} from '../../../src/core/agents/schedule-store.ts'

const MINUTE = 60_000
const at = (time: string): number => Date.parse(`2024-05-${time}:00Z`)

const NOBODY = {zone: 'UTC', activity: undefined, quietHours: undefined}

/** When it runs next: "02T03:00", or null. */
function next(
  schedule: Schedule,
  state: Partial<ScheduledState>,
  moment: Partial<Moment> & {now: number}
): string | null {
  const found = nextRun(schedule, {firstSeen: at('01T00:00'), ...state}, {...NOBODY, ...moment})
  return found === null ? null : new Date(found).toISOString().slice(8, 16)
}

describe('an interval', () => {
  const schedule = {type: 'interval', seconds: 900} as const

  it('begins at once, and goes on from the last run', () => {
    expect(next(schedule, {}, {now: at('01T00:00')})).toBe('01T00:00')
    expect(next(schedule, {lastRun: at('01T10:00')}, {now: at('01T10:01')})).toBe('01T10:15')
  })

  it('is never so short that the machine does nothing else, and may be longer than there is time', () => {
    const lastRun = at('01T10:00')
    expect(nextRun({...schedule, seconds: 1e-6}, {firstSeen: 0, lastRun}, {...NOBODY, now: lastRun})).toBe(
      lastRun + 10_000
    )
    expect(next({...schedule, seconds: 1e300}, {lastRun}, {now: lastRun})).toBeNull()
  })

  it('runs once after the machine has slept, and not in a year where the clock was put back', () => {
    expect(next(schedule, {lastRun: at('01T10:00')}, {now: at('03T08:00')})).toBe('01T10:15')
    expect(next(schedule, {lastRun: Date.parse('2025-01-01T00:00:00Z')}, {now: at('03T08:00')})).toBe('03T08:15')
  })
})

describe('a time of day', () => {
  const schedule = {type: 'timeOfDay', at: '03:00'} as const

  it("is the next one by the person's clock", () => {
    expect(next(schedule, {}, {now: at('01T00:00')})).toBe('01T03:00')
    expect(next(schedule, {}, {now: at('01T00:00'), zone: 'Europe/Berlin'})).toBe('01T01:00')
    expect(next(schedule, {lastRun: at('01T03:00')}, {now: at('01T03:01')})).toBe('02T03:00')
  })

  it('that was slept through is one run', () => {
    expect(next(schedule, {lastRun: at('01T03:00')}, {now: at('09T12:00')})).toBe('02T03:00')
    expect(next(schedule, {lastRun: at('09T12:00')}, {now: at('09T12:01')})).toBe('10T03:00')
  })
})

describe('idleness', () => {
  const schedule = {type: 'activity', idleSeconds: 900} as const

  it('is waited for once after each activity', () => {
    const activity = at('01T10:00')
    expect(next(schedule, {}, {now: at('01T10:01')})).toBeNull()
    expect(next(schedule, {}, {now: at('01T10:01'), activity})).toBe('01T10:15')
    expect(next(schedule, {lastRun: at('01T10:15')}, {now: at('01T11:00'), activity})).toBeNull()
    expect(next(schedule, {lastRun: at('01T10:15')}, {now: at('01T11:00'), activity: at('01T10:50')})).toBe('01T11:05')
  })
})

describe('a night', () => {
  const window = {start: '02:00', end: '06:00'}
  const schedule = {type: 'night', window, idleSeconds: 15 * 60, everySeconds: 80 * 60} as const
  const activity = at('01T20:00')

  it('begins with its window, or later where the person is awake, and not after it', () => {
    expect(next(schedule, {}, {now: at('01T21:00'), activity})).toBe('02T02:00')
    expect(next(schedule, {}, {now: at('02T03:00'), activity})).toBe('02T02:00')
    expect(next(schedule, {}, {now: at('02T03:00'), activity: at('02T02:55')})).toBe('02T03:10')
    expect(next(schedule, {}, {now: at('02T05:50'), activity: at('02T05:49')})).toBe('03T02:00')
    expect(next(schedule, {}, {now: at('02T03:00')})).toBeNull()
  })

  it('comes back in the same night, and then in the next one', () => {
    expect(next(schedule, {lastRun: at('02T02:00')}, {now: at('02T02:01'), activity})).toBe('02T03:20')
    expect(next(schedule, {lastRun: at('02T04:50')}, {now: at('02T05:00'), activity})).toBe('03T02:00')
    const often = {...schedule, everySeconds: 1e-6}
    expect(nextRun(often, {firstSeen: 0, lastRun: at('02T03:00')}, {...NOBODY, now: at('02T03:00'), activity})).toBe(
      at('02T03:00') + 10_000
    )
  })
})

it('what falls into quiet hours waits for their end', () => {
  const quietHours = {start: '22:00', end: '07:00'}
  const interval = {type: 'interval', seconds: 900} as const
  expect(next(interval, {lastRun: at('01T21:50')}, {now: at('01T21:51'), quietHours})).toBe('02T07:00')
  expect(next(interval, {lastRun: at('01T12:00')}, {now: at('01T23:00'), quietHours})).toBe('02T07:00')
  expect(next(interval, {lastRun: at('01T12:00')}, {now: at('01T12:00') + MINUTE, quietHours})).toBe('01T12:15')
  expect(next({type: 'timeOfDay', at: '03:00'}, {}, {now: at('01T00:00'), quietHours})).toBe('01T07:00')
})
