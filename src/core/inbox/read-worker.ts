import {parentPort, workerData} from 'node:worker_threads'
import {readCsv} from './documents/csv.ts'
import {readDocx} from './documents/docx.ts'
import {readEmail} from './documents/eml.ts'
import {readHtml} from './documents/html.ts'
import {readPdf} from './documents/pdf.ts'
import {Unreadable} from './documents/unreadable.ts'
import type {Answered, Asked} from './in-worker.ts'

/** The thread in which libraries read documents. See `readInWorker`. */
const READERS: Record<Asked['kind'], (bytes: Uint8Array, name: string) => Answered | Promise<Answered>> = {
  csv: readCsv,
  docx: readDocx,
  eml: readEmail,
  html: readHtml,
  pdf: readPdf
}

const {kind, bytes, name} = workerData as Asked

const answer = async (): Promise<Answered | {reason: string}> => {
  try {
    return await READERS[kind](bytes, name)
  } catch (error) {
    const {message} = error as Error
    return {reason: error instanceof Unreadable ? message : `it cannot be read: ${message}`}
  }
}

// The build has no await outside of functions.
answer().then((found) => parentPort?.postMessage(found))
