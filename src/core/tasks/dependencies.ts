import {conflict, notFound} from '../errors.ts'
import type {TaskLookup} from './store.ts'
import {isOpen, type Task} from './task.ts'

/**
 * Checks what a task depends on: each is there, and none of them waits for the task itself, however far round.
 * @throws MhError TASK_NOT_FOUND (exit 3), DEPENDENCY_CYCLE (exit 5) with the way round
 */
export async function checkDependencies(task: Pick<Task, 'id' | 'dependencies'>, others: TaskLookup): Promise<void> {
  for (const id of task.dependencies) {
    if (id !== task.id && (await others.get(id)) === undefined)
      throw notFound('TASK_NOT_FOUND', `There is no task ${JSON.stringify(id)} to depend on`, 'mh task list shows them')
  }
  const way = await wayBack(task.id, task.dependencies, others)
  if (way !== undefined)
    throw conflict(
      'DEPENDENCY_CYCLE',
      `The tasks would wait for each other: ${[task.id, ...way].join(' -> ')}`,
      'mh task edit <id> --depends none takes dependencies away'
    )
}

/**
 * @throws MhError DEPENDENCY_OPEN (exit 5) where a task that comes before this one is open
 */
export async function requireDependenciesDone(task: Task, others: TaskLookup): Promise<void> {
  const open: Task[] = []
  for (const id of task.dependencies) {
    const found = await others.get(id)
    // What was deleted or never was is not waited for.
    if (found !== undefined && !found.deleted && isOpen(found.task)) open.push(found.task)
  }
  if (open.length > 0)
    throw conflict(
      'DEPENDENCY_OPEN',
      `${JSON.stringify(task.title)} waits for ${open.map(({id, title}) => `${JSON.stringify(title)} (${id})`).join(', ')}`,
      'Do that first, or say --force'
    )
}

/** The ids on a way from one of `next` to `goal`, along dependencies; deleted tasks count, for they may come back. */
async function wayBack(goal: string, next: readonly string[], others: TaskLookup): Promise<string[] | undefined> {
  const seen = new Set<string>()
  const ways = next.map((id) => [id])
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    const id = way[way.length - 1] ?? ''
    if (id === goal) return way
    if (seen.has(id)) continue
    seen.add(id)
    for (const before of (await others.get(id))?.task.dependencies ?? []) ways.push([...way, before])
  }
  return undefined
}
