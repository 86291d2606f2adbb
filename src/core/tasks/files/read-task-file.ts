import {join} from 'node:path'
import type {ReadEntry} from '../../file-index/sync-folders.ts'
import {readJsonFile, type Unread} from '../../memory/read-file.ts'
import {readTask, type Task} from '../task.ts'
import {placeOfFolder, type TaskEntry} from './task-index.ts'

export interface TaskFile {
  task: Task
  bytes: Uint8Array
  mtimeMs: number
  size: number
  path: string
}

/** Reads one task. Links and pipes are not followed. @returns the task, or why it could not be read */
export function readTaskFile(root: string, folder: string, name: string, userId: string): TaskFile | Unread {
  const path = join(root, folder, name)
  const read = readJsonFile(path)
  if (!('value' in read)) return read
  const {value, bytes, mtimeMs, size} = read
  const task = readTask(value, placeOfFolder(folder), userId, mtimeMs)
  return typeof task === 'string' ? {gone: false, reason: task} : {task, bytes, mtimeMs, size, path}
}

/** Reads a task's file for the index. */
export const readTaskEntry: ReadEntry<TaskEntry> = (root, folder, name, userId) => {
  const read = readTaskFile(root, folder, name, userId)
  if (!('task' in read)) return read
  const {task, mtimeMs, size} = read
  return {entry: {id: task.id, folder, name, mtimeMs, size, task}}
}
