import type {AuditEvent} from '../audit.ts'
import type {EpisodicEvent} from './event.ts'
import type {Hit, IndexFilter, NearestRequest} from './index/index.ts'

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
  /** Where vectors were asked: its place in the list by words and in the one by meaning, with its score there. */
  ranks?: {lexical?: {rank: number; score: number}; semantic?: {rank: number; score: number}}
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

/** Events that are ready to be added: one of the two is called, once. */
export interface Prepared {
  add(audit: (added: readonly EpisodicEvent[]) => AuditEvent): Promise<Added[]>
  /** Leaves no trace of them. */
  leave(): void
}

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

/** A change of one of many memories. */
export interface ManyUpdate {
  id: string
  /** Makes the new record from the present one, at once, and again where it changed meanwhile; undefined leaves it as it is. */
  change: (event: EpisodicEvent) => EpisodicEvent | undefined
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

/** A conversation: memories that have one session. */
export interface StoredSession {
  session: string
  /** ISO 8601, UTC. */
  startedAt: string
  turns: number
  /** What was said first. */
  opening: string
}

export interface MemoryStatistics {
  total: number
  unprocessed: number
  byType: Record<string, number>
  byTag: Record<string, number>
  indexBytes: number
  /** Of the memory files. */
  bytes: number
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
  /** Of a backup that nobody can look into: it was made late enough to hold it. */
  maybe?: true
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
  /** What of `add` needs no lock and takes longest: the next events can be prepared while others are added. */
  prepare(events: readonly EpisodicEvent[]): Promise<Prepared>
  get(id: string): Promise<StoredMemory | undefined>
  /** Those of the ids that are there, in no order. */
  getAll(ids: readonly string[]): Promise<StoredMemory[]>
  /** @returns undefined where there is no such memory @throws MhError STALE_VERSION (exit 5) */
  update(id: string, update: Update): Promise<StoredMemory | undefined>
  /**
   * Changes many memories (512 at most) as one: durable all together, with one audit entry. Nothing is kept as an earlier version.
   * @returns those that are changed by it; what is not there, or was left as it is, is not among them
   */
  updateMany(
    updates: readonly ManyUpdate[],
    audit: (changed: readonly EpisodicEvent[]) => AuditEvent
  ): Promise<StoredMemory[]>
  /** Moves memories to the trash. @returns the ids of those that were there */
  trash(ids: readonly string[]): Promise<string[]>
  /** Takes memories back out of the trash. @returns the ids of those that were in it */
  restore(ids: readonly string[]): Promise<string[]>
  trashed(): Promise<TrashedMemory[]>
  /** Ids of what is in the trash, without reading it. */
  trashedIds(): Promise<Set<string>>
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
  /** How many memories there are from each of these moments (milliseconds, rising) until before the next: one number less than moments. */
  countBetween(moments: readonly number[]): Promise<number[]>
  statistics(): Promise<MemoryStatistics>
  /** Looks at every file; with `full`, builds the index anew. @throws the signal's reason where it ended the look */
  reindex(options: ReindexOptions): Promise<ReindexReport>
  /** The commonest terms of all memories that begin so. */
  termsFrom(prefix: string, limit: number): Promise<string[]>
  /** Every memory's terms, to compare them. */
  terms(): Promise<{id: string; terms: string[]}[]>
  /**
   * Removes memories for good, wherever they are: file, trash, history, index. Then looks for what is left of them.
   * @returns the ids that were there, and the places where their text or id still stands
   */
  forget(ids: readonly string[]): Promise<{forgotten: string[]; remaining: Remaining[]}>
  /** Best first. */
  search(question: string, request: SearchRequest): Promise<FoundMemory[]>
  /** Nearest first; the score is the cosine similarity, −1 to 1. Only what `addVectors` was given is compared. @throws MhError VECTORS_UNAVAILABLE (exit 1) */
  nearest(request: NearestRequest): Promise<FoundMemory[]>
  /** How many memories have no vector of that model, and the newest of them; private ones only where `withPrivate`. */
  withoutVector(model: string, withPrivate: boolean, limit: number): Promise<{count: number; memories: StoredMemory[]}>
  /** Keeps what a model made of memories' texts. A memory that is another version by now is left out. @returns how many were kept */
  addVectors(model: string, vectors: readonly {memory: StoredMemory; vector: Float32Array}[]): Promise<number>
  /** A conversation's turns, oldest first. */
  session(sessionId: string): Promise<StoredMemory[]>
  newestSession(): Promise<string | undefined>
  /** Conversations, the one with the newest turn first. */
  sessions(limit: number): Promise<StoredSession[]>
}
