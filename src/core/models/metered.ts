import {MhError} from '../errors.ts'
import type {ChatPart, ChatRequest, Engine, ObjectRequest, Usage} from './engine.ts'
import type {ModelRegistry} from './registry.ts'
import {countCall, estimateTokens, requireWithinLimit} from './usage.ts'

/**
 * An engine whose every call is counted for the current person, calls that fail or are stopped half-way included, and which
 * makes none where the day's limit is reached.
 * @param agent what calls: "chat", or an agent's name
 */
export function metered(engine: Engine, agent: string, settings: ModelRegistry['globalSettings']): Engine {
  const begin = async (): Promise<(usage: Usage | undefined, sent: string, came: string) => Promise<void>> => {
    await requireWithinLimit(settings.dailyTokenLimit)
    const start = Date.now()
    return async (usage, sent, came) => {
      const {tokensIn, tokensOut} = usage ?? {tokensIn: null, tokensOut: null}
      await countCall({
        at: new Date(start).toISOString(),
        provider: engine.name,
        model: engine.model ?? engine.name,
        agent,
        tokensIn: tokensIn ?? estimateTokens(sent),
        tokensOut: tokensOut ?? estimateTokens(came),
        ms: Date.now() - start,
        ...(tokensIn === null || tokensOut === null ? {estimated: true} : {})
      })
    }
  }
  return {
    name: engine.name,
    model: engine.model,
    local: engine.local,
    mayHavePrivate: engine.mayHavePrivate,

    async *chat(request: ChatRequest): AsyncGenerator<ChatPart> {
      const count = await begin()
      let came = ''
      let usage: Usage | undefined
      let begun = false
      try {
        for await (const part of engine.chat(request)) {
          begun = true
          if (part.type === 'text') came += part.text
          else usage = part.usage
          yield part
        }
      } finally {
        // A server that never answered used nothing.
        if (begun) await count(usage, textOf(request), came)
      }
    },

    async object<T>(request: ObjectRequest<T>): Promise<{object: T; usage: Usage}> {
      const count = await begin()
      const sent = request.system + request.prompt
      try {
        const result = await engine.object(request)
        await count(result.usage, sent, JSON.stringify(result.object))
        return result
      } catch (error) {
        if (error instanceof MhError && error.code === 'MALFORMED_OBJECT') await count(undefined, sent + sent, '')
        throw error
      }
    },

    async embed(texts: string[], signal?: AbortSignal): Promise<{vectors: number[][]; usage: Usage}> {
      const count = await begin()
      const result = await engine.embed(texts, signal)
      await count({...result.usage, tokensOut: 0}, texts.join(''), '')
      return result
    }
  }
}

const textOf = ({system, messages}: ChatRequest): string => system + messages.map(({content}) => content).join('')
