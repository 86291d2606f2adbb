import fc from 'fast-check'
import {expect, it} from 'vitest'
import {NEIGHBOURS, runsOf} from '../../../../src/core/memory/search/runs.ts'
import {type MemorySource, sameSitting, type Turn} from '../../../../src/core/memory/search/source.ts'

const turn = (row: number, timestamp: number): Turn => ({
  row,
  id: String(row).padStart(4, '0'),
  timestamp,
  speaker: '',
  byPerson: true,
  session: null,
  terms: [],
  asked: [],
  asking: 0,
  person: 0,
  time: false,
  number: false,
  place: false,
  proper: false,
  quoted: false,
  eligible: true
})

/** Of a source, only what neighbours are read by. */
const sourceOf = (turns: Turn[]): MemorySource =>
  ({
    around: (near: readonly Turn[], limit: number) => {
      const rows = new Set(near.flatMap(({row}) => Array.from({length: 2 * limit + 1}, (_, i) => row - limit + i)))
      return turns.filter(({row}) => rows.has(row))
    }
  }) as MemorySource

it('reads each candidate’s neighbours of its sitting, each memory once, in runs without gaps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(1, 1, 1, 10, 45), {minLength: 1, maxLength: 60}),
      fc.array(fc.nat(59), {minLength: 1, maxLength: 12}),
      async (gaps, picks) => {
        let time = 0
        const turns = gaps.map((minutes, row) => {
          time += minutes * 60_000
          return turn(row, time)
        })
        const candidates = [...new Set(picks.filter((pick) => pick < turns.length))].map((pick) => turns[pick] as Turn)
        const runs = await runsOf(sourceOf(turns), candidates)
        const wanted = new Set<number>()
        for (const {row} of candidates) {
          wanted.add(row)
          for (const step of [-1, 1]) {
            for (let at = row, left = NEIGHBOURS; left > 0; left--, at += step) {
              const [a, b] = step === 1 ? [turns[at], turns[at + 1]] : [turns[at - 1], turns[at]]
              if (a === undefined || b === undefined || !sameSitting(a, b)) break
              wanted.add(at + step)
            }
          }
        }
        expect(runs.flat().map(({row}) => row)).toEqual([...wanted].sort((a, b) => a - b))
        for (const run of runs)
          for (const [i, {row}] of run.slice(1).entries()) expect(row).toBe((run[i]?.row ?? 0) + 1)
      }
    )
  )
})
