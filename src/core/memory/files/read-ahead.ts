import {availableParallelism} from 'node:os'
import type {Read} from '../../file-index/sync-folders.ts'
import {openThread, type Thread} from '../../thread.ts'
import type {IndexEntry} from '../index/index.ts'
import {readEntry} from './entry.ts'

/** What the thread is asked: some files of one folder. */
export interface EntryPage {
  root: string
  folder: string
  names: readonly string[]
  userId: string
  /** Of the profile. */
  language: string
}

interface Reader {
  read(page: Omit<EntryPage, 'language'>): Read<IndexEntry>[] | Promise<Read<IndexEntry>[]>
  end(): Promise<void>
}

/** Starting a thread costs as much as reading so many files. */
const FEW = 500
/** In megabytes. More only means that less is thrown away in between. */
const MEMORY = 64

/** Reads memories for an index that is made as a whole: where there are many, in a thread beside the one that writes it. */
export function openReader(language: string): Reader {
  let thread: Thread<EntryPage, Read<IndexEntry>[]> | undefined
  let files = 0
  return {
    read(page) {
      files += page.names.length
      if (files > FEW && availableParallelism() > 1)
        thread ??= openThread('core/memory/files/entry-thread', {maxOldGenerationSizeMb: MEMORY})
      const {root, folder, names, userId} = page
      return thread?.ask({...page, language}) ?? names.map((name) => readEntry(root, folder, name, userId))
    },
    async end() {
      await thread?.end()
    }
  }
}
