import * as z from 'zod'
import type {ShownMemory} from '../../core/memory/memories.ts'
import {TASK_PRIORITIES, TASK_STATUSES} from '../../core/tasks/task.ts'
import type {PublicUser} from '../../core/users/user.ts'

/** The records of the API as its documentation describes them. They are what core gives, without places on the server's disk. */

const time = z.string().meta({description: 'ISO 8601, UTC', example: '2026-05-04T17:30:00.000Z'})

export const errorShape = z
  .object({error: z.object({code: z.string(), message: z.string(), hint: z.string().optional()})})
  .meta({id: 'Error'})

export const memoryShape = z
  .looseObject({
    id: z.string(),
    timestamp: time,
    content: z.string(),
    type: z.string(),
    response: z.string().optional(),
    entities: z.array(z.string()),
    tags: z.array(z.string()),
    importance: z.number(),
    links: z.array(z.looseObject({type: z.string(), target: z.string()})),
    userId: z.string(),
    metadata: z.looseObject({}),
    version: z.string().optional()
  })
  .meta({id: 'Memory'})

export const taskShape = z
  .looseObject({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    status: z.enum(TASK_STATUSES),
    priority: z.enum(TASK_PRIORITIES),
    due: z.string().optional(),
    tags: z.array(z.string()),
    dependencies: z.array(z.string()),
    userId: z.string(),
    created: time,
    updated: time,
    completed: time.optional()
  })
  .meta({id: 'Task'})

export const userShape = z
  .object({
    id: z.string(),
    username: z.string(),
    role: z.string(),
    displayName: z.string().nullable(),
    createdAt: z.string().nullable(),
    lastLogin: z.string().nullable(),
    active: z.boolean()
  })
  .meta({id: 'User'})

export const memoryOf = <T extends Pick<ShownMemory, 'path'>>({path: _path, ...memory}: T): Omit<T, 'path'> => memory

export const userOf = <T extends Pick<PublicUser, 'profilePath'>>({
  profilePath: _path,
  ...user
}: T): Omit<T, 'profilePath'> => user

/** A text field that has to say something. */
export const text = z.string().min(1)
export const words = z.string().meta({description: 'A time in words or ISO 8601', example: 'last monday'})
