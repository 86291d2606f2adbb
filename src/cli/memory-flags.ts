import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {usageError} from '../core/errors.ts'

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

/** @throws MhError INVALID_IMPORTANCE (exit 2) */
export function readImportance(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (number >= 0 && number <= 1) return number
  throw usageError('INVALID_IMPORTANCE', `The importance ${JSON.stringify(text)} is no number from 0 to 1`)
}
