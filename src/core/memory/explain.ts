import {readSettings} from '../settings.ts'
import type {FoundEvent} from './memories.ts'
import {TOLD_THEN} from './search/rank.ts'
import {termOf, tokenize, wordsOf} from './text/tokenize.ts'

/** Why a memory was found, for people and scripts. */
export interface Why {
  /** What each word of the question gave, most first. `words` stood for it in the memory, in these fields. */
  terms: {term: string; score: number; words: string[]; fields: Field[]}[]
  /** What the sum of the terms was multiplied by: who said it, whether it only asks, what kind of thing is asked for, when it was told. */
  factors: Record<string, number>
  /** What the best of its sitting added. */
  sitting: number
  /** What all that was multiplied by, where better results of the same day made it step back. */
  spread: number
  score: number
}

/** Where a word stands: in the text, in the answer to it, in the speaker's name, in what was said around it, or in its date. */
export type Field = 'content' | 'response' | 'speaker' | 'around' | 'date'

/** Told where words were asked; by meaning alone there is nothing to tell but the similarity. */
export function whyFound({explain, content, response, score, ranks}: FoundEvent, question: string): Why | undefined {
  if (explain === undefined) return
  const {language} = readSettings()
  const asWritten = writtenIn([question, content, response ?? ''], language)
  const texts = {
    content: new Set(tokenize(content, language)),
    response: new Set(tokenize(response ?? '', language))
  }
  const terms = Object.entries(explain.terms).map(([term, gain]) => {
    const words = term === TOLD_THEN ? [] : (explain.matched[term] ?? [])
    const fields = fieldsOf(words, texts, term === TOLD_THEN || explain.dated.includes(term))
    return {term: asWritten(term), score: gain, words: words.map(asWritten), fields}
  })
  return {
    terms: terms.sort((a, b) => b.score - a.score),
    factors: {...explain.factors},
    sitting: explain.sitting,
    spread: explain.spread,
    score: ranks?.lexical?.score ?? score
  }
}

/** Terms are stems; people know the words. The first of the texts that has a word for a term says which. */
function writtenIn(texts: readonly string[], language: string): (term: string) => string {
  const words = new Map<string, string>()
  for (const word of texts.flatMap(wordsOf)) {
    const term = termOf(word, language)
    if (term !== undefined && !words.has(term)) words.set(term, word)
  }
  return (term) =>
    term
      .split(' ')
      .map((one) => words.get(one) ?? one)
      .join(' ')
}

function fieldsOf(
  words: readonly string[],
  {content, response}: Record<'content' | 'response', ReadonlySet<string>>,
  dated: boolean
): Field[] {
  const fields: Field[] = []
  if (words.some((word) => content.has(word))) fields.push('content')
  if (words.some((word) => response.has(word))) fields.push('response')
  if (words.some((word) => !content.has(word) && !response.has(word))) fields.push('speaker')
  if (dated) fields.push('date')
  if (words.length === 0 && !dated) fields.push('around')
  return fields
}
