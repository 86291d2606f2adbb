import {join} from 'node:path'
import type {FileEntry, ReadEntry} from '../../file-index/sync-folders.ts'
import type {EpisodicEvent} from '../event.ts'
import {findable} from '../index/findable-event.ts'
import type {IndexEntry} from '../index/index.ts'
import {readMemoryFile} from '../read-file.ts'

/** Where a memory's file lies, relative to the episodic root, and in which state it was read or written. */
export type FilePlace = Omit<FileEntry, 'id'>

/** Reads a memory's file for the index. */
export const readEntry: ReadEntry<IndexEntry> = (root, folder, name, userId) => {
  const read = readMemoryFile(join(root, folder, name), userId)
  return 'event' in read ? {entry: toEntry(read.event, {folder, name, mtimeMs: read.mtimeMs, size: read.size})} : read
}

/** What the index keeps of a memory. */
export const toEntry = (event: EpisodicEvent, place: FilePlace): IndexEntry => ({...findable(event), ...place})
