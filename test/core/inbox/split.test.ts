import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {divide, paragraphsOf} from '../../../src/core/inbox/split.ts'

const words = (count: number, word = 'word'): string => Array.from({length: count}, () => word).join(' ')

describe('paragraphs', () => {
  it('are what empty lines divide, whatever ends a line', () => {
    expect(paragraphsOf('one\r\nmore\r\n\r\n  \r\ntwo\n\n\n').map(({text}) => text)).toEqual(['one\nmore', 'two'])
  })

  it('of Markdown keep code together, and know headings', () => {
    const text = '# Title\nBelow it.\n\n```\ncode\n\nmore\n```\n\n## Empty'
    expect(paragraphsOf(text, true)).toEqual([
      {text: '# Title', heading: true},
      {text: 'Below it.'},
      {text: '```\ncode\n\nmore\n```'},
      {text: '## Empty', heading: true}
    ])
  })
})

describe('dividing', () => {
  it('puts headings to what follows them, and keeps one that nothing follows', () => {
    expect(divide(paragraphsOf('# A\n\n## B\ntext\n\n# C', true), 100, 'en')).toEqual(['# A\n\n## B\n\ntext', '# C'])
  })

  it('divides a long paragraph after sentences', () => {
    const sentences = ['The first one is here.', 'Then the second one.', 'A third one ends it.']
    expect(divide([{text: sentences.join(' ')}], 45, 'en')).toEqual([`${sentences[0]} ${sentences[1]}`, sentences[2]])
  })

  it('divides a sentence that is too long between words, and a word between characters as people see them', () => {
    expect(divide([{text: words(10)}], 25, 'en')).toEqual([words(5), words(5)])
    const family = '👨‍👩‍👧'
    expect(divide([{text: family.repeat(5)}], family.length * 2, 'en')).toEqual([
      family.repeat(2),
      family.repeat(2),
      family
    ])
  })

  it('loses nothing but blanks, is never longer than asked, and never breaks a code point', () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({unit: 'grapheme', maxLength: 60}),
        fc.constantFrom('\n\n', '. ', '# ', ' ', '👩🏽‍🚀', 'é'.normalize('NFD'))
      ),
      {maxLength: 30}
    )
    fc.assert(
      fc.property(texts, fc.integer({min: 12, max: 80}), fc.boolean(), (pieces, longest, markdown) => {
        const text = pieces.join('')
        const divided = divide(paragraphsOf(text, markdown), longest, 'en')
        const squeezed = (one: string): string => one.replace(/\s+/g, '')
        expect(squeezed(divided.join(''))).toBe(squeezed(text))
        for (const one of divided) {
          expect(one.length).toBeLessThanOrEqual(longest)
          expect(one.isWellFormed()).toBe(true)
          expect(one.trim()).not.toBe('')
        }
      })
    )
  })
})
