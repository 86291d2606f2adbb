import {openThread} from '../../core/thread.ts'
import {type Labels, labelsOf} from './labels.ts'

/** Labels texts, page by page. */
export interface Labeller {
  /** In the order of the texts. Several pages may be waited for. */
  labels(texts: readonly string[]): Promise<Labels[]>
  end(): Promise<void>
}

/** Starting a thread costs as much as labelling so many texts. */
const FEW = 100
/** In megabytes. More only means that less is thrown away in between. */
const MEMORY = 128

/** What the thread is asked: one page. */
export interface LabelPage {
  texts: readonly string[]
  language: string
}

/** @param count of texts that are expected: many are read in a thread of its own, so that others are written meanwhile */
export function openLabeller(language: string, count: number): Labeller {
  return count > FEW ? inThread(language) : {labels: (texts) => labelAll({texts, language}), end: async () => {}}
}

export async function labelAll({texts, language}: LabelPage): Promise<Labels[]> {
  const found: Labels[] = []
  for (const text of texts) found.push(await labelsOf(text, language))
  return found
}

function inThread(language: string): Labeller {
  const thread = openThread<LabelPage, Labels[]>('agents/extract/label-worker', {maxOldGenerationSizeMb: MEMORY})
  return {labels: (texts) => thread.ask({texts, language}), end: thread.end}
}
