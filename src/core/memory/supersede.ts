import {conflict} from '../errors.ts'
import {requirePermission} from '../users/permissions.ts'
import {SUPERSEDES} from './event.ts'
import {memoryStore, type NewMemory, newEvent, type ShownMemory, showMemory, shown} from './memories.ts'

/**
 * Keeps a fact that has changed: a new memory that is linked to the old one, which search and chat then leave out. The old one
 * stays as it is.
 * @param reference of the old memory
 * @param memory the new one; kind and tags are the old one's where it names none
 */
export async function supersedeMemory(reference: string, memory: NewMemory): Promise<ShownMemory> {
  requirePermission('supersede')
  const old = await showMemory(reference)
  const event = newEvent({
    type: old.type,
    tags: old.tags,
    ...memory,
    links: [...(memory.links ?? []), {type: SUPERSEDES, target: old.id}]
  })
  if (event.timestamp < old.timestamp) {
    throw conflict(
      'SUPERSEDED_LATER',
      `The memory ${old.id} is of ${old.timestamp}, which is later than ${event.timestamp}`,
      'Give a later time by --at'
    )
  }
  const [added] = await memoryStore().add([event], () => ({
    category: 'data',
    event: 'memory_superseded',
    details: {id: event.id, supersedes: old.id}
  }))
  if (added === undefined || !('memory' in added)) throw new Error(`The new id ${event.id} is taken`)
  return shown(added.memory)
}
