import type {Engine} from '../../models/engine.ts'
import {embeddedText} from '../index/vectors.ts'
import type {MemoryStore, StoredMemory} from '../store.ts'

/** Texts that are sent at once. */
const BATCH = 64
/** Embedding models read a few hundred words; more would be cut there, or refused. */
const LONGEST_TEXT = 8000

/** The name under which an engine's vectors are kept: those of another model cannot be compared with them. */
export const vectorModel = ({name, model}: Pick<Engine, 'name' | 'model'>): string => `${name}:${model}`

export interface EmbedOptions {
  /** At most so many memories, the newest first. */
  limit?: number
  /** Told how many have their vector so far. */
  onProgress?: (memories: number) => void
  signal?: AbortSignal
}

/**
 * Gives memories of the current person that have no vector of this model one. No lock is held while the model works. Private memories
 * are sent only to an engine that may have them.
 * @returns how many got one, and how many are still without
 * @throws MhError as Engine.embed
 */
export async function embedMissing(
  store: MemoryStore,
  engine: Engine,
  {limit = Number.MAX_SAFE_INTEGER, onProgress, signal}: EmbedOptions = {}
): Promise<{embedded: number; missing: number}> {
  const model = vectorModel(engine)
  let embedded = 0
  for (;;) {
    signal?.throwIfAborted()
    const {count, memories} = await store.withoutVector(model, engine.mayHavePrivate, Math.min(BATCH, limit - embedded))
    if (memories.length === 0 || embedded >= limit) return {embedded, missing: count}
    const kept = await store.addVectors(model, await embed(engine, memories, signal))
    embedded += kept
    onProgress?.(embedded)
    // Somebody changes these very memories: the next look goes on with them.
    if (kept === 0) return {embedded, missing: count}
  }
}

async function embed(
  engine: Engine,
  memories: readonly StoredMemory[],
  signal: AbortSignal | undefined
): Promise<{memory: StoredMemory; vector: Float32Array}[]> {
  const texts = memories.map(({event}) => embeddedText(event).slice(0, LONGEST_TEXT))
  const {vectors} = await engine.embed(texts, signal)
  return memories.flatMap((memory, i) => {
    const vector = vectors[i]
    return vector === undefined ? [] : [{memory, vector: Float32Array.from(vector)}]
  })
}
