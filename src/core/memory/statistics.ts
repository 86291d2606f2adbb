import {MhError} from '../errors.ts'
import {notify} from '../notices.ts'
import {readSettings} from '../settings.ts'
import {DAY_MS, fromLocal, zoneOffset} from '../time.ts'
import {requirePermission} from '../users/permissions.ts'
import {memoryStore, type ShownMemory, shown} from './memories.ts'
import type {MemoryStatistics, ReindexOptions, ReindexReport} from './store.ts'
import type {EmbedOptions} from './vectors/embed.ts'
import {defaultMode} from './vectors/model.ts'

/** How many memories there are, of which kinds. */
export async function memoryStatistics(): Promise<MemoryStatistics> {
  requirePermission('read')
  return memoryStore().statistics()
}

/** Looks at every memory file again; with `full`, builds the index anew. */
export async function reindexMemories(options: ReindexOptions): Promise<ReindexReport & {durationMs: number}> {
  requirePermission('read')
  const start = Date.now()
  return {...(await memoryStore().reindex(options)), durationMs: Date.now() - start}
}

/**
 * Gives every memory without a vector one, where the person has an embedding model. A model that fails is told; what it has made stays.
 * @returns how many got one, or undefined where there is no such model
 */
export async function embedMemories(options: Omit<EmbedOptions, 'limit'>): Promise<number | undefined> {
  requirePermission('read')
  if (defaultMode() === 'lexical') return
  const [{embedMissing}, {openEngine}] = await Promise.all([
    import('./vectors/embed.ts'),
    import('../models/engine.ts')
  ])
  let embedded = 0
  try {
    const {engine} = await openEngine({role: 'embedding'}, {agent: 'reindex'})
    const onProgress = (memories: number): void => {
      embedded = memories
      options.onProgress?.(memories)
    }
    await embedMissing(memoryStore(), engine, {...options, onProgress})
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    notify({code: 'VECTORS_MISSING', message: `Not every memory has a vector: ${error.message}`})
  }
  return embedded
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

const MOST_OF_A_DAY = 500
