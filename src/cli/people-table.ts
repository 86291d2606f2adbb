import type {Status} from '../core/status.ts'
import {sparkline} from './status-screen.ts'
import {printRecords} from './table.ts'

/** The status of several people, one line each. */
export const printPeople = (people: readonly Status[]): Promise<string> =>
  printRecords(people, [
    {title: 'id', value: ({user}) => user.id, piped: true},
    {title: 'username', value: ({user}) => user.username, piped: true},
    {title: 'role', value: ({user}) => user.role, piped: true},
    {title: 'mode', value: ({mode}) => mode, piped: true},
    {title: 'model', value: ({model}) => model.model ?? model.engine, piped: true, flexible: true},
    {title: 'memories', value: ({memories}) => String(memories.total), piped: true},
    {title: 'unprocessed', value: ({memories}) => String(memories.unprocessed), piped: true},
    {
      title: 'week',
      value: ({memories}) => memories.week.join(' '),
      short: ({memories}) => sparkline(memories.week),
      piped: true
    },
    {title: 'tasks', value: ({tasks}) => String(tasks.open), piped: true},
    {title: 'overdue', value: ({tasks}) => String(tasks.overdue), piped: true}
  ])
