import {derivedIndex} from '../../file-index/derived-index.ts'
import {readSettings} from '../../settings.ts'
import {TaskIndex} from './task-index.ts'

/** The indexes by which tasks are listed. */
export const tasksIndex = derivedIndex({
  of: 'task',
  ending: '.tasks.db',
  open: (file) => TaskIndex.open(file, readSettings().timezone),
  create: (file) => TaskIndex.create(file, readSettings().timezone),
  purpose: () => readSettings().timezone
})
