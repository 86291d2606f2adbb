import {isObject} from '../../json.ts'
import {type Message, textOrUndefined, turnsOf} from './conversation.ts'
import {type Found, hashOf, type Importing, type Place} from './found.ts'

export const isChatGpt = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && isObject(value.mapping)

/**
 * A conversation of ChatGPT's export. Its messages are a tree, because answers can be asked for again and questions changed;
 * only the branch that ends at current_node was said.
 */
export function* readChatGpt(who: Importing, place: Place, value: unknown): Generator<Found> {
  if (!isChatGpt(value)) {
    yield {source: place.at, reason: 'it is no conversation of ChatGPT: it has no "mapping" of messages'}
    return
  }
  const branch = branchOf(value.mapping as Record<string, unknown>, value.current_node)
  if (branch === undefined) {
    yield {source: place.at, reason: `its current_node ${JSON.stringify(value.current_node)} is none of its messages`}
    return
  }
  yield* turnsOf(who, place, {
    tool: 'chatgpt',
    assistant: 'ChatGPT',
    id:
      textOrUndefined(value.conversation_id) ??
      textOrUndefined(value.id) ??
      hashOf(String(value.title), String(value.create_time)).slice(0, 32),
    title: textOrUndefined(value.title),
    startedAt: milliseconds(value.create_time),
    messages: branch.flatMap(messageOf)
  })
}

/** The nodes from the root to the node that is current; undefined where that is not there. */
function branchOf(mapping: Record<string, unknown>, current: unknown): Record<string, unknown>[] | undefined {
  const nodes: Record<string, unknown>[] = []
  const seen = new Set<unknown>()
  for (let id = current; typeof id === 'string' && !seen.has(id); ) {
    seen.add(id)
    const node = Object.hasOwn(mapping, id) ? mapping[id] : undefined
    if (!isObject(node)) break
    nodes.push(node)
    id = node.parent
  }
  return nodes.length === 0 ? undefined : nodes.reverse()
}

function messageOf({id, message}: Record<string, unknown>): Message[] {
  if (!isObject(message)) return []
  const role = isObject(message.author) ? message.author.role : undefined
  const metadata = isObject(message.metadata) ? message.metadata : {}
  if (role !== 'user' && role !== 'assistant') return []
  // Instructions that ChatGPT puts in the person's mouth, and what the model wrote to a tool, were never seen as speech.
  if (metadata.is_visually_hidden_from_conversation === true) return []
  if (message.recipient !== undefined && message.recipient !== 'all') return []
  const model = textOrUndefined(metadata.model_slug)
  return [
    {
      id: textOrUndefined(message.id) ?? textOrUndefined(id),
      by: role === 'user' ? 'person' : 'assistant',
      text: textOf(message.content),
      at: milliseconds(message.create_time),
      ...(model === undefined ? {} : {model})
    }
  ]
}

/** What was written or spoken; a picture is told by a word. Thoughts and the results of tools have no text here. */
function textOf(content: unknown): string {
  if (!isObject(content)) return ''
  const {content_type: kind, parts, text} = content
  if (kind === 'code' && typeof text === 'string') return text
  if ((kind !== 'text' && kind !== 'multimodal_text') || !Array.isArray(parts)) return ''
  return parts
    .map((part) => {
      if (typeof part === 'string') return part
      if (!isObject(part)) return ''
      if (part.content_type === 'image_asset_pointer') return '[image]'
      return part.content_type === 'audio_transcription' && typeof part.text === 'string' ? part.text : ''
    })
    .filter((part) => part.trim() !== '')
    .join('\n')
}

/** ChatGPT's times are seconds since 1970, with fractions. */
const milliseconds = (seconds: unknown): number | undefined =>
  typeof seconds === 'number' && seconds > 0 ? Math.round(seconds * 1000) : undefined
