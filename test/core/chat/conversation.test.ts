import {expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import {
  type ChatAnswer,
  type Conversation,
  type ConversationOptions,
  openConversation
} from '../../../src/core/chat/conversation.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {
  capture,
  listMemories,
  newestSession,
  type ShownMemory,
  sessionTurns
} from '../../../src/core/memory/memories.ts'
import {requireUser} from '../../../src/core/users/accounts.ts'
import {createUser} from '../../../src/core/users/create.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {type Behaviour, type ModelServer, startModelServer} from '../../support/model-server.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

const ask = (user: UserContext, message: string, options: ConversationOptions = {}): Promise<ChatAnswer> =>
  enterContext(user, async () => (await openConversation(options)).ask(message))
const remember = (user: UserContext, content: string, more: object = {}): Promise<ShownMemory> =>
  enterContext(user, () => capture({content, ...more}))
const conversations = (user: UserContext): Promise<ShownMemory[]> =>
  enterContext(user, async () => (await listMemories({type: 'conversation'})).memories)

it('answers by recall where no model is set, and keeps the turn with where it came from', async () => {
  const {ada} = await home()
  const {id, timestamp} = await remember(ada, 'Met Grace at the harbour')
  const answer = await ask(ada, 'Where did I meet Grace?')
  expect(answer).toMatchObject({
    engine: 'recall',
    model: null,
    saved: true,
    memoriesUsed: [{id, timestamp, content: 'Met Grace at the harbour'}]
  })
  expect(answer.reply).toContain('Met Grace at the harbour')
  expect(await conversations(ada)).toMatchObject([
    {
      content: 'Where did I meet Grace?',
      response: answer.reply,
      metadata: {sessionId: answer.session, engine: 'recall', model: null, cognitiveMode: 'dual', memoriesUsed: [id]}
    }
  ])
})

it.each([
  ['Where did I meet Grace?', 'Where did I meet Grace?', 'Where did I meet Grace?'],
  ['where did i meet grace', 'tell me where I met Grace', 'Where did I meet Grace?'],
  ['grace harbour', 'grace at harbour', 'Grace harbour?']
])('quotes no earlier question and no earlier answer when it is asked three times (%s)', async (...questions) => {
  const {ada} = await home()
  await remember(ada, 'Met Grace at the harbour')
  for (const question of questions) {
    const {reply, memoriesUsed} = await ask(ada, question)
    expect(memoriesUsed.map(({content}) => content)).toEqual(['Met Grace at the harbour'])
    expect(reply.split('\n')).toHaveLength(2)
  }
})

it('quotes what was told in a conversation, without what recall answered to it', async () => {
  const {ada} = await home()
  await ask(ada, 'I moved to Lyon in May. What do you think?')
  const {reply, memoriesUsed} = await ask(ada, 'Where did I move to?')
  expect(memoriesUsed).toHaveLength(1)
  expect(reply).toContain('I moved to Lyon in May.')
  expect(reply).not.toContain('answered:')
})

it('quotes what has to do with the question, and not what was noted beside it', async () => {
  const {ada} = await home()
  for (const content of ['Met Grace at the harbour', 'The boiler was serviced by Novak', 'Ordered a new bike lock'])
    await remember(ada, content)
  expect((await ask(ada, 'Who serviced the boiler?')).memoriesUsed.map(({content}) => content)).toEqual([
    'The boiler was serviced by Novak'
  ])
})

it('quotes nothing of the session at hand', async () => {
  const {ada} = await home()
  const {session} = await ask(ada, 'I moved to Lyon in May.')
  const {memoriesUsed} = await ask(ada, 'Where did I move to?', session === null ? {} : {session})
  expect(memoriesUsed).toEqual([])
})

