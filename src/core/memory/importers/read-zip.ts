import type {Readable} from 'node:stream'
import {type Entry, openPromise, type ZipFile} from 'yauzl'
import {errno} from '../../errors.ts'
import {CONVERSATIONS} from './walk.ts'

/** A file of conversations within a zip. */
export interface ZippedFile {
  name: string
  size: number
  open: () => Promise<Readable>
}

/** Text shrinks to a fifth or a tenth. What shrinks to less than this of its size was made to fill a disk. */
const MOST_RATIO = 200
/** Below this a ratio says nothing: an empty log shrinks a lot. */
const HARMLESS = 16 * 1024 * 1024
const LARGEST_FILE = 2 * 1024 * 1024 * 1024

const LINK = 0o120000
const KIND = 0o170000

/**
 * Looks at every name and size in a zip before anything is unpacked. Nothing is ever written to a disk, and the sizes that the
 * zip tells are held against the bytes as they come (yauzl does both that and the look for absolute and parent paths).
 * @returns its files of conversations, or why the zip is refused
 */
export async function openZip(path: string): Promise<{files: ZippedFile[]; close: () => void} | {reason: string}> {
  let zip: ZipFile | undefined
  try {
    // strictFileNames: a path with backslashes is refused too, and not turned into another.
    zip = await openPromise(path, {lazyEntries: true, autoClose: false, strictFileNames: true})
    const files = await filesOf(zip)
    if (typeof files === 'object') return {files, close: () => zip?.close()}
    zip.close()
    return {reason: files}
  } catch (error) {
    zip?.close()
    if (errno(error) !== undefined) throw error
    return {reason: `the zip is refused: ${(error as Error).message}`}
  }
}

async function filesOf(zip: ZipFile): Promise<ZippedFile[] | string> {
  const files: ZippedFile[] = []
  for await (const entry of zip.eachEntry()) {
    const reason = refusal(entry)
    if (reason !== undefined) return `the zip is refused: ${JSON.stringify(entry.fileName)} ${reason}`
    if (CONVERSATIONS.test(entry.fileName))
      files.push({name: entry.fileName, size: entry.uncompressedSize, open: () => zip.openReadStreamPromise(entry)})
  }
  return files.length > 0 ? files : 'there is no conversations.json in it'
}

function refusal(entry: Entry): string | undefined {
  const {compressedSize, externalFileAttributes, fileName, uncompressedSize} = entry
  if (((externalFileAttributes >>> 16) & KIND) === LINK) return 'is a link'
  if (uncompressedSize > HARMLESS && uncompressedSize > compressedSize * MOST_RATIO)
    return `unpacks ${compressedSize} bytes to ${uncompressedSize}: it was made to fill a disk`
  if (!CONVERSATIONS.test(fileName)) return undefined
  if (entry.isEncrypted()) return 'is encrypted'
  if (uncompressedSize > LARGEST_FILE) return `unpacks to ${uncompressedSize} bytes, ${LARGEST_FILE} at most are read`
  return undefined
}
