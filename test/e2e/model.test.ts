import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {homeOfTwo, serve} from '../support/chat.ts'
import type {Home} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import type {ModelServer} from '../support/model-server.ts'

it('adds, uses, lists and removes models, and keeps unknown keys', async () => {
  const home = await homeOfTwo()
  const server = await serve()
  const path = join(home.root, 'profiles/ada/etc/models.json')
  writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), fromAnotherTool: true}))
  expect((await add(home, server, 'lab')).json).toEqual({
    id: 'lab',
    provider: 'openai-compatible',
    model: 'llama3:8b',
    roles: []
  })
  expect((await mh(home, ['model', 'use', 'lab', '--json'])).json).toMatchObject({id: 'lab', roles: ['persona']})
  await mh(home, ['model', 'use', 'lab', '--role', 'curator', '--mode', 'agent'])
  const {json} = await mh(home, ['model', 'list', '--json'])
  expect(json).toEqual({
    defaults: {persona: 'lab'},
    models: [
      {id: 'lab', provider: 'openai-compatible', model: 'llama3:8b', roles: ['persona', 'curator'], reachable: true}
    ]
  })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    fromAnotherTool: true,
    cognitiveModeMappings: {agent: {curator: 'lab'}}
  })
  expect((await mh(home, ['model', 'list', '-u', 'bob', '--json'])).json).toEqual({defaults: {}, models: []})
  expect((await mh(home, ['chat', 'Hello'])).stdout).toBe('Hello from the model.\n')
  expect(await add(home, server, 'lab')).toMatchObject({exitCode: 5})
  expect(await mh(home, ['model', 'remove', 'lbb', '--json'])).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('lab')
  })
  expect((await mh(home, ['model', 'remove', 'lab', '--json'])).json).toMatchObject({roles: ['persona', 'curator']})
  expect((await mh(home, ['model', 'list', '--json'])).json).toEqual({defaults: {}, models: []})
  expect((await mh(home, ['status', '--json'])).json.model.engine).toBe('recall')
})

it('takes a model by provider and name, for one mode only, and recall', async () => {
  const home = await homeOfTwo()
  await mh(home, ['model', 'use', 'ollama:qwen3-coder:30b'])
  await mh(home, ['model', 'use', '-u', 'bob', 'ollama:llama3:8b'])
  await mh(home, ['model', 'use', 'recall', '--mode', 'emulation'])
  const model = async (...words: string[]): Promise<string> =>
    (await mh(home, ['status', '--json', ...words])).json.model.model
  expect(await Promise.all([model(), model('-u', 'bob')])).toEqual(['qwen3-coder:30b', 'llama3:8b'])
  await mh(home, ['mode', 'set', 'emulation'])
  expect(await model()).toBeNull()
  expect(await mh(home, ['model', 'use', 'lama', '--json'])).toMatchObject({exitCode: 3})
  expect(await mh(home, ['model', 'use', 'recall', '--role', 'personna', '--json'])).toMatchObject({
    exitCode: 2,
    stdout: expect.stringContaining('persona')
  })
  expect(await mh(home, ['model', 'use', 'recall', '--mode', 'dream'])).toMatchObject({exitCode: 2})
})

it('takes no key in place of the name of its variable, and repeats none', async () => {
  const home = await homeOfTwo()
  const words = ['model', 'add', 'x', '--provider', 'openai-compatible', '--model', 'm', '--json']
  for (const wrong of [
    ['--api-key-env', 'sk-proj-0123456789', '--base-url', 'http://127.0.0.1:1/v1'],
    ['--base-url', 'https://me:sk-proj-0123456789@models.example/v1'],
    ['--base-url', 'https://models.example/v1?key=sk-proj-0123456789'],
    ['--base-url', 'file:///etc/passwd'],
    []
  ]) {
    const refused = await mh(home, [...words, ...wrong], {env: {DEBUG: '*'}})
    expect([wrong, refused.json.error.code]).toEqual([wrong, 'INVALID_MODEL'])
    expect(refused.json.error.message).not.toContain('0123456789')
  }
  expect(readFileSync(join(home.root, 'profiles/ada/etc/models.json'), 'utf8')).not.toContain('0123456789')
})

it('asks a model for a word and tells how long it took, or why it did not answer', async () => {
  const home = await homeOfTwo()
  const server = await serve()
  await add(home, server, 'lab')
  await mh(home, ['model', 'use', 'lab'])
  expect((await mh(home, ['model', 'test', '--json'])).json).toEqual({
    role: 'persona',
    model: 'llama3:8b',
    ok: true,
    latencyMs: expect.any(Number)
  })
  await mh(home, ['model', 'use', 'lab', '--role', 'embedding'])
  expect((await mh(home, ['model', 'test', '--role', 'embedding', '--json'])).json.ok).toBe(true)
  expect((await mh(home, ['model', 'test', '-u', 'bob', '--json'])).json).toMatchObject({model: null, ok: true})
  await server.close()
  const failed = await mh(home, ['model', 'test', '--json'])
  expect(failed).toMatchObject({exitCode: 6})
  expect(failed.json).toMatchObject({ok: false, latencyMs: null, error: {code: 'ENGINE_UNREACHABLE'}})
})

