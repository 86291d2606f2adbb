import {backend} from '../backend.ts'
import {requireUserContext} from '../context.ts'
import {notFound, usageError} from '../errors.ts'
import {newId} from '../ids.ts'
import {readMode} from '../persona/mode.ts'
import {resolveReference} from '../reference.ts'
import {readSettings} from '../settings.ts'
import {type Operation, requirePermission} from '../users/permissions.ts'
import type {EpisodicEvent, EventLink, EventMetadata} from './event.ts'
import {LARGEST_FILE} from './event.ts'
import {fileStore} from './files/file-store.ts'
import type {IndexFilter} from './index/index.ts'
import type {FoundMemory, MemoryStore, StoredMemory} from './store.ts'
import {tokenize} from './text/tokenize.ts'
import {defaultMode} from './vectors/model.ts'

/** A memory with the place of its file and the version of its text. */
export type ShownMemory = EpisodicEvent & {path: string; version: string}

/** What a memory is made of. Everything but the content has a default. */
export interface NewMemory {
  content: string
  type?: string
  response?: string
  tags?: string[]
  entities?: string[]
  /** 0 to 1. */
  importance?: number
  links?: EventLink[]
  /** ISO 8601, UTC; now where it is missing. */
  timestamp?: string
  private?: boolean
  metadata?: EventMetadata
}

/** Which memories are meant. Bounds are milliseconds, both included. */
export type MemoryFilter = IndexFilter

export type SearchMode = 'lexical' | 'semantic' | 'hybrid'

export interface SearchOptions extends MemoryFilter {
  /** At most so many results; 10 where it is missing. */
  limit?: number
  excludeSession?: string
  explain?: boolean
  /** By words, by meaning or by both; by both where the person has an embedding model and nothing else is asked for. */
  mode?: SearchMode
  /** Shows what was superseded, too. */
  superseded?: boolean
  /** Answers as of that moment (milliseconds): nothing later counts. */
  asOf?: number
  now?: number
}

/** A memory that was found. */
export type FoundEvent = EpisodicEvent & {path: string} & Pick<FoundMemory, 'score' | 'explain' | 'ranks'>

export interface SearchAnswer {
  query: string
  mode: SearchMode
  results: FoundEvent[]
  tookMs: number
}

/** Where the current person's memories are kept. */
export const memoryStore = (): MemoryStore => backend()?.memories ?? fileStore

/**
 * Keeps one memory of the current person. It is durable when this returns.
 * @param permission what mode and role are asked for; a conversation's turn is saved by another rule than a capture
 * @throws MhError EMPTY_CAPTURE, INPUT_TOO_LARGE (exit 2), NOT_ALLOWED_IN_MODE, NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function capture(memory: NewMemory, permission: Operation = 'capture'): Promise<ShownMemory> {
  requirePermission(permission)
  const event = newEvent(memory)
  const [added] = await memoryStore().add([event], ([one]) => ({
    category: 'data',
    event: 'memory_captured',
    details: {id: one?.id, type: one?.type}
  }))
  if (added === undefined || !('memory' in added)) throw new Error(`The new id ${event.id} is taken`)
  return shown(added.memory)
}

/** The record of a new memory of the current person, with everything that is known of the moment. */
export function newEvent(memory: NewMemory, id = newId('evt'), now = new Date().toISOString()): EpisodicEvent {
  const {userId} = requireUserContext('Memories')
  const {
    content,
    type = 'observation',
    response,
    tags = [],
    entities = [],
    importance = 0.5,
    links = [],
    timestamp = now,
    metadata = {}
  } = memory
  checkContent(content)
  if (type.trim() === '')
    throw usageError('INVALID_TYPE', 'The type of a memory cannot be empty', 'Leave it out, or name one')
  if (tags.some((tag) => tag.trim() === '')) throw usageError('INVALID_TAG', 'A tag cannot be empty')
  if (!(importance >= 0 && importance <= 1))
    throw usageError('INVALID_IMPORTANCE', `The importance ${importance} is not between 0 and 1`)
  return {
    id,
    timestamp,
    content,
    type,
    ...(response === undefined ? {} : {response}),
    entities,
    tags: unique(tags.map((tag) => tag.trim())),
    importance,
    links,
    userId,
    metadata: {
      cognitiveMode: readMode().currentMode,
      timezone: readSettings().timezone,
      processed: false,
      ...metadata,
      ...(memory.private === true ? {private: true} : {})
    }
  }
}

