import {createHash} from 'node:crypto'
import {createReadStream, createWriteStream, readFileSync} from 'node:fs'
import type {Readable, Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createGzip} from 'node:zlib'
import {extract, type Pack, pack} from 'tar-stream'

/** One thing that goes into an archive. Times are milliseconds; an entry without one has that of its writing. */
export type ArchiveEntry =
  | {name: string; text: string; mtimeMs?: number}
  | {name: string; file: string; size: number; mtimeMs: number}
  /** Bytes that are fetched when their turn comes. */
  | {name: string; bytes: () => Uint8Array; mtimeMs: number}
  | {name: string; link: string}

const WHOLE = 1024 * 1024

/**
 * Writes a compressed tar archive in the order of the entries. Reads large files piece by piece.
 * @param to a path, which is made, 0600, and must not be there; or a stream
 * @param signal ends the writing; what was written stays behind
 * @throws where a file has become shorter or longer than its entry says
 */
export async function writeArchive(
  to: string | Writable,
  entries: Iterable<ArchiveEntry>,
  signal?: AbortSignal
): Promise<void> {
  const archive = pack()
  const target = typeof to === 'string' ? createWriteStream(to, {flags: 'wx', mode: 0o600, flush: true}) : to
  const written = pipeline(archive, createGzip(), target, signal === undefined ? {} : {signal})
  await filled(archive, written, () => fill(archive, entries), signal)
}

/**
 * Fills a tar that is being written, and waits for both.
 * @throws the signal's reason, else why it could not be written, else why it could not be filled
 */
export async function filled(
  archive: Pack,
  written: Promise<void>,
  fill: () => Promise<void>,
  signal: AbortSignal | undefined
): Promise<void> {
  const filling = fill().catch((error: unknown) => {
    archive.destroy(error as Error)
    throw error
  })
  const [end, content] = await Promise.allSettled([written, filling])
  signal?.throwIfAborted()
  // A target that fails ends the filling as well: its own reason says more than that.
  if (end.status === 'rejected') throw end.reason
  if (content.status === 'rejected') throw content.reason
}

async function fill(archive: Pack, entries: Iterable<ArchiveEntry>): Promise<void> {
  for (const entry of entries) {
    if ('link' in entry) await put(archive, {name: entry.name, type: 'symlink', linkname: entry.link}, undefined)
    else if ('text' in entry) await put(archive, headerOf(entry), Buffer.from(entry.text))
    else if ('bytes' in entry) await put(archive, headerOf(entry), Buffer.from(entry.bytes()))
    else {
      const header = {...headerOf(entry), size: entry.size}
      if (entry.size <= WHOLE) await put(archive, header, readFileSync(entry.file))
      else await pipeline(createReadStream(entry.file), archive.entry(header) as unknown as Writable)
    }
  }
  archive.finalize()
}

const headerOf = ({name, mtimeMs}: {name: string; mtimeMs?: number}): Parameters<Pack['entry']>[0] => ({
  name,
  mode: 0o600,
  ...(mtimeMs === undefined ? {} : {mtime: new Date(mtimeMs)})
})

const put = (
  archive: Pack,
  header: Parameters<Pack['entry']>[0] & {size?: number},
  data: Buffer | undefined
): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve())
    if (data === undefined) archive.entry(header, done)
    else if (header.size !== undefined && header.size !== data.length)
      reject(new Error(`${header.name} changed while it was archived`))
    else archive.entry(header, data, done)
  })

/** What an archive says of an entry before its content comes. */
export interface EntryHeader {
  name: string
  size: number
  /** "file", "symlink", "link", "character-device", … */
  type: string
  /** Where it is a link: what it names. */
  link?: string
  /** Where the content begins, in bytes of the uncompressed archive. */
  offset: number
}

/**
 * Reads a tar archive entry by entry. Content that is not read is passed over.
 * @param onEntry returns false where nothing of what follows is wanted
 * @throws the decompressor's or the reader's error where the archive is damaged or cut, and what `onEntry` throws
 */
export async function readEntries(
  input: Readable,
  onEntry: (header: EntryHeader, content: AsyncIterable<Buffer>) => Promise<boolean | undefined>,
  {compressed = true}: {compressed?: boolean} = {}
): Promise<void> {
  const reader = extract()
  const target = reader as unknown as Writable
  const fed = compressed ? pipeline(input, createGunzip(), target) : pipeline(input, target)
  // Told below; until then nobody waits for it.
  fed.catch(() => undefined)
  try {
    for await (const entry of reader) {
      const {name, size = 0, type, linkname, byteOffset} = entry.header as typeof entry.header & {byteOffset: number}
      const header = {
        name,
        size,
        type: type ?? 'unknown',
        ...(linkname ? {link: linkname} : {}),
        offset: byteOffset
      }
      if ((await onEntry(header, entry as AsyncIterable<Buffer>)) === false) return
      entry.resume()
    }
  } finally {
    input.destroy()
  }
  await fed
}

/** SHA-256 of a file's bytes, in hex, read piece by piece. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as Readable & AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
