import {closeSync, createReadStream, existsSync, openSync, readSync, realpathSync, type Stats, statSync} from 'node:fs'
import {basename, extname, join} from 'node:path'
import {addAbortSignal, type Readable} from 'node:stream'
import {errno} from '../../errors.ts'
import {LARGEST_FILE} from '../event.ts'
import {mayRead, requireReadable} from '../named-paths.ts'
import type {Found, Importing} from './found.ts'
import {type Kind, readAs, readJson, readNoteBytes} from './read-as.ts'
import {CONVERSATIONS, LINES, NOTES, walk} from './walk.ts'

/** How every zip begins. */
const ZIP = 'PK\u0003\u0004'

/** What the command line calls standard input. */
const STDIN = '-'
const STDIN_NAME = 'standard input'

/**
 * The memories of what a person named: a folder, a file, a zip, or "-" for standard input.
 * @throws MhError PATH_NOT_ALLOWED (exit 4) for what belongs to somebody else
 */
export async function* readSource(who: Importing, source: string): AsyncGenerator<Found> {
  if (source === STDIN) return yield* toldWhereItFails(who, STDIN_NAME, readStream(who, STDIN_NAME, process.stdin))
  let path: string
  let stat: Stats
  try {
    path = realpathSync(source)
    stat = statSync(path)
  } catch (error) {
    const reason = errno(error) === 'ENOENT' ? 'there is no such file or folder' : `it cannot be read (${errno(error)})`
    return yield {source, reason}
  }
  requireReadable(source, path)
  if (stat.isDirectory()) yield* readFolder(who, source, path)
  else yield* toldWhereItFails(who, source, readNamed(who, source, path, stat))
}

async function* readNamed(who: Importing, source: string, path: string, stat: Stats): AsyncGenerator<Found> {
  if (stat.isFile()) yield* readAs(kindOf(path, who.format), who, source, path)
  else yield* readStream(who, source, createReadStream(path))
}

/** What cannot be opened or read, or is gone by now, is told, and stops nothing. */
async function* toldWhereItFails(who: Importing, source: string, found: AsyncGenerator<Found>): AsyncGenerator<Found> {
  try {
    yield* found
  } catch (error) {
    const code = errno(error) ?? ''
    // What Node itself and mh call their errors has an underscore in it.
    if (!/^E[A-Z\d]+$/.test(code) || who.signal?.aborted) throw error
    yield {source, reason: `it cannot be read (${code})`}
  }
}

async function* readFolder(who: Importing, source: string, root: string): AsyncGenerator<Found> {
  const memories = memoriesBelow(root, who.format)
  const start = memories ?? root
  const walked = walk(start, (path) => !mayRead(path))
  for (const [index, one] of walked.entries()) {
    who.progress.fraction = index / walked.length
    const path = join(start, one.path)
    const name = join(source, path.slice(root.length))
    if (one.kind === 'refused') {
      yield {source: name, reason: one.reason}
      continue
    }
    const ending = extname(path)
    const kind = memories === undefined ? kindInFolder(path, who.format) : ending === '.json' ? 'memory' : undefined
    if (kind === undefined) yield {source: name, leftOut: ending || basename(path)}
    else yield* toldWhereItFails(who, name, readAs(kind, who, name, path))
  }
}

/** Where a folder of MetaHuman OS has its memories: the folder itself may be named, its "memory", or the whole system. */
function memoriesBelow(root: string, format: Importing['format']): string | undefined {
  if (format !== undefined && format !== 'metahuman') return undefined
  const below = [join(root, 'memory/episodic'), join(root, 'episodic')].find((path) => existsSync(path))
  return below ?? (format === 'metahuman' || basename(root) === 'episodic' ? root : undefined)
}

/** What a file in a folder is read as; undefined where it is left out. */
function kindInFolder(path: string, format: Importing['format']): Kind | undefined {
  const ending = extname(path)
  if (format === 'markdown' || format === undefined) {
    if (NOTES.test(ending)) return 'note'
    if (format === 'markdown') return undefined
  }
  if (format !== 'jsonl' && CONVERSATIONS.test(path.replaceAll('\\', '/'))) return 'items'
  return LINES.test(ending) && (format === undefined || format === 'jsonl') ? 'lines' : undefined
}

/** What a file that was named is read as. */
function kindOf(path: string, format: Importing['format']): Kind {
  if (format === 'metahuman') return 'memory'
  if (format === 'markdown') return 'note'
  const start = beginning(path)
  if (start.startsWith(ZIP)) return 'zip'
  const ending = extname(path)
  if (format === undefined && NOTES.test(ending)) return 'note'
  if ((format === 'jsonl' || LINES.test(ending)) && !start.startsWith('[')) return 'lines'
  return format !== undefined || /^[[{]/.test(start) ? 'items' : 'note'
}

/** The first characters of a file that are no blanks. */
function beginning(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(512)
    return firstText(bytes.subarray(0, readSync(file, bytes)))
  } finally {
    closeSync(file)
  }
}

const firstText = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/^(?:\s|\u00ef\u00bb\u00bf)+/, '')

/** What comes through a pipe: JSON lines, a JSON array, or one note. */
async function* readStream(who: Importing, source: string, stream: Readable): AsyncGenerator<Found> {
  if (who.signal !== undefined) addAbortSignal(who.signal, stream)
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  try {
    const first = await iterator.next()
    if (first.done === true) yield {source, leftOut: 'empty'}
    else yield* readBytes(who, source, first.value, iterator)
  } finally {
    // What is not read to its end would keep the process waiting for it.
    stream.destroy()
  }
}

async function* readBytes(
  who: Importing,
  source: string,
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>
): AsyncGenerator<Found> {
  const bytes = (async function* () {
    yield first
    yield* {[Symbol.asyncIterator]: () => rest}
  })()
  const start = firstText(first.subarray(0, 512))
  const {format} = who
  const now = Date.now()
  if (start.startsWith(ZIP)) yield {source, reason: 'a zip cannot be read from a pipe: name its file'}
  else if (format === 'chatgpt' || format === 'claude' || start.startsWith('['))
    yield* readJson('items', who, source, bytes, now)
  else if (format !== 'markdown' && (format !== undefined || start.startsWith('{')))
    yield* readJson('lines', who, source, bytes, now)
  else yield await readNoteStream(who, source, bytes, now)
}

async function readNoteStream(
  who: Importing,
  source: string,
  stream: AsyncIterable<Uint8Array>,
  now: number
): Promise<Found> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size > LARGEST_FILE) return {source, reason: `it has more than ${LARGEST_FILE} bytes`}
  }
  return readNoteBytes(who, source, Buffer.concat(chunks), now)
}
