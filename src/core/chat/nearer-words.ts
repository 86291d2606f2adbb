import {memoryStore, searchMemories} from '../memory/memories.ts'
import {termOf, tokenize, wordsOf} from '../memory/text/tokenize.ts'
import {nearest} from '../nearest.ts'
import {readSettings} from '../settings.ts'

const MOST_WORDS = 3
/** Rare words are left out where there are many that begin alike. */
const MOST_TERMS = 2000

/** Words of the current person's memories that are written almost as those of a question to which nothing was found. */
export async function nearerWords(question: string): Promise<string[]> {
  const {language} = readSettings()
  const words: string[] = []
  for (const term of new Set(tokenize(question.slice(0, 300), language))) {
    if (term.length < 4) continue
    const terms = (await memoryStore().termsFrom(term.slice(0, 1), MOST_TERMS)).filter((one) => one.length > 3)
    for (const near of nearest(term, terms, 1)) words.push(await asWritten(near, language))
    if (words.length >= MOST_WORDS) break
  }
  return [...new Set(words)]
}

/** A term is a stem; people are told a word as a memory has it. */
async function asWritten(term: string, language: string): Promise<string> {
  const {results} = await searchMemories(term, {limit: 1})
  const written = results.flatMap(({content}) => wordsOf(content)).find((word) => termOf(word, language) === term)
  return written ?? term
}
