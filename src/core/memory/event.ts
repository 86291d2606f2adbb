import {isObject, texts} from '../json.ts'

/** A link from one memory to another record. */
export interface EventLink {
  type: string
  target: string
  [key: string]: unknown
}

/** The link by which a memory says that another is no longer so. */
export const SUPERSEDES = 'supersedes'

/** What is known about how a memory came to be. The set is open: keys of other tools stay with the record. */
export interface EventMetadata {
  cognitiveMode?: string
  timezone?: string
  /** The conversation that the memory is a turn of. */
  sessionId?: string
  /** Who said it, where that is not the profile's person. */
  speaker?: string
  processed?: boolean
  processedAt?: string
  /** The name that was sent to the engine; null with `recall`. */
  model?: string | null
  engine?: string
  private?: boolean
  [key: string]: unknown
}

/** A memory, as mh writes it. Read leniently: see `readEvent`. */
export interface EpisodicEvent {
  /** "evt-" and a UUIDv7; older forms are read as they are. */
  id: string
  /** ISO 8601, UTC. */
  timestamp: string
  content: string
  /** observation, conversation, inner_dialogue, reflection, dream, journal, summary, action, … */
  type: string
  /** What the persona answered, in a conversation. */
  response?: string
  entities: string[]
  tags: string[]
  /** 0 to 1. */
  importance: number
  links: EventLink[]
  userId: string
  metadata: EventMetadata
  [key: string]: unknown
}

/**
 * Reads a memory from parsed JSON. Only id, timestamp and content must be there; everything else gets its default, and keys
 * that this version does not know stay.
 * @param userId the profile's person, for records without one
 * @returns the event, or the reason why the value is none
 */
export function readEvent(value: unknown, userId: string): EpisodicEvent | string {
  if (!isObject(value)) return 'it is not a JSON object'
  const {id, timestamp, content} = value
  if (typeof id !== 'string' || id === '') return 'it has no id'
  if (!/^[\w.:-]{1,128}$/.test(id) || id.includes('..'))
    return `its id ${JSON.stringify(id.slice(0, 80))} has characters that an id may not have`
  if (typeof content !== 'string') return 'it has no content'
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  if (Number.isNaN(time)) return `its timestamp ${JSON.stringify(timestamp)} is no date`
  return {
    ...value,
    id,
    timestamp: new Date(time).toISOString(),
    content,
    type: typeof value.type === 'string' && value.type !== '' ? value.type : 'observation',
    entities: texts(value.entities),
    tags: texts(value.tags),
    importance: typeof value.importance === 'number' ? value.importance : 0.5,
    links: Array.isArray(value.links) ? value.links.filter(isLink) : [],
    userId: typeof value.userId === 'string' ? value.userId : userId,
    metadata: isObject(value.metadata) ? value.metadata : {}
  }
}

/** No memory is longer: what is larger was not written by a person, and would stop everything while it is parsed. */
export const LARGEST_FILE = 5 * 1024 * 1024

/** The text of a memory's file. People read these, and git compares them, so it is indented. */
export const formatEvent = (event: EpisodicEvent): string => `${JSON.stringify(event, null, 2)}\n`

const isLink = (value: unknown): value is EventLink =>
  isObject(value) && typeof value.type === 'string' && typeof value.target === 'string'
