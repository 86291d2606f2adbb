import * as z from 'zod'
import {conflict} from '../../core/errors.ts'
import {deleteMemories} from '../../core/memory/deleting.ts'
import {editMemory} from '../../core/memory/edit.ts'
import {capture, listMemories, searchMemories, showMemory} from '../../core/memory/memories.ts'
import {readFilter, readMoment} from '../../core/memory/read-filter.ts'
import {endpoint} from './endpoint.ts'
import {memoryOf, memoryShape, words} from './shapes.ts'
import {hasVersion, showVersion, versionSeen} from './versions.ts'

const tags = z.array(z.string().max(200)).max(100)
const importance = z.number().min(0).max(1)

export const memoryEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/memories',
    summary: 'Your memories: newest first, or with a query those that answer it best',
    again: 10_000,
    query: z.object({
      query: z.string().optional(),
      type: z.string().optional(),
      tag: z.string().optional(),
      since: words.optional(),
      until: words.optional(),
      cursor: z.string().optional(),
      n: z.coerce.number().int().min(1).max(500).default(20)
    }),
    answer: z.object({memories: z.array(memoryShape), total: z.number(), nextCursor: z.string().nullable()}),
    async handle({query: {query, cursor, n, ...filter}}) {
      const meant = await readFilter(filter)
      if (query === undefined) {
        const {memories, ...page} = await listMemories(meant, n, cursor)
        return {memories: memories.map(memoryOf), ...page}
      }
      const {results} = await searchMemories(query, {...meant, limit: n})
      return {memories: results.map(memoryOf), total: results.length, nextCursor: null}
    }
  }),
  endpoint({
    method: 'post',
    path: '/api/capture',
    summary: 'Keep a memory',
    body: z.object({
      content: z.string(),
      type: z.string().max(100).optional(),
      tags: tags.optional(),
      at: words.optional(),
      importance: importance.optional(),
      private: z.boolean().optional()
    }),
    answer: memoryShape.pick({id: true, timestamp: true, type: true, content: true, tags: true, userId: true}),
    status: 201,
    async handle({c, body: {content, type, tags: given, at, importance: weight, private: hidden}}) {
      const memory = await capture({
        content,
        ...(type === undefined ? {} : {type}),
        ...(given === undefined ? {} : {tags: given}),
        ...(at === undefined ? {} : {timestamp: await readMoment(at)}),
        ...(weight === undefined ? {} : {importance: weight}),
        ...(hidden === undefined ? {} : {private: hidden})
      })
      showVersion(c, memory.version)
      c.header('location', `/api/memories/${memory.id}`)
      return {
        id: memory.id,
        timestamp: memory.timestamp,
        type: memory.type,
        content: memory.content,
        tags: memory.tags,
        userId: memory.userId
      }
    }
  }),
  endpoint({
    method: 'get',
    path: '/api/memories/{id}',
    summary: 'One memory; its ETag is its version',
    answer: memoryShape,
    async handle({c, params}) {
      const memory = await showMemory(params.id ?? '')
      showVersion(c, memory.version)
      return hasVersion(c, memory.version) ? c.body(null, 304) : memoryOf(memory)
    }
  }),
  endpoint({
    method: 'put',
    path: '/api/memories/{id}',
    summary: 'Change a memory; refused (409) where it is not the version any more that you saw',
    body: z.object({
      content: z.string(),
      tags: tags.optional(),
      importance: importance.optional(),
      version: z.string().optional().meta({description: 'The version that you saw; or send it as If-Match'})
    }),
    answer: memoryShape,
    async handle({c, params, body: {content, tags: given, importance: weight, version}}) {
      const memory = await editMemory(
        params.id ?? '',
        {
          content,
          ...(given === undefined ? {} : {tags: given}),
          ...(weight === undefined ? {} : {importance: weight})
        },
        versionSeen(c, version)
      )
      showVersion(c, memory.version)
      return memoryOf(memory)
    }
  }),
  endpoint({
    method: 'delete',
    path: '/api/memories/{id}',
    summary: 'Move a memory to the trash',
    answer: z.object({deleted: z.array(z.string())}),
    async handle({c, params}) {
      const id = params.id ?? ''
      const version = versionSeen(c)
      if (version !== undefined && (await showMemory(id)).version !== version)
        throw conflict('STALE_VERSION', `The memory ${id} was changed meanwhile`, 'Look at it again')
      return {deleted: await deleteMemories([id])}
    }
  })
]
