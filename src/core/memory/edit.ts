import {requirePermission} from '../users/permissions.ts'
import type {EpisodicEvent} from './event.ts'
import {checkContent, memoryNotFound, memoryStore, resolveMemory, type ShownMemory, shown} from './memories.ts'

/** What is changed of a memory. What is missing stays. */
export interface MemoryEdit {
  content?: string
  response?: string
  type?: string
  timestamp?: string
  importance?: number
  tags?: string[]
  entities?: string[]
  addTags?: string[]
  removeTags?: string[]
}

/**
 * Changes a memory of the current person and keeps the version before.
 * @param reference an id, any unique ending of it, or "@last"
 * @param version what the person saw of it; another one at that moment is refused
 * @throws MhError MEMORY_NOT_FOUND (exit 3), STALE_VERSION (exit 5), EMPTY_CAPTURE (exit 2), NOT_ALLOWED_IN_MODE (exit 4)
 */
export async function editMemory(reference: string, edit: MemoryEdit, version?: string): Promise<ShownMemory> {
  requirePermission('edit')
  if (edit.content !== undefined) checkContent(edit.content)
  const id = await resolveMemory(reference)
  const edited = await memoryStore().update(id, {
    change: (event) => apply(event, edit),
    history: 'keep',
    audit: (event) => ({category: 'data', event: 'memory_edited', details: {id: event.id}}),
    ...(version === undefined ? {} : {version})
  })
  if (edited === undefined) throw memoryNotFound(reference)
  return shown(edited)
}

function apply(event: EpisodicEvent, {addTags = [], removeTags = [], ...fields}: MemoryEdit): EpisodicEvent {
  const tags = [...new Set([...(fields.tags ?? event.tags), ...addTags])].filter((tag) => !removeTags.includes(tag))
  const changed = {...event, ...fields, tags}
  // What was worked out of the old text says nothing of the new one: agents look at it again.
  const stale = fields.content !== undefined && fields.content !== event.content && event.metadata.processed === true
  return stale ? {...changed, metadata: {...event.metadata, processed: false}} : changed
}
