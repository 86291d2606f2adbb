import {isObject} from '../../json.ts'
import {type Message, textOrUndefined, turnsOf} from './conversation.ts'
import {type Found, hashOf, type Importing, type Place} from './found.ts'

export const isClaude = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && Array.isArray(value.chat_messages)

/** A conversation of Claude's export: its messages stand in their order. */
export function* readClaude(who: Importing, place: Place, value: unknown): Generator<Found> {
  if (!isClaude(value)) {
    yield {source: place.at, reason: 'it is no conversation of Claude: it has no "chat_messages"'}
    return
  }
  yield* turnsOf(who, place, {
    tool: 'claude',
    assistant: 'Claude',
    id: textOrUndefined(value.uuid) ?? hashOf(String(value.name), String(value.created_at)).slice(0, 32),
    title: textOrUndefined(value.name),
    startedAt: milliseconds(value.created_at),
    messages: (value.chat_messages as unknown[]).flatMap(messageOf)
  })
}

function messageOf(message: unknown): Message[] {
  if (!isObject(message) || (message.sender !== 'human' && message.sender !== 'assistant')) return []
  return [
    {
      id: textOrUndefined(message.uuid),
      by: message.sender === 'human' ? 'person' : 'assistant',
      text: textOf(message),
      at: milliseconds(message.created_at)
    }
  ]
}

/** The parts that are text, without thoughts and tools; older exports have only `text`. Files are told by their names. */
function textOf({text, content, attachments, files}: Record<string, unknown>): string {
  const parts = objects(content).flatMap(({type, text: part}) =>
    type === 'text' && typeof part === 'string' ? [part] : []
  )
  const said = parts.length > 0 ? parts : typeof text === 'string' ? [text] : []
  const attached = objects(attachments)
  const own = said.filter((part) => part.trim() !== '')
  // A long text that somebody pastes becomes a file with no name: that is then what they said.
  if (own.length === 0) own.push(...attached.flatMap(({extracted_content: pasted}) => textOrUndefined(pasted) ?? []))
  const names = [...attached, ...objects(files)].flatMap(({file_name: name}) => textOrUndefined(name) ?? [])
  return [...own, ...names.map((name) => `[${name}]`)].join('\n\n')
}

const objects = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isObject) : [])

function milliseconds(time: unknown): number | undefined {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
