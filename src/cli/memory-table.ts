import type {ShownMemory} from '../core/memory/memories.ts'
import {readSettings} from '../core/settings.ts'
import {localTime} from '../core/time.ts'
import {printRecords} from './table.ts'

/** A list of memories: id, time, type and text. */
export function printMemories(memories: readonly ShownMemory[]): Promise<string> {
  return printRecords(memories, [
    {title: 'id', value: ({id}) => id, short: ({id}) => shortId(id), piped: true},
    {
      title: 'when',
      value: ({timestamp}) => timestamp,
      short: ({timestamp}) => localTime(Date.parse(timestamp), readSettings().timezone),
      piped: true,
      optional: true
    },
    {title: 'type', value: ({type}) => type, piped: true, optional: true},
    {title: 'what', value: textOf, piped: true, flexible: true}
  ])
}

/** The last characters of an id: enough for a person, and what commands take. */
export const shortId = (id: string): string => id.slice(-8)

/** What a memory says, with what was answered to it. */
export const textOf = ({content, response}: Pick<ShownMemory, 'content' | 'response'>): string =>
  response === undefined ? content : `${content} — ${response}`
