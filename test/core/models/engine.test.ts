import {expect, it, onTestFinished} from 'vitest'
import * as z from 'zod'
import type {ChatRequest, Engine} from '../../../src/core/models/engine.ts'
import {keyFor} from '../../../src/core/models/keys.ts'
import {openAICompatibleEngine} from '../../../src/core/models/openai-compatible.ts'
import type {ModelRegistry} from '../../../src/core/models/registry.ts'
import type {RemoteModel} from '../../../src/core/models/resolve.ts'
import {type Behaviour, type ModelServer, startModelServer} from '../../support/model-server.ts'

const KEY = 'sk-very-secret-0123456789'

it('streams an answer piece by piece, with what the request was made of', async () => {
  const {server, engine} = await setUp({reply: 'Grace was at the harbour.'}, {options: {temperature: 0.3, topP: 0.9}})
  const pieces: string[] = []
  let usage: unknown
  for await (const part of engine.chat(request())) {
    if (part.type === 'text') pieces.push(part.text)
    else usage = part.usage
  }
  expect(pieces).toEqual(['Grace ', 'was ', 'at ', 'the ', 'harbour.'])
  expect(usage).toEqual({tokensIn: 6, tokensOut: 5})
  expect(server.chats[0]?.body).toMatchObject({
    model: 'llama3:8b',
    stream: true,
    temperature: 0.3,
    top_p: 0.9,
    messages: [
      {role: 'system', content: 'You are terse.'},
      {role: 'user', content: 'Who was there?'}
    ]
  })
})

