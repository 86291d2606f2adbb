import {isEnglish, termOf, tokenize, wordsOf} from './tokenize.ts'

/** What ranking needs to know of a text and no question changes: worked out once, at capture, and kept in the index. */
export interface Facts {
  /** The terms in order, the speaker's name first where there is one. Its number is the length. */
  terms: string[]
  /** Terms of the sentences that ask. */
  asked: string[]
  /** Share of the words that stand in asking sentences, 0–1. */
  asking: number
  /** (I − you) / (I + you + 1), −1–1: is it about the one who says it, or about the listener? */
  person: number
  /** The text holds a time expression; a number; a place after a preposition; a proper name; a quoted title. */
  time: boolean
  number: boolean
  place: boolean
  proper: boolean
  quoted: boolean
}

/**
 * The facts of one memory.
 * @param text what was said or noted, without the "Speaker: " before it
 * @param speaker the name of the one who said it; its terms belong to the memory
 * @param language the profile's language; time, number, place, name and title are told in English only
 */
export function factsOf(text: string, speaker: string | undefined, language: string): Facts {
  // What stands in brackets tells about a message ("[shares a photo]"); it is searched, but nobody said it.
  // Only as far as each bracket is closed: looking for the end of one that is not takes as long as the text is, for each of them.
  const end = text.includes('[') ? text.lastIndexOf(']') + 1 : 0
  const said = end === 0 ? text : `${text.slice(0, end).replace(/\[[^\]]*\]/g, '')}${text.slice(end)}`
  const sentences = said.match(SENTENCE) ?? []
  const asked: string[] = []
  let asking = 0
  let all = 0
  for (const sentence of sentences) {
    const size = sentence.trim().split(/\s+/).length
    all += size
    if (!ASKS.test(sentence)) continue
    asking += size
    asked.push(...tokenize(sentence, language))
  }
  const spoken = speaker === undefined ? [] : tokenize(speaker, language)
  const english = isEnglish(language)
  return {
    terms: [...spoken, ...tokenize(text, language)],
    asked,
    asking: all === 0 ? 0 : asking / all,
    person: english ? personOf(said) : 0,
    time: english && MAYBE_TIME.test(said) && TIME.test(said),
    number: /\d/.test(said) || (english && NUMBER.test(said)),
    place: english && PLACE.test(said),
    proper: english && hasProperName(sentences, speaker),
    quoted: QUOTED.test(said)
  }
}

const SENTENCE = /[^.!?。！？]+[.!?。！？]*/g
const ASKS = /[?？]\s*$/

function personOf(text: string): number {
  const i = text.match(/\b(?:i|me|my|mine|myself|we|us|our|ours|ourselves)\b/gi)?.length ?? 0
  const you = text.match(/\b(?:you|your|yours|yourself|yourselves|u)\b/gi)?.length ?? 0
  return (i - you) / (i + you + 1)
}

const UNIT = '(?:night|day|week|weekend|month|year|morning|afternoon|evening|summer|winter|spring|fall|autumn|hour)'
const MONTH = 'january|february|april|june|july|august|september|october|november|december'
const WEEKDAY = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
/** Part of every time expression. Most texts have none, and need not wait for the long pattern to be compiled (2 ms at each start). */
const MAYBE_TIME =
  /day|night|week|month|year|morning|noon|evening|hour|summer|winter|spring|fall|autumn|ago|recent|lately|tomorrow|uary|march|april|may|june|july|august|ember|october|\d/i
const TIME = new RegExp(
  [
    '\\b(?:yesterday|today|tonight|tomorrow|ago|recently|lately|weekend|the other day',
    `(?:last|next|this|past|previous|coming) (?:few |couple of |couple )?(?:${UNIT}s?|${WEEKDAY}|${MONTH}|march|may)`,
    `(?:a|one|two|three|four|five|six|seven|eight|nine|ten|few|several|couple of|\\d+) (?:more )?${UNIT}s?`,
    `(?:in|since|until|during|early|late|mid) (?:march|may)|${MONTH}|${WEEKDAY}`,
    '(?:19|20)\\d\\d|\\d{1,2}(?:st|nd|rd|th))\\b'
  ].join('|'),
  'i'
)
const NUMBER =
  /\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|fifty|hundred|thousand|million|once|twice|couple|several|few|first|second|third|another)\b/i
const PLACE = /\b(?:in|at|to|from|near|visit(?:ed|ing)?|around|through|across) (?:the |a |my |our )?[A-Z][a-z]+/
const QUOTED = /["\u201c\u00ab\u300c][^"\u201d\u00bb\u300d]{2,80}["\u201d\u00bb\u300d]/
const CALENDAR = new Set(`${MONTH}|march|may|${WEEKDAY}`.split('|'))

/** A capitalised word that neither opens its sentence nor is a month, a weekday, "I" or the speaker. */
function hasProperName(sentences: readonly string[], speaker: string | undefined): boolean {
  const own = speaker === undefined ? [] : wordsOf(speaker)
  for (const sentence of sentences) {
    for (const word of sentence.replace(/^\W*\w+/, '').match(/\b[A-Z][a-z]{2,}/g) ?? []) {
      const low = word.toLowerCase()
      if (!CALENDAR.has(low) && !own.includes(low) && termOf(low, 'en') !== undefined) return true
    }
  }
  return false
}
