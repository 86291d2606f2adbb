import * as z from 'zod'
import {usageError} from '../../core/errors.ts'
import {readUntil} from '../../core/memory/read-filter.ts'
import {readSettings} from '../../core/settings.ts'
import {readDue} from '../../core/tasks/due.ts'
import {TASK_PRIORITIES, TASK_STATUSES, type Task} from '../../core/tasks/task.ts'
import {
  addTask,
  deleteTask,
  editTask,
  listTasks,
  setTaskStatus,
  type TaskEdit,
  USUAL_LIMIT
} from '../../core/tasks/tasks.ts'
import {endpoint} from './endpoint.ts'
import {taskShape, words} from './shapes.ts'

const fields = {
  title: z.string().max(20_000),
  description: z.string().max(100_000).optional(),
  priority: z.enum(TASK_PRIORITIES).optional(),
  due: words.optional(),
  tags: z.array(z.string().max(200)).max(100).optional(),
  dependencies: z.array(z.string().max(200)).max(500).optional()
}

export const taskEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/tasks',
    summary: 'Your tasks, the most urgent first; open ones unless a status or all is asked for',
    query: z.object({
      status: z.enum(TASK_STATUSES).optional(),
      tag: z.string().optional(),
      due: words.optional(),
      all: z.enum(['true', 'false']).optional(),
      n: z.coerce.number().int().min(1).max(10_000).default(USUAL_LIMIT)
    }),
    answer: z.array(taskShape),
    async handle({query: {status, tag, due, all, n}}) {
      const {tasks} = await listTasks(
        {
          which: all === 'true' || status !== undefined ? 'all' : 'open',
          ...(status === undefined ? {} : {status}),
          ...(tag === undefined ? {} : {tag}),
          ...(due === undefined ? {} : {due: await readUntil(due)})
        },
        n
      )
      return tasks
    }
  }),
  endpoint({
    method: 'post',
    path: '/api/tasks',
    summary: 'Note something that is to be done',
    body: z.object(fields),
    answer: taskShape,
    status: 201,
    handle: async ({body: {title, ...rest}}) => addTask({title, ...(await edited(rest))})
  }),
  endpoint({
    method: 'patch',
    path: '/api/tasks/{id}',
    summary: 'Change a task, or how far it is',
    body: z.object({
      ...fields,
      title: fields.title.optional(),
      due: words.nullable().optional(),
      status: z.enum(TASK_STATUSES).optional(),
      force: z.boolean().optional().meta({description: 'Done although tasks that come before it are open'})
    }),
    answer: taskShape,
    async handle({params, body: {status, force = false, title, due, ...rest}}) {
      const edit: TaskEdit = {
        ...(await edited({...rest, ...(due === null ? {} : {due})})),
        ...(title === undefined ? {} : {title}),
        ...(due === null ? {due: null} : {})
      }
      const id = params.id ?? ''
      let task: Task | undefined
      if (Object.keys(edit).length > 0) task = await editTask(id, edit)
      if (status !== undefined) task = await setTaskStatus(id, status, force)
      if (task === undefined)
        throw usageError('NOTHING_TO_CHANGE', 'Nothing says what is to change', 'GET /api/openapi.json tells what can')
      return task
    }
  }),
  endpoint({
    method: 'delete',
    path: '/api/tasks/{id}',
    summary: 'Put a task away',
    answer: taskShape,
    handle: ({params}) => deleteTask(params.id ?? '')
  })
]

type Fields = Pick<Partial<Task>, 'description' | 'priority' | 'due' | 'tags' | 'dependencies'>

/** What was given of a task, its due date read in the person's zone. */
async function edited({
  description,
  priority,
  due,
  tags,
  dependencies
}: {[Name in keyof Fields]?: Fields[Name] | undefined}): Promise<Fields> {
  return {
    ...(description === undefined ? {} : {description}),
    ...(priority === undefined ? {} : {priority}),
    ...(due === undefined ? {} : {due: await readDue(due, readSettings().timezone)}),
    ...(tags === undefined ? {} : {tags}),
    ...(dependencies === undefined ? {} : {dependencies})
  }
}
