import type {CognitiveMode} from '../persona/mode.ts'
import type {Dialogue, Exchange} from './dialogues.ts'
import type {Example} from './formats.ts'
import {noRedactions, REDACTIONS, type Redaction, type RedactionCounts, redact} from './redact.ts'

/** A cautious guess: English has about 4 characters a token, other languages and code fewer. */
const CHARACTERS_PER_TOKEN = 3

export interface ExampleOptions {
  /** What the model is told to be, in each mode. */
  system: (mode: CognitiveMode) => string
  /** Of one example, in tokens. A conversation that is longer is divided between its turns. */
  maxTokens: number
  /** What is taken out of every text before it is compared and written. */
  redact: ReadonlySet<Redaction>
}

export interface Examples {
  examples: Example[]
  /** Exchanges that were there before, in other words only by blanks and capitals. */
  duplicates: number
  /** Exchanges that no example has room for. */
  tooLong: number
  /** What was replaced in the examples. */
  redactions: RedactionCounts
}

/** The examples that dialogues make, in their order: cleaned, each exchange once in each mode, none longer than a trainer takes. */
export function examplesOf(
  dialogues: readonly Dialogue[],
  {system, maxTokens, redact: kinds}: ExampleOptions
): Examples {
  const systems = new Map<CognitiveMode, string>()
  const seen = new Set<string>()
  const examples: Example[] = []
  const redactions = noRedactions()
  let duplicates = 0
  let tooLong = 0
  for (const {source, mode, held, exchanges} of dialogues) {
    const told = systems.get(mode) ?? redact(system(mode), kinds, redactions)
    systems.set(mode, told)
    const room = maxTokens * CHARACTERS_PER_TOKEN - told.length
    const fitting: Exchange[] = []
    for (const {user, assistant} of exchanges) {
      const counts = noRedactions()
      const exchange = {user: redact(user, kinds, counts), assistant: redact(assistant, kinds, counts)}
      const key = keyOf(mode, held, exchange)
      if (seen.has(key)) duplicates++
      else if (lengthOf(exchange) > room) tooLong++
      else {
        fitting.push(exchange)
        for (const kind of REDACTIONS) redactions[kind] += counts[kind]
      }
      seen.add(key)
    }
    for (const part of parts(fitting, room)) examples.push({source, mode, system: told, exchanges: part})
  }
  return {examples, duplicates, tooLong, redactions}
}

/** What makes two exchanges one. A question to a memory names its moment and so always differs: there the answers are compared. */
const keyOf = (mode: CognitiveMode, held: boolean, {user, assistant}: Exchange): string =>
  JSON.stringify([mode, held ? plain(user) : null, plain(assistant)])

const plain = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim()

const lengthOf = ({user, assistant}: Exchange): number => user.length + assistant.length

/** Runs of exchanges that fit into `room` characters each. */
function parts(exchanges: readonly Exchange[], room: number): Exchange[][] {
  const made: Exchange[][] = []
  let left = 0
  for (const exchange of exchanges) {
    const last = made.at(-1)
    if (last === undefined || lengthOf(exchange) > left) {
      made.push([exchange])
      left = room
    } else last.push(exchange)
    left -= lengthOf(exchange)
  }
  return made
}