it('sends the key, and only to the server of its model', async () => {
  const other = await startModelServer()
  onTestFinished(other.close)
  const {server, engine} = await setUp({redirect: `${other.baseURL}/chat/completions`}, {apiKeyEnv: 'LAB_KEY'})
  await expect(answer(engine)).rejects.toMatchObject({code: 'ENGINE_REDIRECT', exitCode: 6})
  expect(server.chats[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
  expect(other.requests).toEqual([])
})

it('names the variable of a key that is missing, before anything is sent', async () => {
  const server = await startModelServer()
  onTestFinished(server.close)
  await expect(engineFor(model(server, {apiKeyEnv: 'NOT_SET'}), {settings: {}, environment: {}})).rejects.toMatchObject(
    {
      code: 'KEY_MISSING',
      exitCode: 6,
      message: expect.stringContaining('NOT_SET')
    }
  )
  expect(server.requests).toEqual([])
})

it('tells no key in an error, not even one that the server echoes', async () => {
  for (const status of [400, 401]) {
    const {engine} = await setUp({status, error: {error: {message: `Bad key ${KEY}`}}}, {apiKeyEnv: 'LAB_KEY'})
    const error = await answer(engine).catch((failure: unknown) => failure)
    expect(error).toMatchObject({exitCode: 6})
    expect(`${(error as Error).message} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(KEY)
  }
})

it.each([[429], [500], [503]])('tries again after status %i', async (status) => {
  const {server, engine} = await setUp([{status}, {reply: 'At last.'}])
  expect(await answer(engine)).toBe('At last.')
  expect(server.chats).toHaveLength(2)
})

it('gives up after three tries, and waits as long as the server asks', async () => {
  const {server, engine} = await setUp({
    status: 503,
    headers: {'retry-after': '0'},
    error: {error: {message: 'overloaded'}}
  })
  await expect(answer(engine)).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    exitCode: 6,
    message: expect.stringContaining('503: overloaded')
  })
  expect(server.chats).toHaveLength(3)
})

it('tries a refused request only once', async () => {
  const {server, engine} = await setUp({status: 422})
  await expect(answer(engine)).rejects.toMatchObject({code: 'ENGINE_FAILED'})
  expect(server.chats).toHaveLength(1)
})

it('says how to start a server that does not answer', async () => {
  const server = await startModelServer()
  await server.close()
  const engine = await engineFor(model(server, {engine: 'ollama'}), {settings: {}, environment: {}})
  await expect(answer(engine)).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    exitCode: 6,
    message: expect.stringContaining(server.baseURL),
    hint: expect.stringMatching(/ollama serve.*--engine recall/)
  })
})

it('names the nearest model that the server has, and how to get the missing one', async () => {
  const {engine} = await setUp({}, {engine: 'ollama', model: 'llama3:7b'})
  await expect(answer(engine)).rejects.toMatchObject({
    code: 'MODEL_MISSING',
    exitCode: 6,
    hint: expect.stringMatching(/llama3:8b.*ollama pull llama3:7b/)
  })
})

it('ends an answer that does not begin, and one that pauses for too long', async () => {
  const silent = await setUp({delayMs: 2000}, {}, {firstTokenTimeoutMs: 100})
  await expect(answer(silent.engine)).rejects.toMatchObject({
    code: 'ENGINE_TIMEOUT',
    exitCode: 6,
    message: expect.stringContaining('0.1 seconds')
  })
  const slow = await setUp({reply: 'one two', pauseMs: 2000}, {}, {idleTimeoutMs: 100})
  await expect(answer(slow.engine)).rejects.toMatchObject({
    code: 'ENGINE_TIMEOUT',
    message: expect.stringContaining('nothing more')
  })
})

it('tells an answer that was cut from one that ended', async () => {
  for (const behaviour of [{reply: 'one two three', cutAfter: 2}, {reply: 'one two', noFinish: true} as const]) {
    const {engine} = await setUp(behaviour)
    let text = ''
    const read = async (): Promise<void> => {
      for await (const part of engine.chat(request())) if (part.type === 'text') text += part.text
    }
    await expect(read()).rejects.toMatchObject({
      code: 'ANSWER_CUT',
      exitCode: 6,
      message: expect.stringContaining('in the middle')
    })
    expect(text.trim()).toBe('one two')
  }
})

it('stops when it is told to, with the reason that was given', async () => {
  const {engine} = await setUp({reply: 'one two three', pauseMs: 100})
  const stop = new AbortController()
  const read = async (): Promise<void> => {
    for await (const part of engine.chat({...request(), signal: stop.signal}))
      if (part.type === 'text') stop.abort(new Error('enough'))
  }
  await expect(read()).rejects.toThrow('enough')
})

it('tells what a server says in place of an answer, without the key', async () => {
  const {engine} = await setUp({failInStream: `out of memory (${KEY})`}, {apiKeyEnv: 'LAB_KEY'})
  await expect(answer(engine)).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    exitCode: 6,
    message: expect.stringMatching(/: out of memory \(\[key\]\)$/)
  })
  const other = await setUp({status: 200, error: {hello: 'this is no API'}})
  await expect(answer(other.engine)).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    exitCode: 6,
    hint: expect.stringContaining('baseURL')
  })
})

it('gives objects that the schema accepts, and says where the model gave another', async () => {
  const schema = z.object({tags: z.array(z.string())})
  const {engine, server} = await setUp([{reply: '{"tags":["harbour"]}'}, {reply: 'I would rather not'}])
  const ask = {system: 'Tag.', prompt: 'At the harbour', schema}
  expect(await engine.object(ask)).toMatchObject({object: {tags: ['harbour']}})
  expect(server.chats[0]?.body).toMatchObject({response_format: {type: 'json_schema'}})
  await expect(engine.object(ask)).rejects.toMatchObject({code: 'MALFORMED_OBJECT', exitCode: 6})
})

it('asks once more for an object that is none, and says what was wrong', async () => {
  const schema = z.object({tags: z.array(z.string())})
  const {engine, server} = await setUp([{reply: '{"tags": "harbour"}'}, {reply: '{"tags":["harbour"]}'}])
  expect(await engine.object({system: 'Tag.', prompt: 'At the harbour', schema})).toMatchObject({
    object: {tags: ['harbour']}
  })
  expect(server.chats).toHaveLength(2)
  expect(server.chats[1]?.body.messages.at(-1)?.content).toMatch(/At the harbour[\s\S]*"tags": "harbour"/)
})

it('makes one vector a text', async () => {
  const {engine} = await setUp({embedding: (text) => [text.length, 0.5]})
  expect(await engine.embed(['ab', 'abcd'])).toMatchObject({
    vectors: [
      [2, 0.5],
      [4, 0.5]
    ]
  })
})

it('knows which servers are on this machine', async () => {
  const local = async (baseURL: string): Promise<boolean> =>
    (
      await engineFor(
        {engine: 'openai-compatible', id: 'm', model: 'm', baseURL, options: {}},
        {settings: {}, environment: {}}
      )
    ).local
  expect(await Promise.all(['http://127.0.0.1:1/v1', 'http://localhost/v1', 'http://[::1]:1/v1'].map(local))).toEqual([
    true,
    true,
    true
  ])
  expect(
    await Promise.all(
      ['https://api.openai.com/v1', 'http://127.0.0.1.example.com/v1', 'http://192.168.0.2/v1'].map(local)
    )
  ).toEqual([false, false, false])
})

async function setUp(
  behaviour: Behaviour | Behaviour[],
  entry: Partial<RemoteModel> = {},
  settings: ModelRegistry['globalSettings'] = {}
): Promise<{server: ModelServer; engine: Engine}> {
  const server = await startModelServer()
  onTestFinished(server.close)
  server.behave(behaviour)
  return {server, engine: await engineFor(model(server, entry), {settings, environment: {LAB_KEY: KEY}})}
}

interface Place {
  settings: ModelRegistry['globalSettings']
  environment: Record<string, string>
}

/** The engine itself, whose calls nobody counts. */
const engineFor = async (resolved: RemoteModel, {settings, environment}: Place): Promise<Engine> =>
  openAICompatibleEngine(resolved, settings, keyFor(resolved, {environment}))

const model = (server: ModelServer, entry: Partial<RemoteModel> = {}): RemoteModel => ({
  engine: 'openai-compatible',
  id: 'lab',
  model: 'llama3:8b',
  baseURL: server.baseURL,
  options: {},
  ...entry
})

const request = (): ChatRequest => ({
  system: 'You are terse.',
  messages: [{role: 'user', content: 'Who was there?'}],
  memories: [],
  zone: 'UTC',
  language: 'en'
})

async function answer(engine: Engine): Promise<string> {
  let text = ''
  for await (const part of engine.chat(request())) if (part.type === 'text') text += part.text
  return text
}
