import {type Search, search} from '../../src/core/memory/search/search.ts'
import {WEIGHTS, type Weights} from '../../src/core/memory/search/weights.ts'

/** What of ranking is left out in a row of the ablation: a weight of 0, or the 1 that makes a word like any other. */
export const PARTS: Record<string, Partial<Weights>> = {
  'everything in': {},
  'without who said it': {spoken: 0, firstSpeaker: 0},
  'without the reply': {reply: 0},
  'without asking, first person': {asking: 0, person: 0},
  'without what is asked for': {kind: 0},
  'without dates in the question': {period: 0},
  'without phrases, weak words': {phrase: 0, weak: 1, name: 1},
  'without words alike in form': {prefix: 0, spelling: 0, compound: 0},
  'without words near in meaning': {near: 0},
  'without members of a kind': {member: 0},
  'without both word lists': {near: 0, member: 0},
  'without neighbours': {neighbour: 0},
  'without date words': {date: 0},
  'without the sitting': {sitting: 0},
  'without spreading lists': {spread: 0},
  'with none of these': {
    spoken: 0,
    firstSpeaker: 0,
    reply: 0,
    asking: 0,
    person: 0,
    kind: 0,
    period: 0,
    phrase: 0,
    weak: 1,
    name: 1,
    prefix: 0,
    spelling: 0,
    compound: 0,
    near: 0,
    member: 0,
    neighbour: 0,
    date: 0,
    sitting: 0,
    spread: 0
  }
}

/** The search of the product with some of its weights changed. */
export const searchWith =
  (changed: Partial<Weights>): Search =>
  (source, question, request) =>
    search(source, question, request, {...WEIGHTS, ...changed})
