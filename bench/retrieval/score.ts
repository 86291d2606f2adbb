import {readFileSync} from 'node:fs'
import {basename, join} from 'node:path'

/** One question with what should have been found and what was, best first. */
export interface Answered {
  category: string
  /** Ids of the memories that answer it; at least one. */
  evidence: readonly string[]
  ids: readonly string[]
}

/** Means over the questions, 0–1. */
export interface Scores {
  questions: number
  /** The share of a question's evidence among the first k. */
  'recall@5': number
  'recall@10': number
  'recall@20': number
  /** 1 / place of the first evidence, 0 where none was found. */
  mrr: number
  /** Is some evidence among the first ten? */
  hit10: number
  /** Is the first result of a session that holds evidence? */
  sessionHit1: number
}

/**
 * Scores answered questions, all together ("all") and by category.
 * @param sessionOf the session of a memory; by default what stands before the colon of its id ("D3:14" is of session D3)
 */
export function score(
  answered: readonly Answered[],
  sessionOf: (id: string) => string = (id) => id.split(':', 1)[0] ?? id
): Record<string, Scores> {
  const groups = new Map<string, Scores[]>()
  for (const question of answered) {
    const one = scoreOne(question, sessionOf)
    for (const group of ['all', question.category]) groups.set(group, [...(groups.get(group) ?? []), one])
  }
  return Object.fromEntries([...groups].map(([group, scores]) => [group, mean(scores)]))
}

function scoreOne({evidence, ids}: Answered, sessionOf: (id: string) => string): Scores {
  const wanted = new Set(evidence)
  const recall = (k: number): number => new Set(ids.slice(0, k).filter((id) => wanted.has(id))).size / wanted.size
  const place = ids.findIndex((id) => wanted.has(id))
  const sessions = new Set(evidence.map(sessionOf))
  const [best] = ids
  return {
    questions: 1,
    'recall@5': recall(5),
    'recall@10': recall(10),
    'recall@20': recall(20),
    mrr: place === -1 ? 0 : 1 / (place + 1),
    hit10: place !== -1 && place < 10 ? 1 : 0,
    sessionHit1: best !== undefined && sessions.has(sessionOf(best)) ? 1 : 0
  }
}

function mean(scores: readonly Scores[]): Scores {
  const of = (key: keyof Scores): number =>
    Number((scores.reduce((sum, one) => sum + one[key], 0) / scores.length).toFixed(4))
  return {
    questions: scores.length,
    'recall@5': of('recall@5'),
    'recall@10': of('recall@10'),
    'recall@20': of('recall@20'),
    mrr: of('mrr'),
    hit10: of('hit10'),
    sessionHit1: of('sessionHit1')
  }
}

/**
 * `node bench/retrieval/score.ts FOLDER… < run.jsonl`: each folder holds questions.jsonl ({question, category, evidence}), a line of the run is
 * {conversation: name of the folder, question: line number from 0, ids: best first}. A question without a line counts as nothing found.
 */
function main(folders: readonly string[]): void {
  const runs = new Map(
    linesOf<{conversation: string; question: number; ids: string[]}>(readFileSync(0, 'utf8')).map(
      ({conversation, question, ids}) => [`${conversation}/${question}`, ids]
    )
  )
  const answered = folders.flatMap((folder) =>
    linesOf<{category: string; evidence: string[]}>(readFileSync(join(folder, 'questions.jsonl'), 'utf8')).map(
      ({category, evidence}, i) => ({category, evidence, ids: runs.get(`${basename(folder)}/${i}`) ?? []})
    )
  )
  console.table(score(answered))
}

const linesOf = <T>(text: string): T[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)

if (import.meta.main) main(process.argv.slice(2))
