import {documentPlace} from '../documents.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {readStatus} from '../status.ts'
import type {Found} from './finding.ts'

/** The model that the person chose answers. */
export async function* modelAnswers(): AsyncGenerator<Found> {
  const {model} = await readStatus(true)
  if (model.reachable === false)
    yield {
      severity: 'warning',
      code: 'MODEL_UNREACHABLE',
      message: `The model ${model.model} (${model.engine}) does not answer`,
      path: documentPlace(PROFILE_LAYOUT.models),
      hint: `Start its server${model.engine === 'ollama' ? ' (ollama serve)' : ''}, or choose another one: mh model use`
    }
}
