import {createHash} from 'node:crypto'
import {createReadStream, createWriteStream, readFileSync} from 'node:fs'
import type {Readable, Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createGzip} from 'node:zlib'
import {extract, type Pack, pack} from 'tar-stream'

/** One thing that goes into an archive. */
export type ArchiveEntry =
  | {name: string; text: string}
  | {name: string; file: string; size: number; mtimeMs: number}
  | {name: string; link: string}

const WHOLE = 1024 * 1024

/**
 * Writes a compressed tar archive in the order of the entries. Reads large files piece by piece.
 * @param path is made, 0600, and must not be there
 * @throws where a file has become shorter or longer than its entry says
 */
export async function writeArchive(path: string, entries: Iterable<ArchiveEntry>): Promise<void> {
  const archive = pack()
  const written = pipeline(archive, createGzip(), createWriteStream(path, {flags: 'wx', mode: 0o600, flush: true}))
  const filled = fill(archive, entries).catch((error: unknown) => {
    archive.destroy(error as Error)
    throw error
  })
  await Promise.all([written, filled])
}

async function fill(archive: Pack, entries: Iterable<ArchiveEntry>): Promise<void> {
  for (const entry of entries) {
    if ('text' in entry) await put(archive, {name: entry.name, mode: 0o600}, Buffer.from(entry.text))
    else if ('link' in entry) await put(archive, {name: entry.name, type: 'symlink', linkname: entry.link}, undefined)
    else {
      const header = {name: entry.name, size: entry.size, mode: 0o600, mtime: new Date(entry.mtimeMs)}
      if (entry.size <= WHOLE) await put(archive, header, readFileSync(entry.file))
      else await pipeline(createReadStream(entry.file), archive.entry(header) as unknown as Writable)
    }
  }
  archive.finalize()
}

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

/** What is told of each entry that is read. */
export interface ReadEntry {
  name: string
  size: number
  sha256: string
  /** Where it is a link: what it names. */
  link?: string
  /** The text, where `wanted` asked for it. */
  text?: string
}

/**
 * Reads an archive from its beginning to its end and hashes every entry.
 * @param wanted whose whole text is handed over
 * @throws the decompressor's or the reader's error where the archive is damaged or cut
 */
export async function readArchive(
  path: string,
  onEntry: (entry: ReadEntry) => void,
  wanted: (name: string) => boolean = () => false
): Promise<void> {
  const reader = extract()
  reader.on('entry', (header, stream, next) => {
    const hash = createHash('sha256')
    const kept: Buffer[] | undefined = wanted(header.name) ? [] : undefined
    let size = 0
    stream.on('data', (data) => {
      const chunk = data as Buffer
      hash.update(chunk)
      kept?.push(chunk)
      size += chunk.length
    })
    stream.on('error', next)
    stream.on('end', () => {
      onEntry({
        name: header.name,
        size,
        sha256: hash.digest('hex'),
        ...(header.linkname ? {link: header.linkname} : {}),
        ...(kept === undefined ? {} : {text: Buffer.concat(kept).toString('utf8')})
      })
      next()
    })
  })
  await pipeline(createReadStream(path), createGunzip(), reader as unknown as Writable)
}

/** SHA-256 of a file's bytes, in hex, read piece by piece. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as Readable & AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
