import {DAY_MS} from '../../time.ts'
import {idf, saturation} from './bm25.ts'
import {type Factors, factorsOf} from './factors.ts'
import {shareOfDays} from './periods.ts'
import type {Question} from './question.ts'
import type {TermGroup} from './related.ts'
import {NEIGHBOURS, type Run} from './runs.ts'
import {sameSitting, type Turn} from './source.ts'
import type {Weights} from './weights.ts'

/** What ranking needs to know of the whole collection. */
export interface Statistics {
  memories: number
  /** Average number of terms of a memory. */
  averageLength: number
  /** Number of those who speak. */
  speakers: number
  /** Days from the oldest to the newest memory. */
  spanDays: number
}

/** Why a memory stands where it does: what each question term and phrase gave, the factors, and what its sitting added. */
export interface Explanation {
  terms: Record<string, number>
  /** For each of them, the memory's own words that stand for it; none where they stand around it. */
  matched: Record<string, string[]>
  /** Those that the day of the memory bears. */
  dated: string[]
  factors: Factors
  sitting: number
  /** What the sum of all is multiplied by, where better results of its day make it step back; 1 elsewhere. */
  spread: number
}

/** Among an explanation's terms: what was told at the time that the question names. */
export const TOLD_THEN = 'told then'

export interface Ranked {
  row: number
  id: string
  score: number
  explain?: Explanation
}

/** So many of a sitting's best say how good it is. */
const SITTING_BEST = 3
const SPREAD_MOST = 3

/**
 * Ranks memories for a question, best first: those that pass the filter and share a word with it, themselves or, in a conversation, through a
 * neighbour.
 * A pure function of its arguments, so that every store ranks alike.
 *
 * score = (Σ over question terms: best of weight · idf · BM25 saturation of the weighted frequency, + phrases) · factors + sitting.
 * The weighted frequency of a term in a memory is its own count, 0.4/d for each in a neighbour at distance d ≤ 4 of the same sitting,
 * 0.3 where it is a date word of the timestamp, and 1.2 for each in the question sentences that somebody else said just before.
 * Of the words that may stand for a term only the best counts, never their sum. Where several things are asked for, results of one day make room for
 * those of others.
 *
 * @param runs memories that follow each other without a gap, candidates and their neighbours, in the order of time
 */
export function rank(
  question: Question,
  groups: readonly TermGroup[],
  runs: readonly Run[],
  statistics: Statistics,
  weights: Weights,
  explain: boolean
): Ranked[] {
  const context = contextOf(runs, statistics.averageLength, weights)
  const {turns} = context
  const occurrences = occurrencesOf(turns, groups)
  const scores = new Float64Array(turns.length)
  const parts = new Map<string, Float64Array>()
  const add = (name: string, gains: Float64Array): void => {
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) + (gains[i] ?? 0)
    if (explain) parts.set(name, gains)
  }
  for (const group of groups) add(group.term, gainsOf(group, question, context, occurrences, statistics))
  for (const [name, gains] of phrasesOf(question, turns, occurrences, statistics, weights)) add(name, gains)
  const then = toldThen(question, context, statistics)
  add(TOLD_THEN, then)

  const factors = turns.map((turn) => factorsOf(turn, question, statistics.speakers, weights))
  for (const [i, {speaker, asking, person, kind, date}] of factors.entries())
    scores[i] = (scores[i] ?? 0) * speaker * asking * person * kind * date
  const sittings = sittingBonus(turns, scores, weights.sitting)
  const ranked = turns.flatMap((turn, i) => {
    const own = scores[i] ?? 0
    if (own <= 0 || !turn.eligible || !(inConversation(turn) || speaksForItself(i, occurrences, then))) return []
    const sitting = sittings[i] ?? 0
    const terms = Object.fromEntries(
      [...parts].map(([name, gains]) => [name, gains[i] ?? 0] as const).filter(([, gain]) => gain > 0)
    )
    return [
      {
        row: turn.row,
        id: turn.id,
        score: own + sitting,
        timestamp: turn.timestamp,
        explain: {
          terms,
          matched: explain ? matchedIn(turn, groups, Object.keys(terms)) : {},
          dated: question.dayOf?.(turn.timestamp).words.filter((word) => word in terms) ?? [],
          factors: factors[i] as Factors,
          sitting,
          spread: 1
        }
      }
    ]
  })
  ranked.sort(byScore)
  if (question.kinds.several) spreadOut(ranked, weights.spread)
  return ranked.map(({row, id, score, explain: why}) => (explain ? {row, id, score, explain: why} : {row, id, score}))
}

