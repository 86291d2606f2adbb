import {changeProfile} from '../change.ts'
import {readDocument, writeDocument} from '../documents.ts'
import {conflict, notFound, usageError} from '../errors.ts'
import type {JsonObject} from '../json.ts'
import {alternatives, nearest} from '../nearest.ts'
import {MODES} from '../persona/mode.ts'
import {requirePermission} from '../users/permissions.ts'
import {rolesOf} from './list.ts'
import {checkModels, MODEL_ROLES, type ModelRegistry} from './registry.ts'
import {PROVIDERS, RECALL, resolveModel} from './resolve.ts'

/** A model as people are told of it. */
export interface PublicModel {
  id: string
  provider: string
  /** The name that is sent to the server; null with recall. */
  model: string | null
  roles: string[]
}

export interface NewModel {
  id: string
  provider: string
  model: string
  baseURL?: string
  /** The name of a variable, never a key. */
  apiKeyEnv?: string
  /** In tokens. */
  contextWindow?: number
  allowPrivate?: boolean
}

/**
 * Adds a model to the current person's.
 * @throws MhError INVALID_MODEL (exit 2), MODEL_EXISTS (exit 5), NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function addModel({id, contextWindow, ...entry}: NewModel): Promise<PublicModel> {
  requirePermission('model')
  checkId(id)
  checkSecrets(entry)
  return changeRegistry('model_added', (document) => {
    const models = (document.models ?? {}) as JsonObject
    if (Object.hasOwn(models, id))
      throw conflict('MODEL_EXISTS', `There is a model ${id} already`, `mh model remove ${id} takes it away`)
    const added = {...entry, ...(contextWindow === undefined ? {} : {options: {contextWindow}})}
    return {id, document: {...document, models: {...models, [id]: added}}}
  })
}

/**
 * Lets a model have a role from now on, in one mode or in all. One that is named as "provider:model" is added under that name.
 * @throws MhError MODEL_NOT_FOUND (exit 3), INVALID_ROLE, INVALID_MODE (exit 2)
 */
export async function useModel(id: string, role = 'persona', mode?: string): Promise<PublicModel> {
  requirePermission('model')
  checkOne(role, MODEL_ROLES, 'INVALID_ROLE', 'role of a model')
  if (mode !== undefined) checkOne(mode, MODES, 'INVALID_MODE', 'mode')
  return changeRegistry('model_used', (document, registry) => {
    // Refuses what could not be called.
    const resolved = resolveModel({role: 'persona', mode: 'dual', override: id}, registry)
    const models = (document.models ?? {}) as JsonObject
    const added =
      resolved.model === null || Object.hasOwn(models, id)
        ? models
        : {...models, [id]: {provider: resolved.engine, model: resolved.model}}
    if (mode === undefined)
      return {
        id,
        document: {...document, models: added, defaults: {...(document.defaults as JsonObject | undefined), [role]: id}}
      }
    const mappings = (document.cognitiveModeMappings ?? {}) as Record<string, JsonObject | undefined>
    return {
      id,
      document: {
        ...document,
        models: added,
        cognitiveModeMappings: {...mappings, [mode]: {...mappings[mode], [role]: id}}
      }
    }
  })
}

/** What is set of several models at once. What is missing stays as it is. */
export interface ModelChanges {
  /** Added, or changed where there is one of that id. */
  models?: readonly ModelChange[] | undefined
  /** Which model has which role; null where none. */
  defaults?: Record<string, string | null> | undefined
}

export interface ModelChange {
  id: string
  provider: string
  model: string
  /** null takes it away. */
  baseURL?: string | null | undefined
  /** null takes it away. */
  apiKeyEnv?: string | null | undefined
  contextWindow?: number | undefined
  allowPrivate?: boolean | undefined
}

/**
 * Sets models and roles of the current person, all of it or nothing.
 * @throws MhError INVALID_MODEL, INVALID_ROLE (exit 2), MODEL_NOT_FOUND (exit 3), NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function setModels({models = [], defaults = {}}: ModelChanges): Promise<void> {
  requirePermission('model')
  for (const {id, provider, baseURL, apiKeyEnv} of models) {
    checkId(id)
    checkSecrets({provider, ...(baseURL ? {baseURL} : {}), ...(apiKeyEnv ? {apiKeyEnv} : {})})
  }
  for (const role of Object.keys(defaults)) checkOne(role, MODEL_ROLES, 'INVALID_ROLE', 'role of a model')
  await changeProfile((profile) => {
    const present = readDocument('models') ?? {}
    checkModels(present)
    const entries = {...((present.models ?? {}) as Record<string, JsonObject>)}
    for (const {id, contextWindow, ...fields} of models) {
      const before = entries[id]
      const options = contextWindow === undefined ? {} : {options: {...(before?.options as object), contextWindow}}
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
      const entry = {...before, ...given, ...options}
      entries[id] = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null))
    }
    const document = {
      ...present,
      models: entries,
      defaults: {...(present.defaults as JsonObject | undefined), ...defaults}
    }
    const registry = checkModels(document)
    // Refuses what could not be called.
    for (const id of [...models.map((one) => one.id), ...Object.values(defaults)])
      if (id !== null) resolveModel({role: 'persona', mode: 'dual', override: id}, registry)
    writeDocument(profile, 'models', document)
    profile.audit({
      category: 'data',
      event: 'models_set',
      details: {ids: models.map(({id}) => id), roles: Object.keys(defaults)}
    })
  })
}

/** Takes a model away, and the roles that it had. @throws MhError MODEL_NOT_FOUND (exit 3) with the nearest ids */
export async function removeModel(id: string): Promise<PublicModel> {
  requirePermission('model')
  let removed: PublicModel | undefined
  await changeRegistry('model_removed', (document, registry) => {
    requireModel(id, registry)
    removed = publicModel(id, registry)
    const without = (roles: unknown): JsonObject =>
      Object.fromEntries(Object.entries((roles ?? {}) as JsonObject).filter(([, model]) => model !== id))
    const {[id]: _removed, ...models} = document.models as JsonObject
    const mappings = Object.entries((document.cognitiveModeMappings ?? {}) as JsonObject)
    return {
      id,
      document: {
        ...document,
        models,
        defaults: without(document.defaults),
        cognitiveModeMappings: Object.fromEntries(mappings.map(([mode, roles]) => [mode, without(roles)]))
      }
    }
  })
  return removed as unknown as PublicModel
}

