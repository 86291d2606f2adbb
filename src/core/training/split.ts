import {sha256} from '../sha256.ts'
import type {Example} from './formats.ts'

/**
 * Divides examples into those to train by and those to validate by, each in an order that tells nothing of their age. The same
 * examples, share and seed give the same files; what comes from one source stays on one side.
 * @param share of the examples that are for validation, 0 to 1; at least one where there are two or more sources
 */
export function split(
  examples: readonly Example[],
  share: number,
  seed: number
): {train: Example[]; validation: Example[]} {
  const sources = Map.groupBy(examples, ({source}) => source)
  const shuffled = [...sources.values()]
    .map((group) => ({group, rank: sha256(`${seed}\n${group[0]?.source}`)}))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({group}) => group)
  const wanted = share === 0 || shuffled.length < 2 ? 0 : Math.max(1, Math.round(examples.length * share))
  const validation: Example[][] = []
  let taken = 0
  for (const group of shuffled) {
    // A long conversation is passed over where it would take too much.
    if (taken + group.length > wanted || validation.length === shuffled.length - 1) continue
    validation.push(group)
    taken += group.length
  }
  if (wanted > 0 && taken === 0) validation.push(shortest(shuffled))
  return {train: shuffled.filter((group) => !validation.includes(group)).flat(), validation: validation.flat()}
}

const shortest = (groups: readonly Example[][]): Example[] =>
  groups.reduce((found, group) => (group.length < found.length ? group : found))
