import {createReadStream, createWriteStream, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createGzip} from 'node:zlib'
import {extract, type Header, pack} from 'tar-stream'
import {sha256} from '../../src/core/sha256.ts'

/** An entry of a tar, as a test reads or makes it. */
export interface TarEntry {
  header: Partial<Header> & {name: string}
  data: Buffer
}

/** Everything in a compressed tar, read by the library alone. */
export async function readTar(path: string): Promise<TarEntry[]> {
  const entries: TarEntry[] = []
  const reader = extract()
  const fed = pipeline(createReadStream(path), createGunzip(), reader as unknown as NodeJS.WritableStream)
  for await (const entry of reader) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    entries.push({header: entry.header, data: Buffer.concat(chunks)})
  }
  await fed
  return entries
}

/** Writes a compressed tar of whatever a test thinks up. */
export async function writeTar(path: string, entries: readonly TarEntry[]): Promise<void> {
  const archive = pack()
  const written = pipeline(archive as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path))
  for (const {header, data} of entries) {
    if ((header.type ?? 'file') === 'file') archive.entry(header, data)
    else archive.entry({...header, size: 0})
  }
  archive.finalize()
  await written
}

/** The manifest of an archive, which stands first. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into it, and change it to what it may not be
export const manifestOf = (entries: readonly TarEntry[]): any => JSON.parse(String(entries[0]?.data))

/** The same archive with another manifest. */
export const withManifest = (entries: readonly TarEntry[], manifest: unknown): TarEntry[] => {
  const data = Buffer.from(JSON.stringify(manifest))
  return entries.map((entry, index) => (index === 0 ? {header: {...entry.header, size: data.length}, data} : entry))
}

/** What lies below a folder: the hash of each file by its path; without logs, and what is being written. */
export function treeOf(root: string): Record<string, string> {
  const files = readdirSync(root, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(?:logs|\.tmp|cache)\//.test(path.slice(root.length)))
    .sort()
  return Object.fromEntries(files.map((path) => [path.slice(root.length + 1), sha256(readFileSync(path))]))
}
