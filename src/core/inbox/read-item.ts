import {basename, extname} from 'node:path'
import {readNote} from '../memory/importers/markdown.ts'
import {NOTES} from '../memory/importers/walk.ts'
import {decodeText} from './documents/decode.ts'
import {readInWorker} from './in-worker.ts'
import {kindOf} from './kinds.ts'
import {readJson, readJsonLines} from './read-json.ts'
import {type Paragraph, paragraphsOf} from './split.ts'

/** A part of a document with what is known of it alone. */
export interface DocumentPart {
  paragraphs: Paragraph[]
  /** ISO 8601, UTC. */
  timestamp?: string
  type?: string
  tags?: string[]
}

/** What a file of the inbox says. */
export interface ReadDocument {
  parts: DocumentPart[]
  title: string
  /** When it was written, where it says so itself: ISO 8601, UTC. */
  timestamp?: string
  tags?: string[]
  links?: {type: string; target: string}[]
  private?: boolean
  /** What is told of it beside: attachments that were not read. */
  remark?: string
}

/** For whom and from where is read. */
export interface Reading {
  /** Path below the inbox. */
  name: string
  userId: string
  /** IANA name of the person's zone. */
  zone: string
  /** When the file was last changed, in milliseconds. */
  modified: number
  signal: AbortSignal
}

/** The text of a file, or why there is none. Nothing is thrown for what stands in the file. */
export async function readItem(reading: Reading, bytes: Uint8Array): Promise<ReadDocument | {reason: string}> {
  const kind = kindOf(reading.name, bytes)
  if (typeof kind === 'object') return {reason: kind.refused}
  const title = basename(reading.name, extname(reading.name))
  if (kind !== 'text' && kind !== 'json' && kind !== 'lines') {
    const read = await readInWorker({kind, bytes, name: reading.name}, reading.signal)
    return 'reason' in read ? read : {title, ...read}
  }
  const text = textOf(bytes)
  if (text === undefined) return {reason: 'it is not text in UTF-8'}
  if (kind === 'text') return readTextNote(reading, title, text)
  try {
    return {title, parts: kind === 'json' ? readJson(text) : readJsonLines(text)}
  } catch (error) {
    return {reason: (error as Error).message}
  }
}

/** A note, with what its front matter says. */
async function readTextNote(
  {name, userId, zone, modified}: Reading,
  title: string,
  text: string
): Promise<ReadDocument | {reason: string}> {
  const ending = extname(name)
  if (!NOTES.test(ending)) return {title, parts: [{paragraphs: paragraphsOf(text)}]}
  const note = await readNote(
    {userId, zone, format: 'markdown', progress: {fraction: 0}},
    {source: name, name: basename(name), text, modified}
  )
  if ('reason' in note) return {reason: note.reason}
  if ('leftOut' in note) return {title, parts: []}
  const {content, timestamp, tags, links, metadata} = note.event
  return {
    title,
    parts: [{paragraphs: paragraphsOf(content, /^\.m/i.test(ending))}],
    timestamp,
    tags,
    links: links.map(({type, target}) => ({type, target})),
    ...(metadata.private === true ? {private: true} : {})
  }
}

/** UTF-8, or UTF-16 with its mark; undefined where it is neither. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = decodeText(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
