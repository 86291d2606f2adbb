import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {capture, listMemories} from '../../src/core/memory/memories.ts'
import {listTasks} from '../../src/core/tasks/tasks.ts'
import {setRole} from '../../src/core/users/role.ts'
import {inTemporaryHome} from '../support/home.ts'
import {type Behaviour, type ModelServer, startModelServer} from '../support/model-server.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {startWeb} from '../support/web.ts'

interface SentEvent {
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: each event has its own shape
  data: any
}

/** The events of a text/event-stream. */
const eventsOf = (text: string): SentEvent[] =>
  text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => ({
      event: /^event: (.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null')
    }))

async function modelFor(user: UserContext, behaviour: Behaviour): Promise<ModelServer> {
  const server = await startModelServer(['llama3:8b'], behaviour)
  onTestFinished(() => server.close())
  await setDocument(user, 'models', {
    models: {local: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL}},
    defaults: {persona: 'local'}
  })
  return server
}

describe('a chat', () => {
  it('is streamed, tells what it is made from, is kept, and goes on', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(ada)
    const memory = await enterContext(ada, () => capture({content: 'Met Grace in Lyon'}))
    await enterContext(bob, () => capture({content: 'Met Grace in secret'}))
    await modelFor(ada, {reply: 'You met her in Lyon [1].'})
    const answer = await browser.ask('/api/chat', {json: {message: 'Where did I meet Grace?'}})
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const events = eventsOf(answer.text)
    expect(events.map(({event}) => event)).toEqual(['memories', ...Array.from({length: 6}, () => 'delta'), 'done'])
    expect(events[0]?.data).toEqual([{id: memory.id, timestamp: memory.timestamp, content: memory.content}])
    const told = events.filter(({event}) => event === 'delta').map(({data}) => data.text)
    expect(told.join('')).toBe('You met her in Lyon [1].')
    const {data: done} = events.at(-1) as SentEvent
    expect(done).toEqual({
      reply: 'You met her in Lyon [1].',
      engine: 'openai-compatible',
      model: 'llama3:8b',
      session: expect.stringMatching(/^session-/),
      memoriesUsed: [{id: memory.id, timestamp: memory.timestamp, content: memory.content}],
      saved: true,
      proposals: []
    })
    await browser.ask('/api/chat', {json: {message: 'And when?', session: done.session}})
    const history = (await browser.ask(`/api/chat?session=${done.session}`)).json
    expect(history.turns.map(({content}: {content: string}) => content)).toEqual([
      'Where did I meet Grace?',
      'And when?'
    ])
    expect(JSON.stringify(history)).not.toContain('"path"')
    expect((await browser.ask('/api/chat')).json).toMatchObject([{session: done.session, turns: 2}])
    const his = await web.as(bob)
    expect((await his.ask(`/api/chat?session=${done.session}`)).status).toBe(404)
    expect((await his.ask('/api/chat', {json: {message: 'x', session: done.session}})).status).toBe(404)
    expect(web.reported).toEqual([])
  })

  it('stops asking the model when the client goes away, and keeps what came', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const server = await modelFor(ada, {reply: 'word '.repeat(2000), pauseMs: 20})
    const stop = new AbortController()
    const response = await fetch(`${web.url}/api/chat`, {
      method: 'POST',
      headers: {'content-type': 'application/json', cookie: `mh_session=${browser.cookies.get('mh_session')}`},
      body: JSON.stringify({message: 'Go on for ever'}),
      signal: stop.signal
    })
    const reader = response.body?.getReader()
    for (let read = ''; !read.includes('delta'); ) read += Buffer.from((await reader?.read())?.value ?? []).toString()
    stop.abort()
    const kept = async (): Promise<unknown> =>
      (await enterContext(ada, () => listMemories({type: 'conversation'}))).memories[0]
    for (let waited = 0; waited < 200 && (await kept()) === undefined; waited++) await sleep(25)
    expect(await kept()).toMatchObject({content: 'Go on for ever', metadata: {incomplete: true}})
    expect(server.chats).toHaveLength(1)
    expect(web.reported).toEqual([])
  })

  it('tells an error before the stream by its status, and one in it by an event', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const server = await modelFor(ada, {status: 500})
    expect((await browser.ask('/api/chat', {json: {message: 'x', facet: 'nobody'}})).status).toBe(404)
    expect((await browser.ask('/api/chat', {json: {message: 'x', model: 'nothing'}})).status).toBe(404)
    const failed = eventsOf((await browser.ask('/api/chat', {json: {message: 'x'}})).text)
    expect(failed.at(-1)).toEqual({
      event: 'error',
      data: {code: 'ENGINE_FAILED', message: expect.any(String), hint: expect.any(String)}
    })
    const empty = eventsOf((await browser.ask('/api/chat', {json: {message: ' '}})).text)
    expect(empty.at(-1)).toMatchObject({event: 'error', data: {code: 'EMPTY_MESSAGE'}})
    server.behave({reply: 'Hello.'})
    expect(eventsOf((await browser.ask('/api/chat', {json: {message: 'x'}})).text).at(-1)?.event).toBe('done')
    expect(web.reported).toEqual([])
  })

  it('of a guest is answered and kept nowhere', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    await enterContext(ada, () => setRole('bob', 'guest'))
    const browser = await web.as(bob)
    const events = eventsOf((await browser.ask('/api/chat', {json: {message: 'Who am I?'}})).text)
    expect(events.at(-1)).toMatchObject({event: 'done', data: {saved: false, session: null}})
    expect((await browser.ask('/api/memories')).json.total).toBe(0)
    expect((await browser.ask('/api/chat')).json).toEqual([])
  })

  it('proposes what a tool would do, and does not do it', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const server = await modelFor(ada, {})
    server.behave([{toolCalls: [{name: 'add_task', input: {title: 'Call Grace'}}]}, {reply: 'I would add it.'}])
    const events = eventsOf((await browser.ask('/api/chat', {json: {message: 'Remind me to call Grace'}})).text)
    expect(events.at(-1)).toMatchObject({
      event: 'done',
      data: {proposals: [{tool: 'add_task', what: 'Add the task "Call Grace"'}]}
    })
    expect((await enterContext(ada, () => listTasks({which: 'all'}))).total).toBe(0)
  })

  it('gives a key only to whom an administrator granted it', async () => {
    inTemporaryHome()
    const {bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(bob)
    const server = await startModelServer()
    onTestFinished(() => server.close())
    process.env.TEST_SERVE_KEY = 'the-key-of-ada'
    onTestFinished(() => {
      delete process.env.TEST_SERVE_KEY
    })
    await setDocument(bob, 'models', {
      models: {
        thief: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL, apiKeyEnv: 'TEST_SERVE_KEY'}
      },
      defaults: {persona: 'thief'}
    })
    const {status, json} = await browser.ask('/api/chat', {json: {message: 'x'}})
    expect([status, json.error.code]).toEqual([403, 'KEY_NOT_GRANTED'])
    expect(server.requests).toEqual([])
  })
})
