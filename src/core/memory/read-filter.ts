import {readSettings} from '../settings.ts'
import {parseBound, parseTime} from '../time.ts'
import type {MemoryFilter} from './memories.ts'

/** Which memories are meant, as a person says it: times in words or ISO 8601, in their zone. */
export interface FilterWords {
  type?: string | undefined
  tag?: string | undefined
  since?: string | undefined
  /** A day is included. */
  until?: string | undefined
}

/** The filter that the words describe. @throws MhError INVALID_TIME (exit 2) */
export async function readFilter({type, tag, since, until}: FilterWords): Promise<MemoryFilter> {
  const bound = (text: string, side: 'since' | 'until'): Promise<number> =>
    parseBound(text, side, readSettings().timezone)
  return {
    ...(type === undefined ? {} : {type}),
    ...(tag === undefined ? {} : {tag}),
    ...(since === undefined ? {} : {since: await bound(since, 'since')}),
    ...(until === undefined ? {} : {until: await bound(until, 'until')})
  }
}

/** A time in words or ISO 8601, in the person's zone, as ISO 8601 in UTC. @throws MhError INVALID_TIME (exit 2) */
export async function readMoment(text: string): Promise<string> {
  return new Date((await parseTime(text, readSettings().timezone)).at).toISOString()
}

/** The end of what a time names: a day's last moment, in the person's zone; milliseconds. @throws MhError INVALID_TIME (exit 2) */
export const readUntil = (text: string): Promise<number> => parseBound(text, 'until', readSettings().timezone)
