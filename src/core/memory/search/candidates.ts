import {idf, saturation} from './bm25.ts'
import {isSaidBy} from './factors.ts'
import type {Question} from './question.ts'
import type {TermGroup} from './related.ts'
import type {MemorySource, Totals, Turn, WantedRows} from './source.ts'
import type {Weights} from './weights.ts'

/** Rows read from postings for a question, rarest terms first: what bounds the cost of frequent words. */
const ROWS_READ = 10_000
/** Rows whose own words are scored, and how many of them ranking looks at. 300 in place of 100 gains nothing, 60 loses (all ten conversations of LoCoMo). */
const SCORED = 300
const KEPT = 100
/** Rows that the filter is asked about at once. */
const LOOKED_AT = 2 * SCORED
/** Memories of a named day, week or month that are looked at whatever their words. */
const TOLD_THEN = 40
const LONGEST_PERIOD_DAYS = 40

interface Wanted {
  term: string
  /** Weight × inverse document frequency. */
  gain: number
  frequency: number
}

/**
 * Stage one: the memories worth ranking. Postings are read rarest term first and sum weight × idf; the best are scored by BM25 over their own words.
 * Names of speakers find nothing unless the question has no other words: they stand in half of all memories.
 */
export async function candidatesOf(
  source: MemorySource,
  {memories, terms}: Pick<Totals, 'memories' | 'terms'>,
  question: Question,
  groups: readonly TermGroup[],
  weights: Weights
): Promise<Turn[]> {
  const wanted = wantedOf(groups, memories)
  const found = new Set(await bestRows(source, wanted))
  const told = new Set(await rowsToldThen(source, question))
  const turns = await source.turns([...new Set([...found, ...told])])
  const gains = new Map(wanted.map(({term, gain}) => [term, gain]))
  const average = Math.max(1, terms / Math.max(1, memories))
  const scored = turns
    .filter(({eligible}) => eligible)
    .map((turn) => {
      const spoken = isSaidBy(turn, question.named) ? 1 + weights.spoken : 1
      return {turn, score: spoken * ownScore(turn, gains, average, weights)}
    })
  scored.sort((a, b) => b.score - a.score || b.turn.timestamp - a.turn.timestamp)
  return scored.filter(({turn}, place) => place < KEPT || told.has(turn.row)).map(({turn}) => turn)
}

function wantedOf(groups: readonly TermGroup[], memories: number): Wanted[] {
  const topical = groups.filter(({name}) => !name)
  const wanted = new Map<string, Wanted>()
  for (const {term, weight, frequency, related} of topical.some(({frequency: f, related: r}) => f > 0 || r.length > 0)
    ? topical
    : groups) {
    for (const member of [{term, weight: 1, frequency}, ...related]) {
      if (member.frequency === 0) continue
      const gain = weight * member.weight * idf(member.frequency, memories)
      if (gain > (wanted.get(member.term)?.gain ?? 0))
        wanted.set(member.term, {term: member.term, gain, frequency: member.frequency})
    }
  }
  return [...wanted.values()].sort((a, b) => a.frequency - b.frequency)
}

async function bestRows(source: MemorySource, wanted: readonly Wanted[]): Promise<number[]> {
  const sums = new Map<number, number>()
  let left = ROWS_READ
  for (let at = 0; at < wanted.length && left > 0; ) {
    const asked = nextTerms(wanted, at, left)
    const postings = await source.postings(asked)
    for (const [i, rows] of postings.entries()) {
      const {gain} = wanted[at + i] as Wanted
      left -= rows.length
      for (const row of rows) sums.set(row, (sums.get(row) ?? 0) + gain)
    }
    at += asked.length
  }
  const kept: number[] = []
  for (let at = 0, best = highest(sums, LOOKED_AT); at < sums.size && kept.length < SCORED; at += LOOKED_AT) {
    // Mostly the first of them will do, and to find those is less work than to put all in order.
    if (at > 0 && best.length < sums.size) best = highest(sums, sums.size)
    kept.push(...(await source.eligible(best.slice(at, at + LOOKED_AT))))
  }
  return kept.slice(0, SCORED)
}

/** The `count` rows with the highest sums, highest first; of equal ones those of higher rows. */
function highest(sums: ReadonlyMap<number, number>, count: number): number[] {
  const least =
    sums.size <= count
      ? 0
      : (Float64Array.from([...sums.values()])
          .sort()
          .at(-count) ?? 0)
  const rows: number[] = []
  sums.forEach((sum, row) => {
    if (sum >= least) rows.push(row)
  })
  const sumOf = (row: number): number => sums.get(row) ?? 0
  return rows.sort((a, b) => sumOf(b) - sumOf(a) || b - a).slice(0, count)
}

/** Terms whose rows may all be read, however many pass the filter; else the next one alone, with what is left. */
function nextTerms(wanted: readonly Wanted[], from: number, left: number): WantedRows[] {
  const asked: WantedRows[] = []
  let rest = left
  for (const {term, frequency} of wanted.slice(from)) {
    if (frequency > rest && asked.length > 0) break
    asked.push({term, limit: rest, all: frequency <= rest})
    rest -= frequency
    if (rest <= 0) break
  }
  return asked
}

async function rowsToldThen(source: MemorySource, {periods, startOf}: Question): Promise<number[]> {
  if (startOf === undefined) return []
  const times = periods
    .filter(({from, to}) => to - from < LONGEST_PERIOD_DAYS)
    .map(({from, to, tail}) => ({from: startOf(from), to: startOf(to + tail + 1) - 1}))
  return times.length === 0 ? [] : (await source.toldBetween(times, TOLD_THEN)).flat()
}

function ownScore(turn: Turn, gains: ReadonlyMap<string, number>, average: number, weights: Weights): number {
  const counts = new Map<string, number>()
  for (const term of turn.terms) if (gains.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1)
  let score = 0
  for (const [term, count] of counts)
    score += (gains.get(term) ?? 0) * saturation(count, turn.terms.length, average, weights)
  return score
}
