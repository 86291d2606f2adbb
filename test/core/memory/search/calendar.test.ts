import {expect, it} from 'vitest'
import {calendarOf, dayNumber} from '../../../../src/core/memory/search/calendar.ts'

it('shows a moment as the day it is in a zone', () => {
  const late = Date.UTC(2024, 4, 31, 23, 30)
  expect(calendarOf('UTC').dayOf(late)).toEqual({
    number: dayNumber(2024, 4, 31),
    year: 2024,
    month: 4,
    day: 31,
    weekday: 5
  })
  expect(calendarOf('Europe/Berlin').dayOf(late)).toMatchObject({month: 5, day: 1, weekday: 6})
  expect(calendarOf('America/New_York').dayOf(late)).toMatchObject({month: 4, day: 31})
  expect(calendarOf('Asia/Kathmandu').dayOf(Date.UTC(2024, 0, 1, 18, 15)).day).toBe(2)
  expect(calendarOf('Asia/Kathmandu').dayOf(Date.UTC(2024, 0, 1, 18, 14, 59)).day).toBe(1)
})

it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'])(
  'finds where each day of a year begins in %s',
  (zone) => {
    const calendar = calendarOf(zone)
    for (let day = dayNumber(2024, 0, 1); day <= dayNumber(2024, 11, 31); day++) {
      const start = calendar.startOf(day)
      expect(calendar.dayOf(start).number).toBe(day)
      expect(calendar.dayOf(start - 1).number).toBe(day - 1)
    }
  }
)

it('refuses a zone that there is not', () => {
  expect(() => calendarOf('Mars/Olympus')).toThrow(RangeError)
})

it('uses the system’s zone where none is named', () => {
  const now = Date.UTC(2024, 2, 3, 12)
  expect(calendarOf(undefined).dayOf(now).day).toBe(new Date(now).getDate())
})
