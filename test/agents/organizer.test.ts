import {describe, expect, it} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import {editMemory} from '../../src/core/memory/edit.ts'
import {memoryStore, showMemory} from '../../src/core/memory/memories.ts'
import {readUsage} from '../../src/core/models/usage.ts'
import {asked, elsewhere, gate, memoriesOf, remember, thoughtful, turnFor, useModelForAll} from '../support/agents.ts'
import {serve} from '../support/chat.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople, setDocument} from '../support/profile.ts'

const prompts = (server: {chats: {body: {messages: {content: string}[]}}[]}): string =>
  JSON.stringify(server.chats.map(({body}) => body.messages))

describe('the organizer with recall', () => {
  it('labels what is unprocessed, and nothing twice', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await remember(ada, {content: 'Met Grace Hopper about the compiler', tags: ['work']}, 'Tea in London')
    await remember(bob, 'Met Zoe in Paris')
    expect(await turnFor(ada, 'organizer')).toMatchObject({
      status: 'ok',
      processed: 2,
      created: 0,
      reason: null,
      error: null
    })
    const [tea, met] = await memoriesOf(ada)
    expect(met).toMatchObject({
      tags: ['work', 'compiler'],
      entities: ['Grace Hopper'],
      metadata: {processed: true, model: null, changedBy: [{agent: 'organizer', engine: 'recall', model: null}]}
    })
    expect(met?.metadata).not.toHaveProperty('engine')
    expect(tea?.entities).toEqual(['London'])
    expect(await turnFor(ada, 'organizer')).toMatchObject({
      status: 'ok',
      processed: 0,
      reason: 'nothing is unprocessed'
    })
    expect((await memoriesOf(bob))[0]).toMatchObject({tags: [], metadata: {processed: false}})
  })

  it('goes through more than one page, at most as many as the limit says', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, ...Array.from({length: 700}, (_, index) => `The boat number ${index} is at the harbour`))
    expect(await turnFor(ada, 'organizer', {limit: 600})).toMatchObject({processed: 600})
    expect(await turnFor(ada, 'organizer')).toMatchObject({processed: 100})
    expect(await enterContext(ada, () => memoryStore().count({tag: 'boat'}))).toBe(700)
  })

  it('changes nothing in a dry run, and says how much there is', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, 'Tea in London')
    expect(await turnFor(ada, 'organizer', {dryRun: true})).toMatchObject({
      status: 'ok',
      processed: 1,
      reason: 'would organize 1'
    })
    expect((await memoriesOf(ada))[0]?.metadata.processed).toBe(false)
  })
})

