import {type MemorySource, sameSitting, type Turn} from './source.ts'

/** How many memories before and after one lend it their words. */
export const NEIGHBOURS = 4

/** Memories that follow each other without a gap in the order of (timestamp, id), all of one sitting. */
export type Run = Turn[]

/** The candidates with their neighbours of the same sitting, as runs in the order of time. No memory is read twice but where runs meet. */
export function runsOf(source: MemorySource, candidates: readonly Turn[]): Run[] {
  const runs: Run[] = []
  let run: Run = []
  for (const turn of [...candidates].sort(inTime)) {
    let at = run.findIndex(({row}) => row === turn.row)
    if (at === -1) {
      const before = linked(turn, source.before(turn, NEIGHBOURS), (next, earlier) =>
        sameSitting(earlier, next)
      ).reverse()
      const last = run.at(-1)
      const meeting = last === undefined ? -1 : before.findIndex(({row}) => row === last.row)
      if (meeting === -1) {
        run = before
        runs.push(run)
      } else run.push(...before.slice(meeting + 1))
      run.push(turn)
      at = run.length - 1
    }
    const last = run.at(-1) ?? turn
    const missing = NEIGHBOURS - (run.length - 1 - at)
    if (missing > 0) run.push(...linked(last, source.after(last, missing), sameSitting))
  }
  return runs
}

/** As many of the neighbours, nearest first, as are of the turn's sitting. */
function linked(turn: Turn, neighbours: readonly Turn[], together: (from: Turn, to: Turn) => boolean): Turn[] {
  const kept: Turn[] = []
  for (const neighbour of neighbours) {
    if (!together(kept.at(-1) ?? turn, neighbour)) break
    kept.push(neighbour)
  }
  return kept
}

/** Ids are compared as the index orders them: by code units, which for ids of ASCII is SQLite's order of bytes. */
const inTime = (a: Turn, b: Turn): number => a.timestamp - b.timestamp || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
