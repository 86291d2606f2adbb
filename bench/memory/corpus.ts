/**
 * Memories made up for measuring: the same for everybody, since nothing in them is drawn from chance that is not seeded.
 *
 * Word frequencies are those of natural text: the word of rank r is drawn with a probability proportional to 1 / (r + 2.7)
 * (Mandelbrot's form of Zipf's law). The first ranks are English function words, the others are made of syllables.
 */

/** A memory as a line of `mh capture --batch` takes it. */
export interface Made {
  id: string
  timestamp: string
  type: string
  content: string
  response?: string
  tags: string[]
  metadata?: {sessionId: string}
}

const FUNCTION_WORDS =
  'the to and a of in was my for it with at on is that we but this had from about be so he she they have not i me you our after before when then up out an as his her their were been by just will would could there very more some what if or all'.split(
    ' '
  )
const VOCABULARY = 60_000
const SYLLABLES =
  'ba be bi bo bu da de di do du fa fe fi ga ge go ha he hi ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no pa pe pi po ra re ri ro ru sa se si so ta te ti to tu va ve vi wa we za zo'.split(
    ' '
  )
const ENDINGS = ['', '', '', 's', 'ing', 'ed', 'er', 'ness', 'ly', 'tion', 'n', 'l', 'r', 'm', 'x', 'nd', 'st']
const TAGS = ['work', 'home', 'family', 'health', 'garden', 'music', 'travel', 'books', 'money', 'friends']
const TYPES = ['observation', 'observation', 'observation', 'observation', 'journal', 'reflection']
const MINUTE_MS = 60_000
const YEAR_MS = 365 * 86_400_000
/** The newest of them. */
export const NEWEST = Date.UTC(2025, 5, 1)

/** A number from 0 to 1, another at each call and the same in each run (mulberry32, public domain). */
export function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `count` memories over ten years, oldest first: notes alone and in small groups, and conversations of a few turns. */
export function* memories(count: number, seed = 1): Generator<Made> {
  const random = chance(seed)
  const word = wordOf(random)
  const first = NEWEST - 10 * YEAR_MS
  for (let made = 0; made < count; ) {
    const together = Math.min(count - made, 1 + Math.floor(random() * random() * 9))
    const talk = random() < 0.2
    for (let i = 0; i < together; i++, made++) {
      const at = first + ((made - i) / count) * 10 * YEAR_MS + i * MINUTE_MS
      yield {
        id: `evt-${made.toString(16).padStart(12, '0')}`,
        timestamp: new Date(at).toISOString(),
        type: talk ? 'conversation' : pick(TYPES, random),
        content: sentence(6 + Math.floor(random() * 22), word, random),
        tags: random() < 0.4 ? [pick(TAGS, random)] : [],
        ...(talk
          ? {
              response: sentence(10 + Math.floor(random() * 20), word, random),
              metadata: {sessionId: `session-${made - i}`}
            }
          : {})
      }
    }
  }
}

/** Questions of 2 to 6 words that stand together in some memory, as somebody asks who remembers a little of it. */
export function questions(count: number, of: number, seed = 2): string[] {
  const random = chance(seed)
  const wanted = new Set(Array.from({length: count}, () => Math.floor(random() * of)))
  const asked: string[] = []
  let at = 0
  for (const {content} of memories(of)) {
    if (wanted.has(at++)) {
      const words = content.replaceAll(/[.,]/g, '').toLowerCase().split(' ')
      const telling = words.filter((word) => !FUNCTION_WORDS.includes(word))
      const number = 2 + Math.floor(random() * 5)
      asked.push(
        telling
          .sort(() => random() - 0.5)
          .slice(0, number)
          .join(' ')
      )
    }
  }
  return asked.filter((question) => question.includes(' '))
}

function wordOf(random: () => number): () => string {
  const words = [...FUNCTION_WORDS, ...madeUp(VOCABULARY - FUNCTION_WORDS.length)]
  const sums = new Float64Array(words.length)
  let sum = 0
  for (let rank = 0; rank < words.length; rank++) {
    sum += 1 / (rank + 2.7)
    sums[rank] = sum
  }
  return () => {
    const target = random() * sum
    let low = 0
    let high = words.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < target) low = middle + 1
      else high = middle
    }
    return words[low] ?? ''
  }
}

/** Different words; frequent ones are short, as in any language. */
function madeUp(count: number): string[] {
  const random = chance(3)
  const words = new Set<string>()
  while (words.size < count) {
    const syllables = 2 + Math.floor(random() * (words.size < 2000 ? 1.5 : 3))
    words.add(Array.from({length: syllables}, () => pick(SYLLABLES, random)).join('') + pick(ENDINGS, random))
  }
  return [...words]
}

function sentence(length: number, word: () => string, random: () => number): string {
  const words = Array.from({length}, word)
  const text = words.map((one, i) => (i > 0 && random() < 0.08 ? `${one},` : one)).join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T
