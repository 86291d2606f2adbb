import {lstatSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import {glanceAtLink} from '../../glance.ts'
import {frozen} from '../../json.ts'
import {COARSE_CLOCK_MS, isSameFile} from '../../same-file.ts'
import type {Located} from '../index/index.ts'
import {type MemoryFile, readMemoryFile} from '../read-file.ts'

type PlacedFile = MemoryFile & {path: string}

/** A memory's file where the index says it lies, or undefined where it is gone, unreadable, or another memory's by now. */
export function readPlaced(root: string, located: Located, userId: string): PlacedFile | undefined {
  const path = join(root, located.folder, located.name)
  const read = readMemoryFile(path, userId)
  return 'event' in read && read.event.id === located.id ? {...read, path} : undefined
}

interface Shown {
  stat: Stats
  userId: string
  file: PlacedFile
}

/** Of all people together; a memory takes some kilobytes. */
const MOST = 500
const LARGEST = 16 * 1024
const shown = new Map<string, Shown>()

/** The same for what is only shown, again and again: it is read anew where the file is another than before. Its event cannot be changed. */
export function lookAtPlaced(root: string, located: Located, userId: string): PlacedFile | undefined {
  const path = join(root, located.folder, located.name)
  const known = shown.get(path)
  const stat = glanceAtLink(path)
  if (known !== undefined) {
    const same = stat !== undefined && isSameFile(stat, known.stat)
    if (same && known.userId === userId && known.file.event.id === located.id) return known.file
    shown.delete(path)
  }
  const file = readPlaced(root, located, userId)
  if (file !== undefined && file.size <= LARGEST) remember(path, userId, file)
  return file
}

function remember(path: string, userId: string, file: PlacedFile): void {
  const stat = lstatSync(path, {throwIfNoEntry: false})
  if (stat === undefined || stat.mtimeMs !== file.mtimeMs || stat.size !== file.size) return
  // A change within the same tick of the file system's clock could go unseen.
  if (Date.now() - stat.ctimeMs <= COARSE_CLOCK_MS) return
  const [oldest] = shown.keys()
  if (shown.size >= MOST && oldest !== undefined) shown.delete(oldest)
  shown.set(path, {stat, userId, file: {...file, event: frozen(file.event)}})
}
