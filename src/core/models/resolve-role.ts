import {readMode} from '../persona/mode.ts'
import {defaultEngine} from './default-engine.ts'
import {type ModelRegistry, readModels} from './registry.ts'
import {type ModelQuestion, type ResolvedModel, resolveModel} from './resolve.ts'

/** Which model answers for the current person: by their registry, their mode, and what the administrator set for everybody else. */
export function resolveRole(question: Pick<ModelQuestion, 'role' | 'override'> & {mode?: ModelQuestion['mode']}): {
  resolved: ResolvedModel
  registry: ModelRegistry
} {
  const registry = readModels()
  const resolved = resolveModel(
    {
      ...question,
      mode: question.mode ?? readMode().currentMode,
      otherwise: defaultEngine()
    },
    registry
  )
  return {resolved, registry}
}
