import {setTimeout as sleep} from 'node:timers/promises'
import {MhError} from '../errors.ts'
import {alternatives, nearest} from '../nearest.ts'
import type {RemoteModel} from './resolve.ts'

const TRIES = 3
const FIRST_PAUSE_MS = 250
/** A server that asks for a longer pause than this is told of, not waited for. */
const LONGEST_PAUSE_MS = 10_000
const LONGEST_REASON = 300

/**
 * A `fetch` for one model's server: tries again with growing pauses where nothing was answered yet (no connection, 429, 5xx),
 * follows no redirect, and turns every refusal into an MhError that says what to do. No error holds the key.
 * @param key what must never be told
 */
export function modelFetch(model: RemoteModel, key: string | undefined): typeof fetch {
  return async (input, init) => {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === TRIES
      let response: Response
      try {
        response = await fetch(input, {...init, redirect: 'manual'})
      } catch (error) {
        if (init?.signal?.aborted) throw error
        if (last) throw unreachable(model, error)
        await pause(attempt, undefined, init?.signal)
        continue
      }
      if (response.ok) return response
      const wanted = pauseWanted(response)
      if (last || !mayPass(response.status) || (wanted ?? 0) > LONGEST_PAUSE_MS)
        throw await refusal(model, key, response)
      await response.body?.cancel()
      await pause(attempt, wanted, init?.signal)
    }
  }
}

/** Names of the models that a server has; undefined where it does not tell. */
export async function listServed(
  model: Pick<RemoteModel, 'baseURL'>,
  key: string | undefined,
  signal?: AbortSignal
): Promise<string[] | undefined> {
  const patience = AbortSignal.timeout(3000)
  try {
    const response = await fetch(`${model.baseURL}/models`, {
      redirect: 'manual',
      headers: key === undefined ? {} : {authorization: `Bearer ${key}`},
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience])
    })
    if (!response.ok) return undefined
    const {data} = (await response.json()) as {data?: {id?: unknown}[]}
    return data?.map(({id}) => id).filter((id): id is string => typeof id === 'string')
  } catch {
    // Asked only to make another error's hint better: that error is told in any case.
    return undefined
  }
}

/** The server as people are told of it, without a password that may stand in the address. */
export function addressOf({baseURL}: RemoteModel): string {
  const {origin, pathname} = new URL(baseURL)
  return origin + pathname
}

export const engineError = (code: string, message: string, hint: string, cause?: unknown): MhError =>
  new MhError(code, message, {hint, exitCode: 6, httpStatus: 502, ...(cause === undefined ? {} : {cause})})

/** Nothing answers at the model's address. */
export function unreachable(model: RemoteModel, error: unknown): MhError {
  const start =
    model.engine === 'ollama' ? 'Start it with "ollama serve"' : 'Start the server, or mend baseURL in etc/models.json'
  return engineError(
    'ENGINE_UNREACHABLE',
    `${model.engine} does not answer at ${addressOf(model)}: ${reasonOf(error)}`,
    `${start}; mh chat --engine recall answers without a model`
  )
}

/** How Ollama, llama.cpp's server and vLLM say that a model or its server has no tools. */
const TOOLS = /does not support tools|tools? (?:param|choice|calling|use)\b.*(?:requires|not supported|unsupported)/i
/** How OpenAI, Ollama, llama.cpp's server and vLLM say that a request is too long. */
const OVERFLOW =
  /context[ _](?:length|window|size)|maximum context|exceeds? the (?:available )?context|prompt is too long|too many tokens/i

const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** Milliseconds that the server asks to wait, or undefined. */
function pauseWanted(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

const pause = (attempt: number, wanted: number | undefined, signal: AbortSignal | null | undefined): Promise<void> =>
  sleep(wanted ?? FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, signal ? {signal} : {})

async function refusal(model: RemoteModel, key: string | undefined, response: Response): Promise<MhError> {
  const {status} = response
  const where = `${model.engine} at ${addressOf(model)}`
  if (status >= 300 && status < 400) {
    await response.body?.cancel()
    const target = URL.parse(response.headers.get('location') ?? '', model.baseURL)
    return engineError(
      'ENGINE_REDIRECT',
      `${where} sends the request on to ${target?.origin ?? 'another address'}, which mh does not follow`,
      'If that address is right, set it as baseURL in etc/models.json'
    )
  }
  const reason = reasonIn(await response.text(), key)
  if (status === 401 || status === 403) {
    const variable = model.apiKeyEnv
    return variable === undefined
      ? engineError(
          'KEY_MISSING',
          `${where} asks for a key (${status})`,
          'Name the variable that holds it as apiKeyEnv in etc/models.json'
        )
      : engineError(
          'KEY_REFUSED',
          `${where} does not accept the key in ${variable} (${status})`,
          `Set ${variable} to a key that is valid there`
        )
  }
  if (TOOLS.test(reason))
    return engineError(
      'TOOLS_UNSUPPORTED',
      `${model.model} at ${addressOf(model)} cannot call tools: ${reason}`,
      'Set options.tools of the model to false in etc/models.json'
    )
  if (status < 500 && OVERFLOW.test(reason))
    return engineError(
      'CONTEXT_OVERFLOW',
      `${model.model} at ${addressOf(model)} cannot take that much text: ${reason}`,
      'Ask for less, give fewer memories (-n), or set options.contextWindow of the model in etc/models.json to what its server has'
    )
  if ((status === 404 || status === 400) && /model/i.test(reason)) {
    const served = await listServed(model, key)
    if (status === 404 || (served !== undefined && !served.includes(model.model))) return missing(model, where, served)
  }
  return engineError(
    'ENGINE_FAILED',
    `${where} answered ${status}${reason === '' ? '' : `: ${reason}`}`,
    'Try again, name another model with --model, or use --engine recall'
  )
}

function missing(model: RemoteModel, where: string, served: readonly string[] | undefined): MhError {
  const near = nearest(model.model, served ?? [])
  const names = near.length > 0 ? near : (served ?? []).slice(0, 5)
  const there = names.length > 0 ? `It has ${alternatives(names)}. ` : ''
  const get =
    model.engine === 'ollama'
      ? `Get it with "ollama pull ${model.model}"`
      : 'Name another in etc/models.json or with --model'
  return engineError('MODEL_MISSING', `${where} has no model ${JSON.stringify(model.model)}`, there + get)
}

/** A server's own words, shortened, without the key should it echo that. */
export function safeReason(text: string, key: string | undefined): string {
  const safe = key === undefined ? text : text.replaceAll(key, '[key]')
  return safe.replace(/\s+/g, ' ').trim().slice(0, LONGEST_REASON)
}

/** What the body of an error says: its message where it is in OpenAI's form, else its text. */
function reasonIn(body: string, key: string | undefined): string {
  let text = body
  try {
    const {error} = JSON.parse(body) as {error?: {message?: unknown} | string}
    const message = typeof error === 'object' && error !== null ? error.message : error
    if (typeof message === 'string') text = message
  } catch {
    // Not every server answers in JSON: its text is told as it is.
  }
  return safeReason(text, key)
}

/** "fetch failed" says nothing; what it wraps does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  return cause instanceof Error ? cause.message : String(cause)
}
