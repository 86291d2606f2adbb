import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {usageError} from '../core/errors.ts'
import type {MemoryFilter} from '../core/memory/memories.ts'
import {readSettings} from '../core/settings.ts'
import {parseBound, parseTime} from '../core/time.ts'

/** One memory, in every command that takes one. */
export const idArg = Args.string({
  required: true,
  ignoreStdin: true,
  description: 'an id, any unique ending of it, or @last'
})

/** Which memories are meant, in every command that searches or lists. */
export const filterFlags = {
  type: Flags.string({summary: 'Only memories of this type', helpGroup: 'FILTER', helpValue: '<type>'}),
  tag: Flags.string({summary: 'Only memories with this tag', helpGroup: 'FILTER', helpValue: '<tag>'}),
  since: Flags.string({summary: 'Not before this time', helpGroup: 'FILTER', helpValue: '<time in words or ISO>'}),
  until: Flags.string({
    summary: 'Not after this time; a day is included',
    helpGroup: 'FILTER',
    helpValue: '<time in words or ISO>'
  })
}

/** The filter that the flags describe, in the person's zone. @throws MhError INVALID_TIME (exit 2) */
export async function readFilter(flags: {
  type?: string | undefined
  tag?: string | undefined
  since?: string | undefined
  until?: string | undefined
}): Promise<MemoryFilter> {
  const {type, tag, since, until} = flags
  const bound = (text: string, side: 'since' | 'until'): Promise<number> =>
    parseBound(text, side, readSettings().timezone)
  return {
    ...(type === undefined ? {} : {type}),
    ...(tag === undefined ? {} : {tag}),
    ...(since === undefined ? {} : {since: await bound(since, 'since')}),
    ...(until === undefined ? {} : {until: await bound(until, 'until')})
  }
}

/** @throws MhError INVALID_IMPORTANCE (exit 2) */
export function readImportance(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (number >= 0 && number <= 1) return number
  throw usageError('INVALID_IMPORTANCE', `The importance ${JSON.stringify(text)} is no number from 0 to 1`)
}

/** A time in words or ISO 8601, in the person's zone, as ISO 8601 in UTC. @throws MhError INVALID_TIME (exit 2) */
export async function readMoment(text: string): Promise<string> {
  return new Date((await parseTime(text, readSettings().timezone)).at).toISOString()
}

/** The end of what a time names: a day's last moment, in the person's zone; milliseconds. @throws MhError INVALID_TIME (exit 2) */
export const readUntil = (text: string): Promise<number> => parseBound(text, 'until', readSettings().timezone)
