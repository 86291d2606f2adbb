import {STOP_WORDS} from './stop-words.data.ts'

/** What makes terms of a language's words: words are lower case with accents folded. */
export interface Language {
  isStopWord(word: string): boolean
  stem(word: string): string
}

/** Languages with a Snowball stemmer in @orama/stemmers, by ISO 639-1 code, to the name of its module there. English has its own (porter.ts). */
const STEMMERS: Record<string, string> = {
  ar: 'arabic',
  bg: 'bulgarian',
  da: 'danish',
  de: 'german',
  el: 'greek',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  hy: 'armenian',
  it: 'italian',
  nb: 'norwegian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
  uk: 'ukrainian'
}

const known = new Map<string, Language>()

/** @param language "de", "pt-BR", …; of one that is not known every word is kept as it is */
export function languageOf(language: string): Language {
  let found = known.get(language)
  if (found === undefined) {
    const [code = ''] = language.toLowerCase().split(/[-_]/)
    const stopWords = new Set((STOP_WORDS[code] ?? '').split(' '))
    found = {isStopWord: (word) => stopWords.has(word), stem: stemmerOf(code)}
    known.set(language, found)
  }
  return found
}

/** Loaded at once and not by import(): text is taken apart in many places that cannot wait. */
function stemmerOf(code: string): (word: string) => string {
  const name = STEMMERS[code]
  if (name === undefined) return (word) => word
  const load = process.getBuiltinModule('node:module').createRequire(import.meta.filename)
  const {stemmer} = load(`@orama/stemmers/${name}`) as {stemmer: (word: string) => string}
  return stemmer
}
