import {holdIndexesOpen} from '../file-index/held.ts'
import {glanceAtFiles} from '../glance.ts'
import type {EpisodicEvent} from './event.ts'
import type {MemoryStore, Prepared} from './store.ts'

/**
 * Adds a chunk when those before it are added.
 * @param add is given the chunk when it is its turn. Where it fails, no later chunk is added
 * @returns when the chunk before this one is added @throws what its `add` threw
 */
export type Next = (events: readonly EpisodicEvent[], add: (prepared: Prepared) => Promise<void>) => Promise<void>

/**
 * Adds many memories in chunks, in their order: while one gets its names and is indexed, the disk takes the files of the next.
 * @param fn brings them; what it brought is added, however it ends, when this returns
 */
export async function addInTurn<T>(store: MemoryStore, fn: (next: Next) => Promise<T>): Promise<T> {
  const ends = [holdIndexesOpen(), glanceAtFiles()]
  let last = Promise.resolve()
  try {
    const result = await fn(async (events, add) => {
      const before = last
      last = addAfter(before, store.prepare(events), add)
      // Told to whoever comes next, or waits for the end.
      last.catch(() => {})
      await before
    })
    await last
    return result
  } finally {
    await last.catch(() => {})
    for (const end of ends) end()
  }
}

async function addAfter(
  before: Promise<void>,
  preparing: Promise<Prepared>,
  add: (prepared: Prepared) => Promise<void>
): Promise<void> {
  const prepared = await preparing
  try {
    await before
  } catch (error) {
    prepared.leave()
    throw error
  }
  await add(prepared)
}
