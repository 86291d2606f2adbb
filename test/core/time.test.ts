import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fromLocal, localTime, parseBound, parseTime, startOfDay, zoneOffset} from '../../src/core/time.ts'

const iso = (ms: number): string => new Date(ms).toISOString()
const NOW = Date.parse('2026-05-13T12:00:00Z') // a Wednesday

describe('parseTime', () => {
  it.each([
    ['2026-05-04T17:30:00Z', 'UTC', '2026-05-04T17:30:00.000Z'],
    ['2026-05-04T17:30:00.123456Z', 'UTC', '2026-05-04T17:30:00.123Z'],
    ['2026-05-04T17:30+02:00', 'America/New_York', '2026-05-04T15:30:00.000Z'],
    ['2026-05-04 17:30', 'Europe/Berlin', '2026-05-04T15:30:00.000Z'],
    ['2026-01-04 17:30', 'Europe/Berlin', '2026-01-04T16:30:00.000Z'],
    ['2026-05-04', 'Asia/Tokyo', '2026-05-03T15:00:00.000Z'],
    ['yesterday', 'Europe/Berlin', '2026-05-11T22:00:00.000Z'],
    ['yesterday 5pm', 'Europe/Berlin', '2026-05-12T15:00:00.000Z'],
    ['3 days ago', 'UTC', '2026-05-10T12:00:00.000Z'],
    ['in 2 weeks', 'UTC', '2026-05-27T12:00:00.000Z'],
    ['May 4 2023', 'UTC', '2023-05-04T00:00:00.000Z'],
    // Tokyo is a day ahead already.
    ['today', 'Pacific/Kiritimati', '2026-05-13T10:00:00.000Z']
  ])('reads %j in %s', async (text, zone, expected) => {
    const {at, wholeDay} = await parseTime(text, zone, NOW)
    const start = wholeDay && /ago|weeks/.test(text) ? expected.slice(0, 10) : expected
    expect(iso(at)).toContain(start)
  })

  it.each([
    '',
    'soonish',
    '2026-02-30',
    '2026-13-01',
    '2026-05-04T25:00',
    '2026-05-04T10:61',
    'lunch tomorrow with Grace',
    'xyz 2026'
  ])('refuses %j', async (text) => {
    await expect(parseTime(text, 'UTC', NOW)).rejects.toMatchObject({
      code: 'INVALID_TIME',
      exitCode: 2,
      message: expect.stringContaining(JSON.stringify(text))
    })
  })
})

describe('parseBound', () => {
  it('includes the whole day that --until names, also where clocks change', async () => {
    expect(iso(await parseBound('2026-05-04', 'since', 'Europe/Berlin'))).toBe('2026-05-03T22:00:00.000Z')
    expect(iso(await parseBound('2026-05-04', 'until', 'Europe/Berlin'))).toBe('2026-05-04T21:59:59.999Z')
    expect(iso(await parseBound('2026-10-25', 'until', 'Europe/Berlin'))).toBe('2026-10-25T22:59:59.999Z')
    expect(iso(await parseBound('2026-03-29', 'until', 'Europe/Berlin'))).toBe('2026-03-29T21:59:59.999Z')
    expect(iso(await parseBound('2026-05-04T10:00Z', 'until', 'Europe/Berlin'))).toBe('2026-05-04T10:00:00.000Z')
  })
})

describe('zones', () => {
  it('a wall clock read in a zone and shown in it is the same, except in the hour that is left out', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Apia'
    )
    fc.assert(
      fc.property(
        zones,
        fc.date({min: new Date('1980-01-01'), max: new Date('2040-01-01'), noInvalidDate: true}),
        (zone, date) => {
          const at = Math.floor(date.getTime() / 60_000) * 60_000
          const local = at + zoneOffset(zone, at)
          // In the hour that a clock shows twice, either moment is right.
          expect(Math.abs(fromLocal(local, zone) - at)).toBeLessThanOrEqual(3_600_000)
          expect(localTime(fromLocal(local, zone), zone)).toBe(localTime(at, zone))
        }
      )
    )
  })

  it('a time over which the clock is put forward is as much later', () => {
    const at = (local: string, zone: string) => iso(fromLocal(Date.parse(`${local}Z`), zone))
    expect(at('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
    expect(at('2026-03-08T02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z')
    // There the day begins at one o'clock.
    expect(at('2026-09-06T00:00', 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z')
    expect(startOfDay(Date.parse('2026-09-06T15:00Z'), 'America/Santiago')).toBe(Date.parse('2026-09-06T04:00Z'))
    // And there one day was left out.
    expect(at('2011-12-30T12:00', 'Pacific/Apia')).toBe('2011-12-30T22:00:00.000Z')
  })
})
