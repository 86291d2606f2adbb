import {parentPort} from 'node:worker_threads'
import {errno} from './errors.ts'
import {FREE, STOPPED, WRITING, type WriteAnswer, type WritePage} from './file-writer.ts'
import {writeFiles} from './files.ts'

/** The thread in which many files are written. See `writeFilesAside`. */
let before: Promise<unknown> = Promise.resolve()

parentPort?.on('message', ({files, gate}: WritePage) => {
  // Whoever ends the process takes away what was staged: nothing is written behind its back.
  if (Atomics.compareExchange(gate, 0, FREE, WRITING) === STOPPED) return
  const answer = answerOf(writeFiles(files))
  Atomics.store(gate, 0, FREE)
  Atomics.notify(gate, 0)
  // One page after another: the answers come in the order of the questions.
  before = before.then(async () => parentPort?.postMessage(await answer))
})

const answerOf = (writing: Promise<void>): Promise<WriteAnswer> =>
  writing.then(
    () => undefined,
    (error: unknown) => ({code: errno(error), message: (error as Error).message})
  )
