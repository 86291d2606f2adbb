import {rmSync, statfsSync, symlinkSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import type {Readable} from 'node:stream'
import {MhError} from '../errors.ts'
import {ensureSystemFolder, isInside, unwritable} from '../files.ts'
import {randomBytes} from '../ids.ts'
import {notify} from '../notices.ts'
import {systemPaths} from '../system-paths.ts'
import type {ManifestFile} from './manifest.ts'
import {inShort, readChecked} from './read-checked.ts'
import {TreeWriter} from './tree-writer.ts'

/** A new folder below the root's .tmp/, and which files of an archive go into it. */
export interface Extraction {
  folder: string
  /** Where a file of the archive goes, below the folder; undefined where it is none of it. */
  place: (path: string) => string | undefined
  /** Makes other bytes of those of a file that is not large. */
  change?: (path: string, bytes: Buffer) => Buffer
  /** Folders that are there even where nothing lies in them. */
  folders?: readonly string[]
}

/** A name for such a folder, by which `mh doctor` knows what a crash left. */
export const newAside = (what: string): string =>
  `${what}.${process.pid}.${Buffer.from(randomBytes(6)).toString('hex')}`

/**
 * Unpacks an archive into new folders, durably, and compares every file with the manifest on the way. Where anything differs, the
 * archive is cut or the disk is full, nothing of it is left.
 * @param refused turns what is wrong with the archive, one sentence each, into an error
 * @returns the manifest, and how many files went into each folder
 * @throws what `refused` gives, MhError NO_SPACE, NOT_WRITABLE (exit 1)
 */
export async function extractArchive<M extends {files: ManifestFile[]}>(
  input: Readable,
  parse: (text: string) => M,
  /** Says what goes where, once the manifest is known. */
  plan: (manifest: M) => Promise<Extraction[]> | Extraction[],
  {
    refused,
    onProgress,
    signal
  }: {
    refused: (broken: string) => Error
    onProgress?: (done: number, total: number) => void
    signal?: AbortSignal
  }
): Promise<{manifest: M; counts: number[]}> {
  ensureSystemFolder(systemPaths.temporary)
  let extractions: Extraction[] = []
  const writers: TreeWriter[] = []
  const counts: number[] = []
  let total = 0
  let done = 0
  const placeOf = (path: string): {index: number; place: string} | undefined => {
    for (const [index, {place}] of extractions.entries()) {
      const placed = place(path)
      if (placed !== undefined) return {index, place: placed}
    }
    return undefined
  }
  try {
    const {manifest, broken} = await readChecked(input, {
      parse,
      async begin(found) {
        extractions = await plan(found)
        requireSpace(found.files.filter(({path}) => placeOf(path) !== undefined))
        total = found.files.length
        for (const {folder, folders = []} of extractions) {
          const writer = new TreeWriter(join(systemPaths.temporary, folder))
          for (const one of folders) writer.folder(one)
          writers.push(writer)
          counts.push(0)
        }
      },
      wants: ({path}) => placeOf(path) !== undefined,
      async file({path, modified}, content) {
        signal?.throwIfAborted()
        const placed = placeOf(path)
        if (placed === undefined) return
        const {index, place} = placed
        const change = extractions[index]?.change
        const bytes = Buffer.isBuffer(content) && change !== undefined ? change(place, content) : content
        await writers[index]?.add(place, bytes, modified)
        counts[index] = (counts[index] ?? 0) + 1
        if (++done % 256 === 0) onProgress?.(done, total)
      }
    })
    if (manifest === undefined || broken.length > 0) throw refused(inShort(broken))
    for (const writer of writers) await writer.finish()
    for (const file of manifest.files) linkAgain(file, placeOf(file.path), writers)
    return {manifest, counts}
  } catch (error) {
    for (const writer of writers) await writer.settle()
    for (const {folder} of extractions) removeAside(folder)
    throw unwritable(systemPaths.temporary, error)
  }
}

export const removeAside = (folder: string): void =>
  rmSync(join(systemPaths.temporary, folder), {recursive: true, force: true})

/** Links come last, so that nothing is ever written through one. One that leads elsewhere could lead into another's profile. */
function linkAgain(
  {path, link}: ManifestFile,
  placed: {index: number; place: string} | undefined,
  writers: readonly TreeWriter[]
): void {
  const root = placed === undefined ? undefined : writers[placed.index]?.root
  if (link === undefined || placed === undefined || root === undefined) return
  const at = join(root, placed.place)
  if (link.startsWith('/') || !isInside(resolve(dirname(at), link), root))
    notify({code: 'LINK_LEFT_OUT', message: `The link ${path} leads out of the profile (${link}) and was left out`})
  else symlinkSync(link, at)
}

/** Told before anything is written, and not when the disk is full. */
function requireSpace(files: readonly ManifestFile[]): void {
  const needed = files.reduce((sum, {size}) => sum + size, 0)
  const {bavail, bsize} = statfsSync(systemPaths.temporary)
  if (needed <= bavail * bsize) return
  throw new MhError(
    'NO_SPACE',
    `What is in the archive needs ${Math.ceil(needed / MEBIBYTE)} MiB, and ${Math.floor((bavail * bsize) / MEBIBYTE)} MiB are free at ${systemPaths.root}`,
    {hint: 'Nothing was changed. Make room, and run it again'}
  )
}

const MEBIBYTE = 1024 * 1024
