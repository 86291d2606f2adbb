import {type MemoryFilter, memoryStore} from './memories.ts'
import type {StoredMemory} from './store.ts'

/**
 * The current person's memories that pass the filter, newest first and each once, `size` of them at a time. They may be changed or taken away
 * meanwhile.
 */
export async function* pagesOf(filter: MemoryFilter, size: number): AsyncGenerator<StoredMemory[]> {
  const store = memoryStore()
  for (let before: {timestamp: number; id: string} | undefined; ; ) {
    const page = await store.list({filter, limit: size, ...(before === undefined ? {} : {before})})
    const last = page.at(-1)?.event
    if (last === undefined) return
    yield page
    before = {timestamp: Date.parse(last.timestamp), id: last.id}
  }
}
