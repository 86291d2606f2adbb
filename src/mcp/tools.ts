import * as z from 'zod'
import {capture, searchMemories, showMemory} from '../core/memory/memories.ts'
import {readSettings} from '../core/settings.ts'
import {readDue} from '../core/tasks/due.ts'
import {TASK_PRIORITIES, TASK_STATUSES} from '../core/tasks/task.ts'
import {addTask, editTask, listTasks, setTaskStatus, showTask} from '../core/tasks/tasks.ts'
import {parseBound, parseTime} from '../core/time.ts'
import type {Operation} from '../core/users/permissions.ts'
import {NOTE, requireShareable, shareable, shareableTasks, tellMemory, tellPersona, tellTask} from './given.ts'

export interface McpTool<T> {
  name: string
  title: string
  description: string
  /** What it is called with. */
  schema: z.ZodType<T>
  /** What mode and role are asked for; missing where it only reads. */
  writes?: Operation
  /** Whether something that was there before is lost by it. */
  overwrites?: boolean
  /** What it gives back is told as JSON. */
  run(input: T): Promise<{heldBack?: number; [key: string]: unknown}>
}

// biome-ignore lint/suspicious/noExplicitAny: each tool has its own input, which its schema has checked
export type AnyMcpTool = McpTool<any>

const tool = <T>(made: McpTool<T>): AnyMcpTool => made

const text = z.string().min(1).max(100_000)
const tag = z.string().min(1).max(200)
const tags = z.array(tag).max(50).optional()
const time = (what: string): z.ZodOptional<z.ZodString> =>
  z.string().max(200).describe(`${what}: ISO 8601, or words such as "last friday"`).optional()
const priority = z.enum(TASK_PRIORITIES).describe('P0 is the most urgent').optional()
const DUE = 'In words or ISO 8601: "friday 5pm"'

export const TOOLS: readonly AnyMcpTool[] = [
  tool({
    name: 'search_memories',
    title: 'Search memories',
    description: "Finds the person's memories that answer a question best, best first.",
    schema: z.object({
      query: z.string().min(1).max(2000).describe('A question, or words'),
      limit: z.number().int().min(1).max(50).optional().describe('10 where it is missing'),
      type: z.string().min(1).max(100).optional().describe('observation, conversation, journal, reflection, dream, …'),
      tag: tag.optional(),
      since: time('Not before'),
      until: time('Not after; a day is included')
    }),
    async run({query, limit = 10, type, tag: wanted, since, until}) {
      const {timezone} = readSettings()
      const {results} = await searchMemories(query, {
        // More than are given, since some may be held back.
        limit: limit * 2 + 10,
        ...(type === undefined ? {} : {type}),
        ...(wanted === undefined ? {} : {tag: wanted}),
        ...(since === undefined ? {} : {since: await parseBound(since, 'since', timezone)}),
        ...(until === undefined ? {} : {until: await parseBound(until, 'until', timezone)})
      })
      const {given, heldBack} = await shareable(results, limit)
      return {note: NOTE, memories: given.map((memory) => tellMemory(memory)), heldBack}
    }
  }),
  tool({
    name: 'get_memory',
    title: 'Get a memory',
    description: 'Gives one memory with all of its text.',
    schema: z.object({id: z.string().min(1).max(200).describe('As search_memories gives it')}),
    async run({id}) {
      const memory = await showMemory(id)
      requireShareable('memory', await shareable([memory], 1))
      return {note: NOTE, memory: tellMemory(memory, true)}
    }
  }),
  tool({
    name: 'capture',
    title: 'Capture a memory',
    description: 'Keeps something as a memory of the person.',
    schema: z.object({
      content: text,
      type: z.string().min(1).max(100).optional().describe('observation where it is missing'),
      tags,
      at: time('When it happened; now where it is missing'),
      importance: z.number().min(0).max(1).optional()
    }),
    writes: 'capture',
    async run({content, type, tags: given, at, importance}) {
      const moment = at === undefined ? undefined : (await parseTime(at, readSettings().timezone)).at
      const memory = await capture({
        content,
        metadata: {capturedBy: 'mcp'},
        ...(type === undefined ? {} : {type}),
        ...(given === undefined ? {} : {tags: given}),
        ...(importance === undefined ? {} : {importance}),
        ...(moment === undefined ? {} : {timestamp: new Date(moment).toISOString()})
      })
      return {captured: tellMemory(memory)}
    }
  }),
  tool({
    name: 'list_tasks',
    title: 'List tasks',
    description: "Lists the person's open tasks, the most pressing first.",
    schema: z.object({
      status: z.enum(TASK_STATUSES).optional(),
      tag: tag.optional(),
      all: z.boolean().optional().describe('Finished ones, too')
    }),
    async run({status, tag: wanted, all}) {
      const which = all === true || status === 'done' || status === 'cancelled' ? 'all' : 'open'
      const {tasks, total} = await listTasks(
        {which, ...(status === undefined ? {} : {status}), ...(wanted === undefined ? {} : {tag: wanted})},
        MOST_TASKS
      )
      const {given, heldBack} = shareableTasks(tasks)
      return {note: NOTE, tasks: given.map(tellTask), total, heldBack}
    }
  }),
  tool({
    name: 'add_task',
    title: 'Add a task',
    description: 'Adds a task for the person.',
    schema: z.object({
      title: z.string().min(1).max(1000),
      description: z.string().max(20_000).optional(),
      due: z.string().min(1).max(200).describe(DUE).optional(),
      priority,
      tags
    }),
    writes: 'task',
    async run({due, description, priority: urgency, tags: given, title}) {
      const task = await addTask({
        title,
        ...(description === undefined ? {} : {description}),
        ...(urgency === undefined ? {} : {priority: urgency}),
        ...(given === undefined ? {} : {tags: given}),
        ...(due === undefined ? {} : {due: await readDue(due, readSettings().timezone)})
      })
      return {added: tellTask(task)}
    }
  }),
  tool({
    name: 'update_task',
    title: 'Change a task',
    description: 'Changes what a task of the person says, or how far it is.',
    schema: z.object({
      id: z.string().min(1).max(200).describe('As list_tasks gives it'),
      title: z.string().min(1).max(1000).optional(),
      description: z.string().max(20_000).optional(),
      due: z.string().min(1).max(200).nullable().describe(`${DUE}; null takes it away`).optional(),
      priority,
      tags,
      status: z.enum(TASK_STATUSES).optional()
    }),
    writes: 'task',
    overwrites: true,
    async run({id, status, due, title, description, priority: urgency, tags: given}) {
      requireShareable('task', shareableTasks([await showTask(id)]))
      const edit = {
        ...(title === undefined ? {} : {title}),
        ...(description === undefined ? {} : {description}),
        ...(urgency === undefined ? {} : {priority: urgency}),
        ...(given === undefined ? {} : {tags: given}),
        ...(due === undefined ? {} : {due: due === null ? null : await readDue(due, readSettings().timezone)})
      }
      if (Object.keys(edit).length > 0) await editTask(id, edit)
      if (status !== undefined) await setTaskStatus(id, status)
      return {task: tellTask(await showTask(id))}
    }
  }),
  tool({
    name: 'get_persona',
    title: 'Get the persona',
    description: 'Gives who the persona of the person is, and the words that a model is told it by.',
    schema: z.object({facet: z.string().min(1).max(100).optional().describe('The active one where it is missing')}),
    run: async ({facet}) => ({note: NOTE, ...tellPersona(facet)})
  })
]

const MOST_TASKS = 200
