import type {EpisodicEvent} from '../core/memory/event.ts'
import {makerOf} from '../core/memory/provenance.ts'
import type {AgentContext, AgentMemories} from './agent.ts'

/** Types of what agents think. Memories of what happened are what they think about. */
const TYPES = ['reflection', 'reflection_summary', 'dream'] as const
const THINKERS = new Set(['reflector', 'dreamer'])

/** Whether a memory is itself a thought of an agent: thinking about those would go in circles. A dream that a person wrote down is none. */
export const isThought = (memory: EpisodicEvent): boolean =>
  THINKERS.has(makerOf(memory) ?? '') || memory.type === 'reflection' || memory.type === 'reflection_summary'

/** What the person knew of when an agent thought last. */
export interface Newness {
  /** Whether anything came since. */
  isNew: boolean
  /** Keeps that it was thought about. */
  thought(): Promise<void>
}

/** Whether a person has anything to think about that was not there at the agent's last thought. Asks the index, and reads a handful of memories. */
export async function newnessFor({memories, state, force}: AgentContext): Promise<Newness> {
  const seen = await materialOf(memories)
  const kept = await state.read()
  return {
    isNew: force || kept.seen !== seen,
    thought: () => state.write({...kept, seen})
  }
}

const PAGE = 20

/** Tells one state of what there is to think about from another: how much there is, and what came last. */
async function materialOf(memories: AgentMemories): Promise<string> {
  const thoughts = await Promise.all(TYPES.map((type) => memories.count({type})))
  const count = thoughts.reduce((left, some) => left - some, await memories.count({}))
  for (let before: EpisodicEvent | undefined; ; ) {
    const page = await memories.list({
      limit: PAGE,
      withPrivate: true,
      ...(before === undefined ? {} : {before})
    })
    const newest = page.find((memory) => !isThought(memory))
    if (newest !== undefined) return `${count} ${newest.id}`
    before = page.at(-1)
    if (before === undefined) return '0'
  }
}

/** Tags and entities that at least two of the memories have, those that the most have first: what a thought about them is about. */
export function sharedLabels(memories: readonly EpisodicEvent[]): {tags: string[]; entities: string[]} {
  return {
    tags: shared(memories.map(({tags}) => tags)),
    entities: shared(memories.map(({entities}) => entities))
  }
}

const MOST_SHARED = 5

function shared(lists: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, {name: string; count: number}>()
  for (const list of lists) {
    for (const name of new Set(list)) {
      const key = name.toLowerCase()
      const known = counts.get(key)
      if (known === undefined) counts.set(key, {name, count: 1})
      else known.count++
    }
  }
  return [...counts.values()]
    .filter(({count}) => count > 1)
    .sort((a, b) => b.count - a.count)
    .map(({name}) => name)
    .slice(0, MOST_SHARED)
}

/** A text of at most so many words, cut behind a sentence where one ends in its second half. */
export function atMostWords(text: string, most: number): string {
  const words = [...text.trim().matchAll(/\S+/g)]
  const last = words[most - 1]
  if (last === undefined || words.length === most) return text.trim()
  const cut = text.trim().slice(0, last.index + last[0].length)
  const sentence = /^[\s\S]*[.!?。！？]["'”’)\]]*(?=\s|$)/.exec(cut)?.[0]
  return sentence !== undefined && sentence.length > cut.length / 2 ? sentence : `${cut} …`
}
