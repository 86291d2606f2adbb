import {describe, expect, it} from 'vitest'
import {ENDPOINTS} from '../../src/http/api/api.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople} from '../support/profile.ts'
import {startWeb} from '../support/web.ts'

describe('the API', () => {
  it('keeps a memory, finds it, changes it and puts it away', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)

    const made = await browser.ask('/api/capture', {json: {content: 'Met Grace in Lyon', tags: ['people']}})
    expect(made.status).toBe(201)
    expect(made.json).toEqual({
      id: expect.stringMatching(/^evt-/),
      timestamp: expect.any(String),
      type: 'observation',
      content: 'Met Grace in Lyon',
      tags: ['people'],
      userId: ada.userId
    })
    const {id} = made.json
    const found = await browser.ask('/api/memories?query=Grace')
    expect(found.json).toMatchObject({memories: [{id, content: 'Met Grace in Lyon'}], total: 1, nextCursor: null})
    expect(found.text).not.toContain('path')

    const shown = await browser.ask(`/api/memories/${id}`)
    expect(shown.headers.get('etag')).toBe(`"${shown.json.version}"`)
    expect(shown.json).not.toHaveProperty('path')
    const again = await browser.ask(`/api/memories/${id}`, {headers: {'if-none-match': `"${shown.json.version}"`}})
    expect([again.status, again.text]).toEqual([304, ''])

    const edited = await browser.ask(`/api/memories/${id}`, {
      method: 'PUT',
      json: {content: 'Met Grace in Nice', version: shown.json.version}
    })
    expect(edited.json).toMatchObject({content: 'Met Grace in Nice', tags: ['people']})
    const stale = await browser.ask(`/api/memories/${id}`, {
      method: 'PUT',
      json: {content: 'Met Grace in Rome'},
      headers: {'if-match': shown.json.version}
    })
    expect([stale.status, stale.json.error.code]).toEqual([409, 'STALE_VERSION'])
    expect((await browser.ask(`/api/memories/${id}`)).json.content).toBe('Met Grace in Nice')

    expect((await browser.ask(`/api/memories/${id}`, {method: 'DELETE'})).json).toEqual({deleted: [id]})
    expect((await browser.ask(`/api/memories/${id}`)).status).toBe(404)
    expect(web.reported).toEqual([])
  })

  it('pages through memories by type, tag and time', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    for (const [content, type, at] of [
      ['old', 'journal', '2024-05-01T10:00:00Z'],
      ['middle', 'observation', '2025-05-01T10:00:00Z'],
      ['new', 'journal', '2026-05-01T10:00:00Z']
    ])
      expect((await browser.ask('/api/capture', {json: {content, type, at, tags: ['t']}})).status).toBe(201)
    const contents = async (query: string) => {
      const {memories, total, nextCursor} = (await browser.ask(`/api/memories?${query}`)).json
      return {contents: memories.map(({content}: {content: string}) => content), total, nextCursor}
    }
    const first = await contents('n=2')
    expect(first).toMatchObject({contents: ['new', 'middle'], total: 3})
    expect(await contents(`n=2&cursor=${first.nextCursor}`)).toEqual({contents: ['old'], total: 3, nextCursor: null})
    expect((await contents('type=journal&since=2025-01-01&query=&tag=t')).contents).toEqual(['new'])
    expect((await contents('until=2025-05-01')).contents).toEqual(['middle', 'old'])
  })

  it('handles tasks', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const first = await browser.ask('/api/tasks', {json: {title: 'Buy paint', due: '2031-01-02', tags: ['house']}})
    expect([first.status, first.json]).toEqual([201, expect.objectContaining({due: '2031-01-02', status: 'todo'})])
    const second = (await browser.ask('/api/tasks', {json: {title: 'Paint', dependencies: [first.json.id]}})).json
    const patch = (id: string, json: object) => browser.ask(`/api/tasks/${id}`, {method: 'PATCH', json})
    expect((await patch(second.id, {status: 'done'})).status).toBe(409)
    expect((await patch(first.json.id, {due: null, title: 'Buy white paint', status: 'done'})).json).toMatchObject({
      title: 'Buy white paint',
      status: 'done'
    })
    expect((await patch(second.id, {status: 'done'})).json.status).toBe('done')
    expect((await patch(second.id, {})).status).toBe(422)
    expect((await browser.ask('/api/tasks')).json).toEqual([])
    expect((await browser.ask('/api/tasks?all=true&tag=house')).json).toMatchObject([{title: 'Buy white paint'}])
    expect((await browser.ask(`/api/tasks/${second.id}`, {method: 'DELETE'})).status).toBe(200)
    expect((await browser.ask('/api/tasks?all=true')).json).toHaveLength(1)
  })

  it('shows and changes persona, facet and mode, which then binds', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const put = (path: string, json: unknown, headers: Record<string, string> = {}) =>
      browser.ask(path, {method: 'PUT', json, headers})
    const core = await browser.ask('/api/persona/core')
    const etag = core.headers.get('etag') ?? ''
    const wanted = {...core.json, identity: {...core.json.identity, name: 'Ada the Second'}}
    const changed = await put('/api/persona/core', wanted, {'if-match': etag})
    expect(changed.json.identity.name).toBe('Ada the Second')
    expect(changed.headers.get('etag')).not.toBe(etag)
    const stale = await put('/api/persona/core', wanted, {'if-match': etag})
    expect([stale.status, stale.json.error.code]).toEqual([409, 'STALE_VERSION'])
    expect((await put('/api/persona/core', {identity: {name: 7}})).status).toBe(422)

    expect((await put('/api/persona/facet', {name: 'poet'})).json).toEqual({active: 'poet'})
    expect((await browser.ask('/api/persona/facet')).json.active).toBe('poet')
    expect((await put('/api/persona/facet', {name: 'nobody'})).status).toBe(404)

    expect((await put('/api/cognitive-mode', {mode: 'asleep'})).status).toBe(422)
    expect((await put('/api/cognitive-mode', {mode: 'emulation'})).json.mode).toBe('emulation')
    const refused = await browser.ask('/api/capture', {json: {content: 'x'}})
    expect([refused.status, refused.json.error.code]).toEqual([403, 'NOT_ALLOWED_IN_MODE'])
    const audit = (await browser.ask('/api/audit?category=security&level=warn')).json
    expect(audit.at(-1)).toMatchObject({event: 'access_refused', details: {door: 'POST /api/capture'}})
  })

  it('tells status, profile, agents, the trail and to administrators who is there', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const [hers, his] = [await web.as(ada), await web.as(bob)]
    expect((await his.ask('/api/status')).json).toMatchObject({
      user: {username: 'bob', role: 'member'},
      mode: 'dual',
      model: {engine: 'recall', model: null},
      memories: {total: 0}
    })
    await his.ask('/api/profile', {method: 'PUT', json: {displayName: 'Bob B.', settings: {timezone: 'Europe/Berlin'}}})
    expect((await his.ask('/api/profile')).json).toMatchObject({
      user: {displayName: 'Bob B.'},
      settings: {timezone: 'Europe/Berlin'}
    })
    expect((await his.ask('/api/agents')).json.map(({name}: {name: string}) => name)).toContain('organizer')
    await his.ask('/api/capture', {json: {content: 'Met Grace Hopper in Lyon'}})
    const {runs} = (await his.ask('/api/agents/organizer/run', {method: 'POST'})).json
    expect(runs).toMatchObject([{agent: 'organizer', users: [{username: 'bob', status: 'ok', processed: 1}]}])
    expect((await his.ask('/api/agents/nobody/run', {method: 'POST'})).status).toBe(404)

    expect((await hers.ask('/api/users')).json.map(({username}: {username: string}) => username)).toEqual([
      'ada',
      'bob'
    ])
    for (const path of ['/api/users', '/api/audit?for=ada', '/api/audit?all=true'])
      expect([path, (await his.ask(path)).status]).toEqual([path, 403])
    expect((await hers.ask('/api/audit?for=bob')).status).toBe(200)
    const trail = (await his.ask('/api/audit')).json
    expect(trail.map(({event}: {event: string}) => event)).toContain('audit_viewed')
    expect(trail.every(({trail: whose}: {trail: string}) => whose === 'bob')).toBe(true)
    expect(web.reported).toEqual([])
  })

  it('documents every route in OpenAPI', async () => {
    inTemporaryHome()
    const web = await startWeb()
    const {json} = await web.browser().ask('/api/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    for (const {method, path} of ENDPOINTS) {
      const operation = json.paths[path][method]
      expect(operation.summary).toMatch(/^[A-Z]/)
      expect(Object.keys(operation.responses)).toHaveLength(2)
    }
    const ids = Object.values(json.paths as Record<string, Record<string, {operationId: string}>>).flatMap((methods) =>
      Object.values(methods).map(({operationId}) => operationId)
    )
    expect(new Set(ids).size).toBe(ENDPOINTS.length)
    expect(json.components.schemas.Memory.required).toContain('content')
  })
})