/** Several things that are asked for are seldom told at once: what was told on a day that has better results already steps back. */
function spreadOut(ranked: Timed[], share: number): void {
  const better = new Map<number, number>()
  for (const one of ranked) {
    const day = Math.floor(one.timestamp / DAY_MS)
    const before = better.get(day) ?? 0
    better.set(day, before + 1)
    one.explain.spread = 1 - share * Math.min(before, SPREAD_MOST)
    one.score *= one.explain.spread
  }
  ranked.sort(byScore)
}

type Timed = Required<Ranked> & {timestamp: number}

const byScore = (a: Timed, b: Timed): number => b.score - a.score || b.timestamp - a.timestamp || (a.id < b.id ? -1 : 1)

function matchedIn(turn: Turn, groups: readonly TermGroup[], names: readonly string[]): Record<string, string[]> {
  const own = new Set(turn.terms)
  const members = new Map(groups.map(({term, related}) => [term, [term, ...related.map((other) => other.term)]]))
  // A phrase is the words that it is made of.
  return Object.fromEntries(
    names.map((name) => [name, (members.get(name) ?? name.split(' ')).filter((word) => own.has(word))])
  )
}

/** All turns in a row, with the place of each within its run, and lengths that count neighbours as their words do. */
interface Context {
  turns: Turn[]
  /** First and last place of the run that a place belongs to. */
  first: Int32Array
  last: Int32Array
  full: Float64Array
  averageFull: number
  weights: Weights
}

function contextOf(runs: readonly Run[], averageLength: number, weights: Weights): Context {
  const turns = runs.flat()
  const first = new Int32Array(turns.length)
  const last = new Int32Array(turns.length)
  let start = 0
  for (const run of runs) {
    first.fill(start, start, start + run.length)
    last.fill(start + run.length - 1, start, start + run.length)
    start += run.length
  }
  const full = new Float64Array(turns.length)
  let own = 0
  let all = 0
  for (const [i, turn] of turns.entries()) {
    full[i] = (full[i] ?? 0) + turn.terms.length + weights.date * 4
    spread(i, turn.terms.length * weights.neighbour, first, last, full)
    own += turn.terms.length
  }
  for (const length of full) all += length
  // The average of all memories is not known with their neighbours; these have as much context as others.
  return {turns, first, last, full, averageFull: own === 0 ? 1 : (averageLength * all) / own, weights}
}

/** Adds `amount` at the neighbours of a place, less the farther they are. */
function spread(at: number, amount: number, first: Int32Array, last: Int32Array, into: Float64Array): void {
  for (let d = 1; d <= NEIGHBOURS; d++) {
    const share = amount / d
    if (at - d >= (first[at] ?? 0)) into[at - d] = (into[at - d] ?? 0) + share
    if (at + d <= (last[at] ?? 0)) into[at + d] = (into[at + d] ?? 0) + share
  }
}

/** Where each wanted term stands: places with counts. */
type Occurrences = Map<string, Map<number, number>>

function occurrencesOf(turns: readonly Turn[], groups: readonly TermGroup[]): Occurrences {
  const occurrences: Occurrences = new Map()
  for (const {term, related} of groups)
    for (const word of [term, ...related.map((other) => other.term)]) occurrences.set(word, new Map())
  for (const [i, turn] of turns.entries()) {
    for (const term of turn.terms) {
      const places = occurrences.get(term)
      if (places !== undefined) places.set(i, (places.get(i) ?? 0) + 1)
    }
  }
  return occurrences
}

/** What one turn asks the next answers. A note beside a note is only near it in time, and answers nothing by that. */
const inConversation = ({speaker, session}: Turn): boolean => speaker !== '' || session !== null

const speaksForItself = (at: number, occurrences: Occurrences, then: Float64Array): boolean =>
  (then[at] ?? 0) > 0 || [...occurrences.values()].some((places) => places.has(at))

