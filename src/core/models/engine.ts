import type {ZodType} from 'zod'
import type {ModelRegistry} from './registry.ts'
import type {ResolvedModel} from './resolve.ts'

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

export interface ChatRequest {
  system: string
  /** The turns of the conversation, oldest first; the last is the person's message. */
  messages: ChatMessage[]
  /** Numbered from 1 in this order in `system`; an engine that reads no prompt answers from them. */
  memories: GivenMemory[]
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
  /**
   * An answer, piece by piece.
   * @throws MhError ENGINE_UNREACHABLE, ENGINE_TIMEOUT, ENGINE_FAILED, ENGINE_REDIRECT, ANSWER_CUT, MODEL_MISSING, KEY_MISSING, KEY_REFUSED (all exit 6)
   */
  chat(request: ChatRequest): AsyncIterable<ChatPart>
  /** An object that the schema accepts. @throws as chat; MhError MALFORMED_OBJECT (exit 6) where the model gives another */
  object<T>(request: ObjectRequest<T>): Promise<{object: T; usage: Usage}>
  /** One vector a text, in their order. @throws as chat */
  embed(texts: string[], signal?: AbortSignal): Promise<{vectors: number[][]; usage: Usage}>
}

export interface EngineOptions {
  settings: ModelRegistry['globalSettings']
  /** Where keys are looked up. */
  environment?: Readonly<Record<string, string | undefined>>
}

/**
 * The engine of a resolved model. What a model needs is loaded only for a model.
 * @throws MhError KEY_MISSING (exit 6) where the variable that the model names is not set
 */
export async function engineFor(
  resolved: ResolvedModel,
  {settings, environment = process.env}: EngineOptions
): Promise<Engine> {
  if (resolved.model === null) {
    const {recallEngine} = await import('./recall.ts')
    return recallEngine(resolved.modelSet)
  }
  const {openAICompatibleEngine} = await import('./openai-compatible.ts')
  return openAICompatibleEngine(resolved, settings, environment)
}
