import {boostOf} from './periods.ts'
import type {Question} from './question.ts'
import type {Turn} from './source.ts'
import type {Weights} from './weights.ts'

/** What a memory's score is multiplied by, whatever its words: who says it, whether it only asks, whether it holds what is asked for, when it was told. */
export interface Factors {
  speaker: number
  asking: number
  person: number
  kind: number
  date: number
}

export function factorsOf(turn: Turn, question: Question, speakers: number, weights: Weights): Factors {
  const {named, kinds, periods, dayOf} = question
  // Where everybody is named it does not tell who.
  const tells = named.length > 0 && named.length < speakers && isSaidBy(turn, named)
  const first = named.length > 1 && turn.speaker === named[0]
  let kind = 1
  const holds = (boost: number): void => {
    kind *= 1 + boost
  }
  if (kinds.when && turn.time) holds(weights.kind)
  if (kinds.many && turn.number) holds(weights.kind)
  if (kinds.who && turn.proper) holds(weights.kind)
  if (kinds.where && (turn.place || turn.proper)) holds(weights.kind)
  if (kinds.title && (turn.quoted || turn.proper)) holds(turn.quoted ? weights.kind : weights.kind / 2)
  return {
    speaker: (tells ? 1 + weights.spoken : 1) * (first ? 1 + weights.firstSpeaker : 1),
    asking: 1 - weights.asking * turn.asking,
    person: 1 + weights.person * turn.person,
    kind,
    date:
      periods.length === 0 || dayOf === undefined
        ? 1
        : 1 + weights.period * boostOf(periods, dayOf(turn.timestamp).number)
  }
}

/** Does one of the named say it? '' names the profile's person. */
export const isSaidBy = (turn: Turn, named: readonly string[]): boolean =>
  named.some((name) => (name === '' ? turn.byPerson : name === turn.speaker))
