import {isEnglish} from '../text/tokenize.ts'
import {membersOf, nearTo} from './everyday.ts'
import type {QuestionTerm} from './question.ts'
import type {Beginning, MemorySource} from './source.ts'
import type {Weights} from './weights.ts'

/** Another term of this profile's memories that may stand for one of the question, and how well (below 1). */
export interface Related {
  term: string
  weight: number
  frequency: number
}

/** A question term with what may stand for it. */
export interface TermGroup extends QuestionTerm {
  /** Memories that hold it, 0 where none does. */
  frequency: number
  related: Related[]
}

const PREFIX_LETTERS = 4
const PREFIX_SHARE = 0.6
const SPELLING_LETTERS = 4
const TWO_MISTAKES_FROM = 7

/**
 * The question's terms, each with the terms of the profile's vocabulary that may stand for it: with a common beginning, one or two letters
 * off (for words that nobody wrote), near in meaning, or members of the kind asked for. Compounds join where somebody wrote them.
 */
export async function groupsOf(
  source: MemorySource,
  terms: readonly QuestionTerm[],
  compounds: readonly string[],
  language: string,
  weights: Weights
): Promise<TermGroup[]> {
  const english = isEnglish(language)
  const wanted = new Set([...terms.map(({term}) => term), ...compounds])
  const listed = new Map<string, Map<string, number>>()
  for (const {term, name} of terms) {
    if (name || !english) continue
    const words = new Map([...nearTo(term)].map((near) => [near, weights.near]))
    for (const member of membersOf(term)) words.set(member, weights.member)
    for (const word of words.keys()) wanted.add(word)
    listed.set(term, words)
  }
  const frequencies = await source.frequencies([...wanted])
  const names = new Set(terms.filter(({name}) => name).map(({term}) => term))
  const looks = terms.map(({term, name}) => (name ? {} : looksFor(term, frequencies)))
  const beginnings = looks.flatMap(({common, alike}) => [common, alike].filter((one) => one !== undefined))
  const words = new Map(
    beginnings.length === 0
      ? []
      : (await source.vocabulary(beginnings)).map((found, i) => [beginnings[i] as Beginning, found] as const)
  )
  const grouped = terms.map((term, i) => {
    const {common, alike} = looks[i] ?? {}
    const found = {
      listed: listed.get(term.term) ?? new Map<string, number>(),
      common: common === undefined ? [] : (words.get(common) ?? []),
      alike: alike === undefined ? [] : (words.get(alike) ?? [])
    }
    return {
      ...term,
      frequency: frequencies.get(term.term) ?? 0,
      related: term.name ? [] : relatedTo(term.term, found, frequencies, names, weights)
    }
  })
  const joined = new Set(
    compounds.filter((term) => frequencies.has(term) && !terms.some((known) => known.term === term))
  )
  return [
    ...grouped,
    ...[...joined].map((term) => ({
      term,
      weight: weights.compound,
      name: false,
      frequency: frequencies.get(term) ?? 0,
      related: []
    }))
  ]
}

/** Which words of the vocabulary may stand for a term: those that begin as it does, and, where nobody wrote it, those spelled nearly so. */
function looksFor(term: string, frequencies: ReadonlyMap<string, number>): {common?: Beginning; alike?: Beginning} {
  if (/^\d/.test(term)) return {}
  const most = mistakesIn(term)
  return {
    ...(term.length >= PREFIX_LETTERS
      ? {
          common: {
            prefix: term.slice(0, PREFIX_LETTERS),
            shortest: PREFIX_LETTERS,
            longest: Math.floor(term.length / PREFIX_SHARE)
          }
        }
      : {}),
    ...(!frequencies.has(term) && term.length >= SPELLING_LETTERS
      ? {alike: {prefix: term.slice(0, 1), shortest: term.length - most, longest: term.length + most}}
      : {})
  }
}

const mistakesIn = (term: string): number => (term.length >= TWO_MISTAKES_FROM ? 2 : 1)

/** Words with their frequency, by why they may stand for a term; those that are listed with their weight. */
interface Found {
  listed: ReadonlyMap<string, number>
  common: readonly [word: string, frequency: number][]
  alike: readonly [word: string, frequency: number][]
}

function relatedTo(
  term: string,
  {listed, common, alike}: Found,
  frequencies: ReadonlyMap<string, number>,
  names: ReadonlySet<string>,
  weights: Weights
): Related[] {
  const related = new Map<string, Related>()
  const add = (word: string, weight: number, frequency: number): void => {
    if (word !== term && !names.has(word) && weight > (related.get(word)?.weight ?? 0))
      related.set(word, {term: word, weight, frequency})
  }
  for (const [word, weight] of listed) {
    const frequency = frequencies.get(word)
    if (frequency !== undefined) add(word, weight, frequency)
  }
  for (const [word, frequency] of common) {
    const share = commonBeginning(word, term) / Math.max(word.length, term.length)
    if (share >= PREFIX_SHARE) add(word, weights.prefix * share, frequency)
  }
  const most = mistakesIn(term)
  for (const [word, frequency] of alike) {
    const distance = editDistance(word, term, most)
    if (distance <= most) add(word, weights.spelling / distance, frequency)
  }
  return [...related.values()]
}

function commonBeginning(a: string, b: string): number {
  let n = 0
  while (n < a.length && n < b.length && a[n] === b[n]) n++
  return n
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment, Damerau 1964);
 * `most + 1` as soon as it is more than `most`.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let twoBack: number[] = []
  let previous = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (twoBack[j - 2] ?? 0) + 1)
      current.push(cost)
      least = Math.min(least, cost)
    }
    if (least > most) return most + 1
    twoBack = previous
    previous = current
  }
  return previous[b.length] ?? most + 1
}
