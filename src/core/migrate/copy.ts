import {createReadStream, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {TreeWriter} from '../backup/tree-writer.ts'
import {conflict} from '../errors.ts'
import {reach} from '../faults.ts'
import {splitDay} from './audit-days.ts'
import {AUDIT_DAY} from './places.ts'
import {firstDifference, listSource, type Source, type SourceFile} from './source.ts'

/** What slow work tells, and what ends it. */
export interface Watch {
  /** Told how many files were done. */
  onFile?: (done: number, total: number) => void
  signal?: AbortSignal
}

/** Larger files are read piece by piece. */
const WHOLE = 8 * 1024 * 1024

/**
 * Copies everything of the person into a new folder, durably; of a day of the audit trail its lines without hashes. The source is
 * only read.
 * @param to absolute; what is above it has to be there
 * @throws MhError SOURCE_CHANGED (exit 5) where the source was changed meanwhile
 */
export async function copySource(source: Source, to: string, {onFile, signal}: Watch = {}): Promise<void> {
  const writer = new TreeWriter(to)
  try {
    for (const {path} of source.folders) writer.folder(path)
    for (const [index, file] of source.files.entries()) {
      signal?.throwIfAborted()
      if (file.link === undefined)
        await writer.add(file.path, contentOf(source.root, file), new Date(file.mtimeMs).toISOString())
      onFile?.(index + 1, source.files.length)
      reach('migrate-copied')
    }
  } finally {
    await writer.settle()
  }
  for (const {path, link} of source.files) if (link !== undefined) symlinkSync(link, join(to, path))
  await writer.finish()
  refuseChange(source, listSource(source.root))
}

/** @throws MhError SOURCE_CHANGED (exit 5) where two lists of one source differ */
export function refuseChange(before: Source, after: Source): void {
  const changed = firstDifference(before, after)
  if (changed !== undefined) throw sourceChanged(changed)
}

export const sourceChanged = (path: string): Error =>
  conflict(
    'SOURCE_CHANGED',
    `${path} was changed while it was migrated: another program works in that folder`,
    'Nothing was migrated. End that program, and try again'
  )

function contentOf(root: string, {path, size}: SourceFile): Buffer | AsyncIterable<Buffer> {
  const from = join(root, path)
  if (AUDIT_DAY.test(path)) return splitDay(readFileSync(from)).others
  return size > WHOLE ? createReadStream(from) : readFileSync(from)
}
