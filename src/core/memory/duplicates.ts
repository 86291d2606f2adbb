import {requirePermission} from '../users/permissions.ts'
import {memoryStore} from './memories.ts'

/** Memories that say the same, or nearly. */
export interface DuplicateGroup {
  ids: string[]
  /** The least similarity of a member to the first one: 1 is the same words. */
  similarity: number
}

/** So alike (Jaccard's coefficient over pairs of neighbouring words) two memories have to be. */
const ALIKE = 0.8
/** Few words are alike by chance: such memories are duplicates only where all of them are the same. */
const FEW_WORDS = 5

/**
 * Groups of equal or nearly equal memories, the largest first. They are told, and never removed by themselves.
 *
 * Candidates are found by MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
 * chapter 3), so that not every pair has to be compared; each candidate is then compared exactly.
 */
export async function findDuplicates(): Promise<DuplicateGroup[]> {
  requirePermission('read')
  const memories = (await memoryStore().terms()).filter(({terms}) => terms.length > 0)
  const shingles = memories.map(({terms}) => shinglesOf(terms))
  const first = new Map<string, number>()
  const parent = memories.map((_, index) => index)
  const root = (index: number): number => {
    let at = index
    while (parent[at] !== at) at = parent[at] ?? at
    return at
  }
  for (const [index, mine] of shingles.entries()) {
    for (const key of bandsOf(mine)) {
      const other = first.get(key)
      if (other === undefined) first.set(key, index)
      else if (root(other) !== root(index) && similarity(shingles[root(other)] ?? new Set(), mine) >= ALIKE)
        parent[root(index)] = root(other)
    }
  }
  const groups = new Map<number, number[]>()
  for (const index of memories.keys()) groups.set(root(index), [...(groups.get(root(index)) ?? []), index])
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members) => {
      const [head = 0, ...others] = members
      return {
        ids: members.map((index) => memories[index]?.id ?? ''),
        similarity: Math.min(
          ...others.map((index) => similarity(shingles[head] ?? new Set(), shingles[index] ?? new Set()))
        )
      }
    })
    .sort((a, b) => b.ids.length - a.ids.length || b.similarity - a.similarity)
}

/** Hashes of pairs of neighbouring words; of all words in one where there are few. */
function shinglesOf(terms: readonly string[]): Set<number> {
  if (terms.length < FEW_WORDS) return new Set([hash(terms.join(' '))])
  return new Set(terms.slice(1).map((term, index) => hash(`${terms[index]} ${term}`)))
}

const BANDS = 8
const ROWS = 4
/** Odd numbers that differ in all bits: each makes another order of the hashes. */
const SEEDS = Uint32Array.from({length: BANDS * ROWS}, (_, index) => Math.imul(index + 1, 0x9e3779b1) | 1)

/** Two sets that are alike to 0.8 share a band with a probability of 1 - (1 - 0.8^4)^8, which is 0.985. */
function bandsOf(shingles: ReadonlySet<number>): string[] {
  const least = new Uint32Array(SEEDS.length).fill(0xffffffff)
  for (const shingle of shingles) {
    for (const [index, seed] of SEEDS.entries()) {
      let mixed = Math.imul(shingle ^ seed, 0x85ebca6b)
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0
      if (mixed < (least[index] ?? 0)) least[index] = mixed
    }
  }
  return Array.from({length: BANDS}, (_, band) => `${band} ${least.subarray(band * ROWS, (band + 1) * ROWS).join(' ')}`)
}

function similarity(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0
  for (const shingle of a) if (b.has(shingle)) shared++
  return shared / (a.size + b.size - shared)
}

/** FNV-1a of 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
