import {describe, expect, it} from 'vitest'
import {porter} from '../../../../src/core/memory/text/porter.ts'

describe('the Porter stemmer', () => {
  // Examples of the paper, by step.
  it.each([
    ['caresses', 'caress'],
    ['ponies', 'poni'],
    ['caress', 'caress'],
    ['cats', 'cat'],
    ['feed', 'feed'],
    ['agreed', 'agre'],
    ['plastered', 'plaster'],
    ['bled', 'bled'],
    ['motoring', 'motor'],
    ['sing', 'sing'],
    ['conflated', 'conflat'],
    ['troubled', 'troubl'],
    ['sized', 'size'],
    ['hopping', 'hop'],
    ['falling', 'fall'],
    ['hissing', 'hiss'],
    ['failing', 'fail'],
    ['filing', 'file'],
    ['happy', 'happi'],
    ['sky', 'sky'],
    ['relational', 'relat'],
    ['conditional', 'condit'],
    ['digitizer', 'digit'],
    ['radically', 'radic'],
    ['vileness', 'vile'],
    ['analogously', 'analog'],
    ['operator', 'oper'],
    ['hopefulness', 'hope'],
    ['sensibility', 'sensibl'],
    ['triplicate', 'triplic'],
    ['formative', 'form'],
    ['electrical', 'electr'],
    ['goodness', 'good'],
    ['allowance', 'allow'],
    ['adjustment', 'adjust'],
    ['replacement', 'replac'],
    ['adoption', 'adopt'],
    ['homologous', 'homolog'],
    ['probate', 'probat'],
    ['rate', 'rate'],
    ['cease', 'ceas'],
    ['controlling', 'control'],
    ['rolling', 'roll'],
    ['generalizations', 'gener'],
    ['oscillators', 'oscil']
  ])('%s → %s', (word, stem) => expect(porter(word)).toBe(stem))

  it('leaves words of one or two letters alone', () => {
    expect(['is', 'a', 'by'].map(porter)).toEqual(['is', 'a', 'by'])
  })
})
