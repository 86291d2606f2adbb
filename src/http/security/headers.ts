import {type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse} from 'node:http'

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

type Said = OutgoingHttpHeaders | OutgoingHttpHeader[]

/**
 * Node's answer, with what every answer says to the browser. It is said where the head is written, so that no way of answering leaves it
 * out, and Hono's answer need not be built anew for it. What a handler says itself, in small letters, goes before.
 */
export class Answer extends ServerResponse {
  override writeHead(status: number, said?: string | Said, more?: Said): this {
    const own = typeof said === 'string' ? more : said
    if (Array.isArray(own)) throw new TypeError('Headers are to be given by their names')
    return super.writeHead(status, {...HEADERS, ...own})
  }
}
