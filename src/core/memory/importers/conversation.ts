import {type Found, found, hashOf, type Importing, importedEvent, type Place} from './found.ts'

/** What one of two said, in the order of the conversation. */
export interface Message {
  /** The other tool's own id. */
  id: string | undefined
  by: 'person' | 'assistant'
  text: string
  /** Milliseconds, UTC. */
  at: number | undefined
  model?: string
}

export interface Conversation {
  /** The tool that it was held with: "chatgpt". It becomes the engine, and the beginning of the session. */
  tool: string
  /** Who answered, where an answer stands alone: "ChatGPT". */
  assistant: string
  id: string
  title: string | undefined
  /** Milliseconds, UTC. */
  startedAt: number | undefined
  messages: readonly Message[]
}

interface Turn {
  first: Message
  said: string[]
  answered: string[]
  model: string | undefined
}

/**
 * A conversation as memories, one a turn: what the person said, and what was answered until they spoke again. A turn is
 * identified by its first message, so that a later export of the same conversation adds only what was said since.
 */
export function* turnsOf(who: Importing, place: Place, conversation: Conversation): Generator<Found> {
  const {tool, assistant, id, title, startedAt} = conversation
  let last: number | undefined
  for (const [number, {first, said, answered, model}] of turns(conversation.messages).entries()) {
    const at: number | undefined = first.at ?? last ?? startedAt
    const source = `${place.at}, turn ${number + 1}`
    if (at === undefined) {
      yield {source, reason: 'nothing says when it was'}
      continue
    }
    // Turns of the same moment keep their order.
    last = last === undefined ? at : Math.max(at, last + 1)
    const [content, response] = said.length > 0 ? [said, answered] : [answered, []]
    const record = {
      timestamp: timestampOf(last),
      content: content.join('\n\n'),
      type: 'conversation',
      ...(response.length === 0 ? {} : {response: response.join('\n\n')}),
      metadata: {
        sessionId: `${tool}-${id}`,
        engine: tool,
        ...(model === undefined ? {} : {model}),
        ...(title === undefined ? {} : {title}),
        ...(said.length > 0 ? {} : {speaker: assistant}),
        timezone: who.zone,
        processed: false
      }
    }
    const hash = hashOf(tool, id, first.id ?? String(number))
    yield found(source, importedEvent(who, {source: place.source, hash}, record))
  }
}

function turns(messages: readonly Message[]): Turn[] {
  const made: Turn[] = []
  for (const message of messages) {
    if (message.text.trim() === '') continue
    const last = made.at(-1)
    if (message.by === 'person' && last?.answered.length === 0) last.said.push(message.text)
    else if (message.by === 'person') made.push({first: message, said: [message.text], answered: [], model: undefined})
    else if (last !== undefined) {
      last.answered.push(message.text)
      last.model = message.model ?? last.model
    } else made.push({first: message, said: [], answered: [message.text], model: message.model})
  }
  return made
}

/** ISO 8601; what lies outside the time that JavaScript knows is told by whoever reads the event. */
const timestampOf = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at))

export const textOrUndefined = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
