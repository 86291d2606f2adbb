import {readSettings} from '../settings.ts'
import {fromLocal, zoneOffset} from '../time.ts'
import {requirePermission} from '../users/permissions.ts'
import {memoryStore, type ShownMemory, shown} from './memories.ts'
import type {MemoryStatistics, ReindexOptions, ReindexReport} from './store.ts'

/** How many memories there are, of which kinds. */
export async function memoryStatistics(): Promise<MemoryStatistics> {
  requirePermission('read')
  return memoryStore().statistics()
}

/** Looks at every memory file again; with `full`, builds the index anew. @param now only for `durationMs` */
export async function reindexMemories(options: ReindexOptions): Promise<ReindexReport & {durationMs: number}> {
  requirePermission('read')
  const start = Date.now()
  return {...(await memoryStore().reindex(options)), durationMs: Date.now() - start}
}

/** What happened on this day of the calendar in other years, the latest year first. */
export async function memoriesOfThisDay(now = Date.now()): Promise<ShownMemory[]> {
  requirePermission('read')
  const zone = readSettings().timezone
  const today = new Date(now + zoneOffset(zone, now))
  const store = memoryStore()
  const found: ShownMemory[] = []
  for (let year = today.getUTCFullYear() - 1, older = true; older; year--) {
    const day = Date.UTC(year, today.getUTCMonth(), today.getUTCDate())
    // 29 February is not in every year.
    if (new Date(day).getUTCDate() === today.getUTCDate()) {
      const filter = {since: fromLocal(day, zone), until: fromLocal(day + DAY_MS, zone) - 1}
      found.push(...(await store.list({filter, limit: MOST_OF_A_DAY})).map(shown))
    }
    older = (await store.list({filter: {until: fromLocal(day, zone) - 1}, limit: 1})).length > 0
  }
  return found
}

const DAY_MS = 24 * 60 * 60 * 1000
const MOST_OF_A_DAY = 500
