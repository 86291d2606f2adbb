import {MhError, notFound} from '../errors.ts'
import {alternatives, nearest} from '../nearest.ts'
import type {CognitiveMode} from '../persona/mode.ts'
import type {ModelOptions, ModelRegistry, ModelRole} from './registry.ts'

/** The built-in engine that needs no model. */
export const RECALL = 'recall'

export const PROVIDERS: Record<string, {baseURL?: string; apiKeyEnv?: string}> = {
  ollama: {baseURL: 'http://127.0.0.1:11434/v1'},
  openai: {baseURL: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY'},
  'openai-compatible': {}
}

/** A model on a server, ready to be called. */
export interface RemoteModel {
  /** The provider: ollama, openai or openai-compatible. */
  engine: string
  /** The model's id in the registry, or "provider:model" where it was named so. */
  id: string
  /** The name that is sent to the server. */
  model: string
  baseURL: string
  apiKeyEnv?: string
  /** Whether private memories may be sent to it although it is not on this machine. */
  allowPrivate?: boolean
  options: ModelOptions
}

/** The built-in engine. `modelSet` tells whether a model would have answered, had recall not been asked for. */
export interface RecallModel {
  engine: typeof RECALL
  model: null
  modelSet: boolean
}

export type ResolvedModel = RecallModel | RemoteModel

export interface ModelQuestion {
  role: ModelRole
  mode: CognitiveMode
  /** An id of the registry, "provider:model", or "recall": what the person named for this once. */
  override?: string
  /** What answers for whoever chose nothing; recall where it is missing. */
  otherwise?: string | undefined
}

/**
 * Which model answers: the one named, else the mode's for the role, else the role's default, else the fallback, else recall.
 * A pure function of the question and the person's registry.
 * @throws MhError MODEL_NOT_FOUND (exit 3) with the nearest ids, INVALID_MODEL (exit 1) where the entry cannot be called
 */
export function resolveModel(
  {role, mode, override, otherwise = RECALL}: ModelQuestion,
  registry: ModelRegistry
): ResolvedModel {
  const set =
    registry.cognitiveModeMappings[mode]?.[role] ?? registry.defaults[role] ?? registry.defaults.fallback ?? otherwise
  const name = override ?? set
  if (name === RECALL) return {engine: RECALL, model: null, modelSet: set !== RECALL}
  const entry = registry.models[name] ?? providerAndModel(name)
  if (entry === undefined) throw modelNotFound(name, registry)
  const provider = PROVIDERS[entry.provider]
  if (provider === undefined) {
    throw new MhError(
      'INVALID_MODEL',
      `The model ${name} has the provider ${JSON.stringify(entry.provider)}, which mh does not know`,
      {
        hint: `Use ${alternatives(Object.keys(PROVIDERS))} in etc/models.json`
      }
    )
  }
  const baseURL = entry.baseURL ?? provider.baseURL
  const address = URL.parse(baseURL ?? '')
  if (address !== null && (address.username !== '' || address.password !== '')) {
    // Never shown, nor sent: fetch refuses such an address, and names it whole.
    throw new MhError('INVALID_MODEL', `The model ${name} has a password in its baseURL`, {
      hint: 'Take it out of etc/models.json, and name the variable that holds the key by "apiKeyEnv"'
    })
  }
  if (baseURL === undefined || !isHttp(baseURL)) {
    throw new MhError(
      'INVALID_MODEL',
      `The model ${name} has ${baseURL === undefined ? 'no baseURL' : 'a baseURL that is no http address'}`,
      {
        hint: 'Set its baseURL in etc/models.json, such as http://127.0.0.1:1234/v1'
      }
    )
  }
  // The provider's own variable goes to the provider's own address only: an entry with another address has to name its key.
  const apiKeyEnv = entry.apiKeyEnv ?? (entry.baseURL === undefined ? provider.apiKeyEnv : undefined)
  return {
    engine: entry.provider,
    id: name,
    model: entry.model,
    baseURL: baseURL.replace(/\/+$/, ''),
    ...(apiKeyEnv === undefined ? {} : {apiKeyEnv}),
    ...(entry.allowPrivate === undefined ? {} : {allowPrivate: entry.allowPrivate}),
    options: entry.options ?? {}
  }
}

type Entry = ModelRegistry['models'][string]

/** "ollama:llama3:8b" without an entry of its own. */
function providerAndModel(name: string): Entry | undefined {
  const colon = name.indexOf(':')
  const provider = name.slice(0, colon)
  const model = name.slice(colon + 1)
  return colon > 0 && model !== '' && provider in PROVIDERS ? {provider, model} : undefined
}

function modelNotFound(name: string, registry: ModelRegistry): MhError {
  const near = nearest(name, [...Object.keys(registry.models), RECALL])
  return notFound(
    'MODEL_NOT_FOUND',
    `There is no model ${JSON.stringify(name)} in etc/models.json`,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'Name it as provider:model, such as ollama:llama3:8b'
  )
}

function isHttp(address: string): boolean {
  const protocol = URL.parse(address)?.protocol
  return protocol === 'http:' || protocol === 'https:'
}

/** Whether private memories may be sent to a model: it is on this machine, or its entry allows it. */
export const mayHavePrivate = (resolved: ResolvedModel): boolean =>
  resolved.model === null || isLoopback(resolved.baseURL) || resolved.allowPrivate === true

/** True where what is sent stays on this machine. */
export function isLoopback(baseURL: string): boolean {
  const {hostname} = new URL(baseURL)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
