import {requirePermission} from '../users/permissions.ts'
import {keyFor} from './keys.ts'
import {type ModelRegistry, readModels} from './registry.ts'
import {isLoopback, PROVIDERS, type RemoteModel, resolveModel} from './resolve.ts'
import {listServed} from './transport.ts'

export interface ListedModel {
  id: string
  provider: string
  model: string
  roles: string[]
  /** Whether its server answers; null where it was not asked. */
  reachable: boolean | null
}

/**
 * The current person's models. Servers on this machine are asked whether they answer, others only with `check`.
 */
export async function listModels(
  check: boolean
): Promise<{defaults: ModelRegistry['defaults']; models: ListedModel[]}> {
  requirePermission('read')
  const registry = readModels()
  const asked = new Map<string, Promise<boolean>>()
  const models = Object.entries(registry.models).map(async ([id, {provider, model}]) => {
    const remote = PROVIDERS[provider] === undefined ? undefined : callable(id, registry)
    const wanted = remote !== undefined && (check || isLoopback(remote.baseURL))
    if (wanted && !asked.has(remote.baseURL)) asked.set(remote.baseURL, answers(remote))
    return {
      id,
      provider,
      model,
      roles: rolesOf(id, registry),
      reachable: wanted ? ((await asked.get(remote.baseURL)) ?? null) : null
    }
  })
  return {defaults: registry.defaults, models: await Promise.all(models)}
}

/** What a model is for: what its entry says, and every role that it has now. */
export function rolesOf(id: string, {models, defaults, cognitiveModeMappings}: ModelRegistry): string[] {
  const given = [defaults, ...Object.values(cognitiveModeMappings)].flatMap((roles) =>
    Object.entries(roles).flatMap(([role, model]) => (model === id ? [role] : []))
  )
  return [...new Set([...((Object.hasOwn(models, id) ? models[id]?.roles : undefined) ?? []), ...given])]
}

/** Whether a model's server answers. @throws MhError KEY_NOT_GRANTED (exit 4) */
export async function answers(model: RemoteModel): Promise<boolean> {
  return (await listServed(model, model.apiKeyEnv === undefined ? undefined : keyIfThere(model))) !== undefined
}

function keyIfThere(model: RemoteModel): string | undefined {
  return process.env[model.apiKeyEnv ?? ''] ? keyFor(model) : undefined
}

function callable(id: string, registry: ModelRegistry): RemoteModel | undefined {
  const {baseURL, provider} = registry.models[id] ?? {}
  if (baseURL === undefined && PROVIDERS[provider ?? '']?.baseURL === undefined) return undefined
  const resolved = resolveModel({role: 'persona', mode: 'dual', override: id}, registry)
  return resolved.model === null ? undefined : resolved
}
