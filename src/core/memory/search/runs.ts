import {type MemorySource, sameSitting, type Turn} from './source.ts'

/** How many memories before and after one lend it their words. */
export const NEIGHBOURS = 4

/** Memories that follow each other without a gap in the order of (timestamp, id), all of one sitting. */
export type Run = Turn[]

/** The candidates with their neighbours of the same sitting, as runs in the order of time. */
export async function runsOf(source: MemorySource, candidates: readonly Turn[]): Promise<Run[]> {
  const known = new Map(candidates.map((turn) => [turn.row, turn]))
  for (const turn of await source.around(candidates, NEIGHBOURS)) if (!known.has(turn.row)) known.set(turn.row, turn)
  const turns = [...known.values()].sort(inTime)
  const wanted = new Set(candidates.map(({row}) => row))
  const kept = new Uint8Array(turns.length)
  /** Whether a place and the next one are next to each other in all of the memories, and of one sitting. */
  const joined = new Uint8Array(turns.length)
  for (const [i, turn] of turns.entries()) {
    if (!wanted.has(turn.row)) continue
    kept[i] = 1
    // All that lies around a candidate is here, so what follows it here follows it in the memories.
    for (let at = i; at < i + NEIGHBOURS && together(turns, at); at++) {
      joined[at] = 1
      kept[at + 1] = 1
    }
    for (let at = i; at > i - NEIGHBOURS && together(turns, at - 1); at--) {
      joined[at - 1] = 1
      kept[at - 1] = 1
    }
  }
  const runs: Run[] = []
  for (const [i, turn] of turns.entries()) {
    if (kept[i] === 0) continue
    if (i > 0 && joined[i - 1] === 1) runs.at(-1)?.push(turn)
    else runs.push([turn])
  }
  return runs
}

function together(turns: readonly Turn[], at: number): boolean {
  const earlier = turns[at]
  const later = turns[at + 1]
  return earlier !== undefined && later !== undefined && sameSitting(earlier, later)
}

/** Ids are compared as the index orders them: by code units, which for ids of ASCII is SQLite's order of bytes. */
const inTime = (a: Turn, b: Turn): number => a.timestamp - b.timestamp || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
