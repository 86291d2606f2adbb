import {readdirSync} from 'node:fs'
import {errno} from '../errors.ts'
import {paths} from '../paths.ts'

/** How many tasks of the current person are not finished: the folder of active ones holds exactly those. */
export function countOpenTasks(): number {
  try {
    return readdirSync(paths.tasksActive).filter((name) => name.endsWith('.json')).length
  } catch (error) {
    if (errno(error) === 'ENOENT') return 0
    throw error
  }
}
