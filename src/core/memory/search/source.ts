import type {Facts} from '../text/facts.ts'

/** One memory as ranking sees it: its facts, fixed at capture, and where it stands in time. */
export interface Turn extends Facts {
  row: number
  id: string
  /** Milliseconds, UTC. */
  timestamp: number
  /** Lower case, accents folded; '' is the profile's person. */
  speaker: string
  /** Said or written by the profile's person. A note that begins with somebody's name is theirs as well. */
  byPerson: boolean
  session: string | null
  /** Does it pass the filter? One that does not is context for its neighbours, never a result. */
  eligible: boolean
}

/** A store may answer at once, or later. */
type Answer<T> = T | Promise<T>

/** What is known of all memories together. */
export interface Totals {
  memories: number
  /** Of all of them together. */
  terms: number
  /** The time they span: milliseconds, UTC; 0 when there are none. */
  oldest: number
  newest: number
  /** Who speaks in the memories, folded; '' is the profile's person and is there only where they said something. */
  speakers: string[]
}

/** Terms that begin so and whose length is within the bounds. */
export interface Beginning {
  prefix: string
  shortest: number
  longest: number
}

/** How many rows of a term are wanted. */
export interface WantedRows {
  term: string
  limit: number
  /** That is all of them, in any order; else they are the newest, newest first. */
  all: boolean
}

/**
 * What a store answers so that search can run over it. A filter is the store's own matter, bound when it makes the source. What may be
 * asked together is, so that a store behind a network is asked few times.
 */
export interface MemorySource {
  totals(): Answer<Totals>
  /** In how many memories each of the terms stands; absent ones are left out. */
  frequencies(terms: readonly string[]): Answer<Map<string, number>>
  /** For each beginning its terms with their frequency. */
  vocabulary(beginnings: readonly Beginning[]): Answer<[term: string, frequency: number][][]>
  /** For each term the rows of memories that hold it and pass the filter. Some that do not pass may be among them. */
  postings(terms: readonly WantedRows[]): Answer<number[][]>
  /** For each time (both ends inclusive) the rows of its memories that pass the filter, newest first. */
  toldBetween(times: readonly {from: number; to: number}[], limit: number): Answer<number[][]>
  /** Those of the rows that pass the filter, in their order. */
  eligible(rows: readonly number[]): Answer<number[]>
  turns(rows: readonly number[]): Answer<Turn[]>
  /**
   * The memories directly around each of the turns in the order of (timestamp, id), `limit` on either side, each once and in no order.
   * What is too far away in time to be of a turn's sitting may be left out, and so may the turns themselves.
   */
  around(turns: readonly Turn[], limit: number): Answer<Turn[]>
}

/** Two memories next to each other are of one sitting when less than this lies between them. */
export const SITTING_GAP_MS = 30 * 60_000

/**
 * Are two memories, next to each other in the order of (timestamp, id), of one sitting? The turns of a session are, however much time
 * lies between them; a note that was taken while one went on is none of them.
 */
export const sameSitting = (earlier: Turn, later: Turn): boolean =>
  later.session === earlier.session && (later.session !== null || later.timestamp - earlier.timestamp < SITTING_GAP_MS)
