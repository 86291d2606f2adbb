/** What a question asks for. A memory that holds such a thing is likelier to answer it. */
export interface Kinds {
  when: boolean
  many: boolean
  who: boolean
  where: boolean
  title: boolean
  /** Several things, which are seldom told at once: "what books", "how many dogs". */
  several: boolean
}

export const NO_KINDS: Kinds = {when: false, many: false, who: false, where: false, title: false, several: false}

/** @param words of an English question, as wordsOf gives them. Sets of words and not expressions: those would be compiled at every start. */
export function kindsOf(words: readonly string[]): Kinds {
  const has = (wanted: ReadonlySet<string>): boolean => words.some((word) => wanted.has(word))
  const follows = (first: ReadonlySet<string>, second: ReadonlySet<string>): boolean =>
    words.some((word, i) => first.has(word) && second.has(words[i + 1] ?? ''))
  const longAgo = words.some((word, i) => word === 'how' && words[i + 1] === 'long' && words[i + 2] === 'ago')
  return {
    when: words[0] === 'when' || follows(WHEN, AUXILIARIES) || follows(WHICH, TIMES) || longAgo,
    many: follows(HOW, AMOUNTS) || follows(WHAT, MEASURES) || follows(NUMBER, OF),
    who: has(NAMES) || follows(WHICH, NAMED),
    where: has(WHERE) || follows(WHICH, PLACES),
    title: has(ASKING) && has(TITLED),
    several: asksForSeveral(words)
  }
}

/** "What books", "which of the cities", "in what ways", "how many dogs"; not "what is", "how many years". */
function asksForSeveral(words: readonly string[]): boolean {
  const [at, asked] = PREPOSITIONS.has(words[0] ?? '') ? [1, words[1]] : [0, words[0]]
  if (asked === 'how') return words[at + 1] === 'many' && !DURATIONS.has(words[at + 2] ?? '')
  return (asked === 'what' || asked === 'which') && words.slice(at + 1, at + 4).some(isPlural)
}

const isPlural = (word: string): boolean => /[^s]s$/.test(word) && !NO_PLURALS.has(word)

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '))

const PREPOSITIONS = setOf('in on at for with')
const DURATIONS = setOf('years months weeks days hours minutes times')
const NO_PLURALS = setOf('is was does has his this us as its always yes')
const WHEN = setOf('when')
const HOW = setOf('how')
const WHAT = setOf('what')
const WHICH = setOf('what which')
const NUMBER = setOf('number')
const OF = setOf('of')
const WHERE = setOf('where')
const AUXILIARIES = setOf('did does do is was were will has have had')
const TIMES = setOf('date day week month year time')
const AMOUNTS = setOf('many much often long old big far tall fast')
const MEASURES = setOf('number age price size')
const NAMES = setOf('who whom whose name names named called')
const NAMED = setOf('book movie film game song band team artist company brand person friend')
const PLACES = setOf('city cities country countries state place places town location area park region restaurant')
const ASKING = setOf('what which who name')
const TITLED = setOf(
  'book books movie movies film films game games song songs show shows series band bands artist artists author authors title titles podcast podcasts album albums team teams novel novels musician musicians'
)
