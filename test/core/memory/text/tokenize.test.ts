import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {tokenize, wordsOf} from '../../../../src/core/memory/text/tokenize.ts'

describe('tokenize', () => {
  it('lower-cases, stems and drops stop words in English', () => {
    expect(tokenize('The dogs were hiking near the Lakes', 'en')).toEqual(['dog', 'hike', 'near', 'lake'])
  })

  it('takes irregular forms for their base form', () => {
    expect(tokenize('went gone bought children better mom', 'en')).toEqual([
      'go',
      'go',
      'bui',
      'child',
      'good',
      'mother'
    ])
    expect(tokenize('buy child good go mother', 'en')).toEqual(['bui', 'child', 'good', 'go', 'mother'])
  })

  it('opens contractions, straight and curly', () => {
    expect(wordsOf("I don't think Ada's dog can't swim, they've been runnin' along")).toEqual(
      wordsOf('I do not think Ada dog not swim, they been running along')
    )
    expect(wordsOf('Don’t')).toEqual(['do', 'not'])
  })

  it('folds accents and letters that Unicode does not take apart', () => {
    expect(wordsOf('Café Zoë Straße Łódź søster')).toEqual(['cafe', 'zoe', 'strasse', 'lodz', 'soster'])
  })

  it('keeps thousands together and other numbers apart', () => {
    expect(wordsOf('2,000 euros on 3.5.2024, 1,2,3')).toEqual(['2000', 'euros', 'on', '3', '5', '2024', '1', '2', '3'])
  })

  it('drops stop words and stems by the language of the profile', () => {
    expect(tokenize('Der Hund und die Katzen', 'de')).toEqual(['hund', 'katz'])
    expect(tokenize('Der Hund und die Katzen', 'de-AT')).toEqual(['hund', 'katz'])
  })

  it.each([
    ['de', 'Häuser', 'Haus'],
    ['de', 'Bücher', 'Buch'],
    ['de', 'Straßen', 'Strasse'],
    ['fr', 'chevaux', 'cheval'],
    ['fr', 'mangé', 'manger'],
    ['fr', 'l’école', 'écoles'],
    ['es', 'canciones', 'canción'],
    ['it', 'amiche', 'amica'],
    ['pt', 'livros', 'livro'],
    ['nl', 'katten', 'kat'],
    ['sv', 'hundarna', 'hund'],
    ['ru', 'книги', 'книга']
  ])('takes in %s %s for %s', (language, one, other) => {
    expect(tokenize(one, language)).toEqual(tokenize(other, language))
    expect(tokenize(one, language)).toHaveLength(1)
  })

  it('keeps every word of a language that it does not know', () => {
    expect(tokenize('Ang mga aso', 'tl')).toEqual(['ang', 'mga', 'aso'])
  })

  it('cuts Chinese, Japanese and Thai into words, and leaves the words around them whole', () => {
    expect(tokenize('我喜欢咖啡 with milk', 'en')).toEqual(expect.arrayContaining(['咖啡', 'milk']))
    expect(tokenize('東京に行きました', 'ja')).toContain('東京')
    expect(tokenize('ฉันชอบกาแฟ', 'th')).toContain('กาแฟ')
  })

  it('takes an emoji as a term, joined ones as one', () => {
    expect(tokenize('party 🎉 with 👩‍🔬', 'en')).toEqual(['parti', '🎉', '👩‍🔬'])
  })

  it('knows no words in JavaScript’s own property names', () => {
    expect(tokenize('constructor toString __proto__', 'en')).toEqual(['constructor', 'tostr', 'proto'])
  })

  it('gives terms without white space or control characters, none empty, none longer than 64', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 200}), fc.constantFrom('en', 'de', 'ja'), (text, language) => {
        for (const term of tokenize(text, language)) {
          expect(term).toMatch(/^[^\s\p{Cc}]+$/u)
          expect(term.length).toBeLessThanOrEqual(64)
        }
      })
    )
  })
})
