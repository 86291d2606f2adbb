import {DAY_MS} from '../../time.ts'
import {candidatesOf} from './candidates.ts'
import {analyse} from './question.ts'
import {type Ranked, rank} from './rank.ts'
import {groupsOf} from './related.ts'
import {runsOf} from './runs.ts'
import type {MemorySource} from './source.ts'
import {WEIGHTS, type Weights} from './weights.ts'

export interface SearchRequest {
  /** At most so many results. */
  limit: number
  language: string
  /** The person's names, separated by blanks. */
  owner: string
  /** Milliseconds, UTC. */
  now: number
  zone?: string
  explain?: boolean
}

/**
 * The memories that answer a question best, best first, without any model: the question is taken apart, its words (and words that may stand for
 * them) find candidates, and the candidates are ranked together with their neighbours. Deterministic.
 */
export async function search(
  source: MemorySource,
  question: string,
  request: SearchRequest,
  weights: Weights = WEIGHTS
): Promise<Ranked[]> {
  const totals = await source.totals()
  const {memories, terms, speakers, oldest, newest} = totals
  if (memories === 0 || request.limit <= 0) return []
  const asked = analyse(question, {...request, speakers, span: {oldest, newest}}, weights)
  const groups = await groupsOf(source, asked.terms, asked.compounds, request.language, weights)
  const runs = await runsOf(source, await candidatesOf(source, totals, asked, groups, weights))
  const statistics = {
    memories,
    averageLength: terms / memories,
    speakers: speakers.length,
    spanDays: Math.max(1, (newest - oldest) / DAY_MS)
  }
  return rank(asked, groups, runs, statistics, weights, request.explain === true).slice(0, request.limit)
}

export type Search = typeof search
