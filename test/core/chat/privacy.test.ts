import {expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import {openConversation} from '../../../src/core/chat/conversation.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {capture, memoryStore, type ShownMemory} from '../../../src/core/memory/memories.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {type ModelServer, startModelServer} from '../../support/model-server.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

const SECRET = 'The doctor said the lump is nothing'

it('lets no earlier turn that quotes a private memory go to a model elsewhere, and says so', async () => {
  const {ada} = await home()
  const {id} = await remember(ada, SECRET, {private: true})
  await enterContext(ada, async () => {
    const near = await openConversation({model: 'near'})
    const {session, memoriesUsed} = await near.ask('What did the doctor say about the lump?')
    expect(memoriesUsed.map((one) => one.id)).toEqual([id])
    const far = await (await openConversation({model: 'far', session: session ?? ''})).preview('And what is next?')
    expect(JSON.stringify([far.system, far.messages])).not.toMatch(/lump|nothing \[1\]/)
    expect(far.messages).toHaveLength(1)
    expect(far.heldBack).toContainEqual({
      id: expect.stringMatching(/^evt-/),
      reason: expect.stringContaining('private')
    })
    // The same conversation, gone on with by another model.
    expect((await (await near.with({model: 'far'})).preview('And what is next?')).messages).toHaveLength(1)
    expect((await (await near.with({model: 'trusted'})).preview('And what is next?')).messages).toHaveLength(3)
    // Found by a search in another conversation.
    const other = await (await openConversation({model: 'far'})).preview(
      'What did you answer about the lump and the doctor?'
    )
    expect(JSON.stringify([other.system, other.messages.slice(0, -1)])).not.toContain('lump')
  })
})

it('marks what follows a private turn as private too, also where nothing is kept', async () => {
  const {ada} = await home()
  await remember(ada, SECRET, {private: true})
  await enterContext(ada, async () => {
    for (const save of [true, false]) {
      const near = await openConversation({model: 'near', save})
      await near.ask('What did the doctor say about the lump?')
      await near.ask('Say it again, in other words')
      expect((await (await near.with({model: 'far'})).preview('Go on')).messages).toHaveLength(1)
    }
  })
})

it('holds back by a tag that the profile names as private, also what was said before it did', async () => {
  const {ada, bob} = await home()
  for (const user of [ada, bob]) await remember(user, 'Blood pressure was fine at the doctor', {tags: ['Health']})
  const talk = (user: UserContext): Promise<string> =>
    enterContext(user, async () => {
      const {session} = await (await openConversation({model: 'near'})).ask('How was my blood pressure at the doctor?')
      return session ?? ''
    })
  const sessions = {ada: await talk(ada), bob: await talk(bob)}
  await setDocument(ada, 'profile', {timezone: 'UTC', privateTags: ['health']})
  const far = (user: UserContext, session: string): Promise<{system: string; messages: unknown[]}> =>
    enterContext(user, async () =>
      (await openConversation({model: 'far', session})).preview('Tell me about blood pressure at the doctor again')
    )
  const adas = await far(ada, sessions.ada)
  expect(adas.system).not.toContain('fine at the doctor')
  expect(adas.messages).toHaveLength(1)
  const bobs = await far(bob, sessions.bob)
  expect(bobs.system).toContain('fine at the doctor')
  expect(bobs.messages).toHaveLength(3)
})

it('holds back a turn that quotes a memory which is gone by now', async () => {
  const {ada} = await home()
  const {id} = await remember(ada, SECRET, {tags: ['health']})
  await enterContext(ada, async () => {
    const {session} = await (await openConversation({model: 'near'})).ask('What did the doctor say about the lump?')
    await memoryStore().trash([id])
    const {messages} = await (await openConversation({model: 'far', session: session ?? ''})).preview('Go on')
    expect(messages).toHaveLength(1)
  })
})

it('gives a private memory to a model elsewhere only where its entry allows that', async () => {
  const {ada} = await home()
  await remember(ada, SECRET, {private: true})
  const system = (model: string): Promise<string> =>
    enterContext(
      ada,
      async () => (await (await openConversation({model})).preview('What did the doctor say about the lump?')).system
    )
  expect(await system('near')).toContain(SECRET)
  expect(await system('trusted')).toContain(SECRET)
  expect(await system('far')).not.toContain(SECRET)
})

const remember = (user: UserContext, content: string, more: object = {}): Promise<ShownMemory> =>
  enterContext(user, () => capture({content, ...more}))

async function home(): Promise<{ada: UserContext; bob: UserContext; server: ModelServer}> {
  inTemporaryHome()
  const server = await startModelServer(undefined, {reply: 'It is nothing [1].'})
  onTestFinished(server.close)
  const made = await makePeople('ada', 'bob')
  const entry = {provider: 'openai-compatible', model: 'llama3:8b'}
  const elsewhere = {...entry, baseURL: 'https://models.example/v1'}
  const models = {
    near: {...entry, baseURL: server.baseURL},
    far: elsewhere,
    trusted: {...elsewhere, allowPrivate: true}
  }
  for (const user of Object.values(made)) await setDocument(user, 'models', {models})
  return {...made, server}
}
