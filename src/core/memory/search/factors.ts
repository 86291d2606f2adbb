import {boostOf} from './periods.ts'
import type {Question} from './question.ts'
import type {Turn} from './source.ts'

/**
 * What a memory's score is multiplied by, whatever its words: who says it, whether it only asks, whether it holds what is asked for, when it was told.
 * The weights were chosen on the development conversations of LoCoMo (Maharana et al., ACL 2024); each is explained by what it stands for, and the optimum is flat.
 */
export const SPOKEN_BOOST = 0.6
const FIRST_SPEAKER_BOOST = 0.4
const ASKING_LOSS = 0.4
const PERSON_GAIN = 0.1
const KIND_BOOST = 0.4

export interface Factors {
  speaker: number
  asking: number
  person: number
  kind: number
  date: number
}

export function factorsOf(turn: Turn, question: Question, speakers: number): Factors {
  const {named, kinds, periods, dayOf} = question
  // Where everybody is named it does not tell who.
  const tells = named.length > 0 && named.length < speakers && isSaidBy(turn, named)
  const first = named.length > 1 && turn.speaker === named[0]
  let kind = 1
  const holds = (boost: number): void => {
    kind *= 1 + boost
  }
  if (kinds.when && turn.time) holds(KIND_BOOST)
  if (kinds.many && turn.number) holds(KIND_BOOST)
  if (kinds.who && turn.proper) holds(KIND_BOOST)
  if (kinds.where && (turn.place || turn.proper)) holds(KIND_BOOST)
  if (kinds.title && (turn.quoted || turn.proper)) holds(turn.quoted ? KIND_BOOST : KIND_BOOST / 2)
  return {
    speaker: (tells ? 1 + SPOKEN_BOOST : 1) * (first ? 1 + FIRST_SPEAKER_BOOST : 1),
    asking: 1 - ASKING_LOSS * turn.asking,
    person: 1 + PERSON_GAIN * turn.person,
    kind,
    date: periods.length === 0 || dayOf === undefined ? 1 : 1 + boostOf(periods, dayOf(turn.timestamp).number)
  }
}

/** Does one of the named say it? '' names the profile's person. */
export const isSaidBy = (turn: Turn, named: readonly string[]): boolean =>
  named.some((name) => (name === '' ? turn.byPerson : name === turn.speaker))
