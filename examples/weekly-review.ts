/**
 * What the last days were about: memories by day, the tasks that were done, and those that are overdue. Keeps the review as a memory
 * that is found again by its tag.
 *
 *     node examples/weekly-review.ts          for the active person
 *     MH_USER=ada node examples/weekly-review.ts
 */
import {asUser, capture, listMemories, listTasks, MhError, type Task} from 'metahuman'

const DAY = 24 * 60 * 60 * 1000

const review = (): Promise<string> =>
  asUser(undefined, async () => {
    const now = Date.now()
    const {memories} = await listMemories({since: now - 7 * DAY}, 500)
    const byDay = Map.groupBy(memories.reverse(), ({timestamp}) => timestamp.slice(0, 10))
    const {tasks} = await listTasks({which: 'all'})
    const done = tasks.filter(({completed}) => completed !== undefined && Date.parse(completed) > now - 7 * DAY)
    const overdue = tasks.filter(
      ({status, due}) => status === 'todo' && due !== undefined && Date.parse(due) < now - DAY
    )

    const text = [
      ...[...byDay].flatMap(([day, kept]) => [day, ...kept.map(({content}) => `  ${content}`)]),
      ...section('Done', done),
      ...section('Overdue', overdue)
    ].join('\n')
    if (text !== '') await capture({content: text, type: 'summary', tags: ['weekly-review']})
    return text
  })

const section = (title: string, tasks: readonly Task[]): string[] =>
  tasks.length === 0 ? [] : [title, ...tasks.map((task) => `  ${task.title}`)]

try {
  console.log((await review()) || 'Nothing was kept in the last seven days.')
} catch (error) {
  // What a person can mend says how; everything else is a mistake, and shows where.
  if (!(error instanceof MhError)) throw error
  console.error(error.hint === undefined ? error.message : `${error.message}\n${error.hint}`)
  process.exitCode = error.exitCode
}
