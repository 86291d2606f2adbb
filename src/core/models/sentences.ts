import {type Kinds, kindsOf} from '../memory/search/kinds.ts'
import {factsOf} from '../memory/text/facts.ts'
import {isEnglish, tokenize, wordsOf} from '../memory/text/tokenize.ts'

/** What a question wants, to choose the sentences that answer it. */
export interface Wanted {
  terms: ReadonlySet<string>
  kinds: Kinds | undefined
  /** It wants a yes or a no. */
  yesNo: boolean
  language: string
}

const YES_NO =
  /^(?:(?:and|so|but|ok|okay|hey|please)\b[\s,]*)*(?:do|does|did|is|are|was|were|am|can|could|will|would|should|has|have|had)(?:n't)?\s+(?!you\s+(?:tell|show|remind|give|list|find|search|explain|describe|remember)\b)\S+/i

export function wantedOf(question: string, language: string): Wanted {
  return {
    terms: new Set(tokenize(question, language)),
    kinds: isEnglish(language) ? kindsOf(wordsOf(question)) : undefined,
    yesNo: isEnglish(language) && YES_NO.test(question.trim()),
    language
  }
}

/** A run of sentences of one memory. */
export interface Excerpt {
  text: string
  /** How well it answers: words in common with the question, and one for holding what it asks for (a time, a number, a name, a place). */
  score: number
}

const SENTENCE = /[^.!?。！？\n]+(?:[.!?。！？]+(?![\p{L}\p{N}])["'”’)\]]*|\n|$)|[^.!?。！？\n]*[.!?。！？]+/gu

/**
 * The sentences of a text that answer best: the best one, with its neighbours where they fit.
 * @param longest in characters; a text that is not longer is given whole
 */
export function excerptOf(text: string, wanted: Wanted, longest: number): Excerpt {
  const line = text.replace(/\s+/g, ' ').trim()
  const sentences = line.match(SENTENCE) ?? [line]
  const scores = sentences.map((sentence) => scoreOf(sentence, wanted))
  if (line.length <= longest) return {text: line, score: scoreOf(line, wanted)}
  let best = {from: 0, to: 1, score: -1}
  for (let from = 0; from < sentences.length; from++) {
    let length = 0
    let score = 0
    for (let to = from; to < sentences.length; to++) {
      length += sentences[to]?.length ?? 0
      if (to > from && length > longest) break
      score += scores[to] ?? 0
      if (score > best.score) best = {from, to: to + 1, score}
    }
  }
  const run = sentences.slice(best.from, best.to).join('').trim()
  const cut = run.length > longest ? `${run.slice(0, run.lastIndexOf(' ', longest))} …` : run
  return {
    text: `${best.from > 0 ? '… ' : ''}${cut}${best.to < sentences.length && cut === run ? ' …' : ''}`,
    score: best.score
  }
}

function scoreOf(sentence: string, {terms, kinds, language}: Wanted): number {
  const shared = new Set(tokenize(sentence, language).filter((term) => terms.has(term))).size
  if (kinds === undefined || shared === 0) return shared
  const {time, number, proper, place, quoted, asking} = factsOf(sentence, undefined, language)
  const holds =
    (kinds.when && time) ||
    (kinds.many && number) ||
    (kinds.who && proper) ||
    (kinds.where && (place || proper)) ||
    (kinds.title && (quoted || proper))
  // A question is no answer.
  return shared + (holds ? 1 : 0) - (asking > 0.5 ? 1 : 0)
}
