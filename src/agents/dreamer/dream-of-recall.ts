import type {EpisodicEvent} from '../../core/memory/event.ts'
import type {Random} from '../random.ts'
import {isThought} from '../thoughts.ts'
import type {Dreamt, Kind, Learned} from './dream.ts'

/** So many fragments make a dream. */
const FRAGMENTS = 7
/** In words. */
const LONGEST_FRAGMENT = 14

const OPENINGS = [
  'I am in a house that I know.',
  'It is evening, and the light does not go.',
  'Somebody calls, far away.'
]
const BRIDGES = [
  'Then it turns into',
  'Behind a door there is',
  'Somebody says',
  'And again',
  'Under water I hear',
  'On a wall I read'
]
const ENDS = ['Then it is quiet.', 'I wake before it ends.', 'Nobody asks what it means.']

/** A dream without a language model: fragments of the memories, in the order of chance, between fixed words; and what sentences say outright. */
export function dreamOfRecall(sample: readonly EpisodicEvent[], {random}: {random: Random}): Dreamt {
  const fragments = shuffled(sample, random)
    .slice(0, FRAGMENTS)
    .map((memory) => fragmentOf(memory, random))
  const bridges = shuffled(BRIDGES, random)
  const lines = fragments.map((fragment, at) =>
    at === 0 ? `There is "${fragment}".` : `${bridges[(at - 1) % bridges.length]} "${fragment}".`
  )
  return {dream: [pick(OPENINGS, random), ...lines, pick(ENDS, random)].join(' '), learned: learnedFrom(sample)}
}

function fragmentOf({content}: EpisodicEvent, random: Random): string {
  const words = content
    .replace(/["“”]/g, '')
    .split(/\s+/)
    .filter((word) => word !== '')
  const from = Math.floor(random() * Math.max(1, words.length - LONGEST_FRAGMENT + 1))
  return words
    .slice(from, from + LONGEST_FRAGMENT)
    .join(' ')
    .replace(/[.!?,;:]+$/, '')
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items]
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T)
}

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T

/** What a person says of themselves, in English. How they write recall does not judge. */
const SAYS: [Exclude<Kind, 'styleNotes'>, RegExp][] = [
  [
    'avoidances',
    /\bI(?:'m| am| have| do|'ve)?(?: really| just| always| now)* (?:hate|dislike|avoid|can't stand|cannot stand|don't (?:like|want|enjoy)|do not (?:like|want|enjoy)|never (?:want|eat|drink|buy|use|watch|go)|allergic)\b/i
  ],
  [
    'preferences',
    /\bI(?:'d| would| do)?(?: really| just| always| still| rather)* (?:like|love|prefer|enjoy|want|adore)\b|\bmy favou?rite\b/i
  ],
  [
    'heuristics',
    /\b(?:I|we)(?: have| need|'ve got)? (?:always|never|should|must|learned|learnt|decided|found out)\b|^(?:always|never|whenever|next time|lesson)\b/i
  ]
]
const SENTENCE = /[^.!?\n]+[.!?]*/g
const MOST = 5
/** In characters: a longer sentence says more than one thing. */
const LONGEST_SENTENCE = 200

function learnedFrom(sample: readonly EpisodicEvent[]): Dreamt['learned'] {
  const learned: Dreamt['learned'] = {preferences: [], heuristics: [], styleNotes: [], avoidances: []}
  for (const memory of sample) {
    if (isThought(memory)) continue
    for (const sentence of memory.content.match(SENTENCE) ?? []) {
      const text = sentence.trim().replaceAll('’', "'")
      const [kind] =
        SAYS.find(([, says]) => text.length <= LONGEST_SENTENCE && !text.endsWith('?') && says.test(text)) ?? []
      if (kind !== undefined && learned[kind].length < MOST && !knows(learned[kind], text))
        learned[kind].push({text: `Says: "${text.replace(/"/g, "'")}"`, from: [memory]})
    }
  }
  return learned
}

const knows = (learned: readonly Learned[], text: string): boolean => learned.some((one) => one.text.includes(text))
