import {factsOf} from '../text/facts.ts'
import {spokenBy} from '../text/speaker.ts'
import {foldName} from '../text/tokenize.ts'
import {GUESSED} from './speakers.ts'
import type {Findable} from './types.ts'

/** Bits of what a memory holds. */
export const FLAG = {time: 1, number: 2, place: 4, proper: 8, quoted: 16} as const

/** What a memory is found and ranked by, whatever keeps it. */
export interface FoundBy {
  /** Folded; '' for the person, with GUESSED before it where it is only how a note begins. */
  speaker: string
  /** As they are kept, each followed by a blank but the last; `termsOf` takes them apart. */
  terms: string
  asked: string
  asking: number
  person: number
  flags: number
  /** Each once, well-formed. */
  tags: string[]
}

export function foundBy(memory: Findable, language: string): FoundBy {
  const {speaker, certain, text} = spokenBy(memory)
  const {terms, asked, asking, person, ...facts} = factsOf(
    memory.response === undefined ? text : `${text}\n${memory.response}`,
    certain ? speaker : undefined,
    language
  )
  let flags = 0
  for (const fact of ['time', 'number', 'place', 'proper', 'quoted'] as const) if (facts[fact]) flags |= FLAG[fact]
  return {
    speaker: speaker === undefined ? '' : `${certain ? '' : GUESSED}${foldName(speaker)}`,
    terms: terms.join(' '),
    asked: asked.join(' '),
    asking,
    person,
    flags,
    // Databases keep well-formed text only; two tags that differ in a lone surrogate are one there.
    tags: [...new Set(memory.tags.map((tag) => tag.toWellFormed()))]
  }
}

/** The terms that `FoundBy` or an index keeps as one text. */
export const termsOf = (kept: string): string[] => (kept === '' ? [] : kept.split(' '))
