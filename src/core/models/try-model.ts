import {MhError, usageError} from '../errors.ts'
import {alternatives} from '../nearest.ts'
import {requirePermission} from '../users/permissions.ts'
import {openEngine} from './engine.ts'
import {MODEL_ROLES, type ModelRole} from './registry.ts'

export interface ModelTrial {
  role: ModelRole
  model: string | null
  ok: boolean
  /** Until its first words came; null where none did. */
  latencyMs: number | null
  /** Why it did not answer. */
  error?: {code: string; message: string; hint?: string}
  exitCode: number
}

/** Asks the model of a role for a word (or a vector), and tells how long it took. @throws MhError INVALID_ROLE (exit 2) */
export async function tryModel(wanted: string, signal?: AbortSignal): Promise<ModelTrial> {
  requirePermission('read')
  const role = MODEL_ROLES.find((one) => one === wanted)
  if (role === undefined)
    throw usageError(
      'INVALID_ROLE',
      `${JSON.stringify(wanted)} is no role of a model`,
      `Use ${alternatives(MODEL_ROLES)}`
    )
  let model: string | null = null
  try {
    const {engine} = await openEngine({role}, {agent: 'test'})
    model = engine.model
    const start = performance.now()
    if (role === 'embedding' && model !== null) await engine.embed(['OK'], signal)
    else await firstWords(engine.chat(request(signal)))
    return {role, model, ok: true, latencyMs: Math.round(performance.now() - start), exitCode: 0}
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    const {code, message, hint, exitCode} = error
    return {
      role,
      model,
      ok: false,
      latencyMs: null,
      error: {code, message, ...(hint === undefined ? {} : {hint})},
      exitCode
    }
  }
}

async function firstWords(answer: AsyncIterable<unknown>): Promise<void> {
  for await (const _part of answer) return
}

const request = (
  signal: AbortSignal | undefined
): Parameters<Awaited<ReturnType<typeof openEngine>>['engine']['chat']>[0] => ({
  system: 'Answer with one word.',
  messages: [{role: 'user', content: 'Say OK.'}],
  memories: [],
  zone: 'UTC',
  language: 'en',
  ...(signal === undefined ? {} : {signal})
})
