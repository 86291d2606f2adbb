import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {ENDPOINTS} from '../../src/http/api/api.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople} from '../support/profile.ts'
import {sendRaw} from '../support/raw-http.ts'
import {startWeb} from '../support/web.ts'

const REQUESTS = 10_000
const AT_ONCE = 8
const SEED = 20_260_504

describe('the server', () => {
  it(`answers ${REQUESTS} malformed requests with 4xx and a clear body, and goes on`, async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    await browser.ask('/api/capture', {json: {content: 'still here'}})
    const cookie = `mh_session=${browser.cookies.get('mh_session')}`
    const requests = fc.sample(malformed(cookie), {numRuns: REQUESTS, seed: SEED})
    const wrong: unknown[] = []
    const statuses = new Map<number, number>()
    const send = async (request: string | undefined): Promise<void> => {
      if (request === undefined || wrong.length > 5) return
      const bytes = Buffer.from(request, 'latin1')
      const {status, text} = await sendRaw(web.url, bytes, {hangUpMs: 100})
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (!isClear(status, text, request)) wrong.push({request: request.slice(0, 2000), text: text.slice(0, 2000)})
    }
    const worker = async (): Promise<void> => {
      while (requests.length > 0) await send(requests.pop())
    }
    await Promise.all(Array.from({length: AT_ONCE}, worker))
    expect(wrong).toEqual([])
    expect(web.reported).toEqual([])
    // Of every kind there were many, so that what is tried is not all turned away at the door.
    for (const status of [400, 401, 403, 404, 405, 415, 421, 422])
      expect([status, (statuses.get(status) ?? 0) > 20]).toEqual([status, true])
    expect((await browser.ask('/api/memories')).json.total).toBe(1)
  }, 180_000)
})

/** A refusal with a code and a sentence, and nothing of the program's inside. Whoever hangs up in the middle is owed nothing. */
function isClear(status: number, text: string, request: string): boolean {
  if (status === 0) return text === '' && isIncomplete(request)
  if (status < 400 || status > 499) return false
  if (request.startsWith('HEAD ')) return true
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  try {
    const {error} = JSON.parse(body)
    return /^[A-Z_]+$/.test(error.code) && error.message.length > 5 && !/\n\s+at |node_modules|\/src\//.test(body)
  } catch {
    return false
  }
}

/** Says that more is to come than comes. */
const isIncomplete = (request: string): boolean => {
  const end = request.indexOf('\r\n\r\n')
  if (end === -1 || request.trim() === '') return true
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(request.slice(0, end))?.[1] ?? 0)
  return request.length - end - 4 < length || /transfer-encoding/i.test(request.slice(0, end))
}

const DOCUMENTED = ENDPOINTS.map(({method, path}) => ({
  method: method.toUpperCase(),
  path: path.replace(/\{\w+\}/g, 'evt-00000000')
}))
const WITH_BODY = ENDPOINTS.filter(({body}) => body !== undefined).map(({method, path}) => ({
  method: method.toUpperCase(),
  path: path.replace(/\{\w+\}/g, 'evt-00000000')
}))

/** Any byte as a character, so that the text's length is its number of bytes. */
const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({maxLength}).map((array) => Buffer.from(array).toString('latin1'))
const inLine = (maxLength: number): fc.Arbitrary<string> => bytes(maxLength).map((text) => text.replace(/[\r\n]/g, ''))

