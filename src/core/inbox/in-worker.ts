import {Worker} from 'node:worker_threads'
import {ownFile} from '../own-file.ts'
import type {DocumentKind} from './kinds.ts'
import type {ReadDocument} from './read-item.ts'

/** What is asked of the worker. */
export interface Asked {
  kind: Exclude<DocumentKind, 'text' | 'json' | 'lines'>
  bytes: Uint8Array
  name: string
}

export type Answered = Omit<ReadDocument, 'title'> & {title?: string}

/** For one file. */
const MOST_SECONDS = 60
/** How much the process may grow while one file is read. */
const MOST_MEMORY = 512 * 1024 * 1024

/**
 * Has a document read by a library in a thread of its own. Documents come from anywhere: one that makes a library run for ever,
 * or fills the memory, ends that thread and not the process.
 */
export function readInWorker(
  asked: Asked,
  signal: AbortSignal,
  mostSeconds = MOST_SECONDS
): Promise<Answered | {reason: string}> {
  const worker = new Worker(ownFile('core/inbox/read-worker'), {
    workerData: asked,
    resourceLimits: {maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64},
    // Libraries warn about damaged documents; the person is told what matters.
    stdout: true,
    stderr: true
  })
  const before = process.memoryUsage.rss()
  return new Promise((resolve, reject) => {
    const give = (answer: Answered | {reason: string}): void => {
      end()
      resolve(answer)
    }
    const abort = (): void => {
      end()
      reject(signal.reason)
    }
    const late = setTimeout(
      () => give({reason: `reading it takes more than ${mostSeconds} seconds`}),
      mostSeconds * 1000
    )
    // What libraries unpack lies outside of the heap that `resourceLimits` are about.
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > MOST_MEMORY) give({reason: TOO_LARGE})
    }, 25)
    const end = (): void => {
      clearTimeout(late)
      clearInterval(watch)
      signal.removeEventListener('abort', abort)
      void worker.terminate()
    }
    signal.addEventListener('abort', abort)
    worker.on('message', give)
    worker.on('error', (error: Error & {code?: string}) =>
      give({reason: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? TOO_LARGE : `it cannot be read: ${error.message}`})
    )
    worker.on('exit', () => give({reason: 'it cannot be read: its reader ended'}))
    if (signal.aborted) abort()
  })
}

const TOO_LARGE = 'what it unpacks to is too large'
