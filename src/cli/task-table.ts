import {readSettings} from '../core/settings.ts'
import {DUE_GROUPS, type DueGroup, dueGroup, shownDue} from '../core/tasks/due.ts'
import type {Task} from '../core/tasks/task.ts'
import {shortId} from './memory-table.ts'
import {type Column, printRecords} from './table.ts'
import {atTerminal} from './terminal.ts'

/** A list of tasks: at a terminal in groups by due date, in a pipe one line each. */
export async function printTasks(tasks: readonly Task[]): Promise<string> {
  if (tasks.length === 0) return ''
  const zone = readSettings().timezone
  const columns: Column<Task>[] = [
    {title: 'id', value: ({id}) => id, short: ({id}) => shortId(id), piped: true},
    {title: 'due', value: ({due}) => due ?? '', short: (task) => shownDue(task, zone), piped: true},
    {title: '', value: ({priority}) => priority, piped: true},
    {title: 'status', value: ({status}) => status, short: ({status}) => status.replace('_', ' '), piped: true},
    {title: 'task', value: ({title}) => title, piped: true, flexible: true},
    {title: 'tags', value: ({tags}) => tags.join(','), piped: true, optional: true}
  ]
  const text = await printRecords(tasks, columns)
  return atTerminal(1) ? grouped(text, tasks, zone) : text
}

const TITLES = new Map(DUE_GROUPS)

/** Puts a heading before the first row of each group. @param text one line for the titles of the columns, then one a task */
async function grouped(text: string, tasks: readonly Task[], zone: string): Promise<string> {
  const {colour} = await import('./colour.ts')
  const [titles = '', ...rows] = text.split('\n')
  const lines = [titles]
  let last: DueGroup | undefined
  for (const [at, row] of rows.entries()) {
    const task = tasks[at]
    const group = task === undefined ? last : dueGroup(task, zone)
    const paint = group === 'overdue' ? colour.red : group === 'finished' ? colour.dim : (line: string) => line
    if (group !== undefined && group !== last) lines.push(paint(colour.bold(TITLES.get(group) ?? group)))
    last = group
    lines.push(paint(row))
  }
  return lines.join('\n')
}
