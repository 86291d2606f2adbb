import fc from 'fast-check'
import {expect, it} from 'vitest'
import {jsonErrorOffset} from '../../src/core/json-error.ts'

it.each([
  ['', 0],
  ['{"a": [1, 2,]}', 12],
  ['{"a": 1\n"b": 2}', 8],
  ['{"a": tru}', 6],
  ['[1, 2', 5],
  ['{"a": "x\ny"}', 8],
  ['{"a": 01}', 7],
  ['{} {}', 3],
  ['{a: 1}', 1]
])('%j goes wrong at %i', (text, offset) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(jsonErrorOffset(text)).toBe(offset)
})

it('finds nothing wrong with any JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
      const formatted = JSON.stringify(JSON.parse(text), null, indent)
      expect(jsonErrorOffset(formatted)).toBe(formatted.length)
    })
  )
})

it('finds a place in every text that JSON.parse refuses, and never throws', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({maxLength: 3}), (text, at, put) => {
      const broken = text.slice(0, at % (text.length + 1)) + put + text.slice(at % (text.length + 1))
      let valid = true
      try {
        JSON.parse(broken)
      } catch {
        valid = false
      }
      expect(jsonErrorOffset(broken) === broken.length || !valid).toBe(true)
    })
  )
})

it('gives up on nesting that no document has', () => {
  expect(jsonErrorOffset('['.repeat(100_000))).toBeGreaterThan(0)
})
