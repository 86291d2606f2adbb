import {isEnglish} from '../../core/memory/text/tokenize.ts'

/** What a text is about, and who and what it names. */
export interface Labels {
  /** Lower case, singular, the most frequent first. */
  tags: string[]
  /** As they are written: people, places, organisations, other names, dates. */
  entities: string[]
}

const MOST_TAGS = 5
const MOST_ENTITIES = 20
/** In characters. What a long text is about it tells at its beginning. */
const LONGEST_TEXT = 20_000

/**
 * Finds labels without a language model: by the grammar of English (`compromise`), or, in other languages, by how names are written.
 * The same text gives the same labels.
 * @param language of the text: "en", "de", …
 */
export async function labelsOf(text: string, language: string): Promise<Labels> {
  const beginning = text.slice(0, LONGEST_TEXT)
  if (!isEnglish(language)) return labelsByWriting(beginning, language)
  const {default: nlp} = await import('compromise/two')
  const {noun} = (nlp.methods() as Methods).two.transform
  const model = nlp.model()
  const sentences = (nlp(beginning) as unknown as {document: Term[][]}).document
  return {
    tags: topicsOf(sentences, (word) => noun.toSingular(word, model)),
    entities: distinct(sentences.flatMap(namesOf)).slice(0, MOST_ENTITIES)
  }
}

/** The part of the library that its types leave out. */
interface Methods {
  two: {transform: {noun: {toSingular(word: string, model: object): string}}}
}

/** A word as `compromise` reads it. */
interface Term {
  text: string
  normal: string
  /** What stands between it and the next word. */
  post: string
  tags: Set<string>
}

/** Nouns that name no topic. */
const EMPTY = new Set(
  'thing things stuff lot lots bit way kind sort time times day days week weeks month months year years hour hours minute minutes moment number something anything everything nothing someone everyone anyone people man woman guy one ones part end start morning evening afternoon night today tomorrow yesterday'.split(
    ' '
  )
)

function topicsOf(sentences: readonly Term[][], singular: (word: string) => string): string[] {
  const counts = new Map<string, number>()
  for (const {tags, normal} of sentences.flat()) {
    if (!tags.has('Noun') || NO_TOPIC.some((tag) => tags.has(tag)) || !/^\p{L}[\p{L}-]{2,30}$/u.test(normal)) continue
    const topic = tags.has('Plural') ? singular(normal) : normal
    if (!EMPTY.has(topic) && !EMPTY.has(normal)) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  }
  // Sorting keeps the order of those that are as frequent: what is named first comes first.
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([topic]) => topic)
    .slice(0, MOST_TAGS)
}

const NO_TOPIC = ['ProperNoun', 'Pronoun', 'Date', 'Person', 'Place', 'Organization', 'Possessive', 'Value', 'Unit']

/** Runs of proper nouns, which may be a person, a place, an organisation or a name that is in no class; and dates. */
function namesOf(sentence: readonly Term[]): string[] {
  const names: string[] = []
  let run: Term[] = []
  let kind: 'name' | 'date' | undefined
  const end = (): void => {
    const text = kind === undefined ? '' : written(run)
    if (kind === 'name' ? /\p{L}{2}|^\p{L}\d/u.test(text) : /\d|\p{Lu}/u.test(text)) names.push(text)
    run = []
    kind = undefined
  }
  for (const term of sentence) {
    const its = kindOf(term)
    if (its !== kind) end()
    if (its !== undefined) run.push(term)
    kind = its
    // A comma or the end of a quotation ends a name; the dot of "Dr." and the comma of "May 4, 2026" do not.
    if (kind !== undefined && (kind === 'name' ? /[,;:)"”]/ : /[;:)"”]/).test(term.post)) end()
  }
  end()
  return names
}

function kindOf({tags}: Term): 'name' | 'date' | undefined {
  // A time of day names nothing that comes back.
  if (tags.has('Date')) return tags.has('Time') ? undefined : 'date'
  if (tags.has('Pronoun')) return undefined
  return ['ProperNoun', 'Person', 'Place', 'Organization'].some((tag) => tags.has(tag)) ? 'name' : undefined
}

const written = (run: readonly Term[]): string =>
  run
    .map(({text, post}, at) => (at === run.length - 1 ? text.replace(/['’]s?$/, '') : text + post))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()

/** Without grammar: runs of capitalised words inside a sentence, and words that come back. */
function labelsByWriting(text: string, language: string): Labels {
  // Every noun has a capital there: only two in a row are surely a name.
  const shortest = /^(?:de|lb)\b/.test(language) ? 2 : 1
  const names = [...text.matchAll(/(?<=[\p{Ll}\d,;]\s)\p{Lu}[\p{L}'’-]+(?:\s\p{Lu}[\p{L}'’-]+)*/gu)]
    .map(([name]) => name)
    .filter((name) => name.split(/\s/).length >= shortest)
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{5,30}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const repeated = [...counts].filter(([, count]) => count > 1).sort(([, a], [, b]) => b - a)
  return {
    tags: repeated.map(([word]) => word).slice(0, MOST_TAGS),
    entities: distinct(names).slice(0, MOST_ENTITIES)
  }
}

function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => {
    const key = name.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}
