import {usageError} from '../errors.ts'
import {resolveReference} from '../reference.ts'
import {requirePermission} from '../users/permissions.ts'
import {memoryNotFound, memoryStore, resolveMemory, type ShownMemory, shown} from './memories.ts'

/**
 * Moves memories to the trash, all of them or, where one is not there, none.
 * @returns their ids
 * @throws MhError MEMORY_NOT_FOUND (exit 3), AMBIGUOUS_ID (exit 2)
 */
export async function deleteMemories(references: readonly string[]): Promise<string[]> {
  requirePermission('delete')
  const ids: string[] = []
  for (const reference of references) ids.push(await resolveMemory(reference))
  return memoryStore().trash(ids)
}

/** Takes memories back out of the trash. @throws MhError MEMORY_NOT_FOUND (exit 3) where one is not in it, AMBIGUOUS_ID (exit 2) */
export async function restoreMemories(references: readonly string[]): Promise<string[]> {
  requirePermission('restore')
  const inTrash = await memoryStore().trashed()
  const ids: string[] = []
  for (const reference of references) {
    const id = await resolveReference(reference, {
      endingWith: (ending) => inTrash.map(({event}) => event.id).filter((one) => one.endsWith(ending)),
      last: () => inTrash[0]?.event.id,
      notFound: (wanted) =>
        wanted === '@last'
          ? usageError('TRASH_EMPTY', 'The trash is empty')
          : memoryNotFound(wanted, 'mh memory trash shows what is in the trash')
    })
    ids.push(id)
  }
  const restored = await memoryStore().restore(ids)
  const missing = ids.find((id) => !restored.includes(id))
  if (missing !== undefined) throw memoryNotFound(missing)
  return restored
}

/** What is in the trash, deleted last first. */
export async function listTrash(): Promise<(ShownMemory & {deletedAt: string})[]> {
  requirePermission('read')
  return (await memoryStore().trashed()).map(({deletedAt, ...memory}) => ({...shown(memory), deletedAt}))
}

/** Removes what is in the trash for good. @returns how many memories */
export async function emptyTrash(): Promise<number> {
  requirePermission('delete')
  return memoryStore().emptyTrash()
}
