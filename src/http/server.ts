import {createServer, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {getRequestListener} from '@hono/node-server'
import {withoutUserContext} from '../core/context.ts'
import {waitForDiskAside} from '../core/disk.ts'
import {errno, MhError} from '../core/errors.ts'
import {holdIndexesOpen} from '../core/file-index/held.ts'
import {glanceAtFiles} from '../core/glance.ts'
import {serveSeveralPeople} from '../core/models/keys.ts'
import {loadCrypto} from '../core/node-crypto.ts'
import {openAttempts} from '../core/users/attempts.ts'
import {newSetupToken, type SetupToken} from '../core/users/setup-token.ts'
import {createApp} from './app.ts'
import type {Desk} from './environment.ts'
import {Answer} from './security/headers.ts'

export interface ServerOptions {
  /** 0 takes any that is free. */
  port: number
  host: string
  /** The address by which people reach it behind a proxy. */
  publicUrl?: URL
  /** Is told of every mistake of this program, once each time. */
  report: (error: unknown) => void
}

export interface RunningServer {
  /** "http://127.0.0.1:4321" */
  url: string
  setup: SetupToken
  /**
   * Takes no more requests, stops what would go on for long (answers that are being streamed), and waits until everything else that
   * was begun is done.
   */
  close(): Promise<void>
}

const SECOND = 1000
/** So long may requests go on that were begun when the server ends. */
const PATIENCE_MS = 10 * SECOND
/** So long may a write wait for its lock; whatever is not done by then will never be. */
const LONGEST_WRITE_MS = 60 * SECOND

/**
 * Serves pages and API to browsers and scripts.
 * @throws MhError PORT_TAKEN (exit 5), ADDRESS_NOT_USABLE (exit 2)
 */
export async function startServer({port, host, publicUrl, report}: ServerOptions): Promise<RunningServer> {
  serveSeveralPeople()
  loadCrypto()
  const calm = [holdIndexesOpen(), glanceAtFiles(), waitForDiskAside()]
  const ending = new AbortController()
  const working = new Set<Promise<unknown>>()
  const desk: Desk = {
    attempts: await openAttempts(),
    setup: await newSetupToken(),
    publicUrl,
    ending: ending.signal,
    report,
    later(work) {
      const done = work.catch(report).finally(() => working.delete(done))
      working.add(done)
    }
  }
  const app = createApp({desk, names: {host, remote: !isLocal(host), publicUrl}})
  const listener = getRequestListener(app.fetch, {errorHandler: () => badRequestOf()})
  // Requests must not begin in the context of whoever starts the server.
  const server = withoutUserContext(() => createServer({...LIMITS, ServerResponse: Answer}, listener))
  answerMalformed(server)
  await listen(server, port, host)
  const {port: taken} = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    setup: desk.setup,
    async close() {
      ending.abort(new MhError('SERVER_ENDING', 'The server is ending', {httpStatus: 503, hint: 'Try again soon'}))
      await finish(server)
      await within(LONGEST_WRITE_MS, Promise.allSettled(working))
      for (const end of calm) end()
    }
  }
}

export const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host)

/** How long and how much a client may take to ask. Answers may take as long as a model needs. */
const LIMITS = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 30 * SECOND,
  // Longer than proxies (Caddy: two minutes) and browsers keep a connection that nobody uses: whoever closes it first must be the one who
  // asks, or a request that is on its way is lost. A machine that is busy or asleep for a while makes that likely.
  keepAliveTimeout: 150 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
  // Told by us, in the form of every other error.
  requireHostHeader: false,
  maxHeaderSize: 16 * 1024
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(unusable(error, port, host)))
    withoutUserContext(() => server.listen(port, host, resolve))
  })
}

function unusable(error: Error, port: number, host: string): Error {
  if (errno(error) === 'EADDRINUSE')
    return new MhError('PORT_TAKEN', `Something else listens on port ${port} of ${host} already`, {
      exitCode: 5,
      hint: 'Choose another with --port; 0 takes one that is free',
      cause: error
    })
  return new MhError('ADDRESS_NOT_USABLE', `Nothing can listen on port ${port} of ${host}: ${error.message}`, {
    exitCode: 2,
    cause: error
  })
}

/** Ends a server when what it is doing is done. Whoever is connected and asks nothing is let go at once. */
async function finish(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const impatient = setTimeout(() => server.closeAllConnections(), PATIENCE_MS)
  await closed
  clearTimeout(impatient)
}

/** Waits for work, but no longer than that. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

/** What is not HTTP at all never becomes a request: the answer is written by hand. */
function answerMalformed(server: Server): void {
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const body = JSON.stringify({
      error: {code: 'EXPECTATION_FAILED', message: 'Nothing can be expected but 100-continue'}
    })
    response.writeHead(417, {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)}).end(body)
  })
  server.on('clientError', (error: Error, socket: Socket) => {
    if (!socket.writable || errno(error) === 'ECONNRESET') return socket.destroy()
    const [status, code, message] = MALFORMED[errno(error) ?? ''] ?? [
      '400 Bad Request',
      'BAD_REQUEST',
      'This is no proper HTTP request'
    ]
    const body = JSON.stringify({error: {code, message}})
    socket.end(
      `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
    )
  })
}

const MALFORMED: Record<string, [status: string, code: string, message: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'The headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'REQUEST_TIMEOUT', 'The request took too long to come']
}

/** An address that is none, told before there is a request that could be handled. */
const badRequestOf = (): Response =>
  Response.json({error: {code: 'BAD_REQUEST', message: 'The address of this request is none'}}, {status: 400})
