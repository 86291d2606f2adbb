import {notFound} from '../errors.ts'
import {requirePermission} from '../users/permissions.ts'
import {memoryStore, resolveMemory, type ShownMemory, shown} from './memories.ts'

/** An earlier version of a memory, as people made them. */
export interface MemoryVersion {
  version: string
  /** When it was replaced, ISO 8601. */
  at: string
  content: string
  tags: string[]
  /** Put aside by an undo. */
  undone: boolean
}

/** Earlier versions of a memory, the latest first. */
export async function memoryHistory(reference: string): Promise<MemoryVersion[]> {
  requirePermission('read')
  const versions = await memoryStore().history(await resolveMemory(reference))
  return versions.map(({version, at, undone, event: {content, tags}}) => ({version, at, content, tags, undone}))
}

/** Puts the version before the present one back. @throws MhError NOTHING_TO_UNDO (exit 3) */
export async function undoEdit(reference: string): Promise<ShownMemory> {
  requirePermission('edit')
  const id = await resolveMemory(reference)
  const undone = await memoryStore().undo(id)
  if (undone === undefined)
    throw notFound(
      'NOTHING_TO_UNDO',
      `The memory ${id} has no earlier version`,
      'Deleted memories come back with mh memory restore'
    )
  return shown(undone)
}
