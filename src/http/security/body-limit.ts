import {bodyLimit} from 'hono/body-limit'
import type {HttpContext, Middleware} from '../environment.ts'
import {tooLarge} from '../problem.ts'

/** In bytes. The longest message that a chat takes, and JSON around it. */
export const LARGEST_BODY = 1024 * 1024

function refuse(): never {
  throw tooLarge(`The body has more than ${LARGEST_BODY} bytes`, 'Send less at once')
}

/** Counts what comes, for which the body is made a stream. */
const limit = bodyLimit({maxSize: LARGEST_BODY, onError: refuse})

/** Refuses what is too large before it is read into memory. @throws MhError BODY_TOO_LARGE (413) */
export const limitBody: Middleware = (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const size = saidSize(c)
  if (size === undefined) return limit(c, next)
  return size > LARGEST_BODY ? refuse() : next()
}

/** What the client says; Node reads no more than that. */
function saidSize({env: {incoming}}: HttpContext): number | undefined {
  const {'content-length': size, 'transfer-encoding': encoding} = incoming.headers
  return size === undefined || encoding !== undefined ? undefined : Number(size)
}
