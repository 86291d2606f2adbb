import {describe, expect, it} from 'vitest'
import {calendarOf, dayNumber} from '../../../../src/core/memory/search/calendar.ts'
import {boostOf, namesTime, periodsOf} from '../../../../src/core/memory/search/periods.ts'

/** Monday, 10 June 2024, noon; memories of 2023 and 2024. */
const NOW = Date.UTC(2024, 5, 10, 12)
const SPAN = {oldest: Date.UTC(2023, 1, 1), newest: NOW}
const periods = (question: string) => periodsOf(question, calendarOf('UTC'), NOW, SPAN)
const at = (date: string) => Math.floor(Date.parse(date) / 86_400_000)

describe('a date in a question', () => {
  it.each([
    ['What happened on 5 May 2023?', '2023-05-05', '2023-05-05'],
    ['What happened on May 5th, 2023?', '2023-05-05', '2023-05-05'],
    ['the 5th of May 2023', '2023-05-05', '2023-05-05'],
    ['What did I buy in May 2023?', '2023-05-01', '2023-06-01'],
    ['Where was I in 2023?', '2023-01-01', '2023-12-31']
  ])('%s', (question, from, to) => {
    expect(periods(question)).toMatchObject([{from: at(from), to: at(to)}])
  })

  it('without a year means each year that there are memories of', () => {
    expect(periods('What did I do in March?').map(({from}) => from)).toEqual([at('2023-03-01'), at('2024-03-01')])
  })

  it('is no “may” or “march” that is a verb', () => {
    expect(periods('What may I eat?')).toEqual([])
    expect(periods('Where did we march together?')).toEqual([])
    expect(periods('Was it in may?')).toHaveLength(2)
  })
})

describe('a time counted from now', () => {
  it.each([
    ['What did I do today?', '2024-06-10', '2024-06-10'],
    ['What did I do yesterday?', '2024-06-09', '2024-06-09'],
    ['the day before yesterday', '2024-06-08', '2024-06-08'],
    ['Who called last night?', '2024-06-09', '2024-06-09'],
    ['Whom did I meet last Friday?', '2024-06-07', '2024-06-07'],
    ['Whom did I meet on Monday?', '2024-06-03', '2024-06-03'],
    ['What did I read last week?', '2024-06-03', '2024-06-10'],
    ['What did I read this week?', '2024-06-10', '2024-06-17'],
    ['Where was I last weekend?', '2024-06-08', '2024-06-09'],
    ['What did I pay last month?', '2024-05-01', '2024-06-01'],
    ['What did I learn last year?', '2023-01-01', '2023-12-31'],
    ['three days ago', '2024-06-07', '2024-06-07'],
    ['two weeks ago', '2024-05-24', '2024-05-31'],
    ['a couple of months ago', '2024-04-01', '2024-05-01'],
    ['over the past 3 days', '2024-06-07', '2024-06-11']
  ])('%s', (question, from, to) => {
    expect(namesTime(question)).toBe(true)
    expect(periods(question)).toMatchObject([{from: at(from), to: at(to)}])
  })

  it('crosses years', () => {
    expect(periodsOf('last month', calendarOf('UTC'), Date.UTC(2024, 0, 5), SPAN)).toMatchObject([
      {from: dayNumber(2023, 11, 1)}
    ])
  })

  it('is seen in no question that names none', () => {
    for (const question of ['Who lasts longest?', 'What is my badge number?', 'the last of us'])
      expect(namesTime(question)).toBe(false)
  })
})

it('is worth most when told then, less when told soon after', () => {
  const [may = {from: 0, to: 0, boost: 0, tail: 0, tailBoost: 0}] = periods('in May 2023')
  expect(boostOf([may], at('2023-05-20'))).toBe(1)
  expect(boostOf([may], at('2023-06-05'))).toBe(0.5)
  expect(boostOf([may], at('2023-06-20'))).toBe(0)
  expect(boostOf([may], at('2023-04-30'))).toBe(0)
})
