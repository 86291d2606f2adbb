import * as z from 'zod'
import {usageError} from '../../core/errors.ts'
import {addToInbox} from '../../core/inbox/add.ts'
import {endpoint} from './endpoint.ts'

export const inboxEndpoints = [
  endpoint({
    method: 'post',
    path: '/api/inbox',
    summary: 'Put something into your inbox: the ingestor makes memories of it',
    body: z.object({
      /** How it ends says what it is. */
      name: z.string().max(200),
      content: z.string().optional(),
      base64: z.base64().optional()
    }),
    answer: z.object({name: z.string(), bytes: z.number()}),
    status: 201,
    async handle({body: {name, content, base64}}) {
      if ((content === undefined) === (base64 === undefined))
        throw usageError('INVALID_BODY', 'Give what it holds as one of content and base64')
      return addToInbox(name, content === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(content))
    }
  })
]
