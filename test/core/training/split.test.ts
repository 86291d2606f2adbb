import fc from 'fast-check'
import {expect, it} from 'vitest'
import type {Example} from '../../../src/core/training/formats.ts'
import {split} from '../../../src/core/training/split.ts'

const example = (source: string, number = 0): Example => ({
  source,
  mode: 'dual',
  system: '',
  exchanges: [{user: source, assistant: String(number)}]
})
const many = (count: number): Example[] => Array.from({length: count}, (_, index) => example(`evt-${index}`))

it('the same seed gives the same split, another seed another one', () => {
  const examples = many(100)
  expect(split(examples, 0.1, 7)).toEqual(split(examples, 0.1, 7))
  expect(split(examples, 0.1, 7)).toEqual(split([...examples].reverse(), 0.1, 7))
  expect(split(examples, 0.1, 8)).not.toEqual(split(examples, 0.1, 7))
  expect(split(examples, 0.1, 7).validation).toHaveLength(10)
})

it('a conversation that is the smallest there is is validated by, and a long one leaves room', () => {
  const long = Array.from({length: 9}, (_, index) => example('long', index))
  expect(split([...long, example('short')], 0.1, 1).validation).toEqual([example('short')])
  expect(split(long, 0.5, 1)).toEqual({train: long, validation: []})
})

it('every example is on exactly one side, sources are never divided, and something is left to train by', () => {
  const sources = fc.array(fc.integer({min: 1, max: 5}), {maxLength: 30})
  fc.assert(
    fc.property(sources, fc.double({min: 0, max: 0.9, noNaN: true}), fc.integer(), (sizes, share, seed) => {
      const examples = sizes.flatMap((size, source) =>
        Array.from({length: size}, (_, index) => example(`evt-${source}`, index))
      )
      const {train, validation} = split(examples, share, seed)
      const key = (one: Example): string => JSON.stringify(one)
      expect([...train, ...validation].map(key).sort()).toEqual(examples.map(key).sort())
      const trained = new Set(train.map(({source}) => source))
      expect(validation.filter(({source}) => trained.has(source))).toEqual([])
      expect(train.length).toBeGreaterThanOrEqual(Math.min(1, examples.length))
      if (share === 0) expect(validation).toEqual([])
    })
  )
})