it("gives a model the person's persona, their memories and the turns of the session", async () => {
  const {ada, server} = await home({reply: 'At the harbour [1].'})
  await remember(ada, 'Met Grace at the harbour')
  const {session} = await ask(ada, 'Where did I meet Grace?', {facet: 'poet'})
  const answer = await ask(ada, 'And when was it?', {newest: true})
  expect(answer).toMatchObject({engine: 'openai-compatible', model: 'llama3:8b', session, reply: 'At the harbour [1].'})
  const [first, second] = server.chats.map(({body}) => body.messages)
  expect(first?.[0]?.content).toContain('poet of the everyday')
  expect(first?.[0]?.content).toContain('Met Grace at the harbour')
  expect(second?.slice(1)).toEqual([
    {role: 'user', content: 'Where did I meet Grace?'},
    {role: 'assistant', content: 'At the harbour [1].'},
    {role: 'user', content: 'And when was it?'}
  ])
  expect(await enterContext(ada, async () => (await sessionTurns(session ?? '')).map(({content}) => content))).toEqual([
    'Where did I meet Grace?',
    'And when was it?'
  ])
})

it("puts nothing of one person into another's prompt or session, also at the same time", async () => {
  const {ada, bob, server} = await home({reply: ({messages}) => `You said: ${messages.at(-1)?.content}`})
  await setDocument(bob, 'models', modelsOf(server, 'qwen3:4b'))
  await remember(ada, "Ada's passport lies in the blue drawer")
  await remember(bob, 'Bob bought a passport cover')
  const answers = await Promise.all(
    [1, 2, 3].flatMap((n) => [
      ask(ada, `Where is the passport, ada ${n}?`),
      ask(bob, `Where is the passport, bob ${n}?`)
    ])
  )
  for (const {body} of server.chats) {
    const isBob = body.model === 'qwen3:4b'
    const text = JSON.stringify(body.messages)
    expect(text).toContain(isBob ? 'passport cover' : 'blue drawer')
    expect(text).not.toContain(isBob ? 'blue drawer' : 'passport cover')
    expect(text).not.toMatch(isBob ? /ada \d/i : /bob \d/i)
  }
  expect(new Set(answers.map(({session}) => session)).size).toBe(6)
  const adas = answers[0]?.session ?? ''
  await expect(ask(bob, 'Go on', {session: adas})).rejects.toMatchObject({code: 'SESSION_NOT_FOUND', exitCode: 3})
})

it('cannot be used by another person than the one who opened it', async () => {
  const {ada, bob} = await home()
  const opened: Conversation = await enterContext(ada, () => openConversation())
  await expect(enterContext(bob, () => opened.ask('Who am I?'))).rejects.toMatchObject({code: 'OTHER_CONTEXT'})
  await expect(opened.ask('Who am I?')).rejects.toMatchObject({code: 'NO_USER_CONTEXT'})
})

it.each([
  ['dual', undefined, true],
  ['agent', undefined, false],
  ['emulation', undefined, false],
  ['emulation', 'dual', true],
  ['dual', 'emulation', false]
] as const)('in %s mode, asked for in %s: kept %s', async (own, asked, kept) => {
  const {ada} = await home()
  await setDocument(ada, 'cognitiveMode', {currentMode: own})
  const answer = await ask(ada, 'Hello there, my persona.', asked === undefined ? {} : {mode: asked})
  expect(answer).toMatchObject({saved: kept, session: kept ? expect.any(String) : null})
  expect(await conversations(ada)).toHaveLength(kept ? 1 : 0)
})

it('lets a guest talk, and keeps nothing of it', async () => {
  const {ada} = await home()
  const guest = await enterContext(ada, async () =>
    contextOf(await requireUser((await createUser({username: 'eve', role: 'guest'})).username))
  )
  expect(await ask(guest, 'Hello there, my persona.')).toMatchObject({saved: false, session: null})
  expect(await conversations(guest)).toEqual([])
})

