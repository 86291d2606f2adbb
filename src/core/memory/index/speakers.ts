import type {Statements} from '../../file-index/statements.ts'
import {wordsOf} from '../text/tokenize.ts'

/** Marks a stored name that is only how a note begins. */
export const GUESSED = '?'

/** Who speaks in a profile's memories. */
export interface Speakers {
  /** Folded names; '' is the profile's person and is there only where they said something. */
  names: string[]
  /** A name as it is stored in memory.speaker to the one of `names` that it means. */
  keyOf(stored: string): string
}

/**
 * How often a guessed name must begin a memory to be a speaker: conversations that were captured as plain notes ("Ada: …", "Bob: …")
 * reach it within a session, "Dentist: …" does not.
 */
const GUESSED_LEAST = 20
const GUESSED_SHARE = 0.05

/** @param owner names of the profile's person, separated by blanks: who is called so is the person. */
export const speakersOf = (sql: Statements, owner: string): Speakers =>
  speakersAmong(
    sql.arrays<[string, number]>('SELECT name, memories FROM speaker'),
    sql.get<{memories: number}>('SELECT memories FROM totals')?.memories ?? 0,
    owner
  )

/** @param counted stored names, and how many of the memories each has */
export function speakersAmong(
  counted: readonly (readonly [name: string, memories: number])[],
  memories: number,
  owner: string
): Speakers {
  const own = new Set(wordsOf(owner))
  const keys = new Map<string, string>()
  let told = 0
  for (const [stored, count] of counted) {
    const guessed = stored.startsWith(GUESSED)
    if (guessed && (count < GUESSED_LEAST || count < GUESSED_SHARE * memories)) continue
    const name = guessed ? stored.slice(GUESSED.length) : stored
    keys.set(stored, name.split(' ').every((word) => own.has(word)) ? '' : name)
    told += count
  }
  return {
    names: [...new Set([...keys.values(), ...(told < memories ? [''] : [])])],
    keyOf: (stored) => keys.get(stored) ?? ''
  }
}
