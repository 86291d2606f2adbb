import {parentPort} from 'node:worker_threads'
import {type LabelPage, labelAll} from './labeller.ts'

/** The thread in which many texts are labelled. See `openLabeller`. */
let before: Promise<unknown> = Promise.resolve()

parentPort?.on('message', (page: LabelPage) => {
  // One page after another: the answers come in the order of the questions.
  before = before.then(async () => parentPort?.postMessage(await labelAll(page)))
})
