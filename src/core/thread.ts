import {type ResourceLimits, Worker} from 'node:worker_threads'
import {ownFile} from './own-file.ts'

/** A thread that answers questions one after another. */
export interface Thread<Question, Answer> {
  /** Several questions may wait. @throws what ended the thread */
  ask(question: Question): Promise<Answer>
  end(): Promise<void>
}

/**
 * Starts one of the program's own files in a thread.
 * @param name relative to src, without its ending; the file answers each message by one, in their order
 */
export function openThread<Question, Answer>(
  name: string,
  resourceLimits: ResourceLimits = {}
): Thread<Question, Answer> {
  const worker = new Worker(ownFile(name), {resourceLimits})
  const waiting: {resolve: (answer: Answer) => void; reject: (error: unknown) => void}[] = []
  let failure: unknown
  const fail = (error: unknown): void => {
    failure ??= error
    for (const {reject} of waiting.splice(0)) reject(failure)
  }
  worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error(`The thread of ${name} ended`)))
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        waiting.push({resolve, reject})
        worker.postMessage(question)
      }),
    async end() {
      await worker.terminate()
    }
  }
}
