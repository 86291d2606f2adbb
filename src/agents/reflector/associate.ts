import type {EpisodicEvent} from '../../core/memory/event.ts'
import {DAY_MS} from '../../core/time.ts'
import type {AgentContext} from '../agent.ts'
import {weighted} from '../random.ts'
import {isThought} from '../thoughts.ts'

/** A chain has so many memories at least. */
export const FEWEST = 3
const MOST = 5
/** A chain begins among so many of the newest. */
const POOL = 200
/** A memory counts e times less for each such stretch of its age. */
const DECAY_MS = 14 * DAY_MS
/** So many search results are looked at for what is similar. */
const SIMILAR = 12
/** One of so many of the strongest associations is followed. */
const STRONGEST = 5
/** So much of a memory is searched for. In characters. */
const LONGEST_QUERY = 500

type Associating = Pick<AgentContext, 'memories' | 'now' | 'random'>

/**
 * A chain of 3 to 5 memories: the first is recent rather than old, each next one shares entities, tags or words with the one before, as
 * memory goes from one thing to another. Fewer where there are no more.
 */
export async function associate({memories, now, random}: Associating): Promise<EpisodicEvent[]> {
  const current = Number.MAX_SAFE_INTEGER
  const pool = (await memories.list({limit: POOL, current})).filter((memory) => !isThought(memory))
  const recency = ({timestamp}: EpisodicEvent): number =>
    Math.exp(-Math.max(0, now() - Date.parse(timestamp)) / DECAY_MS)
  const length = FEWEST + Math.floor(random() * (MOST - FEWEST + 1))
  const chain: EpisodicEvent[] = []
  const free = (memory: EpisodicEvent): boolean => chain.every(({id}) => id !== memory.id)
  for (let next = weighted(pool, recency, random); next !== undefined && chain.length < length; ) {
    chain.push(next)
    const found = await memories.search(next.content.slice(0, LONGEST_QUERY).toWellFormed(), SIMILAR)
    const similar = found.filter((memory) => free(memory) && !isThought(memory))
    const linked = [...new Map([...pool.filter(free), ...similar].map((memory) => [memory.id, memory])).values()]
      .map((memory) => ({memory, strength: strengthOf(next as EpisodicEvent, memory, similar)}))
      .filter(({strength}) => strength > 0)
      .sort((a, b) => b.strength - a.strength)
      .slice(0, STRONGEST)
    next = weighted(linked, ({strength}) => strength, random)?.memory ?? weighted(pool.filter(free), recency, random)
  }
  return chain
}

/** How strongly one memory leads to another: names count most, then topics, then likeness of words, by its rank. */
function strengthOf(from: EpisodicEvent, to: EpisodicEvent, similar: readonly EpisodicEvent[]): number {
  const rank = similar.findIndex(({id}) => id === to.id)
  return 2 * common(from.entities, to.entities) + common(from.tags, to.tags) + (rank === -1 ? 0 : 1 / (1 + rank))
}

function common(a: readonly string[], b: readonly string[]): number {
  const names = new Set(a.map((name) => name.toLowerCase()))
  return b.filter((name) => names.has(name.toLowerCase())).length
}
