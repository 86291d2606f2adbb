import {setImmediate} from 'node:timers/promises'
import {changeProfile} from '../../change.ts'
import {requirePermission} from '../../users/permissions.ts'
import type {EpisodicEvent} from '../event.ts'
import {type MemoryFilter, memoryStore} from '../memories.ts'
import {pagesOf} from '../pages.ts'
import type {ExportFormat} from './formats.ts'
import {toMarkdown} from './markdown.ts'
import {openFile, openFolder} from './targets.ts'

export interface ExportOptions {
  format?: ExportFormat
  filter?: MemoryFilter
  /** Told now and then how many were written, and how many there are. */
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/** So many memories are held at once. */
const PAGE = 256

/**
 * Writes the current person's memories into a file (JSON lines) or a folder (Markdown), newest first, and says how many.
 * @param path of a file, which takes the place of a regular file that is there, or of a folder that is not there or empty
 * @throws MhError OUTPUT_NOT_WRITABLE (exit 2), OUTPUT_EXISTS (exit 5), PATH_NOT_ALLOWED (exit 4)
 */
export async function exportTo(path: string, options: ExportOptions = {}): Promise<number> {
  requirePermission('export')
  const target = await (options.format === 'markdown' ? openFolder(path) : openFile(path))
  try {
    const count = await exportMemories((event) => target.write(event), options)
    await target.finish()
    return count
  } catch (error) {
    await target.abandon()
    throw error
  }
}

/** The text of one memory in a stream of them. */
export const exportText = (event: EpisodicEvent, format: ExportFormat = 'jsonl'): string =>
  format === 'jsonl' ? `${JSON.stringify(event)}\n` : `${toMarkdown(event)}\n`

/**
 * Hands the current person's memories over one by one, newest first, and notes in their audit trail that they left.
 * @param write resolves to false where nobody takes any more
 * @returns how many were taken
 */
export async function exportMemories(
  write: (event: EpisodicEvent) => Promise<unknown>,
  {format = 'jsonl', filter = {}, onProgress, signal}: ExportOptions = {}
): Promise<number> {
  requirePermission('export')
  const total = await memoryStore().count(filter)
  let count = 0
  read: for await (const page of pagesOf(filter, PAGE)) {
    for (const {event} of page) {
      signal?.throwIfAborted()
      if ((await write(event)) === false) break read
      count++
    }
    onProgress?.(count, total)
    // Everything above is done at once: signals and timers have their turn here.
    await setImmediate()
  }
  await changeProfile(({audit}) => audit({category: 'data', event: 'memories_exported', details: {count, format}}))
  return count
}
