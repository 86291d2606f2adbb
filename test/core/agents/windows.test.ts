import {expect, it} from 'vitest'
import {windowAt} from '../../../src/core/agents/windows.ts'

const at = (time: string): number => Date.parse(time)
const shown = (found: ReturnType<typeof windowAt>): string | undefined =>
  found && `${new Date(found.from).toISOString()} ${new Date(found.to).toISOString()}`

it('a window holds its first moment and not its last', () => {
  const window = {start: '02:00', end: '06:00'}
  expect(windowAt(at('2024-05-01T01:59:59Z'), 'UTC', window)).toBeUndefined()
  expect(shown(windowAt(at('2024-05-01T02:00:00Z'), 'UTC', window))).toBe(
    '2024-05-01T02:00:00.000Z 2024-05-01T06:00:00.000Z'
  )
  expect(windowAt(at('2024-05-01T06:00:00Z'), 'UTC', window)).toBeUndefined()
})

it('a window over midnight is one, seen from either day', () => {
  const window = {start: '22:00', end: '07:00'}
  const whole = '2024-05-01T22:00:00.000Z 2024-05-02T07:00:00.000Z'
  expect(shown(windowAt(at('2024-05-01T23:00:00Z'), 'UTC', window))).toBe(whole)
  expect(shown(windowAt(at('2024-05-02T06:00:00Z'), 'UTC', window))).toBe(whole)
  expect(windowAt(at('2024-05-02T12:00:00Z'), 'UTC', window)).toBeUndefined()
  expect(windowAt(at('2024-05-02T12:00:00Z'), 'UTC', {start: '12:00', end: '12:00'})).toBeUndefined()
})

it("is by the person's clock, also on the day on which it is put forward or back", () => {
  const window = {start: '01:00', end: '04:00'}
  expect(shown(windowAt(at('2024-03-31T01:30:00Z'), 'Europe/Berlin', window))).toBe(
    '2024-03-31T00:00:00.000Z 2024-03-31T02:00:00.000Z'
  )
  expect(shown(windowAt(at('2024-10-27T01:30:00Z'), 'Europe/Berlin', window))).toBe(
    '2024-10-26T23:00:00.000Z 2024-10-27T03:00:00.000Z'
  )
})
