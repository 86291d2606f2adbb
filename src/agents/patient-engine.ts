import {setTimeout as sleep} from 'node:timers/promises'
import {MhError} from '../core/errors.ts'
import type {ChatPart, ChatRequest, Engine, ObjectRequest} from '../core/models/engine.ts'

/** Nobody waits for an agent, so it tries longer than a conversation does: a server may be starting again. In milliseconds. */
const PAUSES = [500, 2000]
const MAY_PASS = new Set(['ENGINE_UNREACHABLE', 'ENGINE_FAILED', 'ENGINE_TIMEOUT'])

/** An engine that is asked again where its server did not answer, and whose calls end when the signal is aborted. */
export function patient(engine: Engine, signal: AbortSignal): Engine {
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await call()
      } catch (error) {
        const pause = PAUSES[tries]
        if (pause === undefined || signal.aborted || !(error instanceof MhError) || !MAY_PASS.has(error.code))
          throw error
        await sleep(pause, undefined, {signal})
      }
    }
  }
  return {
    name: engine.name,
    model: engine.model,
    local: engine.local,
    mayHavePrivate: engine.mayHavePrivate,
    async *chat(request: ChatRequest): AsyncGenerator<ChatPart> {
      // Once something was said, another try would say it again.
      const {parts, first} = await again(async () => {
        const answer = engine.chat({signal, ...request})[Symbol.asyncIterator]()
        return {parts: answer, first: await answer.next()}
      })
      for (let part = first; part.done !== true; part = await parts.next()) yield part.value
    },
    object: <T>(request: ObjectRequest<T>) => again(() => engine.object({signal, ...request})),
    embed: (texts, given = signal) => again(() => engine.embed(texts, given))
  }
}
