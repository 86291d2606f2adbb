import type {EpisodicEvent} from '../../core/memory/event.ts'
import type {Engine} from '../../core/models/engine.ts'
import {RECALL} from '../../core/models/resolve.ts'
import type {AgentContext, AgentOutcome} from '../agent.ts'
import {organizeByRecall, organizeOne} from './by-recall.ts'
import {type GivenUp, readGivenUp} from './given-up.ts'
import {askForLabels} from './labels-of-model.ts'
import {unprocessed} from './unprocessed.ts'

/** Organizes unprocessed memories, `waiting` at most. What a language model must not see is organized by recall. */
export async function organize(context: AgentContext, waiting: number): Promise<AgentOutcome | undefined> {
  const engine = await context.engine()
  if (engine.name === RECALL) {
    await organizeByRecall(context, waiting)
    return undefined
  }
  const givenUp = await readGivenUp(context, engine)
  let seen = 0
  let left = 0
  try {
    for await (const page of unprocessed(context)) {
      for (const memory of page) {
        if (seen >= waiting || context.signal.aborted) return undefined
        if (givenUp.has(memory)) {
          left++
          continue
        }
        await organizeByModel(context, engine, memory, givenUp)
        context.progress(++seen, waiting)
      }
    }
  } finally {
    await givenUp.write()
  }
  return seen === 0 && left > 0
    ? {reason: `${left} failed ${givenUp.tries} times and are left alone; --force tries them again`}
    : undefined
}

async function organizeByModel(
  context: AgentContext,
  engine: Engine,
  memory: EpisodicEvent,
  givenUp: GivenUp
): Promise<void> {
  const {memories, zone} = context
  if (!engine.mayHavePrivate && (await memories.isPrivate(memory))) return organizeOne(context, memory)
  try {
    const labels = await askForLabels(engine, memory, zone)
    await memories.enrich([{memory, ...labels, by: engine}])
    givenUp.worked(memory)
  } catch (error) {
    context.failed(memory.id, error)
    givenUp.failed(memory)
  }
}
