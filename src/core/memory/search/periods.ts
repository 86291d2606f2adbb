import {type Calendar, type Day, dayNumber} from './calendar.ts'

/** A stretch of days that a question names. A memory told in it is worth 1 + boost times as much, one of the `tail` days after it 1 + tailBoost times. */
export interface Period {
  /** Day numbers, both inclusive. */
  from: number
  to: number
  boost: number
  tail: number
  tailBoost: number
}

/** What a date in a question is worth, by how exactly it says when. Chosen on the development conversations of LoCoMo; the optimum is flat. */
const DAY_BOOST = 1.5
const MONTH_BOOST = 1
const YEAR_BOOST = 0.1
/** "last year" asks for it; a bare "2023" often only tells two things apart. */
const WHOLE_YEAR_ASKED_BOOST = 0.5
/** Things are told up to a week after the month they belong to. */
const TOLD_LATER_BOOST = 0.5

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december'
]
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTH_NAMES = MONTHS.join('|')
const COUNTS: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  couple: 2,
  three: 3,
  few: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10
}
const COUNT = `\\d+|a couple of|a few|few|${Object.keys(COUNTS).join('|')}`

/** Does an English question name a date or a time at all? Cheap, so that a calendar is made only where it is needed. */
export function namesTime(question: string): boolean {
  return TIME_WORD.test(question)
}
const TIME_WORD = new RegExp(
  `\\b(?:${MONTH_NAMES}|${WEEKDAYS.join('|')}|today|tonight|yesterday|ago|(?:last|past|this|previous) (?:night|morning|afternoon|evening|week|weekend|month|year|\\w+ (?:days|weeks|months|years))|(?:19|20)\\d\\d)\\b`,
  'i'
)

/**
 * The periods that an English question names: a date ("5 May 2023", "in May", "2023") or a time counted from now ("last week", "two days ago").
 * A date without a year means that date of every year from `oldest` to `newest`.
 */
export function periodsOf(
  question: string,
  calendar: Calendar,
  now: number,
  span: {oldest: number; newest: number}
): Period[] {
  const low = question.toLowerCase()
  const counted = countedFromNow(low, calendar.dayOf(now))
  if (counted !== undefined) return [counted]
  const date = dateIn(low)
  if (date === undefined) return []
  const first = date.year ?? calendar.dayOf(span.oldest).year
  const last = date.year ?? calendar.dayOf(span.newest).year
  const periods: Period[] = []
  for (let year = first; year <= last; year++) periods.push(ofDate(year, date.month, date.day))
  return periods
}

interface NamedDate {
  year?: number
  month?: number
  day?: number
}

function ofDate(year: number, month: number | undefined, day: number | undefined): Period {
  if (month === undefined)
    return {from: dayNumber(year, 0, 1), to: dayNumber(year, 11, 31), boost: YEAR_BOOST, tail: 0, tailBoost: 0}
  if (day === undefined) return ofMonth(year, month)
  return ofDays(dayNumber(year, month, day), 1)
}

/** Told that day or the day after, which is as good. */
const ofDays = (from: number, days: number): Period => ({
  from,
  to: from + days - 1,
  boost: DAY_BOOST,
  tail: 1,
  tailBoost: DAY_BOOST
})
const ofStretch = (from: number, to: number): Period => ({from, to: to + 1, boost: MONTH_BOOST, tail: 0, tailBoost: 0})
/** The day after counts as the month; the week after for half of it. */
const ofMonth = (year: number, month: number): Period => ({
  from: dayNumber(year, month, 1),
  to: dayNumber(year, month + 1, 1),
  boost: MONTH_BOOST,
  tail: 6,
  tailBoost: TOLD_LATER_BOOST
})
const ofYear = (year: number): Period => ({
  from: dayNumber(year, 0, 1),
  to: dayNumber(year, 11, 31),
  boost: WHOLE_YEAR_ASKED_BOOST,
  tail: 0,
  tailBoost: 0
})