function gainsOf(
  group: TermGroup,
  question: Question,
  context: Context,
  occurrences: Occurrences,
  statistics: Statistics
): Float64Array {
  const {turns, first, last, weights} = context
  const {term, weight, frequency, related} = group
  const own = new Float64Array(turns.length)
  for (const [i, count] of occurrences.get(term) ?? []) {
    own[i] = (own[i] ?? 0) + count
    spread(i, count * weights.neighbour, first, last, own)
    const reply = turns[i + 1]
    if (reply === undefined || i + 1 > (last[i] ?? 0) || reply.speaker === turns[i]?.speaker) continue
    own[i + 1] = (own[i + 1] ?? 0) + weights.reply * (turns[i]?.asked.filter((asked) => asked === term).length ?? 0)
  }
  const share = shareOfDays(term, statistics.spanDays)
  const dated = share === undefined || question.dayOf === undefined ? 0 : share * statistics.memories
  if (dated > 0)
    for (const [i, turn] of turns.entries())
      if (question.dayOf?.(turn.timestamp).words.includes(term)) own[i] = (own[i] ?? 0) + weights.date
  const rarity = idf(Math.min(statistics.memories, frequency + dated), statistics.memories)
  const best = new Float64Array(turns.length)
  collect(own, weight * rarity, context, best)
  for (const other of related) {
    const places = occurrences.get(other.term)
    if (places === undefined || places.size === 0) continue
    const counts = new Float64Array(turns.length)
    for (const [i, count] of places) {
      counts[i] = (counts[i] ?? 0) + count
      spread(i, count * weights.neighbour, first, last, counts)
    }
    const otherRarity = idf(other.frequency, statistics.memories)
    collect(
      counts,
      weight * other.weight * (frequency > 0 ? Math.min(rarity, otherRarity) : otherRarity),
      context,
      best
    )
  }
  return best
}

/** Keeps, place by place, the better of what is there and what these counts are worth. */
function collect(counts: Float64Array, worth: number, {full, averageFull, weights}: Context, best: Float64Array): void {
  for (const [i, count] of counts.entries()) {
    if (count > 0) best[i] = Math.max(best[i] ?? 0, worth * saturation(count, full[i] ?? 0, averageFull, weights))
  }
}

/** Words that stand side by side in the question and in a memory. */
function phrasesOf(
  {order}: Question,
  turns: readonly Turn[],
  occurrences: Occurrences,
  {memories}: Statistics,
  weights: Weights
): Map<string, Float64Array> {
  const phrases = new Map<string, Float64Array>()
  for (const [k, b] of order.slice(1).entries()) {
    const a = order[k] ?? ''
    const both = [...(occurrences.get(a)?.keys() ?? [])].filter((i) => occurrences.get(b)?.has(i))
    if (a === b || both.length === 0) continue
    const gains = new Float64Array(turns.length)
    for (const i of both)
      if (standTogether(turns[i]?.terms ?? [], a, b)) gains[i] = weights.phrase * idf(both.length, memories)
    phrases.set(`${a} ${b}`, gains)
  }
  return phrases
}

const standTogether = (terms: readonly string[], a: string, b: string): boolean =>
  terms.some((term, i) => term === a && terms[i + 1] === b)

/** A named time is a word that all memories of that time hold as weakly as their date words: "what did I do yesterday" has no other. */
function toldThen(
  question: Question,
  {turns, full, averageFull, weights}: Context,
  {memories}: Statistics
): Float64Array {
  const gains = new Float64Array(turns.length)
  const {periods, dayOf} = question
  if (periods.length === 0 || dayOf === undefined) return gains
  const then = turns.flatMap((turn, i) => {
    const day = dayOf(turn.timestamp).number
    return periods.some(({from, to}) => day >= from && day <= to) ? [i] : []
  })
  for (const i of then)
    gains[i] = idf(then.length, memories) * saturation(weights.date, full[i] ?? 0, averageFull, weights)
  return gains
}

function sittingBonus(turns: readonly Turn[], scores: Float64Array, weight: number): Float64Array {
  const bonus = new Float64Array(turns.length)
  let start = 0
  for (let i = 1; i <= turns.length; i++) {
    const turn = turns[i]
    const before = turns[i - 1]
    if (turn !== undefined && before !== undefined && sameSitting(before, turn)) continue
    const best = [...scores.subarray(start, i)].sort((a, b) => b - a).slice(0, SITTING_BEST)
    bonus.fill((weight * best.reduce((sum, score) => sum + score, 0)) / SITTING_BEST, start, i)
    start = i
  }
  return bonus
}
