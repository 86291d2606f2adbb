import {bodyLimit} from 'hono/body-limit'
import {LARGEST_ADDED} from '../../core/inbox/add.ts'
import type {HttpContext, Middleware} from '../environment.ts'
import {tooLarge} from '../problem.ts'

/** In bytes. The longest message that a chat takes, and JSON around it. */
export const LARGEST_BODY = 1024 * 1024
/** A file for the inbox: base64 makes it a third longer. */
const LARGEST_FILE = 1.5 * LARGEST_ADDED

function refuse(most: number): never {
  throw tooLarge(`The body has more than ${most} bytes`, 'Send less at once')
}

/** Counts what comes, for which the body is made a stream. */
const limit = bodyLimit({maxSize: LARGEST_BODY, onError: () => refuse(LARGEST_BODY)})

/** Refuses what is too large before it is read into memory. @throws MhError BODY_TOO_LARGE (413) */
export const limitBody: Middleware = (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const size = saidSize(c)
  if (size === undefined) return limit(c, next)
  // What says its size is read by its handler, which nobody comes to who is not signed in.
  const most = c.req.path === '/api/inbox' ? LARGEST_FILE : LARGEST_BODY
  return size > most ? refuse(most) : next()
}

/** What the client says; Node reads no more than that. */
function saidSize({env: {incoming}}: HttpContext): number | undefined {
  const {'content-length': size, 'transfer-encoding': encoding} = incoming.headers
  return size === undefined || encoding !== undefined ? undefined : Number(size)
}
