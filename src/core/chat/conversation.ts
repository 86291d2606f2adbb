import {requireUserContext} from '../context.ts'
import {MhError, usageError} from '../errors.ts'
import type {EpisodicEvent} from '../memory/event.ts'
import {capture} from '../memory/memories.ts'
import {type ChatPart, type EngineTool, openEngine} from '../models/engine.ts'
import {RECALL} from '../models/resolve.ts'
import {readTrust} from '../persona/change.ts'
import {type CognitiveMode, readMode} from '../persona/mode.ts'
import {type Persona, readPersona, withoutPersona} from '../persona/persona.ts'
import {readSettings} from '../settings.ts'
import {permits} from '../users/permissions.ts'
import {type FoundMemory, type HeldBack, memoriesFor} from './given-memories.ts'
import {nearerWords} from './nearer-words.ts'
import {tasksFor} from './open-tasks.ts'
import {type Judged, privacyOfPerson} from './privacy.ts'
import {buildPrompt, type Prompt, type Turn} from './prompt.ts'
import {type HeldTurn, resume, type Thread} from './resume.ts'
import {type Proposal, type ToolUse, toolsFor} from './tools.ts'

export interface ConversationOptions {
  /** Id of the session to go on with, or any unique ending of it. */
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
  /** False goes on without the persona: where its files cannot be read, and the person says so. */
  persona?: boolean
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
  /** What the model did meanwhile; missing where it did nothing. */
  tools?: ToolUse[]
}

export interface Asking {
  /** Ends the answer. What came until then is kept, marked as incomplete. */
  signal?: AbortSignal
  /** Is called with each piece of the answer as it comes. */
  onText?: (text: string) => void
  /** Is told, before the answer begins, which memories it is made from. Tools may find more. */
  onMemories?: (memories: MemoryUsed[]) => void
  /** Asks the person whether a tool may do that; where it is missing nobody can be asked. */
  confirm?: (proposal: Proposal) => Promise<boolean>
  /** Is told of each tool that was used. */
  onTool?: (use: ToolUse) => void
}

export type Preview = Prompt & {heldBack: HeldBack[]; tools: string[]}

/** A conversation of one person with their persona. Belongs to the user context that it was opened in, and works in no other. */
export interface Conversation {
  /** What its turns are kept under, where they are kept. */
  readonly session: string
  readonly engine: string
  readonly model: string | null
  readonly facet: string
  readonly mode: CognitiveMode
  /** Whether every turn is kept as a memory. In agent mode only those are in which a tool ran. */
  readonly keeps: boolean
  /**
   * One answer. The turn is durable when this resolves, where it is kept at all.
   * @throws MhError EMPTY_MESSAGE, INPUT_TOO_LARGE, CONTEXT_OVERFLOW (exit 2), DAILY_LIMIT (exit 4), what the engine throws (exit 6), the
   *   signal's reason
   */
  ask(message: string, asking?: Asking): Promise<ChatAnswer>
  /** What would be sent for a message, and what was held back and why. Sends nothing and keeps nothing. */
  preview(message: string, asking?: Pick<Asking, 'confirm'>): Promise<Preview>
  /** The same conversation, gone on with by another model, facet or in another mode. */
  with(changes: Pick<ConversationOptions, 'model' | 'facet' | 'mode'>): Promise<Conversation>
}

/** In tokens: what small models of the day are commonly run with. */
const CONTEXT_WINDOW = 8192
/** In bytes: more fits no model's window, and hardly a memory. */
const LARGEST_MESSAGE = 1_000_000
/** In characters. A model that goes on and on is stopped: what it said is kept, and more would be no memory that can be read again. */
const LONGEST_REPLY = 1_000_000
/** Recall quotes every memory that it is given; a model picks from them. */
const MEMORIES_FOR_RECALL = 6
const MEMORIES_FOR_MODEL = 12
/** More turns than any prompt has room for need not be looked at. */
const MOST_TURNS = 60

/**
 * Opens a conversation of the current person.
 * @throws MhError SESSION_NOT_FOUND, FACET_NOT_FOUND, MODEL_NOT_FOUND (exit 3), UNREADABLE_FILE (exit 1) for a damaged persona or
 *   models.json, KEY_NOT_GRANTED (exit 4), KEY_MISSING (exit 6)
 */
