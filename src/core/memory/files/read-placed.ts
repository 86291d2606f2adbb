import {join} from 'node:path'
import type {Located} from '../index/index.ts'
import {type MemoryFile, readMemoryFile} from '../read-file.ts'

/** A memory's file where the index says it lies, or undefined where it is gone, unreadable, or another memory's by now. */
export function readPlaced(root: string, located: Located, userId: string): (MemoryFile & {path: string}) | undefined {
  const path = join(root, located.folder, located.name)
  const read = readMemoryFile(path, userId)
  return 'event' in read && read.event.id === located.id ? {...read, path} : undefined
}
