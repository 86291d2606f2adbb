import {createOpenAICompatible} from '@ai-sdk/openai-compatible'
import {
  embedMany,
  generateText,
  isStepCount,
  type LanguageModelUsage,
  NoObjectGeneratedError,
  Output,
  // Keeps no copy of what it streams: the usual one holds every piece of an answer for a second reader until the answer ends.
  experimental_streamTextLowMemory as streamText,
  type ToolSet,
  tool,
  zodSchema
} from 'ai'
import {MhError} from '../errors.ts'
import type {ChatPart, ChatRequest, Engine, EngineTool, ObjectRequest, Usage} from './engine.ts'
import type {ModelRegistry} from './registry.ts'
import {isLoopback, mayHavePrivate, type RemoteModel} from './resolve.ts'
import {addressOf, engineError, modelFetch, safeReason} from './transport.ts'
import {Watchdog} from './watchdog.ts'

/** A local model may have to be read from disk before its first word. */
const FIRST_TOKEN_TIMEOUT_MS = 120_000
const IDLE_TIMEOUT_MS = 60_000
/** A model that calls tools again and again comes to no answer. */
const MOST_STEPS = 8

/** A model behind an API that speaks OpenAI's protocol: Ollama, LM Studio, llama.cpp's server, vLLM, OpenAI. */
export function openAICompatibleEngine(
  model: RemoteModel,
  settings: ModelRegistry['globalSettings'],
  key: string | undefined
): Engine {
  const {chatModel, embeddingModel} = clientOf(model, key)
  const {temperature, topP} = model.options
  const call = {
    // Retrying is the transport's: it knows whether anything was answered yet.
    maxRetries: 0,
    ...(temperature === undefined ? {} : {temperature}),
    ...(topP === undefined ? {} : {topP})
  }
  const watch = (signal: AbortSignal | undefined): Watchdog =>
    new Watchdog(
      settings.firstTokenTimeoutMs ?? FIRST_TOKEN_TIMEOUT_MS,
      settings.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      signal
    )

  async function* answer({system, messages, tools = [], signal}: ChatRequest): AsyncGenerator<ChatPart> {
    using watchdog = watch(signal)
    let begun = false
    let ended = false
    let usage: Usage = {tokensIn: null, tokensOut: null}
    try {
      const {stream} = streamText({
        ...call,
        model: chatModel(),
        instructions: system,
        messages,
        ...(tools.length === 0 ? {} : {tools: toolSet(tools), stopWhen: isStepCount(MOST_STEPS)}),
        abortSignal: watchdog.signal,
        // Told to the caller below; the library would print it.
        onError: () => {}
      })
      for await (const part of stream) {
        // A tool may have to wait for a person.
        if (part.type === 'tool-call') watchdog.rest()
        // The library tells that it starts before anything has come.
        else if (part.type !== 'start' && part.type !== 'start-step') watchdog.heard()
        if (part.type === 'error') throw part.error
        if (part.type === 'abort') throw watchdog.signal.reason
        if (part.type === 'text-delta' && part.text !== '') {
          begun = true
          yield {type: 'text', text: part.text}
        }
        if (part.type === 'finish') {
          // A connection that ends without a reason for it was cut.
          ended = part.rawFinishReason !== undefined
          usage = usageOf(part.totalUsage)
        }
      }
    } catch (error) {
      throw told(error, {model, key, watchdog, begun})
    }
    if (!ended) throw begun ? cut(model) : noAnswer(model)
    yield {type: 'end', usage}
  }

  /** One more try, with what was wrong; models often mend what they are shown. */
  async function repaired<T>(
    error: NoObjectGeneratedError,
    prompt: string,
    attempt: (text: string) => Promise<{output: unknown; usage: LanguageModelUsage}>,
    tell: (failure: unknown) => unknown
  ): Promise<{object: T; usage: Usage}> {
    const reason = error.cause instanceof Error ? error.cause.message : error.message
    try {
      const {output, usage} = await attempt(
        `${prompt}\n\nYour answer was not the object that is asked for:\n${error.text ?? ''}\n\n${reason}\n\nAnswer again with the object alone.`
      )
      return {object: output as T, usage: sum(usageOf(error.usage), usageOf(usage))}
    } catch (again) {
      if (!NoObjectGeneratedError.isInstance(again)) throw tell(again)
      throw engineError(
        'MALFORMED_OBJECT',
        `${model.model} did not give the object that was asked for, not when asked again either`,
        'Try again, or use a model that is better at structured output',
        again
      )
    }
  }

  return {
    name: model.engine,
    model: model.model,
    local: isLoopback(model.baseURL),
    mayHavePrivate: mayHavePrivate(model),

    async *chat(request: ChatRequest): AsyncGenerator<ChatPart> {
      if (request.tools === undefined || request.tools.length === 0 || model.options.tools === false) {
        yield* answer({...request, tools: []})
        return
      }
      try {
        yield* answer(request)
      } catch (error) {
        // Not every model can call tools, and that one cannot is told only when it is asked to; nothing was answered then.
        if (!(error instanceof MhError) || error.code !== 'TOOLS_UNSUPPORTED') throw error
        yield* answer({...request, tools: []})
      }
    },

    async object<T>({system, prompt, schema, signal}: ObjectRequest<T>): Promise<{object: T; usage: Usage}> {
      using watchdog = watch(signal)
      const attempt = (text: string): Promise<{output: unknown; usage: LanguageModelUsage}> =>
        generateText({
          ...call,
          model: chatModel(),
          instructions: system,
          prompt: text,
          output: Output.object({schema}),
          abortSignal: watchdog.signal
        })
      try {
        const {output, usage} = await attempt(prompt)
        return {object: output as T, usage: usageOf(usage)}
      } catch (error) {
        if (!NoObjectGeneratedError.isInstance(error)) throw told(error, {model, key, watchdog, begun: false})
        watchdog.heard()
        return await repaired<T>(error, prompt, attempt, (failure) =>
          told(failure, {model, key, watchdog, begun: false})
        )
      }
    },

    async embed(texts: string[], signal?: AbortSignal): Promise<{vectors: number[][]; usage: Usage}> {
      using watchdog = watch(signal)
      try {
        const {embeddings, usage} = await embedMany({
          maxRetries: 0,
          model: embeddingModel(),
          values: texts,
          abortSignal: watchdog.signal
        })
        return {
          vectors: embeddings,
          usage: {tokensIn: Number.isNaN(usage.tokens) ? null : usage.tokens, tokensOut: null}
        }
      } catch (error) {
        throw told(error, {model, key, watchdog, begun: false})
      }
    }
  }
}