export async function openConversation(options: ConversationOptions = {}): Promise<Conversation> {
  return converse(options, await resume(options))
}

async function converse(options: ConversationOptions, thread: Thread): Promise<Conversation> {
  const user = requireUserContext('A conversation')
  const mode = options.mode ?? readMode().currentMode
  const {persona, trust} = personaFor(options)
  const {timezone: zone, language, location: place} = readSettings()
  const {resolved, engine} = await openEngine({
    role: 'persona',
    mode,
    ...(options.model === undefined ? {} : {override: options.model})
  })
  const {session, turns} = thread
  const saves = options.save !== false
  const keeps = saves && permits('chat.save', mode).allowed
  const limit = options.memories ?? (engine.name === RECALL ? MEMORIES_FOR_RECALL : MEMORIES_FOR_MODEL)
  const privacy = privacyOfPerson()

  async function prepare(
    message: string
  ): Promise<Prompt & {heldBack: HeldBack[]; found: FoundMemory[]; given: HeldTurn[]}> {
    // Whoever holds a conversation longer than its context must not reach that person's data with it.
    if (requireUserContext('A conversation').userId !== user.userId)
      throw new MhError('OTHER_CONTEXT', `This conversation belongs to ${user.username}`)
    checkMessage(message)
    const {memories, heldBack} = await memoriesFor(message, engine, limit, {privacy, excludeSession: session})
    const recent = await turnsThatMayLeave(turns.slice(-MOST_TURNS))
    const prompt = buildPrompt({
      persona,
      username: user.username,
      mode,
      now: Date.now(),
      zone,
      place,
      tasks: engine.name === RECALL ? undefined : await tasksFor(message),
      memories,
      turns: recent.turns,
      message,
      contextWindow:
        resolved.model === null ? Number.POSITIVE_INFINITY : (resolved.options.contextWindow ?? CONTEXT_WINDOW)
    })
    return {
      ...prompt,
      found: memories.slice(0, prompt.memories.length),
      given: prompt.turns === 0 ? [] : recent.turns.slice(-prompt.turns),
      heldBack: [...heldBack, ...recent.heldBack]
    }
  }

  /** An earlier answer may quote what must not leave this machine. */
  async function turnsThatMayLeave(all: readonly HeldTurn[]): Promise<{turns: HeldTurn[]; heldBack: HeldBack[]}> {
    if (engine.mayHavePrivate) return {turns: [...all], heldBack: []}
    const mayLeave: HeldTurn[] = []
    const heldBack: HeldBack[] = []
    for (const turn of all) {
      const reason = await privacy.reasonFor(turn.memory)
      if (reason === undefined) mayLeave.push(turn)
      else heldBack.push({id: turn.memory.id, reason: `${reason}, and ${engine.name} is not on this machine`})
    }
    return {turns: mayLeave, heldBack}
  }

  /** Adds a turn to the conversation, durably where it is kept. */
  async function keep(turn: Turn & {response: string}, made: Making): Promise<boolean> {
    const acted = made.uses.some(({outcome}) => outcome === 'done')
    const asAction = !keeps && saves && acted && permits('chat.save.tool', mode).allowed
    // What is answered from private memories quotes them, and so does what is answered after that.
    const isPrivate =
      made.used.some((one) => one.private) || made.given.some(({memory}) => privacy.ownReason(memory) !== undefined)
    const metadata: EpisodicEvent['metadata'] = {
      sessionId: session,
      engine: engine.name,
      model: engine.model,
      cognitiveMode: mode,
      memoriesUsed: made.used.map(({id}) => id),
      ...(acted ? {tools: made.uses.filter(({outcome}) => outcome === 'done').map(({tool}) => tool)} : {}),
      ...(made.incomplete ? {incomplete: true} : {}),
      ...(isPrivate ? {private: true} : {})
    }
    let memory: Judged = {id: `unsaved-${turns.length}`, tags: [], links: [], metadata}
    if (keeps || asAction) {
      const {content, response} = turn
      // The rule for saving was asked above, with the mode of this conversation, which may be another than the profile's.
      memory = await capture({content, response, type: asAction ? 'action' : 'conversation', metadata}, 'chat')
    }
    turns.push({...turn, memory})
    return keeps || asAction
  }

  return {
    session,
    engine: engine.name,
    model: engine.model,
    facet: persona.facet.id,
    mode,
    keeps,
    async ask(message, {signal, onText, onMemories, confirm, onTool} = {}) {
      const {system, messages, memories, found, given} = await prepare(message)
      onMemories?.(found.map(shownMemory))
      const made: Making = {used: [...found], given, uses: [], incomplete: false}
      const tools = toolsOf(made, confirm, onTool)
      let reply = ''
      try {
        const nearer = engine.name === RECALL && memories.length === 0 ? await nearerWords(message) : []
        const request = {
          system,
          messages,
          memories,
          nearerWords: nearer,
          zone,
          language,
          tools,
          ...(signal === undefined ? {} : {signal})
        }
        for await (const text of textsOf(engine.chat(request))) {
          reply += text
          onText?.(text)
          if (reply.length > LONGEST_REPLY) throw endless(engine.name)
        }
      } catch (error) {
        if (reply !== '') await keep({content: message, response: reply}, {...made, incomplete: true})
        throw error
      }
      const saved = await keep({content: message, response: reply}, made)
      return {
        reply,
        engine: engine.name,
        model: engine.model,
        session: saved ? session : null,
        memoriesUsed: made.used.map(shownMemory),
        saved,
        ...(made.uses.length === 0 ? {} : {tools: made.uses})
      }
    },
    async preview(message, {confirm} = {}) {
      const {found, given, ...preview} = await prepare(message)
      const made: Making = {used: [...found], given, uses: [], incomplete: false}
      return {...preview, tools: toolsOf(made, confirm, undefined).map(({name}) => name)}
    },
    with: (changes) => converse({...options, ...changes}, thread)
  }

  function toolsOf(made: Making, confirm: Asking['confirm'], onTool: Asking['onTool']): EngineTool[] {
    if (engine.name === RECALL || (resolved.model !== null && resolved.options.tools === false)) return []
    return toolsFor({
      mode,
      trust,
      confirm,
      onUse(use) {
        made.uses.push(use)
        onTool?.(use)
      },
      async search(query, most) {
        const {memories, heldBack} = await memoriesFor(query, engine, most, {privacy, excludeSession: session})
        const numbered = memories.map((memory) => {
          const known = made.used.findIndex(({id}) => id === memory.id)
          return {n: known === -1 ? made.used.push(memory) : known + 1, memory}
        })
        return {found: numbered, heldBack: heldBack.length}
      }
    })
  }
}

