import type {ProfileChange} from '../change.ts'
import type {EpisodicEvent} from './event.ts'
import type {Hit, IndexFilter} from './index/index.ts'

/** A memory with where and in which state it lies. */
export interface StoredMemory {
  event: EpisodicEvent
  /** Absolute path of its file. */
  path: string
  version: () => string
}

/** A memory that was found, with how well it answers. */
export interface FoundMemory extends StoredMemory {
  score: number
  explain?: Hit['explain']
}

export interface SearchRequest {
  limit: number
  filter: IndexFilter
  /** IANA name of the person's zone, for time words. */
  zone: string
  /** Milliseconds, for time words. */
  now: number
  /** A conversation whose own turns are left out. */
  excludeSession?: string
  explain?: boolean
}

export interface ListRequest {
  limit: number
  filter: IndexFilter
  before?: {timestamp: number; id: string}
}

/** What became of one of the events given to `add`. */
export type Added = {memory: StoredMemory} | {existing: EpisodicEvent}

/**
 * Where one person's memories are kept. Every implementation gives the same answers; the behaviour tests take it as a parameter.
 * All functions work for the current user context only.
 */
export interface MemoryStore {
  /**
   * Makes the events durable, all or none of them, and writes one audit entry with `describe`. An event whose id is there
   * already is not written: the one that is there is given back in its place.
   */
  add(
    events: readonly EpisodicEvent[],
    audit: (added: readonly EpisodicEvent[]) => Parameters<ProfileChange['audit']>[0]
  ): Promise<Added[]>
  get(id: string): Promise<StoredMemory | undefined>
  /** Ids that end so, at most `limit`. */
  endingWith(ending: string, limit: number): Promise<string[]>
  newest(): Promise<StoredMemory | undefined>
  /** Newest first. */
  list(request: ListRequest): Promise<StoredMemory[]>
  count(filter: IndexFilter): Promise<number>
  counts(): Promise<{total: number; unprocessed: number}>
  /** Best first. */
  search(question: string, request: SearchRequest): Promise<FoundMemory[]>
  /** A conversation's turns, oldest first. */
  session(sessionId: string): Promise<StoredMemory[]>
  newestSession(): Promise<string | undefined>
}
