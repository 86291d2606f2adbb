import {createReadStream, statSync} from 'node:fs'
import {basename} from 'node:path'
import {TextDecoder} from 'node:util'
import {LARGEST_FILE} from '../event.ts'
import {readMemoryFile, readRegularFile} from '../read-file.ts'
import {type Found, found, hashOf, type Importing, importedEvent} from './found.ts'
import {type JsonItem, jsonItems, jsonLines} from './json-items.ts'
import {readNote} from './markdown.ts'
import {readValue} from './record.ts'

/** What a file is read as. */
export type Kind = 'note' | 'memory' | 'lines' | 'items' | 'zip'

/**
 * The memories of one file.
 * @param source as the person is told
 * @param path absolute, without links
 */
export async function* readAs(kind: Kind, who: Importing, source: string, path: string): AsyncGenerator<Found> {
  if (kind === 'note') yield await readNoteFile(who, source, path)
  else if (kind === 'memory') yield readMemory(who, source, path)
  else if (kind === 'zip') yield* readZip(who, source, path)
  else {
    const {size, mtimeMs} = statSync(path)
    yield* readJson(kind, who, source, measured(createReadStream(path), size, who.progress), mtimeMs)
  }
}

/** The memories of JSON that comes as a stream. @param modified milliseconds, for records that say no time */
export async function* readJson(
  kind: 'lines' | 'items',
  who: Importing,
  source: string,
  bytes: AsyncIterable<Uint8Array>,
  modified: number
): AsyncGenerator<Found> {
  const at = (number: number): string => (kind === 'lines' ? `${source}:${number}` : `${source}, item ${number}`)
  const items = kind === 'lines' ? jsonLines(bytes, 2 * LARGEST_FILE) : jsonItems(bytes)
  for await (const item of untilItFails(items)) {
    if ('failure' in item) yield {source, reason: `reading ended here: ${item.failure}`}
    else if ('reason' in item) yield {source: at(item.number), reason: item.reason}
    else yield* readValue(who, {source, at: at(item.number)}, item.value, modified)
  }
}

/** Ends with the failure where the stream itself fails: a disk that does, or a zip that unpacks to something else than it says. */
async function* untilItFails(items: AsyncGenerator<JsonItem>): AsyncGenerator<JsonItem | {failure: string}> {
  try {
    yield* items
  } catch (error) {
    yield {failure: (error as Error).message}
  }
}

/** A note whose bytes are there already. */
export async function readNoteBytes(
  who: Importing,
  source: string,
  bytes: Uint8Array,
  modified: number
): Promise<Found> {
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return {source, reason: 'it is not text in UTF-8'}
  }
  if (text.includes('\0')) return {source, reason: 'it is not text: it has bytes that are 0'}
  return readNote(who, {source, name: basename(source), text, modified})
}

async function readNoteFile(who: Importing, source: string, path: string): Promise<Found> {
  const read = readRegularFile(path)
  if (!('bytes' in read)) return {source, reason: read.gone ? 'it is gone' : read.reason}
  return readNoteBytes(who, source, read.bytes, read.mtimeMs)
}

/** A memory's file as MetaHuman OS writes it: its id stays, and so does every key. */
function readMemory(who: Importing, source: string, path: string): Found {
  const read = readMemoryFile(path, who.userId)
  if (!('event' in read)) return {source, reason: read.gone ? 'it is gone' : read.reason}
  return found(source, importedEvent(who, {source, hash: hashOf(read.bytes)}, read.event))
}

async function* readZip(who: Importing, source: string, path: string): AsyncGenerator<Found> {
  const {openZip} = await import('./read-zip.ts')
  const zip = await openZip(path)
  if ('reason' in zip) return yield {source, reason: zip.reason}
  try {
    for (const {name, size, open} of zip.files) {
      const inside = `${source}/${name}`
      yield* readJson('items', who, inside, measured(await open(), size, who.progress), statSync(path).mtimeMs)
    }
  } finally {
    zip.close()
  }
}

/** Notes how much of a stream has come by. */
async function* measured(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  progress: Importing['progress']
): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const chunk of bytes) {
    yield chunk
    done += chunk.length
    progress.fraction = Math.min(1, done / Math.max(size, 1))
  }
}
