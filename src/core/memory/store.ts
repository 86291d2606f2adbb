import type {AuditEvent} from '../audit.ts'
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

/** A change of one memory. */
export interface Update {
  /** Makes the new record from the present one, at once. Given the same record again it makes the same. */
  change: (event: EpisodicEvent) => EpisodicEvent
  /** The version that the person saw; another one at that moment refuses the change. */
  version?: string
  /** Whether the version that is replaced is kept: what people edit is, what agents add is not. */
  history?: 'keep'
  audit: (event: EpisodicEvent) => AuditEvent
}

/** An earlier version of a memory. */
export interface EarlierVersion {
  event: EpisodicEvent
  version: string
  /** When it was replaced, ISO 8601. */
  at: string
  /** Put aside by an undo. */
  undone: boolean
}

/** A memory in the trash. */
export interface TrashedMemory extends StoredMemory {
  /** ISO 8601. */
  deletedAt: string
}

export interface MemoryStatistics {
  total: number
  unprocessed: number
  byType: Record<string, number>
  byTag: Record<string, number>
  indexBytes: number
}

export interface ReindexOptions {
  full: boolean
  /** Told how many files were looked at so far. */
  onProgress?: (files: number) => void
  signal?: AbortSignal
}

export interface ReindexReport {
  added: number
  updated: number
  removed: number
  unreadable: {path: string; reason: string}[]
}

/** A place where something of a forgotten memory still stands. */
export interface Remaining {
  /** "profile": a file of the person's; "index"; "backup": a backup that was made while the memory was there. */
  where: 'profile' | 'index' | 'backup'
  path: string
}

/**
 * Where one person's memories are kept. Every implementation gives the same answers; the behaviour tests take it as a parameter.
 * All functions work for the current user context only.
 */
export interface MemoryStore {
  /**
   * Makes the events durable, all or none of them, and writes one audit entry with `describe`. An event whose id is there
   * already is not written: the one that is there is given back in its place.
   */
  add(events: readonly EpisodicEvent[], audit: (added: readonly EpisodicEvent[]) => AuditEvent): Promise<Added[]>
  get(id: string): Promise<StoredMemory | undefined>
  /** @returns undefined where there is no such memory @throws MhError STALE_VERSION (exit 5) */
  update(id: string, update: Update): Promise<StoredMemory | undefined>
  /** Moves memories to the trash. @returns the ids of those that were there */
  trash(ids: readonly string[]): Promise<string[]>
  /** Takes memories back out of the trash. @returns the ids of those that were in it */
  restore(ids: readonly string[]): Promise<string[]>
  trashed(): Promise<TrashedMemory[]>
  /** Removes what is in the trash for good, history included. @returns how many memories */
  emptyTrash(): Promise<number>
  /** Earlier versions of a memory, the latest first. */
  history(id: string): Promise<EarlierVersion[]>
  /** Puts the version before the present one back. @returns undefined where there is none */
  undo(id: string): Promise<StoredMemory | undefined>
  /** Ids that end so, at most `limit`. */
  endingWith(ending: string, limit: number): Promise<string[]>
  newest(): Promise<StoredMemory | undefined>
  /** Newest first. */
  list(request: ListRequest): Promise<StoredMemory[]>
  count(filter: IndexFilter): Promise<number>
  counts(): Promise<{total: number; unprocessed: number}>
  statistics(): Promise<MemoryStatistics>
  /** Looks at every file; with `full`, builds the index anew. @throws the signal's reason where it ended the look */
  reindex(options: ReindexOptions): Promise<ReindexReport>
  /** Every memory's terms, to compare them. */
  terms(): Promise<{id: string; terms: string[]}[]>
  /**
   * Removes memories for good, wherever they are: file, trash, history, index. Then looks for what is left of them.
   * @returns the ids that were there, and the places where their text or id still stands
   */
  forget(ids: readonly string[]): Promise<{forgotten: string[]; remaining: Remaining[]}>
  /** Best first. */
  search(question: string, request: SearchRequest): Promise<FoundMemory[]>
  /** A conversation's turns, oldest first. */
  session(sessionId: string): Promise<StoredMemory[]>
  newestSession(): Promise<string | undefined>
}
