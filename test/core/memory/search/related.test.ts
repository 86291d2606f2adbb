import {describe, expect, it} from 'vitest'
import {membersOf, nearTo} from '../../../../src/core/memory/search/everyday.ts'
import {editDistance} from '../../../../src/core/memory/search/related.ts'
import {termOf} from '../../../../src/core/memory/text/tokenize.ts'

const term = (word: string): string => termOf(word, 'en') ?? ''

describe('editDistance', () => {
  it.each([
    ['kayak', 'kayak', 0],
    ['kayak', 'kayk', 1],
    ['kayak', 'kyaak', 1],
    ['portgual', 'portugal', 1],
    ['bicycle', 'bycicle', 2],
    ['lake', 'music', 3]
  ])('%s, %s', (a, b, distance) => {
    expect(editDistance(a, b, 2)).toBe(distance)
    expect(editDistance(b, a, 2)).toBe(distance)
  })
})

describe('the word lists', () => {
  it('find near words both ways', () => {
    expect(nearTo(term('film'))).toContain(term('movie'))
    expect(nearTo(term('movie'))).toContain(term('film'))
    expect(nearTo(term('movie'))).not.toContain(term('movie'))
    expect(nearTo('xyzzy').size).toBe(0)
  })

  it('find the members of a kind, not the kind of a member', () => {
    expect(membersOf(term('country'))).toContain(term('portugal'))
    expect(membersOf(term('portugal'))).toEqual([])
    expect(membersOf('xyzzy')).toEqual([])
  })
})
