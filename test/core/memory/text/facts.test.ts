import {describe, expect, it} from 'vitest'
import {factsOf} from '../../../../src/core/memory/text/facts.ts'

const facts = (text: string, speaker?: string) => factsOf(text, speaker, 'en')

describe('factsOf', () => {
  it('puts the speaker’s name before the terms', () => {
    expect(facts('I like swimming', 'Caroline').terms).toEqual(['carolin', 'like', 'swim'])
  })

  it('measures the share of words that ask, and keeps the terms of what is asked', () => {
    const {asking, asked} = facts('I saw a fox. Did you see it?')
    expect(asking).toBeCloseTo(0.5)
    expect(asked).toEqual(['see'])
    expect(facts('Nothing asked here.').asking).toBe(0)
    expect(facts('').asking).toBe(0)
  })

  it('tells talk of oneself from talk about the listener', () => {
    expect(facts('I told my sister').person).toBeGreaterThan(0)
    expect(facts('You and your sister').person).toBeLessThan(0)
    expect(facts('The weather').person).toBe(0)
  })

  it.each([
    'We met last Friday',
    'It was two weeks ago',
    'in 2019',
    'on the 3rd',
    'yesterday',
    'since May we live here'
  ])('finds a time in “%s”', (text) => expect(facts(text).time).toBe(true))

  it.each(['We may meet', 'They march on', 'a week view'])('finds no time in “%s”', (text) => {
    expect(facts(text).time).toBe(text === 'a week view')
  })

  it('finds numbers, places and quoted titles', () => {
    expect(facts('He has three dogs').number).toBe(true)
    expect(facts('He has dogs').number).toBe(false)
    expect(facts('We moved to Porto').place).toBe(true)
    expect(facts('We moved to another flat').place).toBe(false)
    expect(facts('I read "Emma" twice').quoted).toBe(true)
    expect(facts('I read it').quoted).toBe(false)
  })

  it('finds proper names, but not those that open a sentence, months, or who speaks', () => {
    expect(facts('Met with Grace').proper).toBe(true)
    expect(facts('Grace was there').proper).toBe(false)
    expect(facts('Was there in April').proper).toBe(false)
    expect(facts('So says Caroline', 'Caroline').proper).toBe(false)
  })

  it.each(['[', '[[] ', '"', 'May 5 ', 'in Aa '])('is quick with a long run of %j', (piece) => {
    expect(facts(piece.repeat(100_000)).place).toBe(piece === 'in Aa ')
  })

  it('searches what stands in brackets, but takes no facts from it', () => {
    const {terms, place} = facts('Look! [shares a photo taken in Paris]')
    expect(terms).toContain('pari')
    expect(place).toBe(false)
  })
})