interface Client {
  chatModel(): ReturnType<ReturnType<typeof createOpenAICompatible>['chatModel']>
  embeddingModel(): ReturnType<ReturnType<typeof createOpenAICompatible>['embeddingModel']>
}

const MOST_CLIENTS = 64
const clients = new Map<string, Client>()

/**
 * What speaks to a model. It holds nothing of a conversation and is the same for the same model and key; making one makes a hundred
 * schemas, which 200 open chats would each hold.
 */
function clientOf(model: RemoteModel, key: string | undefined): Client {
  const name = JSON.stringify([model, key])
  const known = clients.get(name)
  if (known !== undefined) return known
  const provider = createOpenAICompatible({
    name: model.engine,
    baseURL: model.baseURL,
    ...(key === undefined ? {} : {apiKey: key}),
    fetch: modelFetch(model, key),
    includeUsage: true,
    supportsStructuredOutputs: true
  })
  let chat: ReturnType<Client['chatModel']> | undefined
  let embedding: ReturnType<Client['embeddingModel']> | undefined
  const client: Client = {
    chatModel() {
      chat ??= provider.chatModel(model.model)
      return chat
    },
    embeddingModel() {
      embedding ??= provider.embeddingModel(model.model)
      return embedding
    }
  }
  if (clients.size >= MOST_CLIENTS) clients.clear()
  clients.set(name, client)
  return client
}

interface Failure {
  model: RemoteModel
  key: string | undefined
  watchdog: Watchdog
  /** Whether a part of the answer has come. */
  begun: boolean
}

/** What went wrong, in words for people. An abort that the caller asked for is given back as it is. */
function told(error: unknown, {model, key, watchdog, begun}: Failure): unknown {
  if (watchdog.expired !== undefined) {
    return engineError(
      'ENGINE_TIMEOUT',
      `${model.model} at ${addressOf(model)} said nothing${begun ? ' more' : ''} for ${watchdog.expired / 1000} seconds`,
      'Try again, use a smaller model, or wait longer: globalSettings.firstTokenTimeoutMs and idleTimeoutMs in etc/models.json'
    )
  }
  if (watchdog.signal.aborted) return watchdog.signal.reason
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause)
    if (inner instanceof MhError) return inner
  if (begun) return cut(model, error)
  return noAnswer(model, safeReason(messageOf(error), key), error)
}

const cut = (model: RemoteModel, cause?: unknown): MhError =>
  engineError(
    'ANSWER_CUT',
    `The answer of ${model.model} at ${addressOf(model)} ended in the middle`,
    'Ask again',
    cause
  )

const noAnswer = (model: RemoteModel, reason = 'nothing came', cause?: unknown): MhError =>
  engineError(
    'ENGINE_FAILED',
    `${model.engine} at ${addressOf(model)} gave no answer that mh can read: ${reason}`,
    'Check that baseURL in etc/models.json leads to an OpenAI-compatible API',
    cause
  )

/** Errors inside a stream are what the server sent: an object with a message, or a text. */
function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return typeof message === 'string' ? message : JSON.stringify(message)
}

const toolSet = (tools: readonly EngineTool[]): ToolSet =>
  Object.fromEntries(
    tools.map(({name, description, schema, run}) => [
      name,
      tool({description, inputSchema: toldSchema(schema), execute: (input: unknown) => run(input)})
    ])
  )

const toldSchemas = new WeakMap<EngineTool['schema'], ReturnType<typeof zodSchema>>()

/** A schema with what a model is told of it, which is worked out once: tools are the same in every conversation. */
function toldSchema(schema: EngineTool['schema']): ReturnType<typeof zodSchema> {
  const made = toldSchemas.get(schema) ?? zodSchema(schema)
  toldSchemas.set(schema, made)
  return made
}

const usageOf = ({
  inputTokens,
  outputTokens
}: Partial<Pick<LanguageModelUsage, 'inputTokens' | 'outputTokens'>> = {}): Usage => ({
  tokensIn: inputTokens ?? null,
  tokensOut: outputTokens ?? null
})

const sum = (a: Usage, b: Usage): Usage => ({
  tokensIn: a.tokensIn === null || b.tokensIn === null ? null : a.tokensIn + b.tokensIn,
  tokensOut: a.tokensOut === null || b.tokensOut === null ? null : a.tokensOut + b.tokensOut
})