it('finds a server on this machine, and nothing where none answers', async () => {
  const home = await homeOfTwo()
  const server = await serve()
  const {host} = new URL(server.baseURL)
  expect((await mh(home, ['model', 'discover', '--json'], {env: {OLLAMA_HOST: host}})).json).toContainEqual({
    provider: 'ollama',
    baseURL: server.baseURL,
    models: ['llama3:8b', 'qwen3:4b']
  })
  await server.close()
  expect((await mh(home, ['model', 'discover', '--json'], {env: {OLLAMA_HOST: host}})).json).not.toContainEqual(
    expect.objectContaining({provider: 'ollama'})
  )
})

it('counts every call, each person for themselves, estimated where the server does not say', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'one two three'})
  for (const name of ['ada', 'bob']) {
    await add(home, server, 'lab', '-u', name)
    await mh(home, ['model', 'use', 'lab', '-u', name])
  }
  await mh(home, ['chat', 'Hello'])
  await mh(home, ['chat', 'Hello again'])
  expect((await mh(home, ['model', 'usage', '--json'])).json).toEqual([
    {
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      model: 'llama3:8b',
      agent: 'chat',
      calls: 2,
      tokensIn: expect.any(Number),
      tokensOut: 6,
      ms: expect.any(Number)
    }
  ])
  expect((await mh(home, ['model', 'usage', '-u', 'bob', '--json'])).json).toEqual([])
  server.behave({reply: 'x'.repeat(40), noUsage: true})
  await mh(home, ['chat', '-u', 'bob', 'Hello'])
  expect((await mh(home, ['model', 'usage', '-u', 'bob', '--json'])).json).toMatchObject([{calls: 1, tokensOut: 10}])
  const folder = join(home.root, 'profiles/bob/logs/usage')
  expect(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')).toContain('"estimated":true')
  const all = await mh(home, ['model', 'usage', '--all-users', '--json'])
  expect(all.json.map(({username, calls}: {username: string; calls: number}) => [username, calls])).toEqual([
    ['ada', 2],
    ['bob', 1]
  ])
  expect(await mh(home, ['model', 'usage', '--all-users', '-u', 'bob'])).toMatchObject({exitCode: 4})
})

it('counts what many processes use at once, and leaves a torn line behind', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'one two three'})
  await add(home, server, 'lab')
  await mh(home, ['model', 'use', 'lab'])
  await mh(home, ['chat', 'Hello'])
  const folder = join(home.root, 'profiles/ada/logs/usage')
  writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), '{"at":"20', {flag: 'a'})
  await Promise.all([1, 2, 3].map((n) => mh(home, ['chat', `Hello ${n}`])))
  expect((await mh(home, ['model', 'usage', '--json'])).json).toMatchObject([{calls: 4, tokensOut: 12}])
})

it('stops the next call where the limit of the day is reached, and says so', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'one two three'})
  await add(home, server, 'lab')
  await mh(home, ['model', 'use', 'lab'])
  const path = join(home.root, 'profiles/ada/etc/models.json')
  writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), globalSettings: {dailyTokenLimit: 5}}))
  expect((await mh(home, ['chat', 'Hello'])).exitCode).toBe(0)
  const stopped = await mh(home, ['chat', 'Hello again', '--json'])
  expect([stopped.exitCode, stopped.json.error]).toEqual([
    4,
    {code: 'DAILY_LIMIT', message: expect.stringMatching(/ada has used \d+ of the 5 tokens/), hint: expect.any(String)}
  ])
  expect(server.chats).toHaveLength(1)
  expect((await mh(home, ['chat', 'Hello', '--engine', 'recall'])).exitCode).toBe(0)
})

it('lets an administrator say what answers for people who chose nothing', async () => {
  const home = await homeOfTwo()
  await mh(home, ['config', 'set', 'defaultEngine', 'ollama:llama3:8b'])
  await mh(home, ['model', 'use', 'recall', '-u', 'bob'])
  const status = async (...words: string[]): Promise<string> =>
    (await mh(home, ['status', '--json', ...words])).json.model.engine
  expect(await Promise.all([status(), status('-u', 'bob')])).toEqual(['ollama', 'recall'])
  expect((await mh(home, ['chat', '--show-prompt', 'Hello', '--json'])).json.system).toContain('Mode: dual')
})

it('lets a guest change no model, and everybody else in every mode', async () => {
  const home = await homeOfTwo()
  await mh(home, ['user', 'create', 'eve', '--role', 'guest'])
  await mh(home, ['mode', 'set', 'emulation', '-u', 'bob'])
  expect((await mh(home, ['model', 'use', 'recall', '-u', 'bob'])).exitCode).toBe(0)
  expect(await mh(home, ['model', 'use', 'recall', '-u', 'eve'])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('guest')
  })
})

const add = (home: Home, {baseURL}: ModelServer, id: string, ...more: string[]): ReturnType<typeof mh> =>
  mh(home, [
    'model',
    'add',
    id,
    '--provider',
    'openai-compatible',
    '--model',
    'llama3:8b',
    '--base-url',
    baseURL,
    '--json',
    ...more
  ])
