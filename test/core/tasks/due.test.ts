import {describe, expect, it} from 'vitest'
import {dueGroup, readDue} from '../../../src/core/tasks/due.ts'
import {newTask} from '../../../src/core/tasks/task.ts'

/** A Wednesday, 17:00 in Berlin. */
const NOW = Date.parse('2026-11-25T16:00:00.000Z')
const BERLIN = 'Europe/Berlin'

describe('a due date in words', () => {
  it.each([
    ['friday', '2026-11-27'],
    ['wednesday 9am', '2026-12-02T08:00:00.000Z'],
    ['friday 5pm', '2026-11-27T16:00:00.000Z'],
    ['monday', '2026-11-30'],
    ['tomorrow', '2026-11-26'],
    ['today', '2026-11-25'],
    ['in 2 weeks', '2026-12-09'],
    ['in 3 hours', '2026-11-25T19:00:00.000Z'],
    ['at 9am', '2026-11-26T08:00:00.000Z'],
    ['2027-01-05', '2027-01-05'],
    ['2027-01-05T10:00', '2027-01-05T09:00:00.000Z'],
    ['2027-01-05T10:00Z', '2027-01-05T10:00:00.000Z'],
    ['3 january', '2027-01-03']
  ])('%s is to come', async (words, due) => {
    expect(await readDue(words, BERLIN, NOW)).toBe(due)
  })

  it.each(['soon', '', '2026-02-30', 'lunch tomorrow'])('%j is none', async (words) => {
    await expect(readDue(words, BERLIN, NOW)).rejects.toMatchObject({code: 'INVALID_TIME', exitCode: 2})
  })
})

describe('the group of a task', () => {
  const group = (due: string | undefined, zone = BERLIN) =>
    dueGroup(newTask({title: 'x', ...(due === undefined ? {} : {due})}, 'u', ''), zone, NOW)

  it.each([
    [undefined, 'none'],
    ['2026-11-24', 'overdue'],
    ['2026-11-25T15:59:00.000Z', 'overdue'],
    ['2026-11-25', 'today'],
    ['2026-11-26', 'tomorrow'],
    ['2026-11-26T22:30:00.000Z', 'tomorrow'],
    ['2026-11-26T23:30:00.000Z', 'week'],
    ['2026-12-01', 'week'],
    ['2026-12-02', 'later'],
    ['nonsense', 'none']
  ])('due %s is %s', (due, name) => {
    expect(group(due)).toBe(name)
  })

  it('depends on the zone of the person', () => {
    // It is the 26th already in Kiritimati.
    expect(group('2026-11-25', 'Pacific/Kiritimati')).toBe('overdue')
    expect(group('2026-11-26', 'Pacific/Kiritimati')).toBe('today')
  })

  it('a finished task is never overdue', () => {
    expect(dueGroup({...newTask({title: 'x', due: '2020-01-01'}, 'u', ''), status: 'done'}, BERLIN, NOW)).toBe(
      'finished'
    )
  })
})
