import type {ZodType} from 'zod'
import {type KeyPlace, keyFor} from './keys.ts'
import type {ModelRegistry} from './registry.ts'
import type {ResolvedModel} from './resolve.ts'
import {resolveRole} from './resolve-role.ts'

/** A memory that was found for a question, as an engine is given it. */
export interface GivenMemory {
  id: string
  /** ISO 8601, UTC. */
  timestamp: string
  type: string
  content: string
  /** What was answered, in a conversation. */
  response?: string
}

export interface ChatMessage {
  role: 'user' | 'assistant'
  content: string
}

/** Something that a model may do while it answers. */
export interface EngineTool {
  name: string
  description: string
  /** What it is called with. */
  schema: ZodType
  /** Does it. What it gives back is told to the model as JSON. */
  run(input: unknown): Promise<unknown>
}

export interface ChatRequest {
  system: string
  /** The turns of the conversation, oldest first; the last is the person's message. */
  messages: ChatMessage[]
  /** Numbered from 1 in this order in `system`; an engine that reads no prompt answers from them. */
  memories: GivenMemory[]
  /** Words of the memories that are like those of a question to which nothing was found. */
  nearerWords?: readonly string[]
  /** What it may do; a model that cannot call tools is offered none. */
  tools?: readonly EngineTool[]
  /** IANA zone in which times are told. */
  zone: string
  /** The language of the memories: "en", "de", … */
  language: string
  signal?: AbortSignal
}

/** In tokens; null where the server does not say. */
export interface Usage {
  tokensIn: number | null
  tokensOut: number | null
}

/** A piece of an answer as it comes; `end` is always the last. */
export type ChatPart = {type: 'text'; text: string} | {type: 'end'; usage: Usage}

export interface ObjectRequest<T> {
  system: string
  prompt: string
  schema: ZodType<T>
  signal?: AbortSignal
}

/** What answers: a language model behind an API, or recall. */
export interface Engine {
  /** "recall" or the provider. */
  readonly name: string
  /** The name that is sent to the server; null with recall. */
  readonly model: string | null
  /** False where what is sent leaves this machine. */
  readonly local: boolean
  /** Whether private memories may be sent to it: it is on this machine, or its entry allows it. */
  readonly mayHavePrivate: boolean
  /**
   * An answer, piece by piece.
   * @throws MhError ENGINE_UNREACHABLE, ENGINE_TIMEOUT, ENGINE_FAILED, ENGINE_REDIRECT, ANSWER_CUT, CONTEXT_OVERFLOW, MODEL_MISSING, KEY_MISSING, KEY_REFUSED (all exit 6)
   */
  chat(request: ChatRequest): AsyncIterable<ChatPart>
  /** An object that the schema accepts. @throws as chat; MhError MALFORMED_OBJECT (exit 6) where the model gives another, twice */
  object<T>(request: ObjectRequest<T>): Promise<{object: T; usage: Usage}>
  /** One vector a text, in their order. @throws as chat */
  embed(texts: string[], signal?: AbortSignal): Promise<{vectors: number[][]; usage: Usage}>
}

export interface EngineOptions extends KeyPlace {
  settings: ModelRegistry['globalSettings']
  /** What calls, as the usage names it: "chat" where it is missing, an agent's name, … */
  agent?: string
}

/**
 * The engine of a resolved model. What a model needs is loaded only for a model. Its calls are counted for the current person.
 * @throws MhError KEY_MISSING (exit 6) where the variable that the model names is not set, KEY_NOT_GRANTED (exit 4)
 */
export async function engineFor(
  resolved: ResolvedModel,
  {settings, agent = 'chat', ...place}: EngineOptions
): Promise<Engine> {
  if (resolved.model === null) {
    const {recallEngine} = await import('./recall.ts')
    return recallEngine(resolved.modelSet)
  }
  const key = keyFor(resolved, place)
  const [{openAICompatibleEngine}, {metered}] = await Promise.all([
    import('./openai-compatible.ts'),
    import('./metered.ts')
  ])
  return metered(openAICompatibleEngine(resolved, settings, key), agent, settings)
}

/** The engine that a role of the current person's has now: what agents and other callers ask for. @throws as resolveModel and engineFor */
export async function openEngine(
  question: Parameters<typeof resolveRole>[0],
  options: Omit<EngineOptions, 'settings'> = {}
): Promise<{engine: Engine; resolved: ResolvedModel}> {
  const {resolved, registry} = resolveRole(question)
  return {resolved, engine: await engineFor(resolved, {...options, settings: registry.globalSettings})}
}
