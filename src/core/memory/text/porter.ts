/**
 * The English stemmer of M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980.
 * In: one lower-case word of a–z. Out: its stem ("hiking" → "hike", "running" → "run"). Words shorter than three letters come back as they are.
 */
export function porter(word: string): string {
  if (word.length < 3) return word
  let stem = pluralEnding(word)
  stem = pastEnding(stem)
  stem = stem.endsWith('y') && hasVowel(stem.slice(0, -1)) ? `${stem.slice(0, -1)}i` : stem
  stem = replaceEnding(stem, DOUBLE_ENDINGS, 0)
  stem = replaceEnding(stem, ADJECTIVE_ENDINGS, 0)
  stem = dropEnding(stem)
  return tidy(stem)
}

type Endings = readonly (readonly [ending: string, replacement: string])[]

/** Step 2: pairs of suffixes become one. Longer endings stand before those that they end in. */
const DOUBLE_ENDINGS: Endings = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['ousli', 'ous'],
  ['eli', 'e'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['logi', 'log']
]
/** Step 3. */
const ADJECTIVE_ENDINGS: Endings = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', '']
]
/** Step 4: these go where two consonant groups follow a vowel before them. */
const LAST_ENDINGS = [
  'ement',
  'ment',
  'ance',
  'ence',
  'able',
  'ible',
  'ant',
  'ent',
  'ism',
  'ate',
  'iti',
  'ous',
  'ive',
  'ize',
  'ion',
  'al',
  'er',
  'ic',
  'ou'
] as const

/** Step 1a. */
function pluralEnding(word: string): string {
  if (!word.endsWith('s') || word.endsWith('ss')) return word
  return word.endsWith('sses') || word.endsWith('ies') ? word.slice(0, -2) : word.slice(0, -1)
}

/** Step 1b. */
function pastEnding(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const stem = word.endsWith('ed') ? word.slice(0, -2) : word.endsWith('ing') ? word.slice(0, -3) : undefined
  if (stem === undefined || !hasVowel(stem)) return word
  if (stem.endsWith('at') || stem.endsWith('bl') || stem.endsWith('iz')) return `${stem}e`
  if (endsDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1)
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem
}

function replaceEnding(word: string, endings: Endings, above: number): string {
  for (const [ending, replacement] of endings) {
    if (!word.endsWith(ending)) continue
    const stem = word.slice(0, -ending.length)
    return measure(stem) > above ? stem + replacement : word
  }
  return word
}

function dropEnding(word: string): string {
  for (const ending of LAST_ENDINGS) {
    if (!word.endsWith(ending)) continue
    const stem = word.slice(0, -ending.length)
    if (ending === 'ion' && !/[st]$/.test(stem)) continue
    return measure(stem) > 1 ? stem : word
  }
  return word
}

/** Step 5. */
function tidy(word: string): string {
  let stem = word
  if (stem.endsWith('e')) {
    const shorter = stem.slice(0, -1)
    const m = measure(shorter)
    if (m > 1 || (m === 1 && !endsShort(shorter))) stem = shorter
  }
  return stem.endsWith('ll') && measure(stem) > 1 ? stem.slice(0, -1) : stem
}

/** Is the letter a vowel? y is one after a consonant. */
function isVowel(word: string, at: number): boolean {
  const letter = word[at]
  if (letter === 'y') return at > 0 && !isVowel(word, at - 1)
  return letter === 'a' || letter === 'e' || letter === 'i' || letter === 'o' || letter === 'u'
}

function hasVowel(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (isVowel(word, i)) return true
  return false
}

/** Porter's m: how often a vowel is followed by a consonant. */
function measure(word: string): number {
  let m = 0
  let before = false
  for (let i = 0; i < word.length; i++) {
    const vowel = isVowel(word, i)
    if (before && !vowel) m++
    before = vowel
  }
  return m
}

const endsDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && !isVowel(word, word.length - 1)

/** Porter's *o: consonant, vowel, consonant at the end, the last not w, x or y. */
function endsShort(word: string): boolean {
  const n = word.length
  return n > 2 && !isVowel(word, n - 1) && isVowel(word, n - 2) && !isVowel(word, n - 3) && !/[wxy]$/.test(word)
}
