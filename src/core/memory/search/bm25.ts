/** Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009). k1 and b: chosen on the development conversations of LoCoMo. */
const K1 = 0.9
const B = 0.6

/** Inverse document frequency of a term in `frequency` of `memories`, never below 0. */
export const idf = (frequency: number, memories: number): number =>
  Math.log(1 + Math.max(0, memories - frequency + 0.5) / (frequency + 0.5))

/** What a (weighted) term frequency is worth in a text of that length, against the average: 0 up to k1 + 1. */
export const saturation = (frequency: number, length: number, average: number): number =>
  (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * length) / average))
