import {requireUserContext} from '../../context.ts'
import {withProfileLock} from '../../locks.ts'
import {paths} from '../../paths.ts'
import type {StoredMemory} from '../store.ts'
import {memoryIndex} from './memory-index.ts'
import {readPlaced} from './read-placed.ts'

/**
 * Keeps what a model made of memories' texts in the index. Making it took time: under the lock each file is looked at again, and
 * one that has another version by now gets no vector.
 */
export async function keepVectors(
  model: string,
  vectors: readonly {memory: StoredMemory; vector: Float32Array}[]
): Promise<number> {
  const user = requireUserContext('Memories')
  return memoryIndex.use(user, (index) =>
    withProfileLock(user.userId, () => {
      const same = vectors.filter(({memory}) => {
        const located = index.locate(memory.event.id)
        const file = located === undefined ? undefined : readPlaced(paths.episodic, located, user.userId)
        return file?.version() === memory.version()
      })
      index.putVectors(
        model,
        same.map(({memory, vector}) => ({memory: memory.event, vector}))
      )
      return same.length
    })
  )
}
