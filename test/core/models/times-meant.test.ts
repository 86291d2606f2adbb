import {expect, it} from 'vitest'
import {timesMeant} from '../../../src/core/models/times-meant.ts'

const MONDAY = Date.parse('2023-05-08T23:30:00Z')

it.each([
  ['I went there yesterday', 'UTC', ['yesterday: 7 May 2023']],
  ['I went there yesterday', 'Europe/Berlin', ['yesterday: 8 May 2023']],
  ['She came two weeks ago', 'UTC', ['two weeks ago: 24 April 2023']],
  ['We moved here last year', 'UTC', ['last year: 2022']],
  ['The fair is next month', 'UTC', ['next month: June 2023']],
  ['I fixed it today', 'UTC', []],
  ['Grace was born on 9 December 1906', 'UTC', []],
  ['There is nothing of the kind in here', 'UTC', []]
])('tells what is meant in "%s", written in %s', async (text, zone, meant) => {
  expect(await timesMeant(text, MONDAY, zone)).toEqual(meant)
})
