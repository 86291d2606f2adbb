import {localTime, parseTime} from '../time.ts'
import {dueMoment, isOpen, type Task} from './task.ts'

/**
 * When something is due, as a task keeps it: YYYY-MM-DD in the person's zone where no time of day was said, else ISO 8601 in UTC.
 * "friday" and "5pm" are those to come.
 * @param zone IANA name
 * @param now milliseconds
 * @throws MhError INVALID_TIME (exit 2)
 */
export async function readDue(words: string, zone: string, now = Date.now()): Promise<string> {
  const {at, wholeDay} = await parseTime(words, zone, now, true)
  return wholeDay ? localTime(at, zone).slice(0, 10) : new Date(at).toISOString()
}

/** A due date as people are shown it: a day, or a time of the person's zone; what is neither as it is. */
export const shownDue = ({due}: {due?: string}, zone: string): string =>
  due === undefined || due.length === 10 || Number.isNaN(Date.parse(due))
    ? (due ?? '')
    : localTime(Date.parse(due), zone)

/** How near a task's due date is. Finished tasks are never overdue. */
export type DueGroup = 'overdue' | 'today' | 'tomorrow' | 'week' | 'later' | 'none' | 'finished'

/** The groups in the order in which they are shown, with what each is called. */
export const DUE_GROUPS: readonly (readonly [group: DueGroup, name: string])[] = [
  ['overdue', 'Overdue'],
  ['today', 'Today'],
  ['tomorrow', 'Tomorrow'],
  ['week', 'In the next days'],
  ['later', 'Later'],
  ['none', 'No date'],
  ['finished', 'Finished']
]

/**
 * The group that a task is shown in.
 * @param zone IANA name: which day it is depends on it
 * @param now milliseconds
 */
export function dueGroup(task: Task, zone: string, now = Date.now()): DueGroup {
  if (!isOpen(task)) return 'finished'
  const at = dueMoment(task, zone)
  if (at === undefined) return 'none'
  if (at < now) return 'overdue'
  const days = daysBetween(now, at, zone)
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : days < 7 ? 'week' : 'later'
}

/** How many midnights of the zone lie between two moments. */
function daysBetween(from: number, to: number, zone: string): number {
  const day = (at: number): number => Date.parse(localTime(at, zone).slice(0, 10)) / 86_400_000
  return day(to) - day(from)
}
