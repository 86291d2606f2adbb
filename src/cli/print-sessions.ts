import type {Session} from '../core/chat/sessions.ts'
import {readSettings} from '../core/settings.ts'
import {localTime} from '../core/time.ts'
import {shortId} from './memory-table.ts'
import {printRecords} from './table.ts'

/** A list of conversations. */
export function printSessions(sessions: readonly Session[]): Promise<string> {
  return printRecords(sessions, [
    {title: 'id', value: ({session}) => session, short: ({session}) => shortId(session), piped: true},
    {
      title: 'begun',
      value: ({startedAt}) => startedAt,
      short: ({startedAt}) => localTime(Date.parse(startedAt), readSettings().timezone),
      piped: true
    },
    {title: 'turns', value: ({turns}) => String(turns), piped: true},
    {title: 'title', value: ({title}) => title, piped: true, flexible: true}
  ])
}
