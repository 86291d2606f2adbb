import {readSettings} from '../core/settings.ts'
import type {Status} from '../core/status.ts'
import {shownDue} from '../core/tasks/due.ts'
import {plural} from './plural.ts'
import {relativeTime} from './relative-time.ts'
import {printFields} from './table.ts'

/** One person's status, as a person reads it. */
export function statusScreen(status: Status): string {
  const {user, persona, mode, memories, tasks, disk, profilePath, findings} = status
  const {total, unprocessed, week} = memories
  const zone = readSettings().timezone
  const fields = printFields([
    ['Person', `${user.displayName ?? user.username} (${user.username}, ${user.role})`],
    ['Persona', `${persona.name}, facet ${persona.facet}`],
    ['Mode', mode],
    ['Model', modelOf(status)],
    ['Memories', `${total}, ${unprocessed} unprocessed`],
    [
      'This week',
      `${sparkline(week)} ${plural(
        week.reduce((sum, day) => sum + day, 0),
        'memory',
        'memories'
      )}`
    ],
    ['Tasks', tasksOf(tasks)],
    ...tasks.next.map((task, at): [string, string] => [
      at === 0 ? 'Due next' : '',
      `${shownDue(task, zone)}  ${task.title}`
    ]),
    ['Agents', agentsOf(status)],
    ...(disk.free === null ? [] : [['Disk', `${size(disk.free)} free`] as [string, string]]),
    ['Profile', profilePath]
  ])
  return findings.length === 0 ? fields : `${fields}\n\n${findings.map(({message}) => `! ${message}`).join('\n')}`
}

/** A bar for each number, the highest for the greatest; a dot for none. */
export function sparkline(numbers: readonly number[]): string {
  const most = Math.max(...numbers)
  return numbers.map((number) => (number === 0 ? '·' : BARS[Math.ceil((number / most) * BARS.length) - 1])).join('')
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** The last runs of the three that ran last: "organizer 5 minutes ago, reflector failed yesterday". */
function agentsOf({agents}: Status): string {
  const zone = readSettings().timezone
  return agents
    .slice(0, 3)
    .map(({name, lastRun, status}) => {
      const when = relativeTime(Date.parse(lastRun), Date.now(), zone)
      return status === 'failed' ? `${name} failed ${when}` : `${name} ${when}`
    })
    .join(', ')
}

function modelOf({model, findings}: Status): string {
  const reachable = model.reachable === null ? '' : model.reachable ? ', answers' : ', does not answer'
  if (model.engine === 'recall') return `recall (built in, no language model)${reachable}`
  return model.model === null && findings.length > 0
    ? 'cannot be used, see below'
    : `${model.model} (${model.engine})${reachable}`
}

function tasksOf({open, overdue, today}: Status['tasks']): string {
  const due = [...(overdue > 0 ? [`${overdue} overdue`] : []), ...(today > 0 ? [`${today} due today`] : [])]
  return [plural(open, 'open task', 'open tasks'), ...due].join(', ')
}

/** "512 MB", "34 GB": three digits at most. */
function size(bytes: number): string {
  const megabytes = bytes / 1024 / 1024
  if (megabytes < 1000) return `${Math.round(megabytes)} MB`
  const gigabytes = megabytes / 1024
  return gigabytes < 1000 ? `${Math.round(gigabytes)} GB` : `${Math.round(gigabytes / 1024)} TB`
}
