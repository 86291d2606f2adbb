import {MhError} from '../../errors.ts'
import {isObject} from '../../json.ts'
import {parseTime} from '../../time.ts'
import {type EpisodicEvent, readEvent} from '../event.ts'
import {isChatGpt, readChatGpt} from './chatgpt.ts'
import {isClaude, readClaude} from './claude.ts'
import {type Found, found, hashOf, type Importing, importedEvent, type Place} from './found.ts'

/**
 * The memories of one JSON value: a conversation of another tool, a whole memory, or what a capture takes.
 * @param modified when the file was last changed (milliseconds), for a record that says no time
 */
export async function* readValue(
  who: Importing,
  place: Place,
  value: unknown,
  modified: number
): AsyncGenerator<Found> {
  const {format} = who
  if (format === 'chatgpt' || (format === undefined && isChatGpt(value))) yield* readChatGpt(who, place, value)
  else if (format === 'claude' || (format === undefined && isClaude(value))) yield* readClaude(who, place, value)
  else yield found(place.at, await readRecord(who, place.source, value, modified))
}

async function readRecord(
  who: Importing,
  source: string,
  value: unknown,
  modified: number
): Promise<EpisodicEvent | string> {
  if (!isObject(value)) return 'it is not a JSON object'
  if (isWhole(value)) return readEvent({...value, userId: who.userId}, who.userId)
  const {at, ...record} = value
  try {
    const timestamp =
      record.timestamp ?? new Date(typeof at === 'string' ? (await parseTime(at, who.zone)).at : modified).toISOString()
    if (record.id === undefined && typeof record.content === 'string' && record.content.trim() === '')
      return 'its content is empty'
    return importedEvent(who, {source, hash: hashOf(JSON.stringify(value))}, {...record, timestamp})
  } catch (error) {
    if (error instanceof MhError) return error.message
    if (error instanceof RangeError) return 'it is nested too deeply'
    throw error
  }
}

const WHOLE = ['content', 'timestamp', 'type', 'entities', 'tags', 'importance', 'links', 'userId', 'metadata']

/** Whether it is a memory as mh exports it: those stay exactly as they are, and are known by their ids. */
export const isWhole = (value: Record<string, unknown>): boolean =>
  typeof value.id === 'string' && WHOLE.every((key) => Object.hasOwn(value, key))
