import {describe, expect, it} from 'vitest'
import {analyse, type QuestionContext} from '../../../../src/core/memory/search/question.ts'

const context: QuestionContext = {
  language: 'en',
  owner: 'ada Ada Lovelace',
  speakers: ['caroline', 'will smith', 'anna smith', ''],
  now: Date.UTC(2024, 5, 10),
  zone: 'UTC',
  span: {oldest: 0, newest: Date.UTC(2024, 5, 10)}
}
const ask = (question: string, more: Partial<QuestionContext> = {}) => analyse(question, {...context, ...more})

describe('whom a question names', () => {
  it.each([
    ['What did Caroline say to Anna?', ['caroline', 'anna smith']],
    ['Where does CAROLINE live?', ['caroline']],
    ['What is my badge number?', ['']],
    ['What did I tell Caroline?', ['', 'caroline']],
    ['Where did Ada go?', ['']],
    ['What does Smith do?', []],
    ['What did Will buy?', ['will smith']],
    ['When will it rain?', []],
    ['Where is the kayak?', []]
  ])('%s', (question, named) => expect(ask(question).named).toEqual(named))
})

it('weighs names and generic words less', () => {
  expect(ask('What kind of kayak did Caroline buy?').terms).toEqual([
    {term: 'kind', name: false, weight: 0.5},
    {term: 'kayak', name: false, weight: 1},
    {term: 'carolin', name: true, weight: 0.7},
    {term: 'bui', name: false, weight: 1}
  ])
})

it('joins neighbours to compounds and keeps the order for phrases', () => {
  const {compounds, order} = ask('Does Caroline like ice cream?')
  expect(compounds).toContain('icecream')
  expect(order).toEqual(['like', 'ic', 'cream'])
})

describe('what a question asks for', () => {
  it.each([
    ['When did I move?', 'when'],
    ['In what year was that?', 'when'],
    ['How many boats?', 'many'],
    ['Who came?', 'who'],
    ['What is the dog called?', 'who'],
    ['Where was it?', 'where'],
    ['Which city was it?', 'where'],
    ['What movies did we see?', 'title']
  ] as const)('%s', (question, kind) => expect(ask(question).kinds[kind]).toBe(true))

  it('is nothing of that in “Why did the boat sink?”', () => {
    expect(Object.values(ask('Why did the boat sink?').kinds)).not.toContain(true)
  })
})

it('makes a calendar only for a question that has to do with time', () => {
  expect(ask('Where is the kayak?').dayOf).toBeUndefined()
  expect(ask('Where was I in June 2023?').dayOf?.(Date.UTC(2023, 5, 2))).toEqual({
    number: 19510,
    words: ['june', '2023', '2', 'fridai']
  })
})

it('takes questions of other languages by their words alone', () => {
  const {terms, kinds, named} = ask('Wo war Caroline im Juni?', {language: 'de'})
  expect(terms.map(({term}) => term)).toEqual(['carolin', 'juni'])
  expect(named).toEqual(['caroline'])
  expect(Object.values(kinds)).not.toContain(true)
})
