import {listTasks} from '../tasks/tasks.ts'

const ASKS_FOR_TASKS =
  /\b(?:tasks?|to-?dos?|due|deadlines?|overdue|agenda|on my (?:plate|list)|(?:have|need|got|left|supposed) to do|should i (?:do|work on)|what'?s next|what is next)\b/i
const MOST_TASKS = 20

/** Open tasks for a prompt, a line each, where the message asks about such things; none else. */
export async function tasksFor(message: string): Promise<string[] | undefined> {
  if (!ASKS_FOR_TASKS.test(message)) return undefined
  const {tasks, total} = await listTasks({which: 'open'}, MOST_TASKS)
  if (total === 0) return undefined
  const lines = tasks.map(({title, status, priority, due}) =>
    JSON.stringify({title, status, priority, ...(due === undefined ? {} : {due})})
  )
  return total > tasks.length ? [...lines, JSON.stringify({more: total - tasks.length})] : lines
}