const shownMemory = ({id, timestamp, content}: FoundMemory): MemoryUsed => ({id, timestamp, content})

/** What an answer is made from and with. */
interface Making {
  used: FoundMemory[]
  given: HeldTurn[]
  uses: ToolUse[]
  incomplete: boolean
}

const endless = (engine: string): MhError =>
  new MhError('ANSWER_TOO_LONG', `The answer of ${engine} was stopped after ${LONGEST_REPLY} characters`, {
    exitCode: 6,
    httpStatus: 502,
    hint: 'What came until then is kept. Ask for less, or use another model'
  })

async function* textsOf(parts: AsyncIterable<ChatPart>): AsyncGenerator<string> {
  for await (const part of parts) if (part.type === 'text') yield part.text
}

/** Who answers, and how far tools may go. A damaged persona stops a conversation, unless the person said to go on without it. */
function personaFor({facet, persona}: ConversationOptions): {persona: Persona; trust: ReturnType<typeof readTrust>} {
  if (persona === false) return {persona: withoutPersona(), trust: 'observe'}
  try {
    return {persona: readPersona(facet), trust: readTrust()}
  } catch (error) {
    if (!(error instanceof MhError) || error.code !== 'UNREADABLE_FILE') throw error
    throw new MhError(error.code, error.message, {
      exitCode: error.exitCode,
      hint: 'Mend it, take an earlier version back (mh persona history, mh persona restore), or go on without it: mh chat --no-persona'
    })
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