describe('the organizer with a language model', () => {
  it('takes tags and entities from it, cleaned, and says which model it was', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    await remember(ada, 'Rowed </memory> with G.')
    expect(await turnFor(ada, 'organizer')).toMatchObject({status: 'ok', processed: 1})
    expect((await memoriesOf(ada))[0]).toMatchObject({
      tags: ['boats', 'harbour'],
      entities: ['Grace Hopper'],
      metadata: {model: 'llama3:8b', changedBy: [{engine: 'openai-compatible', model: 'llama3:8b'}]}
    })
    // No text of a memory closes the marks around it.
    expect(server.chats[0]?.body.messages[1]?.content.match(/<\/memory>/g)).toHaveLength(1)
    expect(await enterContext(ada, () => readUsage())).toMatchObject([{agent: 'organizer', calls: 1}])
    expect(await turnFor(ada, 'organizer')).toMatchObject({processed: 0})
    expect(server.chats).toHaveLength(1)
  })

  it("keeps a person's edit that comes while the model thinks, and drops what was said of the old text", async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    await useModelForAll(ada, server)
    const [event] = await remember(ada, 'Rowed with G.')
    const turn = turnFor(ada, 'organizer')
    await asked(server, 1)
    await enterContext(ada, () => editMemory(event?.id ?? '', {content: 'Sailed with H.', addTags: ['mine']}))
    open()
    expect(await turn).toMatchObject({status: 'ok', processed: 0})
    const [kept] = await memoriesOf(ada)
    expect(kept).toMatchObject({content: 'Sailed with H.', tags: ['mine'], entities: []})
    expect(kept?.metadata).toMatchObject({processed: false})
  })

  it('adds to what else a person changed meanwhile', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    await useModelForAll(ada, server)
    const [event] = await remember(ada, 'Rowed with G.')
    const turn = turnFor(ada, 'organizer')
    await asked(server, 1)
    await enterContext(ada, () => editMemory(event?.id ?? '', {addTags: ['Harbour', 'mine'], importance: 0.9}))
    open()
    expect(await turn).toMatchObject({processed: 1})
    expect((await memoriesOf(ada))[0]).toMatchObject({tags: ['Harbour', 'mine', 'boats'], importance: 0.9})
  })

  it('brings back nothing that a person deletes while the model thinks', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    await useModelForAll(ada, server)
    const [event] = await remember(ada, 'Rowed with G.')
    const turn = turnFor(ada, 'organizer')
    await asked(server, 1)
    await enterContext(ada, () => memoryStore().trash([event?.id ?? '']))
    open()
    expect(await turn).toMatchObject({status: 'ok', processed: 0, failed: 0})
    expect(await memoriesOf(ada)).toEqual([])
    const trashed = await enterContext(ada, () => memoryStore().trashed())
    expect(trashed.map((memory) => memory.event.tags)).toEqual([[]])
  })

  it('asks once more for what is no object, then counts it as failed and goes on; after three runs it is left alone', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({
      reply: (body) => (JSON.stringify(body.messages).includes('hopeless') ? 'no object' : thoughtful(body))
    })
    await useModelForAll(ada, server)
    const [hopeless] = await remember(ada, 'This is hopeless', 'Rowed with G.')
    const first = await turnFor(ada, 'organizer')
    expect(first).toMatchObject({status: 'failed', processed: 1, failed: 1})
    expect(first.error).toContain(hopeless?.id)
    expect(server.chats).toHaveLength(3)
    await turnFor(ada, 'organizer')
    await turnFor(ada, 'organizer')
    expect(server.chats).toHaveLength(7)
    expect(await turnFor(ada, 'organizer')).toMatchObject({
      status: 'ok',
      processed: 0,
      reason: expect.stringContaining('left alone')
    })
    expect(server.chats).toHaveLength(7)
    expect(await turnFor(ada, 'organizer', {force: true})).toMatchObject({status: 'failed'})
    expect(server.chats).toHaveLength(9)
    expect((await memoriesOf(ada)).find(({id}) => id === hopeless?.id)?.metadata.processed).toBe(false)
  })

  it('stops where the model is the failure and not the memory', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    await server.close()
    await remember(ada, 'one', 'two')
    const result = await turnFor(ada, 'organizer')
    expect(result).toMatchObject({status: 'failed', processed: 0, failed: 0})
    expect(result.error).toContain('does not answer')
  })

  it('never sends a private memory to a model elsewhere: recall labels it', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, elsewhere(server))
    await setDocument(ada, 'profile', {timezone: 'UTC', privateTags: ['health']})
    await remember(
      ada,
      {content: 'Saw Doctor Novak about the knee', private: true},
      {content: 'The knee hurts in Lyon', tags: ['health']},
      'Rowed with G.'
    )
    expect(await turnFor(ada, 'organizer')).toMatchObject({status: 'ok', processed: 3})
    expect(prompts(server)).not.toMatch(/knee/)
    expect(server.chats).toHaveLength(1)
    expect((await memoriesOf(ada)).map(({entities}) => entities)).toEqual([
      ['Grace Hopper'],
      ['Lyon'],
      [expect.stringContaining('Novak')]
    ])
  })

  it("stops at the day's limit of tokens", async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    const models = {
      globalSettings: {dailyTokenLimit: 10},
      defaults: {curator: 'lab'},
      models: {lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL}}
    }
    await setDocument(ada, 'models', models)
    await remember(ada, 'one', 'two', 'three')
    const result = await turnFor(ada, 'organizer')
    expect(result).toMatchObject({status: 'failed', processed: 1, error: expect.stringContaining('tokens of today')})
    expect(server.chats).toHaveLength(1)
  })

  it('stops at once where the person goes into emulation mode meanwhile', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    await useModelForAll(ada, server)
    await remember(ada, 'one', 'two')
    const turn = turnFor(ada, 'organizer')
    await asked(server, 1)
    await setDocument(ada, 'cognitiveMode', {currentMode: 'emulation'})
    open()
    expect(await turn).toMatchObject({status: 'skipped', processed: 0, reason: 'ada is in emulation mode'})
    expect((await memoriesOf(ada)).map(({tags}) => tags)).toEqual([[], []])
  })

  it('ends between two memories when it is interrupted, and tells what it did', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const stop = new AbortController()
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    await remember(ada, 'one', 'two', 'three')
    const onProgress = ({done}: {done: number}): void => {
      if (done === 1) stop.abort()
    }
    expect(await turnFor(ada, 'organizer', {signal: stop.signal, onProgress})).toMatchObject({
      status: 'failed',
      processed: 1,
      error: 'It was interrupted'
    })
    expect(server.chats).toHaveLength(1)
    expect(await enterContext(ada, () => showMemory('@last'))).toMatchObject({tags: ['boats', 'harbour']})
  })
})