it('keeps nothing where the person says so, and still knows the conversation', async () => {
  const {ada, server} = await home({reply: 'Yes.'})
  await enterContext(ada, async () => {
    const conversation = await openConversation({save: false})
    await conversation.ask('Remember the word heron')
    expect(await conversation.ask('Which word?')).toMatchObject({saved: false, session: null})
    expect(await newestSession()).toBeUndefined()
  })
  expect(server.chats[1]?.body.messages[1]?.content).toBe('Remember the word heron')
})

it('keeps what came of an answer that was cut or stopped, marked as incomplete', async () => {
  const {ada, server} = await home({reply: 'It was at the old harbour', cutAfter: 3})
  await expect(ask(ada, 'Where was it?')).rejects.toMatchObject({code: 'ANSWER_CUT', exitCode: 6})
  server.behave({reply: 'It was at the old harbour', pauseMs: 50})
  const stop = new AbortController()
  const stopped = enterContext(ada, async () =>
    (await openConversation()).ask('Where was it then?', {signal: stop.signal, onText: () => stop.abort()})
  )
  await expect(stopped).rejects.toThrow()
  expect(await conversations(ada)).toMatchObject([
    {response: 'It ', metadata: {incomplete: true}},
    {response: 'It was at ', metadata: {incomplete: true}}
  ])
})

it('is an error and no silent fallback where the model does not answer; nothing is kept', async () => {
  const {ada, server} = await home()
  await setDocument(ada, 'models', modelsOf(server))
  await server.close()
  await expect(ask(ada, 'Where was it?')).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    exitCode: 6,
    hint: expect.stringContaining('--engine recall')
  })
  expect(await conversations(ada)).toEqual([])
  expect((await ask(ada, 'Where was it?', {model: 'recall'})).reply).toContain(
    'Recall, which is not a language model, was asked'
  )
})

it('holds private memories back from a model that is not on this machine, and says so', async () => {
  const {ada} = await home()
  const {id} = await remember(ada, 'The doctor said it is nothing', {private: true})
  await remember(ada, 'The doctor has a new practice')
  await setDocument(ada, 'models', {
    defaults: {persona: 'far'},
    models: {far: {provider: 'openai-compatible', model: 'm', baseURL: 'https://models.example/v1'}}
  })
  const preview = await enterContext(ada, async () => (await openConversation()).preview('What did the doctor say?'))
  expect(preview.system).toContain('new practice')
  expect(preview.system).not.toContain('it is nothing')
  expect(preview.heldBack).toEqual([{id, reason: expect.stringContaining('private')}])
})

it('refuses an empty message, one of more than a megabyte, and a session that is not there', async () => {
  const {ada} = await home()
  await expect(ask(ada, '  \n')).rejects.toMatchObject({code: 'EMPTY_MESSAGE', exitCode: 2})
  await expect(ask(ada, 'many words '.repeat(100_000))).rejects.toMatchObject({code: 'INPUT_TOO_LARGE', exitCode: 2})
  await expect(ask(ada, 'Hello', {session: 'session-none'})).rejects.toMatchObject({
    code: 'SESSION_NOT_FOUND',
    exitCode: 3
  })
  await expect(ask(ada, 'Hello', {newest: true})).rejects.toMatchObject({code: 'SESSION_NOT_FOUND', exitCode: 3})
})

/** Two people in a home of their own; with a behaviour both have the model of a server that does so. */
async function home(behaviour?: Behaviour): Promise<{ada: UserContext; bob: UserContext; server: ModelServer}> {
  inTemporaryHome()
  const server = await startModelServer(undefined, behaviour)
  onTestFinished(server.close)
  const made = await makePeople('ada', 'bob')
  if (behaviour !== undefined)
    for (const user of Object.values(made)) await setDocument(user, 'models', modelsOf(server))
  return {...made, server}
}

const modelsOf = ({baseURL}: ModelServer, model = 'llama3:8b'): object => ({
  defaults: {persona: 'lab'},
  models: {lab: {provider: 'openai-compatible', model, baseURL}}
})
