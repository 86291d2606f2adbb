import {requireUserContext} from './context.ts'
import {memoryStore} from './memory/memories.ts'
import {readModels} from './models/registry.ts'
import {type ResolvedModel, resolveModel} from './models/resolve.ts'
import {listServed} from './models/transport.ts'
import {paths} from './paths.ts'
import {type CognitiveMode, readMode} from './persona/mode.ts'
import {readPersona} from './persona/persona.ts'
import {countOpenTasks} from './tasks/count.ts'
import {requireUserByName} from './users/accounts.ts'
import {requirePermission} from './users/permissions.ts'
import {publicUser} from './users/show.ts'
import type {PublicUser} from './users/user.ts'

/** Where a person stands: what `mh status` shows. */
export interface Status {
  user: PublicUser
  persona: {name: string; facet: string}
  mode: CognitiveMode
  /** `reachable` is null where nobody asked. */
  model: {engine: string; model: string | null; reachable: boolean | null}
  memories: {total: number; unprocessed: number}
  tasks: {open: number}
  profilePath: string
}

/**
 * The current person's status.
 * @param check whether the model's server is asked if it answers
 */
export async function readStatus(check = false): Promise<Status> {
  const {username} = requireUserContext('The status')
  requirePermission('read')
  const persona = readPersona()
  const mode = readMode().currentMode
  const model = resolveModel({role: 'persona', mode}, readModels())
  return {
    user: publicUser(requireUserByName(username)),
    persona: {name: persona.core.identity?.name ?? username, facet: persona.facet.id},
    mode,
    model: {engine: model.engine, model: model.model, reachable: check ? await answers(model) : null},
    memories: await memoryStore().counts(),
    tasks: {open: countOpenTasks()},
    profilePath: paths.root
  }
}

/** Whether the model's server answers; the built-in engine always does. */
async function answers(model: ResolvedModel): Promise<boolean> {
  if (model.model === null) return true
  const key = model.apiKeyEnv === undefined ? undefined : process.env[model.apiKeyEnv]
  return (await listServed(model, key)) !== undefined
}
