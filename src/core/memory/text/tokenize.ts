import {IRREGULAR, STOP_WORDS} from './english.data.ts'
import {languageOf} from './languages.ts'
import {porter} from './porter.ts'

/**
 * The one tokenizer of memories and questions: text to its terms, in order, repeated ones included.
 * Terms are lower case with accents folded, stemmed by the profile's language and without its stop words (as far as it has those: languages.ts).
 * Text in scripts without spaces (Chinese, Japanese, Thai, …) is cut by Intl.Segmenter. An emoji is a term.
 * No term holds white space or a control character, so terms may be stored joined by blanks.
 */
export function tokenize(text: string, language: string): string[] {
  const terms: string[] = []
  for (const word of wordsOf(text)) {
    const term = termOf(word, language)
    if (term !== undefined) terms.push(term)
  }
  return terms
}

/** The words of a text in order: lower case, accents folded, contractions opened ("don't" is "do", "not"; "Ada's" is "ada"). */
export function wordsOf(text: string): string[] {
  const straight = text.replace(/[\u2018\u2019\u02bc]/g, "'")
  const open = openContractions((NOT_ASCII.test(straight) ? fold(straight) : straight).toLowerCase())
  if (!NOT_ASCII.test(open)) return limited(open.match(/[a-z0-9]+/g))
  if (!isUnspaced(open)) return limited(open.match(script().word))
  return limited(open.match(script().word)).flatMap((word) => (isUnspaced(word) ? segments(word) : [word]))
}

/** The term that a word (of wordsOf) stands for, or undefined where it is a stop word. */
export function termOf(word: string, language: string): string | undefined {
  if (language !== cached) {
    stems.clear()
    cached = language
  }
  let term = stems.get(word)
  if (term === undefined) {
    term = isEnglish(language) ? englishTerm(word) : foreignTerm(word, language)
    if (stems.size >= STEMS_KEPT) stems.clear()
    stems.set(word, term)
  }
  return term === '' ? undefined : term
}

const englishTerm = (word: string): string =>
  stopWords().has(word) ? '' : (irregular().get(word) ?? (/^[a-z]+$/.test(word) ? porter(word) : word))

function foreignTerm(word: string, name: string): string {
  const language = languageOf(name)
  if (language.isStopWord(word)) return ''
  return /\d/.test(word) ? word : language.stem(word)
}

/** Whether a text has words of scripts that put no spaces between them. */
export const isUnspaced = (text: string): boolean => script().unspaced.test(text)

export const isEnglish = (language: string): boolean => language === 'en' || language.startsWith('en-')

/** Lower case with accents folded, for comparing names: "Zoë" and "ZOE" are both "zoe". */
export const foldName = (name: string): string => (NOT_ASCII.test(name) ? fold(name) : name).toLowerCase().trim()

const NOT_ASCII = /[^\0-\x7f]/
/** Longer words are no words (keys, encoded data); their beginning is enough to find them. */
const LONGEST_WORD = 64
/** Words repeat: most of stemming is looked up. The limit bounds memory in a server, not what is right. */
const STEMS_KEPT = 100_000
const stems = new Map<string, string>()
/** The language that the stems are of. */
let cached = ''

let stop: Set<string> | undefined
const stopWords = (): Set<string> => (stop ??= new Set(STOP_WORDS.split(' ')))
let irregularForms: Map<string, string> | undefined
const irregular = (): Map<string, string> => (irregularForms ??= new Map(Object.entries(IRREGULAR)))

/** Letters that Unicode does not take apart. */
const LETTERS: Record<string, string> = {ß: 'ss', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe', ı: 'i', þ: 'th', ð: 'd'}

function fold(text: string): string {
  const bare = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
  return bare.replace(/[ßøłđæœıþð]/g, (letter) => LETTERS[letter] ?? letter)
}

function openContractions(text: string): string {
  if (!text.includes("'")) return text.replace(THOUSANDS, '')
  return text
    .replace(THOUSANDS, '')
    .replace(/\b(?:ca|wo|sha)n't\b/g, 'not')
    .replace(/n't\b/g, ' not')
    .replace(/'(?:s|re|ve|ll|d|m)\b/g, '')
    .replace(/in'(?=\s|$)/g, 'ing')
}
/** "2,000" is one number. */
const THOUSANDS = /(?<=\d),(?=\d{3}(?!\d))/g

function limited(words: readonly string[] | null): string[] {
  return (words ?? []).map((word) => (word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD) : word))
}

/** Property classes are compiled on first need: most text is ASCII. */
let scripts: {word: RegExp; unspaced: RegExp} | undefined
function script(): {word: RegExp; unspaced: RegExp} {
  scripts ??= {
    word: /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic})*|\p{Regional_Indicator}{2}/gu,
    unspaced:
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
  }
  return scripts
}

let segmenter: Intl.Segmenter | undefined
function segments(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, {granularity: 'word'})
  const words: string[] = []
  for (const part of segmenter.segment(text)) if (part.isWordLike) words.push(part.segment)
  return words
}