function dateIn(low: string): NamedDate | undefined {
  const year = /\b((?:19|20)\d\d)\b/.exec(low)?.[1]
  const dated = year === undefined ? {} : {year: Number(year)}
  const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${MONTH_NAMES})\\b`).exec(low)
  if (dayFirst !== null) return {...dated, day: Number(dayFirst[1]), month: MONTHS.indexOf(dayFirst[2] ?? '')}
  const monthFirst = new RegExp(`\\b(${MONTH_NAMES}) (\\d{1,2})(?:st|nd|rd|th)?\\b(?!\\d)`).exec(low)
  if (monthFirst !== null) return {...dated, month: MONTHS.indexOf(monthFirst[1] ?? ''), day: Number(monthFirst[2])}
  const month = new RegExp(`\\b(${MONTH_NAMES})\\b`).exec(low)?.[1]
  if (month !== undefined && (!AMBIGUOUS.has(month) || isMonth(low, month)))
    return {...dated, month: MONTHS.indexOf(month)}
  return year === undefined ? undefined : dated
}

/** "may" and "march" are words as well. */
const AMBIGUOUS = new Set(['may', 'march'])
const isMonth = (low: string, month: string): boolean =>
  new RegExp(
    `\\b(?:in|of|during|since|by|until|before|after|early|mid|late|last|this) ${month}\\b|\\b${month},? (?:19|20)\\d\\d\\b`
  ).test(low)

function countedFromNow(low: string, today: Day): Period | undefined {
  const n = today.number
  if (/\bday before yesterday\b/.test(low)) return ofDays(n - 2, 1)
  if (/\byesterday\b|\blast (?:night|evening)\b/.test(low)) return ofDays(n - 1, 1)
  if (/\b(?:today|tonight|this (?:morning|afternoon|evening))\b/.test(low)) return ofDays(n, 1)
  const ago = new RegExp(`\\b(${COUNT}) (day|week|month|year)s? ago\\b`).exec(low)
  if (ago !== null) return before(today, countOf(ago[1] ?? ''), ago[2] ?? '')
  const recent = new RegExp(`\\b(?:last|past|previous) (${COUNT}) (day|week|month|year)s?\\b`).exec(low)
  if (recent !== null) return ofStretch(n - countOf(recent[1] ?? '') * DAYS_IN[recent[2] as Unit], n)
  const weekday = new RegExp(`\\b(?:last|this|past|on) (${WEEKDAYS.join('|')})\\b`).exec(low)
  if (weekday !== null) return ofDays(n - ((today.weekday - WEEKDAYS.indexOf(weekday[1] ?? '') + 6) % 7) - 1, 1)
  const unit = /\b(last|past|previous|this) (week|weekend|month|year)\b/.exec(low)
  return unit === null ? undefined : wholeUnit(today, unit[2] ?? '', unit[1] === 'this' ? 0 : 1)
}

type Unit = 'day' | 'week' | 'month' | 'year'
const DAYS_IN: Record<Unit, number> = {day: 1, week: 7, month: 31, year: 366}
const countOf = (words: string): number =>
  COUNTS[words.replace(/^a (?=couple|few)/, '').replace(/ of$/, '')] ?? Number(words)

/** The week, month, year so many units back; weeks begin on Monday. */
function wholeUnit(today: Day, unit: string, back: number): Period {
  const monday = today.number - ((today.weekday + 6) % 7) - 7 * back
  if (unit === 'week') return ofStretch(monday, monday + 6)
  if (unit === 'weekend') return ofDays(monday + 5, 2)
  return unit === 'month' ? ofMonth(today.year, today.month - back) : ofYear(today.year - back)
}

/** "three weeks ago" is not meant to the day: the longer ago, the wider. */
function before(today: Day, count: number, unit: string): Period {
  if (unit === 'day') return ofDays(today.number - count, 1)
  if (unit === 'week') return ofStretch(today.number - 7 * count - 3, today.number - 7 * count + 3)
  return unit === 'month' ? ofMonth(today.year, today.month - count) : ofYear(today.year - count)
}

/** What a period is worth for a memory of that day: 0, or the best boost of the periods that hold it. */
export function boostOf(periods: readonly Period[], day: number): number {
  let best = 0
  for (const {from, to, boost, tail, tailBoost} of periods) {
    if (day >= from && day <= to) best = Math.max(best, boost)
    else if (day > to && day <= to + tail) best = Math.max(best, tailBoost)
  }
  return best
}

/** The date words of a day as terms of questions: month, year, day of the month, weekday. English. */
export const dateWords = (day: Day): string[] => [
  MONTHS[day.month] ?? '',
  String(day.year),
  String(day.day),
  WEEKDAYS[day.weekday] ?? ''
]

/** What share of all days bear the date word, over a span of so many days; undefined where it is none. For its inverse document frequency. */
export function shareOfDays(word: string, spanDays: number): number | undefined {
  if (MONTHS.includes(word)) return 1 / 12
  if (WEEKDAYS.includes(word)) return 1 / 7
  if (/^(?:19|20)\d\d$/.test(word)) return Math.min(1, 365 / spanDays)
  return /^\d{1,2}$/.test(word) && Number(word) >= 1 && Number(word) <= 31 ? 1 / 30 : undefined
}
