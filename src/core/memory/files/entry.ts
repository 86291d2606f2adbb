import {join} from 'node:path'
import type {ReadEntry} from '../../file-index/sync-folders.ts'
import {type EpisodicEvent, SUPERSEDES} from '../event.ts'
import type {IndexEntry} from '../index/index.ts'
import {readMemoryFile} from '../read-file.ts'

/** Where a memory's file lies, relative to the episodic root, and in which state it was read or written. */
export interface FilePlace {
  folder: string
  name: string
  mtimeMs: number
  size: number
}

/** Reads a memory's file for the index. */
export const readEntry: ReadEntry<IndexEntry> = (root, folder, name, userId) => {
  const read = readMemoryFile(join(root, folder, name), userId)
  return 'event' in read ? {entry: toEntry(read.event, {folder, name, mtimeMs: read.mtimeMs, size: read.size})} : read
}

/** What the index keeps of a memory. */
export function toEntry(event: EpisodicEvent, place: FilePlace): IndexEntry {
  const {metadata, response} = event
  return {
    id: event.id,
    timestamp: Date.parse(event.timestamp),
    type: event.type,
    content: event.content,
    tags: event.tags,
    processed: metadata.processed === true,
    ...place,
    // What recall answers are quotations of other memories: found there, and only in the way here.
    ...(response === undefined || metadata.engine === 'recall' ? {} : {response}),
    ...(typeof metadata.speaker === 'string' ? {speaker: metadata.speaker} : {}),
    ...(typeof metadata.sessionId === 'string' ? {session: metadata.sessionId} : {}),
    ...(metadata.private === true ? {private: true} : {}),
    ...supersedes(event)
  }
}

function supersedes({id, links}: EpisodicEvent): {supersedes?: string[]} {
  const targets = links.filter(({type, target}) => type === SUPERSEDES && target !== id).map(({target}) => target)
  return targets.length === 0 ? {} : {supersedes: targets}
}
