import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'
import {type IndexEntry, MemoryIndex} from '../../../../src/core/memory/index/index.ts'
import {search} from '../../../../src/core/memory/search/search.ts'

/** Options of a profile whose person is Ada. */
export const OPTIONS = {language: 'en', owner: 'ada Ada Lovelace'}

/** An empty folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mh-index-'))
  onTestFinished(() => rmSync(path, {recursive: true, force: true}))
  return path
}

/** An empty index that is gone after the test. */
export function emptyIndex(): MemoryIndex {
  const index = MemoryIndex.create(join(folder(), 'index.db'), OPTIONS)
  onTestFinished(() => index.close())
  return index
}

/** A note whose file is named after its id; time is in minutes from the start of 2024. */
export function note(id: string, content: string, minutes = 0, more: Partial<IndexEntry> = {}): IndexEntry {
  return {
    id,
    timestamp: Date.UTC(2024, 0, 1) + minutes * 60_000,
    type: 'observation',
    content,
    tags: [],
    processed: true,
    folder: '2024/01',
    name: `${id}.json`,
    mtimeMs: 1.5,
    size: 100,
    ...more
  }
}

/** Ids that a question finds, best first; "now" is 10 June 2024. */
export async function ask(
  index: MemoryIndex,
  question: string,
  more: Partial<Parameters<MemoryIndex['search']>[2]> = {}
): Promise<string[]> {
  const hits = await index.search(search, question, {
    limit: 10,
    now: Date.UTC(2024, 5, 10, 12),
    zone: 'UTC',
    ...more
  })
  return hits.map(({id}) => id)
}
