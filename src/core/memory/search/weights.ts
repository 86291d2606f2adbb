/**
 * What each part of ranking counts. Chosen on the development conversations of LoCoMo (Maharana et al., ACL 2024); each is explained by what it stands
 * for, and the optimum is flat. docs/retrieval.md tells what each gives; `npm run bench:retrieval -- --ablation` measures it by setting it to 0.
 */
export interface Weights {
  /** Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009). */
  k1: number
  b: number
  /** A speaker's name is in half of what is said; generic words ("kind", "name", "go") are in anything. */
  name: number
  weak: number
  /** Words with a common beginning, by the share of it; words a letter off; near in meaning; members of the kind asked for; two words written as one. */
  prefix: number
  spelling: number
  near: number
  member: number
  compound: number
  /** Each word of a neighbour at distance d of the same sitting counts this / d. */
  neighbour: number
  /** Date words of the timestamp. */
  date: number
  /** A question's words in the reply to it. */
  reply: number
  /** Two words of the question side by side, in idf. */
  phrase: number
  /** A sitting lends each of its memories this share of the mean of its three best. */
  sitting: number
  /** Factors are 1 + weight: said by the one whom the question names; by the first of several. */
  spoken: number
  firstSpeaker: number
  /** 1 − weight × the share of what it says that only asks. */
  asking: number
  /** 1 + weight × (I − you) / (I + you + 1). */
  person: number
  /** Holds what is asked for: a time, a number, a name, a place, a title. */
  kind: number
  /** Where a question asks for several things, each better result told on the same day takes this share away, of three at most. */
  spread: number
  /** Share of what a named day, month or year is worth (periods.ts). */
  period: number
}

export const WEIGHTS: Weights = {
  k1: 0.9,
  b: 0.6,
  name: 0.7,
  weak: 0.5,
  prefix: 0.6,
  spelling: 0.5,
  near: 0.3,
  member: 0.8,
  compound: 0.7,
  neighbour: 0.4,
  date: 0.3,
  reply: 1.2,
  phrase: 0.3,
  sitting: 0.3,
  spoken: 0.6,
  firstSpeaker: 0.4,
  asking: 0.4,
  person: 0.1,
  kind: 0.4,
  spread: 0.1,
  period: 1
}
