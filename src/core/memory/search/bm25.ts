import type {Weights} from './weights.ts'

/** Inverse document frequency of a term in `frequency` of `memories`, never below 0. */
export const idf = (frequency: number, memories: number): number =>
  Math.log(1 + Math.max(0, memories - frequency + 0.5) / (frequency + 0.5))

/** What a (weighted) term frequency is worth in a text of that length, against the average: 0 up to k1 + 1. */
export const saturation = (
  frequency: number,
  length: number,
  average: number,
  {k1, b}: Pick<Weights, 'k1' | 'b'>
): number => (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / average))
