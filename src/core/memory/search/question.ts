import {isEnglish, termOf, wordsOf} from '../text/tokenize.ts'
import {calendarOf} from './calendar.ts'
import {weakTerms} from './everyday.ts'
import {type Kinds, kindsOf, NO_KINDS} from './kinds.ts'
import {dateWords, namesTime, type Period, periodsOf, shareOfDays} from './periods.ts'
import {WEIGHTS, type Weights} from './weights.ts'

export interface QuestionTerm {
  term: string
  weight: number
  /** It names a speaker: it says who, hardly what about. */
  name: boolean
}

/** A question, taken apart: all that ranking asks of it. */
export interface Question {
  terms: QuestionTerm[]
  /** Two words written as one ("ice cream", "icecream"): counted where somebody writes them so. */
  compounds: string[]
  /** Terms in order without names, repeated ones included, for phrases. */
  order: string[]
  /** Speakers that it names, in order, folded; '' is the profile's person. */
  named: string[]
  kinds: Kinds
  periods: Period[]
  /** What memories of a day bear as words, where the question has words of that kind. Milliseconds UTC to day number and words. */
  dayOf: ((timestamp: number) => {number: number; words: string[]}) | undefined
  /** The moment a day begins; there where periods are. */
  startOf: ((dayNumber: number) => number) | undefined
}

export interface QuestionContext {
  language: string
  /** The person's names, separated by blanks. */
  owner: string
  /** Who speaks in the memories, folded; '' is the profile's person. */
  speakers: readonly string[]
  /** Milliseconds, UTC. */
  now: number
  zone?: string
  /** The time of all memories, milliseconds UTC. */
  span: {oldest: number; newest: number}
}

/** Takes a question apart, as a person of that language and zone means it at that moment. */
export function analyse(question: string, context: QuestionContext, weights: Weights = WEIGHTS): Question {
  const {language} = context
  const english = isEnglish(language)
  const speakerOf = namesOf(context)
  const words = wordsOf(question)
  const content = words.flatMap((word) => {
    const names = speakerOf.get(word)
    const term = termOf(word, language)
    return term === undefined ? [] : [{word, term, name: names !== undefined}]
  })
  const terms: QuestionTerm[] = []
  for (const {term, name} of content) {
    if (terms.some((known) => known.term === term)) continue
    terms.push({term, name, weight: name ? weights.name : english && weakTerms().has(term) ? weights.weak : 1})
  }
  const timed = (english && namesTime(question)) || content.some(({word}) => shareOfDays(word, 1) !== undefined)
  const calendar = timed ? calendarOf(context.zone) : undefined
  return {
    terms,
    compounds: content.slice(1).flatMap(({word}, i) => termOf((content[i]?.word ?? '') + word, language) ?? []),
    order: content.filter(({name}) => !name).map(({term}) => term),
    named: [...new Set(namedIn(question, words, speakerOf, english))],
    kinds: english ? kindsOf(words) : NO_KINDS,
    periods: calendar === undefined || !english ? [] : periodsOf(question, calendar, context.now, context.span),
    dayOf:
      calendar === undefined
        ? undefined
        : (timestamp) => {
            const day = calendar.dayOf(timestamp)
            return {number: day.number, words: dateWords(day).map((word) => termOf(word, language) ?? word)}
          },
    startOf: calendar?.startOf
  }
}

/** Each word of a speaker's name to the speaker; words of several speakers' names ("Smith") name nobody. */
function namesOf({speakers, owner}: QuestionContext): Map<string, string> {
  const names = new Map<string, string>()
  const shared = new Set<string>()
  const add = (word: string, speaker: string): void => {
    if (names.has(word) && names.get(word) !== speaker) shared.add(word)
    names.set(word, speaker)
  }
  for (const speaker of speakers) if (speaker !== '') for (const word of wordsOf(speaker)) add(word, speaker)
  for (const word of wordsOf(owner)) add(word, '')
  for (const word of shared) names.delete(word)
  return names
}

/** "I" is the person; a stop word that is a name as well ("Will") counts as one only where it is capitalised inside the question. */
function namedIn(
  question: string,
  words: readonly string[],
  speakerOf: ReadonlyMap<string, string>,
  english: boolean
): string[] {
  return words.flatMap((word, i) => {
    if (english && FIRST_PERSON.has(word)) return ['']
    const speaker = speakerOf.get(word)
    if (speaker === undefined) return []
    const certain = termOf(word, english ? 'en' : '') !== undefined
    return certain || (i > 0 && new RegExp(`\\b${(word[0] ?? '').toUpperCase()}${word.slice(1)}\\b`).test(question))
      ? [speaker]
      : []
  })
}
const FIRST_PERSON = new Set(['i', 'me', 'my', 'mine', 'myself'])
