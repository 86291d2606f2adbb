import {isIP} from 'node:net'
import {hostname} from 'node:os'
import type {HttpContext} from '../environment.ts'
import {badRequest, foreignHost, foreignOrigin} from '../problem.ts'

/** By which names this server may be called. */
export interface OwnNames {
  /** What it listens on. */
  host: string
  /** Whether others than this machine may reach it. */
  remote: boolean
  publicUrl: URL | undefined
}

/**
 * Makes what refuses what was sent to another server's name (a name that somebody else controls may be pointed at this machine: DNS
 * rebinding), and what another site's page sends with this browser's cookies.
 * @returns a function that throws MhError FOREIGN_HOST (421), FOREIGN_ORIGIN (403), BAD_REQUEST (400)
 */
export function foreignRequests(names: OwnNames): (c: HttpContext) => void {
  const own = new Set(['localhost', '127.0.0.1', '[::1]', bracketed(names.host)])
  if (names.remote) for (const name of [hostname().toLowerCase(), `${hostname().toLowerCase()}.local`]) own.add(name)
  const publicHost = names.publicUrl?.hostname
  if (publicHost !== undefined) own.add(publicHost)

  return (c) => {
    const host = c.req.header('host') ?? ''
    const name = /^(\[[\da-f:.]+\]|[^:@/\s]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase()
    if (name === undefined) throw badRequest('The request says no proper Host')
    // An address in digits cannot be pointed anywhere by somebody else.
    const isOwn = own.has(name) || (names.remote && isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0)
    if (!isOwn) throw foreignHost(`This server is not ${name.slice(0, 100)}`, 'Use the address that mh serve printed')
    refuseForeignOrigin(c, host, names.publicUrl)
  }
}

function refuseForeignOrigin(c: HttpContext, host: string, publicUrl: URL | undefined): void {
  const origin = c.req.header('origin')
  if (origin !== undefined) {
    const own = origin === `http://${host}` || (publicUrl !== undefined && origin === publicUrl.origin)
    if (!own) throw foreignOrigin(`A page of ${origin.slice(0, 100)} may do nothing here`)
  }
  // Browsers say where every request comes from; one that changes nothing may be a link that was followed.
  const site = c.req.header('sec-fetch-site')
  const changes = c.req.method !== 'GET' && c.req.method !== 'HEAD'
  if (changes && (site === 'cross-site' || site === 'same-site'))
    throw foreignOrigin('A page of another site may change nothing here')
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host).toLowerCase()

/** Whether this request came by the public address and TLS, so that its cookies must not go over anything else. */
export function isSecure(c: HttpContext): boolean {
  const {publicUrl} = c.var.desk
  return publicUrl?.protocol === 'https:' && (c.req.header('host') ?? '').replace(/:\d+$/, '') === publicUrl.hostname
}

/**
 * The address of whoever asks. Behind a proxy on this machine it is what the proxy added last; what a client claims itself counts
 * for nothing.
 */
export function addressOf(c: HttpContext): string {
  const direct = c.env?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
  if (c.var.desk.publicUrl === undefined || !(direct === '::1' || direct.startsWith('127.'))) return direct
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  return forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : direct
}
