import {setImmediate} from 'node:timers/promises'
import {privacyOfPerson} from '../chat/privacy.ts'
import type {EpisodicEvent} from '../memory/event.ts'
import {memoryStore} from '../memory/memories.ts'
import {pagesOf} from '../memory/pages.ts'
import {PROVIDERS, RECALL} from '../models/resolve.ts'
import type {CognitiveMode} from '../persona/mode.ts'
import {modeOf} from './dialogues.ts'

/** Why memories are in no data set, and how many each time. */
export interface LeftOut {
  /** Marked so, tagged so, or quoting one that is. */
  private: number
  /** A later memory says that it is no longer so. */
  superseded: number
  /** Written by the built-in engine, which only quotes. */
  recall: number
  /** Said or answered by neither the person nor their persona: conversations of other tools, other speakers. */
  others: number
  /** An answer that was broken off. */
  incomplete: number
  /** Nothing but blanks. */
  empty: number
}

export interface Gathered {
  /** Oldest first. */
  memories: EpisodicEvent[]
  leftOut: LeftOut
}

export interface GatherOptions {
  /** Only memories of this mode; of every mode where it is missing. */
  mode?: CognitiveMode
  /** Told now and then how many were looked at, and how many there are. */
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/** So many memories are held at once. */
const PAGE = 256

/** The current person's memories that a model may be trained by, and how many were left out and why. */
export async function gather({mode, onProgress, signal}: GatherOptions = {}): Promise<Gathered> {
  const store = memoryStore()
  const privacy = privacyOfPerson()
  const leftOut: LeftOut = {private: 0, superseded: 0, recall: 0, others: 0, incomplete: 0, empty: 0}
  const memories: EpisodicEvent[] = []
  const total = await store.count({})
  const current = {current: Number.MAX_SAFE_INTEGER}
  leftOut.superseded = total - (await store.count(current))
  let done = 0
  for await (const page of pagesOf(current, PAGE)) {
    for (const {event} of page) {
      signal?.throwIfAborted()
      done++
      if (mode !== undefined && modeOf(event) !== mode) continue
      const reason = (await privacy.reasonFor(event)) === undefined ? reasonAgainst(event) : 'private'
      if (reason === undefined) memories.push(event)
      else leftOut[reason]++
    }
    onProgress?.(done, total)
    // Signals and timers have their turn here.
    await setImmediate()
  }
  return {memories: memories.reverse(), leftOut}
}

function reasonAgainst({content, metadata}: EpisodicEvent): keyof LeftOut | undefined {
  const {engine, speaker, incomplete} = metadata
  if (engine === RECALL) return 'recall'
  if (speaker !== undefined || (engine !== undefined && !Object.hasOwn(PROVIDERS, engine))) return 'others'
  if (incomplete === true) return 'incomplete'
  return content.trim() === '' ? 'empty' : undefined
}
