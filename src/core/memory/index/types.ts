import type {FileEntry} from '../../file-index/sync-folders.ts'
import type {Explanation} from '../search/rank.ts'
import type {FoundBy} from './findable.ts'

/** What of a memory it is found and filtered by. */
export interface Findable {
  id: string
  /** Milliseconds, UTC. */
  timestamp: number
  type: string
  content: string
  /** The persona's answer, in a conversation. */
  response?: string
  tags: string[]
  speaker?: string
  session?: string
  processed: boolean
  private?: boolean
  /** Ids of memories that this one says are no longer so. */
  supersedes?: string[]
  /** Runs of agents that made or changed it. */
  runs?: string[]
}

/** One memory as the store of files hands it to the index. */
export interface IndexEntry extends Findable, FileEntry {
  /** Where it was worked out already, in the profile's language. */
  found?: FoundBy
}

/** Where a memory lies. */
export interface Located extends FileEntry {
  timestamp: number
  type: string
}

export interface IndexFilter {
  type?: string
  tag?: string
  /** Milliseconds, UTC, both inclusive. */
  since?: number
  until?: number
  unprocessed?: boolean
  /** Leaves out what had been superseded by that moment (milliseconds, UTC). */
  current?: number
  session?: string
  /** What that run of an agent made or changed. */
  run?: string
}

export interface IndexOptions {
  /** Of the profile: 'en', 'de', … */
  language: string
  /** The person's names, such as username and display name, separated by blanks: they and "I" in a question name the person. */
  owner: string
}

export interface SearchOptions {
  /** At most so many hits. */
  limit: number
  filter?: IndexFilter
  /** Milliseconds, UTC: what "last week" counts from. */
  now: number
  /** IANA name of the person's time zone; the system's where there is none. */
  zone?: string
  /** Memories of this session are no hits: a conversation does not quote itself. */
  excludeSession?: string
  explain?: boolean
}

export interface Hit extends Located {
  score: number
  explain?: Explanation
}

/** The file of an entry whose id stands in another file already, and so is not in the index. */
export interface Conflict {
  id: string
  folder: string
  name: string
}

/** What is nearest to a vector in meaning. */
export interface NearestRequest {
  /** Which model made the vectors. */
  model: string
  vector: Float32Array
  limit: number
  filter: IndexFilter
  excludeSession?: string
}
