import {isUnspaced, tokenize} from './tokenize.ts'

/** A stretch of a text, in UTF-16 code units, the end not included. */
export interface Match {
  start: number
  end: number
}

/** The words of a text, as they are written, that stand for one of the terms: what is highlighted. */
export function matchesIn(text: string, terms: ReadonlySet<string>, language: string): Match[] {
  if (terms.size === 0) return []
  const matches: Match[] = []
  for (const {0: word, index} of text.matchAll(WORD)) {
    for (const part of isUnspaced(word) ? segmentsOf(word) : [{segment: word, index: 0}]) {
      const start = index + part.index
      if (tokenize(part.segment, language).some((term) => terms.has(term)))
        matches.push({start, end: start + part.segment.length})
    }
  }
  return matches
}

const WORD =
  /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['\u2019][\p{L}\p{M}]+)*|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic})*|\p{Regional_Indicator}{2}/gu

const segmentsOf = (text: string): Iterable<{segment: string; index: number}> =>
  new Intl.Segmenter(undefined, {granularity: 'word'}).segment(text)
