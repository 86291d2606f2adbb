import {bodyLimit} from 'hono/body-limit'
import type {Middleware} from '../environment.ts'
import {tooLarge} from '../problem.ts'

/** In bytes. The longest message that a chat takes, and JSON around it. */
export const LARGEST_BODY = 1024 * 1024

const limit = bodyLimit({
  maxSize: LARGEST_BODY,
  onError: () => {
    throw tooLarge(`The body has more than ${LARGEST_BODY} bytes`, 'Send less at once')
  }
})

/** Refuses what is too large before it is read into memory. @throws MhError BODY_TOO_LARGE (413) */
export const limitBody: Middleware = (c, next) =>
  c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limit(c, next)
