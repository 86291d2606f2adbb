import {lstatSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {AuditEvent} from '../../audit.ts'
import {changeProfile, type ProfileChange} from '../../change.ts'
import {conflict} from '../../errors.ts'
import {reach} from '../../faults.ts'
import {FolderKnowledge} from '../../file-index/folder-knowledge.ts'
import type {FileEntry} from '../../file-index/sync-folders.ts'
import {discard, ensureFolder, place, placeOrDiscard, type StagedFile, stageFile, unwritable} from '../../files.ts'
import {withUnread} from '../../keep-unread.ts'
import {PROFILE_LAYOUT, paths} from '../../paths.ts'
import type {StoredTask, TaskLookup, TaskUpdate} from '../store.ts'
import {formatTask, placeOf, type Task, type TaskPlace} from '../task.ts'
import {readTaskFile, type TaskFile} from './read-task-file.ts'
import {placeOfFolder, type TaskIndex} from './task-index.ts'
import {tasksIndex} from './tasks-index.ts'

/** What a change of tasks works with, under the person's lock. */
interface Work {
  change: ProfileChange
  /** The folder memory/tasks. */
  root: string
  index: TaskIndex
  folders: FolderKnowledge
}

/** A task and where its file is now. */
interface Placed {
  task: Task
  folder: string
  name: string
}

/** Makes a new task's file: written and fsynced outside the lock, named and audited under it. */
export async function addTaskFile(
  task: Task,
  check: (others: TaskLookup) => Promise<void>,
  audit: AuditEvent
): Promise<void> {
  const staged = stage(paths.root, formatTask(task))
  try {
    await withTasks(async (work) => {
      await check(lookup(work))
      const path = target(work, 'active', `${task.id}.json`)
      work.folders.adding('active')
      // The profile may have been renamed since the file was staged; its temporary folder went with it.
      const here = join(work.change.root, PROFILE_LAYOUT.temporary, basename(staged.path))
      step(work, audit, [{run: () => place({path: here}, path), back: () => place({path}, here)}])
      return {task, folder: 'active', name: `${task.id}.json`}
    })
  } finally {
    discard([staged])
  }
}

/**
 * Changes a task. Where that finishes it or takes it up again, its file also goes to the other folder: the text first where it
 * is finished, the folder first where it is taken up. The file is in exactly one folder at every moment, and what a crash leaves
 * between the two steps reads as finished, either way.
 * @returns the task as it is now; undefined where it is not there, or deleted
 */
export function updateTaskFile(id: string, update: TaskUpdate): Promise<Task | undefined> {
  return withTasks(async (work) => {
    const found = find(work, id)
    if (found === undefined || placeOfFolder(found.located.folder) === 'deleted') return undefined
    const {located, file} = found
    const task = await update.change(file.task, lookup(work))
    const text = formatTask(withUnread(file.bytes, file.task, task))
    const move = placeOfFolder(located.folder) !== placeOf(task)
    if (formatTask(task) === formatTask(file.task) && !move) return {task, folder: located.folder, name: located.name}
    const to = move ? placeOf(task) : located.folder
    const newPath = move ? target(work, to, located.name) : file.path
    work.folders.replacing(located.folder)
    if (move) {
      work.folders.removing(located.folder)
      work.folders.adding(to)
    }
    const staged = stage(work.change.root, text)
    const moving = {run: () => place({path: file.path}, newPath), back: () => place({path: newPath}, file.path)}
    const writing = (path: string): Step => ({
      run: () => placeOrDiscard(staged, path),
      back: () => placeOrDiscard(stage(work.change.root, file.bytes), path)
    })
    const steps = !move
      ? [writing(file.path)]
      : to === 'completed'
        ? [writing(file.path), moving]
        : [moving, writing(newPath)]
    try {
      step(work, update.audit(task, file.task), steps)
    } finally {
      discard([staged])
    }
    return {task, folder: to, name: located.name}
  })
}

/** Moves a task's file to the deleted ones, or back from there; its text stays. @returns undefined where it is not there */
export function moveTaskFile(id: string, deleted: boolean, audit: AuditEvent): Promise<Task | undefined> {
  return withTasks((work) => {
    const found = find(work, id)
    if (found === undefined || (placeOfFolder(found.located.folder) === 'deleted') === deleted) return undefined
    const {located, file} = found
    const to: TaskPlace = deleted ? 'deleted' : placeOf(file.task)
    const path = target(work, to, located.name)
    work.folders.removing(located.folder)
    work.folders.adding(to)
    step(work, audit, [{run: () => place({path: file.path}, path), back: () => place({path}, file.path)}])
    return {task: file.task, folder: to, name: located.name}
  })
}

/** Runs a change of one task with the index, then brings the index up to it. */
function withTasks(fn: (work: Work) => Promise<Placed | undefined> | Placed | undefined): Promise<Task | undefined> {
  return changeProfile(async (change) => {
    const root = ensureFolder(change.root, PROFILE_LAYOUT.tasks).path
    const index = tasksIndex.openLocked(change.user)
    try {
      const work = {change, root, index, folders: new FolderKnowledge(root, index)}
      const mended = mend(work)
      const placed = await fn(work)
      tasksIndex.update(change.user, index, () => record(work, [...mended, ...(placed === undefined ? [] : [placed])]))
      reach('committed')
      return placed?.task
    } finally {
      tasksIndex.leave(change.user, index)
    }
  })
}

/** Ends what was interrupted: finished tasks that still lie among the active ones go to their folder. */
function mend(work: Work): Placed[] {
  const mended = work.index.misplaced().flatMap((located): (Placed & {step: Step})[] => {
    const file = readTaskFile(work.root, located.folder, located.name, work.change.user.userId)
    if (!('task' in file) || placeOf(file.task) !== 'completed') return []
    const path = target(work, 'completed', located.name)
    work.folders.removing(located.folder)
    work.folders.adding('completed')
    const step = {run: () => place({path: file.path}, path), back: () => place({path}, file.path)}
    return [{task: file.task, folder: 'completed', name: located.name, step}]
  })
  if (mended.length > 0) {
    const ids = mended.map(({task}) => task.id)
    step(
      work,
      {category: 'data', event: 'task_moves_finished', details: {ids}},
      mended.map((one) => one.step)
    )
  }
  return mended
}

interface Step {
  run: () => void
  back: () => void
}

/** Takes the steps, makes them durable and writes the audit line; where one fails, those before it are taken back. */
function step({change, root, folders}: Work, audit: AuditEvent, steps: readonly Step[]): void {
  const done: Step[] = []
  try {
    for (const one of steps) {
      one.run()
      done.unshift(one)
    }
    folders.sync()
    change.audit(audit)
  } catch (error) {
    for (const one of done) one.back()
    throw unwritable(root, error)
  }
}

function record({root, index, folders}: Work, placed: readonly Placed[]): void {
  index.remove(placed.map(({task}) => task.id))
  index.put(
    placed.map(({task, folder, name}) => {
      const {mtimeMs, size} = statSync(join(root, folder, name))
      return {id: task.id, folder, name, mtimeMs, size, task}
    })
  )
  for (const mark of folders.marks()) index.setFolder(mark)
  reach('indexed')
}

function find({root, index, change}: Work, id: string): {located: FileEntry; file: TaskFile} | undefined {
  const located = index.locate(id)
  if (located === undefined) return undefined
  const file = readTaskFile(root, located.folder, located.name, change.user.userId)
  return 'task' in file && file.task.id === id ? {located, file} : undefined
}

const lookup = (work: Work): TaskLookup => ({
  async get(id): Promise<StoredTask | undefined> {
    const found = find(work, id)
    if (found === undefined) return undefined
    return {task: found.file.task, deleted: placeOfFolder(found.located.folder) === 'deleted'}
  }
})

/** The path of a file that gets its name in `folder`. @throws MhError FILE_EXISTS (exit 5): a rename would replace what lies there */
function target({root}: Work, folder: string, name: string): string {
  const path = join(ensureFolder(root, folder).path, name)
  if (lstatSync(path, {throwIfNoEntry: false}) !== undefined)
    throw conflict('FILE_EXISTS', `There is a file ${path} already`, 'Move it away, or give it another name')
  return path
}

const stage = (root: string, data: string | Uint8Array): StagedFile => {
  try {
    return stageFile(ensureFolder(root, PROFILE_LAYOUT.temporary).path, 'task', data)
  } catch (error) {
    throw unwritable(root, error)
  }
}
