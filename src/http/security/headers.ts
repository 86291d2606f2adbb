import type {HttpContext} from '../environment.ts'

/** Everything comes from this server, and nothing stands in the page itself: neither scripts nor styles. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not "no-referrer": with that, browsers send the forms of our own pages as from nowhere (Origin: null).
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // Diaries are kept in no cache. Files that belong to nobody say otherwise.
  'cache-control': 'no-store'
}

/** As Node takes them: made once, since every answer has them. */
const LIST = Object.entries(HEADERS)

/**
 * What every answer says to the browser. They are given to Node's own answer and not to Hono's, which would be built anew for them; what
 * a handler says itself goes before.
 */
export function sayHeaders(c: HttpContext): void {
  const {outgoing} = c.env
  for (const [name, value] of LIST) outgoing.setHeader(name, value)
}
