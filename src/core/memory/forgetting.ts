import {usageError} from '../errors.ts'
import {resolveReference} from '../reference.ts'
import {requirePermission} from '../users/permissions.ts'
import {type MemoryFilter, memoryNotFound, memoryStore} from './memories.ts'
import {pagesOf} from './pages.ts'
import type {Remaining} from './store.ts'

/** Which memories are to go: those named, or all that pass the filter. */
export interface ForgetSelection {
  references: readonly string[]
  filter: MemoryFilter
}

/** What would be forgotten, in the trash too. @throws MhError NOTHING_SELECTED (exit 2), MEMORY_NOT_FOUND (exit 3) */
export async function selectToForget({references, filter}: ForgetSelection): Promise<string[]> {
  requirePermission('forget')
  if (references.length > 0) {
    const store = memoryStore()
    const trashed = (await store.trashed()).map(({event}) => event.id)
    const ids: string[] = []
    for (const reference of references) {
      const id = await resolveReference(reference, {
        endingWith: async (ending, limit) => [
          ...trashed.filter((one) => one.endsWith(ending)),
          ...(await store.endingWith(ending, limit))
        ],
        last: async () => (await store.newest())?.event.id,
        notFound: memoryNotFound
      })
      ids.push(id)
    }
    return [...new Set(ids)]
  }
  if (Object.keys(filter).length === 0)
    throw usageError(
      'NOTHING_SELECTED',
      'Nothing says what is to be forgotten',
      'Name ids, or use --tag, --type, --since or --until'
    )
  const store = memoryStore()
  const ids: string[] = []
  for await (const page of pagesOf(filter, PAGE)) ids.push(...page.map(({event}) => event.id))
  const {type, tag, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY} = filter
  for (const {event} of await store.trashed()) {
    const at = Date.parse(event.timestamp)
    if (
      (type === undefined || event.type === type) &&
      (tag === undefined || event.tags.includes(tag)) &&
      at >= since &&
      at <= until
    )
      ids.push(event.id)
  }
  return [...new Set(ids)]
}

const PAGE = 500

/**
 * Removes memories for good. There is no way back.
 * @param ids whole ids, as `selectToForget` gives them
 * @returns the places that still hold something of them, backups among them
 */
export async function forgetMemories(ids: readonly string[]): Promise<{forgotten: string[]; remaining: Remaining[]}> {
  requirePermission('forget')
  const store = memoryStore()
  const wanted = new Set(ids)
  const sought = [
    ...(await store.getAll(ids)),
    ...(await store.trashed()).filter(({event}) => wanted.has(event.id))
  ].map(({event, path}) => ({id: event.id, timestamp: event.timestamp, path}))
  const {forgotten, remaining} = await store.forget(ids)
  const {backupsHolding} = await import('../backup/holding.ts')
  const backups = await backupsHolding(sought)
  return {
    forgotten,
    remaining: [
      ...remaining,
      ...backups.map(({path, maybe}): Remaining => ({where: 'backup', path, ...(maybe ? {maybe} : {})}))
    ]
  }
}