/**
 * Notes what was trained for a model, in place of what was noted before.
 * @param adapter its path relative to the profile; undefined takes it away
 * @throws MhError MODEL_NOT_FOUND (exit 3) with the nearest ids
 */
export async function setAdapter(id: string, adapter: {name: string; path: string} | undefined): Promise<PublicModel> {
  requirePermission('model')
  return changeRegistry('adapter_used', (document, registry) => {
    requireModel(id, registry)
    const models = document.models as Record<string, JsonObject>
    const changed = {...models[id], adapters: adapter === undefined ? [] : [adapter]}
    return {id, document: {...document, models: {...models, [id]: changed}}}
  })
}

/** @throws MhError MODEL_NOT_FOUND (exit 3) with the nearest ids */
function requireModel(id: string, registry: ModelRegistry): void {
  if (Object.hasOwn(registry.models, id)) return
  const near = nearest(id, Object.keys(registry.models))
  throw notFound(
    'MODEL_NOT_FOUND',
    `There is no model ${JSON.stringify(id)}`,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'mh model list shows what is there'
  )
}

async function changeRegistry(
  event: string,
  change: (document: JsonObject, registry: ModelRegistry) => {id: string; document: JsonObject}
): Promise<PublicModel> {
  return changeProfile((profile) => {
    const present = readDocument('models') ?? {}
    const {id, document} = change(present, checkModels(present))
    const registry = checkModels(document)
    // What was added has to be callable.
    if (Object.hasOwn(registry.models, id)) resolveModel({role: 'persona', mode: 'dual', override: id}, registry)
    writeDocument(profile, 'models', document)
    profile.audit({category: 'data', event, details: {id}})
    return publicModel(id, registry)
  })
}

export function publicModel(id: string, registry: ModelRegistry): PublicModel {
  const entry = Object.hasOwn(registry.models, id) ? registry.models[id] : undefined
  return {
    id,
    provider: entry?.provider ?? id,
    model: entry?.model ?? null,
    roles: rolesOf(id, registry)
  }
}

function checkId(id: string): void {
  if (!/^[\w][\w.:/-]{0,99}$/.test(id) || id === RECALL || id.includes('..') || id === '__proto__')
    throw usageError('INVALID_MODEL', `${JSON.stringify(id)} cannot name a model`, 'Use letters, digits and . _ : / -')
}

/** Keys stand in no file: neither in place of their variable's name nor in an address. No error repeats what may be one. */
function checkSecrets({provider, baseURL, apiKeyEnv}: Pick<NewModel, 'provider' | 'baseURL' | 'apiKeyEnv'>): void {
  checkOne(provider, Object.keys(PROVIDERS), 'INVALID_MODEL', 'provider')
  if (apiKeyEnv !== undefined && (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(apiKeyEnv) || /^(?:sk|pk)_/.test(apiKeyEnv)))
    throw usageError(
      'INVALID_MODEL',
      'That is no name of an environment variable',
      'Give the name of the variable that holds the key, such as OPENAI_API_KEY, and never the key'
    )
  const url = baseURL === undefined ? undefined : URL.parse(baseURL)
  if (url === null || (url && url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw usageError('INVALID_MODEL', 'The base URL is no http address', 'Name it as http://127.0.0.1:1234/v1')
  if (url && (url.username !== '' || url.password !== '' || url.search !== ''))
    throw usageError(
      'INVALID_MODEL',
      'The base URL holds a password or a query',
      'Keys stay in the environment: --api-key-env'
    )
}

function checkOne(word: string, words: readonly string[], code: string, what: string): void {
  if (words.includes(word)) return
  const near = nearest(word, words)
  throw usageError(code, `${JSON.stringify(word)} is no ${what}`, `Use ${alternatives(near.length > 0 ? near : words)}`)
}
