import {requireUserContext} from '../context.ts'
import {MhError, notFound, usageError} from '../errors.ts'
import {newId} from '../ids.ts'
import {capture, newestSession, sessionTurns} from '../memory/memories.ts'
import {type Engine, engineFor, type GivenMemory} from '../models/engine.ts'
import {readModels} from '../models/registry.ts'
import {RECALL, resolveModel} from '../models/resolve.ts'
import {type CognitiveMode, readMode} from '../persona/mode.ts'
import {readPersona} from '../persona/persona.ts'
import {readSettings} from '../settings.ts'
import {permits} from '../users/permissions.ts'
import {type HeldBack, memoriesFor} from './given-memories.ts'
import {buildPrompt, type Prompt, type Turn} from './prompt.ts'

export interface ConversationOptions {
  /** Id of the session to go on with. */
  session?: string
  /** Goes on with the newest session. */
  newest?: boolean
  /** An id of etc/models.json, "provider:model" or "recall", in place of what the person has set. */
  model?: string
  facet?: string
  /** The mode of this conversation, saving included; the person's where it is missing. */
  mode?: CognitiveMode
  /** False keeps nothing, whatever the mode permits. */
  save?: boolean
  /** At most so many memories are given to the engine for each message. */
  memories?: number
}

/** A memory that an answer was given to work with. `[1]` in an answer means the first. */
export interface MemoryUsed {
  id: string
  timestamp: string
  content: string
}

export interface ChatAnswer {
  reply: string
  engine: string
  model: string | null
  /** null where the turn is not kept. */
  session: string | null
  memoriesUsed: MemoryUsed[]
  saved: boolean
}

export interface Asking {
  /** Ends the answer. What came until then is kept, marked as incomplete. */
  signal?: AbortSignal
  /** Is called with each piece of the answer as it comes. */
  onText?: (text: string) => void
}

/** A conversation of one person with their persona. Belongs to the user context that it was opened in, and works in no other. */
export interface Conversation {
  readonly engine: string
  readonly model: string | null
  readonly facet: string
  readonly mode: CognitiveMode
  /** Whether turns are kept as memories. */
  readonly keeps: boolean
  /**
   * One answer. The turn is durable when this resolves, where it is kept at all.
   * @throws MhError EMPTY_MESSAGE, INPUT_TOO_LARGE (exit 2), what the engine throws (exit 6), the signal's reason
   */
  ask(message: string, asking?: Asking): Promise<ChatAnswer>
  /** What would be sent for a message, and what was held back and why. Sends nothing and keeps nothing. */
  preview(message: string): Promise<Prompt & {heldBack: HeldBack[]}>
}

/** In tokens: what small models of the day are commonly run with. */
const CONTEXT_WINDOW = 8192
/** In bytes: more fits no model's window, and hardly a memory. */
const LARGEST_MESSAGE = 1_000_000
/** Recall quotes every memory that it is given; a model picks from them. */
const MEMORIES_FOR_RECALL = 5
const MEMORIES_FOR_MODEL = 12

/**
 * Opens a conversation of the current person.
 * @throws MhError SESSION_NOT_FOUND, FACET_NOT_FOUND, MODEL_NOT_FOUND (exit 3), UNREADABLE_FILE (exit 1) for a damaged persona or
 *   models.json, KEY_MISSING (exit 6)
 */
