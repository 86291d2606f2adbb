import {parentPort} from 'node:worker_threads'
import {foundBy} from '../index/findable.ts'
import {readEntry} from './entry.ts'
import type {EntryPage} from './read-ahead.ts'

/** The thread in which many memories are read, and what they are found by is worked out. See `openReader`. */
parentPort?.on('message', ({root, folder, names, userId, language}: EntryPage) =>
  parentPort?.postMessage(
    names.map((name) => {
      const read = readEntry(root, folder, name, userId)
      return 'entry' in read ? {entry: {...read.entry, found: foundBy(read.entry, language)}} : read
    })
  )
)
