import {isObject} from '../../core/json.ts'
import type {EpisodicEvent} from '../../core/memory/event.ts'
import type {Engine} from '../../core/models/engine.ts'
import {sha256} from '../../core/sha256.ts'
import type {AgentContext} from '../agent.ts'

/** How often a model is asked about one text before that is left alone. */
const TRIES = 3

/** Memories of which a model gave no labels again and again: asking it at every run would cost tokens without end. */
export interface GivenUp {
  readonly tries: number
  /** Whether it is left alone: until its text or the model is another one, or the person insists. */
  has(memory: EpisodicEvent): boolean
  failed(memory: EpisodicEvent): void
  worked(memory: EpisodicEvent): void
  write(): Promise<void>
}

export async function readGivenUp({state, force}: AgentContext, {name, model}: Engine): Promise<GivenUp> {
  const engine = `${name} ${model}`
  const kept = await state.read()
  const counts = new Map(
    kept.engine === engine && isObject(kept.failed)
      ? Object.entries(kept.failed).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
      : []
  )
  const before = JSON.stringify([...counts])
  return {
    tries: TRIES,
    has: (memory) => !force && counts.size > 0 && (counts.get(keyOf(memory)) ?? 0) >= TRIES,
    failed: (memory) => counts.set(keyOf(memory), (counts.get(keyOf(memory)) ?? 0) + 1),
    worked: (memory) => counts.delete(keyOf(memory)),
    async write() {
      if (JSON.stringify([...counts]) !== before) await state.write({engine, failed: Object.fromEntries(counts)})
    }
  }
}

/** Another text is another try. */
const keyOf = ({id, content}: EpisodicEvent): string => `${id} ${sha256(content).slice(0, 8)}`
