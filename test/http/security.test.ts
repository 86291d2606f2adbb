import {describe, expect, it} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import {readSetting} from '../../src/core/config/settings.ts'
import {readModels} from '../../src/core/models/registry.ts'
import {LARGEST_BODY} from '../../src/http/security/body-limit.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {sendRaw} from '../support/raw-http.ts'
import {startWeb, type Web} from '../support/web.ts'

const get = (host: string, path = '/api/openapi.json'): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`

describe('the name that a request was sent to', () => {
  it('has to be one of this machine, whatever the port', async () => {
    inTemporaryHome()
    const web = await startWeb()
    for (const host of ['127.0.0.1', 'localhost:9999', 'LOCALHOST', '[::1]:4321'])
      expect([host, (await sendRaw(web.url, get(host))).status]).toEqual([host, 200])
    for (const host of [
      'evil.example',
      'evil.example:4321',
      'localhost.evil.example',
      '10.0.0.1',
      '127.0.0.1.evil.example'
    ])
      expect([host, (await sendRaw(web.url, get(host))).status]).toEqual([host, 421])
    for (const host of ['', 'ada@localhost', 'localhost/x', '[::1', 'a b'])
      expect([host, (await sendRaw(web.url, get(host))).status]).toEqual([host, 400])
    const {text} = await sendRaw(web.url, get('evil.example'))
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toEqual({
      error: {code: 'FOREIGN_HOST', message: expect.any(String), hint: expect.any(String)}
    })
  })

  it('is checked for an address in the request line, too', async () => {
    inTemporaryHome()
    const web = await startWeb()
    const {status} = await sendRaw(
      web.url,
      'GET http://evil.example/api/openapi.json HTTP/1.1\r\nHost: evil.example\r\n\r\n'
    )
    expect(status).toBe(421)
  })

  it('may be the public one behind a proxy', async () => {
    inTemporaryHome()
    const web = await startWeb({publicUrl: new URL('https://mh.example.org')})
    expect((await sendRaw(web.url, get('mh.example.org'))).status).toBe(200)
    expect((await sendRaw(web.url, get('example.org'))).status).toBe(421)
  })
})

describe('a page of another site', () => {
  it('can do nothing with the cookies of this browser', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const capture = (headers: Record<string, string>) =>
      browser.ask('/api/capture', {json: {content: 'forged'}, headers})
    const foreign = [
      'https://evil.example',
      'null',
      'http://127.0.0.1',
      web.url.replace('127.0.0.1', 'localhost'),
      web.url.replace('http', 'https'),
      `${web.url}0`
    ]
    for (const origin of foreign) {
      const {status, json} = await capture({origin})
      expect([origin, status, json.error.code]).toEqual([origin, 403, 'FOREIGN_ORIGIN'])
    }
    for (const site of ['cross-site', 'same-site']) expect((await capture({'sec-fetch-site': site})).status).toBe(403)
    // What a form of another site can send at all.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(
        (await browser.ask('/api/capture', {body: '{"content":"forged"}', headers: {'content-type': type}})).status
      ).toBe(415)
    expect((await browser.ask('/api/memories')).json.total).toBe(0)
    expect((await capture({origin: web.url, 'sec-fetch-site': 'same-origin'})).status).toBe(201)
  })

  it('cannot read either', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const {status, headers} = await browser.ask('/api/memories', {headers: {origin: 'https://evil.example'}})
    expect([status, headers.get('access-control-allow-origin')]).toEqual([403, null])
  })
})

describe('an answer', () => {
  it('says to the browser what it may do with it, whatever it is', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const answers = [
      await browser.ask('/'),
      await browser.ask('/api/status'),
      await browser.ask('/api/nothing'),
      await web.browser().ask('/api/status'),
      await web.browser().ask('/'),
      await browser.ask('/api/memories', {headers: {origin: 'https://evil.example'}})
    ]
    for (const {headers} of answers) {
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-powered-by')).toBeNull()
    }
    const [, script = ''] = /src="(\/assets\/[^"]+)"/.exec(answers[0]?.text ?? '') ?? []
    const file = (await browser.ask(script)).headers
    expect([file.get('cache-control'), file.get('x-frame-options')]).toEqual([
      'public, max-age=31536000, immutable',
      'DENY'
    ])
  })
})

describe('a request', () => {
  it('that is too large is refused before it is read', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const {status, json} = await browser.ask('/api/capture', {json: {content: 'x'.repeat(LARGEST_BODY)}})
    expect([status, json.error.code]).toEqual([413, 'BODY_TOO_LARGE'])
    const cookie = `mh_session=${browser.cookies.get('mh_session')}`
    const head = `POST /api/capture HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nContent-Type: application/json\r\n`
    expect((await sendRaw(web.url, `${head}Content-Length: 99999999999\r\n\r\n{}`)).status).toBe(413)
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}0\r\n\r\n`
    expect((await sendRaw(web.url, chunked)).status).toBe(413)
    expect((await sendRaw(web.url, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).status).toBe(431)
    expect((await browser.ask('/api/memories')).json.total).toBe(0)
  })

  it('that is wrong is told how', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const json = (body: string | Uint8Array) =>
      browser.ask('/api/capture', {body, headers: {'content-type': 'application/json; charset=utf-8'}})
    const statuses = async (...bodies: (string | Uint8Array)[]) =>
      Promise.all(bodies.map(async (body) => (await json(body)).status))
    expect(await statuses('', '{', '{"content":', 'nothing', new Uint8Array([0x22, 0xff, 0x22]))).toEqual([
      400, 400, 400, 400, 400
    ])
    const deep = `{"content":"x","more":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(await statuses('[]', 'null', '{}', '{"content":7}', '{"content":""}', deep)).toEqual([
      422, 422, 422, 422, 422, 422
    ])
    expect((await browser.ask('/api/memories?n=0')).status).toBe(422)
    expect((await browser.ask('/api/memories?since=whenever')).status).toBe(422)
    expect((await browser.ask('/api/memories?cursor=x')).status).toBe(422)
    const wrong = await browser.ask('/api/memories', {method: 'PATCH'})
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
    expect((await browser.ask('/api/memories/..%2f..%2fpersona')).status).toBe(404)
    expect((await browser.ask('/api/no-such-route')).status).toBe(404)
    expect(web.reported).toEqual([])
  })

  it('learns nothing of where the files lie', async () => {
    const {root} = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    await setDocument(ada, 'models', '{"models": ')
    for (const path of [
      '/api/models',
      '/api/status',
      '/api/persona/facet',
      '/api/profile',
      '/api/audit',
      '/api/users'
    ]) {
      const {text} = await browser.ask(path)
      expect([path, text.includes(root)]).toEqual([path, false])
    }
    const {status, json} = await browser.ask('/api/models')
    expect([status, json.error.code]).toEqual([500, 'UNREADABLE_FILE'])
    expect(json.error.message).toMatch(/^profiles\/ada\/etc\/models\.json cannot be read: line 1/)
  })
})

describe('over HTTP', () => {
  it('only administrators say where a model is and which key it gets', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const [hers, his] = [await web.as(ada), await web.as(bob)]
    const put = (browser: typeof his, fields: object) =>
      browser.ask('/api/models', {
        method: 'PUT',
        json: {models: [{id: 'x', provider: 'ollama', model: 'llama3:8b', ...fields}], defaults: {persona: 'x'}}
      })
    for (const fields of [{baseURL: 'http://evil.example/v1'}, {apiKeyEnv: 'OPENAI_API_KEY'}, {baseURL: null}]) {
      const {status, json} = await put(his, fields)
      expect([status, json.error.code]).toEqual([403, 'NOT_ADMINISTRATOR'])
    }
    expect((await enterContext(bob, readModels)).models).not.toHaveProperty('x')
    expect((await put(his, {})).status).toBe(200)
    expect(await enterContext(bob, readModels)).toMatchObject({
      models: {x: {model: 'llama3:8b'}},
      defaults: {persona: 'x'}
    })
    expect((await put(hers, {baseURL: 'http://127.0.0.1:1234/v1', apiKeyEnv: 'MY_KEY'})).status).toBe(200)
    expect((await enterContext(ada, readModels)).models.x).toMatchObject({apiKeyEnv: 'MY_KEY'})
    // An address of an administrator's stays when something else is changed.
    expect((await put(hers, {contextWindow: 4096})).status).toBe(200)
    expect((await enterContext(ada, readModels)).models.x).toMatchObject({baseURL: 'http://127.0.0.1:1234/v1'})
  })

  it('nobody sets a program that the command line would run', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const put = (settings: object) => browser.ask('/api/profile', {method: 'PUT', json: {settings}})
    for (const key of ['editor', 'pager', 'backupKeep', 'registration'])
      expect([key, (await put({[key]: 'sh'})).status]).toEqual([key, 422])
    expect((await put({theme: 'dark', privateTags: ['health', 'money']})).json.settings).toMatchObject({
      theme: 'dark',
      privateTags: ['health', 'money']
    })
    expect((await put({privateTags: []})).json.settings.privateTags).toEqual([])
    expect((await enterContext(ada, () => readSetting('editor'))).origin).not.toBe('profile')
  })
})

describe('what is no HTTP', () => {
  it('is answered with 400 and closed', async () => {
    inTemporaryHome()
    const web: Web = await startWeb()
    for (const bytes of [
      'hello\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00',
      'GET / HTTP/1.1\r\nBad Header: x\r\n\r\n'
    ]) {
      const {status, text} = await sendRaw(web.url, bytes)
      expect([bytes, status]).toEqual([bytes, 400])
      expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({error: {code: 'BAD_REQUEST'}})
    }
  })
})