/** The memories that answer a question best, best first. */
export async function searchMemories(query: string, options: SearchOptions = {}): Promise<SearchAnswer> {
  requirePermission('read')
  if (query.trim() === '')
    throw usageError(
      'EMPTY_QUERY',
      'There is nothing to search for: the query is empty',
      'mh remember "what I want to know"'
    )
  const start = process.hrtime.bigint()
  const {
    limit = 10,
    excludeSession,
    explain,
    mode = defaultMode(),
    superseded,
    asOf,
    now = asOf ?? Date.now(),
    ...filter
  } = options
  const request = {
    limit,
    filter: {
      ...filter,
      ...(asOf === undefined ? {} : {until: Math.min(asOf, filter.until ?? asOf)}),
      ...(superseded === true ? {} : {current: asOf ?? Number.MAX_SAFE_INTEGER})
    },
    now,
    zone: readSettings().timezone,
    ...(excludeSession === undefined ? {} : {excludeSession}),
    ...(explain === undefined ? {} : {explain})
  }
  const found =
    mode === 'lexical'
      ? await memoryStore().search(query, request)
      : await (await import('./vectors/hybrid.ts')).searchByMeaning(memoryStore(), query, {
          ...request,
          mode,
          asked: options.mode !== undefined
        })
  const results = found.map(({event, path, score, explain: why, ranks}) => ({
    ...event,
    path,
    score,
    ...(why === undefined ? {} : {explain: why}),
    ...(ranks === undefined ? {} : {ranks})
  }))
  return {query, mode, results, tookMs: Number(process.hrtime.bigint() - start) / 1e6}
}

/** Whether every word of a question is one that is in any text ("who", "after"), so that nothing can be found by them. */
export const saysNothing = (query: string): boolean => tokenize(query, readSettings().language).length === 0

/**
 * A page of memories, newest first.
 * @param limit 1 to 500
 * @param cursor `nextCursor` of the page before
 */
export async function listMemories(
  filter: MemoryFilter,
  limit = 20,
  cursor?: string
): Promise<{memories: ShownMemory[]; total: number; nextCursor: string | null}> {
  requirePermission('read')
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw usageError('INVALID_LIMIT', `${limit} memories cannot be listed at once`, 'Ask for 1 to 500')
  const store = memoryStore()
  const before = cursor === undefined ? undefined : readCursor(cursor)
  // One more than asked for tells whether there is a next page.
  const found = await store.list({filter, limit: limit + 1, ...(before === undefined ? {} : {before})})
  const page = found.slice(0, limit).map(shown)
  const last = page.at(-1)
  return {
    memories: page,
    total: await store.count(filter),
    nextCursor: found.length > limit && last !== undefined ? writeCursor(last) : null
  }
}

/** One memory, by its id, any unique ending of it, or "@last". @throws MhError MEMORY_NOT_FOUND (exit 3), AMBIGUOUS_ID (exit 2) */
export async function showMemory(reference: string): Promise<ShownMemory> {
  requirePermission('read')
  const memory = await memoryStore().get(await resolveMemory(reference))
  if (memory === undefined) throw memoryNotFound(reference)
  return shown(memory)
}

/** A conversation's turns, oldest first; none where there is no such session. */
export async function sessionTurns(session: string): Promise<ShownMemory[]> {
  requirePermission('read')
  return (await memoryStore().session(session)).map(shown)
}

/** The session of the newest turn, or undefined where nothing was ever said. */
export async function newestSession(): Promise<string | undefined> {
  requirePermission('read')
  return memoryStore().newestSession()
}

/** @throws MhError EMPTY_CAPTURE, INPUT_TOO_LARGE (exit 2) */
export function checkContent(content: string): void {
  if (content.trim() === '')
    throw usageError('EMPTY_CAPTURE', 'There is nothing to capture: the text is empty', 'mh capture "what happened"')
  // Its JSON is somewhat longer than the text; what is written must be readable again.
  if (Buffer.byteLength(content) > LARGEST_FILE / 2) throw tooLarge('The text', Buffer.byteLength(content))
}

export const tooLarge = (what: string, bytes: number): Error =>
  usageError(
    'INPUT_TOO_LARGE',
    `${what} has ${bytes} bytes: too large for one memory`,
    'Split it, or put the file into the inbox of your profile'
  )

export const shown = ({event, path, version}: StoredMemory): ShownMemory => ({...event, path, version: version()})

/** The id that a reference means (see `resolveReference`). @throws MhError MEMORY_NOT_FOUND (exit 3), ID_TOO_SHORT, AMBIGUOUS_ID (exit 2) */
export function resolveMemory(reference: string): Promise<string> {
  const store = memoryStore()
  return resolveReference(reference, {
    endingWith: (ending, limit) => store.endingWith(ending, limit),
    last: async () => (await store.newest())?.event.id,
    notFound: memoryNotFound
  })
}

export const memoryNotFound = (reference: string, hint = 'mh memory list shows what is there'): Error =>
  notFound(
    'MEMORY_NOT_FOUND',
    reference === '@last' ? 'There is no memory yet' : `There is no memory ${JSON.stringify(reference)}`,
    hint
  )

const unique = (values: readonly string[]): string[] => [...new Set(values)]

/** A cursor names the last memory of a page, so that what is captured meanwhile shifts nothing. */
const writeCursor = ({timestamp, id}: EpisodicEvent): string =>
  Buffer.from(`${Date.parse(timestamp)} ${id}`).toString('base64url')

function readCursor(cursor: string): {timestamp: number; id: string} {
  const [, timestamp, id] = /^(-?\d+) ([\w.:-]+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? []
  if (timestamp === undefined || id === undefined)
    throw usageError(
      'INVALID_CURSOR',
      `${JSON.stringify(cursor)} is no cursor of mh memory list`,
      'Use "nextCursor" of the page before'
    )
  return {timestamp: Number(timestamp), id}
}
