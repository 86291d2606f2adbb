import {sha256} from '../core/sha256.ts'

/** From 0 up to 1. */
export type Random = () => number

/** The same sequence for the same seed (mulberry32 by Tommy Ettinger, public domain). */
export function seeded(seed: string): Random {
  let state = Number.parseInt(sha256(seed).slice(0, 8), 16)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One of the items by their weights; undefined where there is none. */
export function weighted<T>(items: readonly T[], weight: (item: T) => number, random: Random): T | undefined {
  const total = items.reduce((sum, item) => sum + weight(item), 0)
  let left = random() * total
  for (const item of items) {
    left -= weight(item)
    if (left < 0) return item
  }
  return items.at(-1)
}