export async function openConversation(options: ConversationOptions = {}): Promise<Conversation> {
  const user = requireUserContext('A conversation')
  const mode = options.mode ?? readMode().currentMode
  const persona = readPersona(options.facet)
  const {timezone: zone, language} = readSettings()
  const {resolved, engine} = await chooseEngine(options.model, mode)
  const resumed = await resume(options)
  const turns: Turn[] = resumed?.turns ?? []
  const session = resumed?.session ?? newId('session')
  const keeps = options.save !== false && permits('chat.save', mode).allowed
  const limit = options.memories ?? (engine.name === RECALL ? MEMORIES_FOR_RECALL : MEMORIES_FOR_MODEL)

  async function prepare(message: string): Promise<Prompt & {heldBack: HeldBack[]}> {
    // Whoever holds a conversation longer than its context must not reach that person's data with it.
    if (requireUserContext('A conversation').userId !== user.userId)
      throw new MhError('OTHER_CONTEXT', `This conversation belongs to ${user.username}`)
    checkMessage(message)
    const {memories, heldBack} = await memoriesFor(message, engine, limit, session)
    const prompt = buildPrompt({
      persona,
      username: user.username,
      mode,
      now: Date.now(),
      zone,
      memories,
      turns,
      message,
      contextWindow:
        resolved.model === null ? Number.POSITIVE_INFINITY : (resolved.options.contextWindow ?? CONTEXT_WINDOW)
    })
    return {...prompt, heldBack}
  }

  /** Adds a turn to the conversation, durably where it is kept. */
  async function keep(
    message: string,
    reply: string,
    memories: readonly GivenMemory[],
    incomplete: boolean
  ): Promise<void> {
    turns.push({content: message, response: reply})
    if (!keeps) return
    const metadata = {
      sessionId: session,
      engine: engine.name,
      model: engine.model,
      cognitiveMode: mode,
      memoriesUsed: memories.map(({id}) => id),
      ...(incomplete ? {incomplete} : {})
    }
    // The rule for saving was asked above, with the mode of this conversation, which may be another than the profile's.
    await capture({content: message, response: reply, type: 'conversation', metadata}, 'chat')
  }

  return {
    engine: engine.name,
    model: engine.model,
    facet: persona.facet.id,
    mode,
    keeps,
    async ask(message, {signal, onText} = {}) {
      const {system, messages, memories} = await prepare(message)
      let reply = ''
      try {
        for await (const part of engine.chat({
          system,
          messages,
          memories,
          zone,
          language,
          ...(signal === undefined ? {} : {signal})
        })) {
          if (part.type !== 'text') continue
          reply += part.text
          onText?.(part.text)
        }
      } catch (error) {
        if (reply !== '') await keep(message, reply, memories, true)
        throw error
      }
      await keep(message, reply, memories, false)
      return {
        reply,
        engine: engine.name,
        model: engine.model,
        session: keeps ? session : null,
        memoriesUsed: memories.map(({id, timestamp, content}) => ({id, timestamp, content})),
        saved: keeps
      }
    },
    preview: prepare
  }
}

function checkMessage(message: string): void {
  if (message.trim() === '')
    throw usageError(
      'EMPTY_MESSAGE',
      'There is nothing to answer: the message is empty',
      'mh chat "what do you want to know?"'
    )
  const bytes = Buffer.byteLength(message)
  // Told before a model is asked: an answer to what cannot be kept would be lost.
  if (bytes > LARGEST_MESSAGE)
    throw usageError(
      'INPUT_TOO_LARGE',
      `The message has ${bytes} bytes, ${LARGEST_MESSAGE} at most are taken`,
      'Ask about a part of it'
    )
}

async function chooseEngine(
  override: string | undefined,
  mode: CognitiveMode
): Promise<{resolved: ReturnType<typeof resolveModel>; engine: Engine}> {
  const registry = readModels()
  const resolved = resolveModel({role: 'persona', mode, ...(override === undefined ? {} : {override})}, registry)
  return {resolved, engine: await engineFor(resolved, {settings: registry.globalSettings})}
}

/** The session to go on with and its turns, oldest first; undefined for a new one. */
async function resume({
  session: wanted,
  newest
}: ConversationOptions): Promise<{session: string; turns: Turn[]} | undefined> {
  const session = wanted ?? (newest ? await newestSession() : undefined)
  if (session === undefined) {
    if (newest)
      throw notFound('SESSION_NOT_FOUND', 'There is no conversation to go on with yet', 'Begin one with mh chat "..."')
    return undefined
  }
  const events = await sessionTurns(session)
  if (events.length === 0)
    throw notFound(
      'SESSION_NOT_FOUND',
      `There is no conversation ${JSON.stringify(session)}`,
      'mh memory list --type conversation shows what was said'
    )
  return {
    session,
    turns: events.map(({content, response}) => ({content, ...(response === undefined ? {} : {response})}))
  }
}