function malformed(cookie: string): fc.Arbitrary<string> {
  const signedIn = fc.constantFrom(
    cookie,
    cookie,
    cookie,
    '',
    'mh_session=x',
    `mh_session=${'A'.repeat(43)}`,
    `x; ${'='.repeat(9)}`
  )
  const request = (
    method: string,
    target: string,
    headers: readonly string[],
    body: string,
    cookies: string,
    host = '127.0.0.1'
  ): string =>
    [
      `${method} ${target} HTTP/1.1`,
      ...(host === '' ? [] : [`Host: ${host}`]),
      'Connection: close',
      ...(cookies === '' ? [] : [`Cookie: ${cookies}`]),
      ...headers,
      ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
      '',
      body
    ].join('\r\n')

  /** A path that leads nowhere. */
  const segment = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%00',
      '%ff',
      '%',
      '%zz',
      '%c0%af',
      '\\',
      'evt-1',
      '@last',
      '__proto__',
      'constructor'
    ),
    inLine(12),
    fc.string({maxLength: 12}).map(encodeURIComponent)
  )
  const path = fc
    .tuple(
      fc.constantFrom(
        '/api/memories/x-',
        '/api/nowhere/',
        '/api/tasks/x-',
        '/x-',
        '/memories/x-',
        '/../../etc/x-',
        '//x-'
      ),
      fc.array(segment, {maxLength: 4})
    )
    .map(([start, parts]) => `${start}${parts.join('/')}`.replace(/[ \t]/g, '+'))
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE', 'LINK')

  const paths = fc
    .tuple(methods, path, signedIn)
    .map(([method, target, cookies]) => request(method, target, [], '', cookies))

  const unknownMethods = fc
    .tuple(fc.constantFrom(...DOCUMENTED), fc.constantFrom('OPTIONS', 'TRACE', 'PROPFIND', 'LINK', 'SEARCH'), signedIn)
    .map(([{path: target}, method, cookies]) => request(method, target, [], '', cookies))

  const notJson = fc.oneof(
    bytes(200),
    fc.json().map((text) => text.slice(0, -1) || '{'),
    fc.constantFrom('{', '[1,', '{"content":', "{'a':1}", '\xff\xfe', 'NaN')
  )
  const notObject = fc
    .oneof(fc.jsonValue(), fc.constantFrom(...['1e999', '"\\ud800"', `${'['.repeat(5000)}${']'.repeat(5000)}`]))
    .map((value) => (typeof value === 'string' && /^[\d"[]/.test(value) ? value : JSON.stringify(value)))
    .filter((text) => !text.startsWith('{'))
    .map((text) => Buffer.from(text).toString('latin1'))
  const wrongFields = fc
    .tuple(
      fc.constantFrom(
        'content',
        'message',
        'title',
        'name',
        'mode',
        'username',
        'password',
        'status',
        'models',
        'settings'
      ),
      fc.constantFrom<unknown>(null, 7, true, [], {}, [[]], {toString: 1})
    )
    .map(([name, value]) =>
      JSON.stringify({[name]: value, __proto__: null, models: 7, settings: 7, status: 7, identity: 7})
    )
  const bodies = fc
    .tuple(fc.constantFrom(...WITH_BODY), fc.oneof(notJson, notObject, wrongFields), signedIn)
    .map(([{method, path: target}, body, cookies]) =>
      request(method, target, ['Content-Type: application/json'], body === '' ? '{' : body, cookies)
    )

  const types = fc
    .tuple(
      fc.constantFrom(...WITH_BODY),
      fc.oneof(
        inLine(20),
        fc.constantFrom('text/plain', 'multipart/form-data; boundary=x', 'application/jsonx', 'APPLICATION/XML')
      ),
      signedIn
    )
    .map(([{method, path: target}, type, cookies]) =>
      request(method, target, [`Content-Type: ${type}`], '{"content":"x","message":"x"}', cookies)
    )

  const queries = fc
    .tuple(
      fc.constantFrom(
        'n=0',
        'n=x',
        'n=1e9',
        'n=-1',
        'n=%00',
        'since=%00',
        'since=whenever',
        'until=9999-99-99',
        'cursor=%ff',
        'cursor=__proto__'
      ),
      inLine(20).map((text) => text.replace(/[ \t#&]/g, '')),
      signedIn
    )
    .map(([query, more, cookies]) => request('GET', `/api/memories?${query}&${more}`, [], '', cookies))

  const headers = fc
    .tuple(
      fc.constantFrom(
        'Origin: https://evil.example',
        'Origin: null',
        'Authorization: Bearer mh_x',
        'Authorization: Basic eDp4',
        'Content-Length: x',
        'Content-Length: -1',
        'Transfer-Encoding: x',
        'Expect: everything',
        ': empty',
        'Bad Name: x',
        'X: \0',
        'Upgrade: websocket'
      ),
      inLine(30),
      fc.constantFrom('/api/memories/evt-00000000', '/api/nothing', '/nowhere')
    )
    .map(([header, more, target]) => request('GET', target, [header, `X-More: ${more}`], '', cookie))

  const hosts = fc
    .tuple(
      fc.oneof(
        inLine(30),
        fc.constantFrom('', 'evil.example', '127.0.0.1:x', '127.0.0.1@evil', '[::', '%31', '0x7f.1', '2130706433')
      ),
      signedIn
    )
    .map(([host, cookies]) => request('GET', '/api/nothing', [], '', cookies, host))

  const noise = fc.oneof(
    bytes(300).map((text) => `${text}\r\n\r\n`),
    inLine(40).map((line) => `${line}\r\n\r\n`),
    inLine(40).map((line) => `GET ${line} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`),
    inLine(40).map((line) => `GET /api/nothing HTTP/1.1\r\n${line}\r\nHost: 127.0.0.1\r\n\r\n`)
  )
  return fc.oneof(paths, unknownMethods, bodies, bodies, types, queries, headers, hosts, noise)
}
