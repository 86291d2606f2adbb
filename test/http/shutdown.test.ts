import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import {withProfileLock} from '../../src/core/locks.ts'
import {listMemories} from '../../src/core/memory/memories.ts'
import {inTemporaryHome} from '../support/home.ts'
import {startModelServer} from '../support/model-server.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {startWeb} from '../support/web.ts'

it('keeps an idle connection for longer than a proxy does, so that no request meets a closed one', async () => {
  inTemporaryHome()
  await makePeople('ada')
  const {headers} = await (await startWeb()).browser().ask('/healthz')
  const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? []
  expect(Number(seconds)).toBeGreaterThan(120)
})

describe('a server that ends', () => {
  it('finishes the writes that were begun, and takes no more', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    // The write has begun, and waits for the lock, when the server is told to end.
    const locked = withProfileLock(ada.userId, () => held)
    const writing = browser.ask('/api/capture', {json: {content: 'just in time'}})
    await sleep(300)
    const closing = web.close()
    await expect(browser.ask('/api/status')).rejects.toThrow()
    letGo()
    await locked
    expect((await writing).status).toBe(201)
    await closing
    expect((await enterContext(ada, () => listMemories({}))).memories.map(({content}) => content)).toEqual([
      'just in time'
    ])
  })

  it('stops answers that are being streamed, and keeps what came', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    const model = await startModelServer(['m'], {reply: 'word '.repeat(5000), pauseMs: 20})
    onTestFinished(() => model.close())
    await setDocument(ada, 'models', {
      models: {m: {provider: 'openai-compatible', model: 'm', baseURL: model.baseURL}},
      defaults: {persona: 'm'}
    })
    const streaming = browser.ask('/api/chat', {json: {message: 'Go on for ever'}})
    for (let waited = 0; model.chats.length === 0 && waited < 200; waited++) await sleep(25)
    await sleep(300)
    await web.close()
    expect((await streaming).text).toContain('event: error\ndata: {"code":"SERVER_ENDING"')
    expect((await enterContext(ada, () => listMemories({}))).memories).toMatchObject([
      {content: 'Go on for ever', metadata: {incomplete: true}}
    ])
  })
})
