import {Worker} from 'node:worker_threads'
import {ownFile} from '../../core/own-file.ts'
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
  const worker = new Worker(ownFile('agents/extract/label-worker'), {resourceLimits: {maxOldGenerationSizeMb: MEMORY}})
  const waiting: {resolve: (labels: Labels[]) => void; reject: (error: unknown) => void}[] = []
  let failure: unknown
  const fail = (error: unknown): void => {
    failure ??= error
    for (const {reject} of waiting.splice(0)) reject(failure)
  }
  worker.on('message', (labels: Labels[]) => waiting.shift()?.resolve(labels))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('The thread that labels memories ended')))
  return {
    labels: (texts) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        waiting.push({resolve, reject})
        worker.postMessage({texts, language} satisfies LabelPage)
      }),
    async end() {
      await worker.terminate()
    }
  }
}
