import {createHash} from 'node:crypto'
import type {Readable} from 'node:stream'
import {type EntryHeader, readEntries} from './archive.ts'
import {MANIFEST, type ManifestFile} from './manifest.ts'

/** What is done with an archive while it is compared with its manifest. */
export interface ArchiveVisitor<M> {
  /** Reads the manifest. Throws where it is none. */
  parse: (text: string) => M
  /** Is told the manifest before anything else comes. */
  begin?: (manifest: M) => Promise<void> | void
  /** Whether a file is handed to `file`. All are compared. */
  wants?: (file: ManifestFile) => boolean
  /** Takes a file: its bytes, which are those of the manifest, or, where it is large, a stream of them that turns out right at the end. */
  file?: (file: ManifestFile, content: Buffer | AsyncIterable<Buffer>) => Promise<void>
}

/** What was read: `broken` says what is wrong, one sentence each; nothing where the archive is what its manifest says. */
export interface Checked<M> {
  manifest: M | undefined
  broken: string[]
}

/** A manifest of a million files has 200 MB. */
const LARGEST_MANIFEST = 256 * 1024 * 1024
/** Up to this size a file is held as a whole, and compared before it is handed over. */
const LARGEST_WHOLE = 8 * 1024 * 1024
const MOST_SENTENCES = 100

const MOST_TOLD = 5

/** What is wrong, for an error: the first few. `mh backup verify` tells more. */
export const inShort = (broken: readonly string[]): string =>
  [...broken.slice(0, MOST_TOLD), ...(broken.length > MOST_TOLD ? ['and more'] : [])].join('; ')

/**
 * Reads an archive from its beginning to its end and compares every entry with the manifest, which stands first. It ends at once
 * where there is no manifest, and where an entry holds more than the manifest says: no archive makes this read or keep more than that.
 * @throws what the visitor throws
 */
export async function readChecked<M extends {files: ManifestFile[]}>(
  input: Readable,
  visitor: ArchiveVisitor<M>
): Promise<Checked<M>> {
  const broken: string[] = []
  let manifest: M | undefined
  let missing = new Map<string, ManifestFile>()
  const seen = new Set<string>()
  const mistakes: unknown[] = []
  const visit = async (fn: () => Promise<void> | void): Promise<void> => {
    try {
      await fn()
    } catch (error) {
      mistakes.push(error)
      throw error
    }
  }

  const read = async (header: EntryHeader, content: AsyncIterable<Buffer>): Promise<boolean> => {
    if (manifest === undefined) {
      manifest = await readManifest(header, content, visitor.parse)
      missing = new Map(manifest.files.map((file) => [file.path, file]))
      const told = manifest
      await visit(() => visitor.begin?.(told))
      return true
    }
    const {name, size, type} = header
    const file = missing.get(name)
    if (file === undefined) {
      broken.push(seen.has(name) ? `${name} is there twice` : `${name} is not in the manifest`)
      return broken.length < MOST_SENTENCES && size <= LARGEST_WHOLE
    }
    missing.delete(name)
    seen.add(name)
    if (file.link !== undefined || type === 'symlink') {
      if (type !== 'symlink' || header.link !== file.link) broken.push(`${name} differs`)
      return true
    }
    if (type !== 'file') {
      broken.push(`${name} is no file but a ${type}`)
      return true
    }
    if (size !== file.size) {
      broken.push(`${name} differs: it has ${size} bytes, and not ${file.size}`)
      return size < file.size
    }
    const wanted = visitor.file !== undefined && visitor.wants?.(file) !== false
    const hash = createHash('sha256')
    if (wanted && size > LARGEST_WHOLE) {
      await visit(() =>
        visitor.file?.(
          file,
          passing(content, (chunk) => hash.update(chunk))
        )
      )
      if (hash.digest('hex') !== file.sha256) broken.push(`${name} differs`)
      return true
    }
    const chunks: Buffer[] = []
    for await (const chunk of content) {
      hash.update(chunk)
      if (wanted) chunks.push(chunk)
    }
    if (hash.digest('hex') !== file.sha256) broken.push(`${name} differs`)
    else if (wanted) await visit(() => visitor.file?.(file, Buffer.concat(chunks)))
    return true
  }

  try {
    await readEntries(input, read)
  } catch (error) {
    if (mistakes.length > 0) throw mistakes[0]
    broken.push(`the archive cannot be read to its end: ${(error as Error).message}`)
  }
  if (manifest === undefined) return {manifest, broken: broken.length > 0 ? broken : ['the manifest is missing']}
  for (const name of missing.keys()) {
    if (broken.length >= MOST_SENTENCES) break
    broken.push(`${name} is missing`)
  }
  return {manifest, broken}
}

/** Only the manifest of an archive. @throws where it has none that can be read */
export async function readManifestOf<M>(input: Readable, parse: (text: string) => M, compressed = true): Promise<M> {
  let manifest: M | undefined
  await readEntries(
    input,
    async (header, content) => {
      manifest = await readManifest(header, content, parse)
      return false
    },
    {compressed}
  )
  if (manifest === undefined) throw new Error('the manifest is missing')
  return manifest
}

async function readManifest<M>(
  {name, size, type}: EntryHeader,
  content: AsyncIterable<Buffer>,
  parse: (text: string) => M
): Promise<M> {
  if (name !== MANIFEST || type !== 'file') throw new Error('it does not begin with a manifest')
  if (size > LARGEST_MANIFEST) throw new Error(`the manifest has ${size} bytes, which is too much`)
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return parse(Buffer.concat(chunks).toString('utf8'))
}

async function* passing(content: AsyncIterable<Buffer>, look: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    look(chunk)
    yield chunk
  }
}
