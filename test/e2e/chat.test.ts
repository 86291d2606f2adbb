import {statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {expect, it} from 'vitest'
import {homeOfTwo, serve, useModel} from '../support/chat.ts'
import type {Home} from '../support/home.ts'
import {BIN, environment, mh} from '../support/mh.ts'
import {openTerminal} from '../support/terminal.ts'

it('answers from memory by itself, alike each time it is asked', async () => {
  const home = await homeOfTwo()
  await mh(home, ['capture', 'Met Grace at the harbour café'])
  const asked = []
  for (let time = 0; time < 3; time++) asked.push(await mh(home, ['chat', 'where', 'did', 'I', 'meet', 'Grace?']))
  const [first] = asked
  expect(first).toMatchObject({exitCode: 0, stderr: ''})
  expect(first?.stdout).toMatch(
    /^No language model is set, .*\n\[1\] \d+ \w+ \d{4}: "Met Grace at the harbour café"\n$/
  )
  expect(asked.map(({stdout}) => stdout)).toEqual(Array(3).fill(first?.stdout))
  expect((await mh(home, ['chat', 'zebra crossings'])).stdout).toContain('I found nothing about that')
})

it('prints one JSON value, with what was used and where it is kept', async () => {
  const home = await homeOfTwo()
  const {json: memory} = await mh(home, ['capture', 'Met Grace at the harbour', '--json'])
  const {json, stderr} = await mh(home, ['chat', 'Where did I meet Grace?', '--json'])
  expect(json).toEqual({
    reply: expect.stringContaining('Met Grace at the harbour'),
    engine: 'recall',
    model: null,
    session: expect.any(String),
    memoriesUsed: [{id: memory.id, timestamp: memory.timestamp, content: 'Met Grace at the harbour'}],
    saved: true
  })
  expect(stderr).toBe('')
})

it('lets two people talk with models of their own, each about their own memories', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: ({model, messages}) => `${model} heard: ${messages.at(-1)?.content}`})
  useModel(home, 'ada', server)
  useModel(home, 'bob', server, {model: 'qwen3:4b'})
  await mh(home, ['capture', 'The spare key hangs behind the stove'])
  await mh(home, ['capture', '-u', 'bob', 'The spare key is with Mrs Yilmaz'])
  const [ada, bob] = await Promise.all([
    mh(home, ['chat', 'Where is the spare key?']),
    mh(home, ['chat', '-u', 'bob', 'And where is my spare key?'])
  ])
  expect(ada.stdout).toBe('llama3:8b heard: Where is the spare key?\n')
  expect(bob.stdout).toBe('qwen3:4b heard: And where is my spare key?\n')
  const prompts = Object.fromEntries(server.chats.map(({body}) => [body.model, JSON.stringify(body.messages)]))
  expect(prompts['llama3:8b']).toContain('behind the stove')
  expect(prompts['llama3:8b']).not.toContain('Yilmaz')
  expect(prompts['qwen3:4b']).toContain('Yilmaz')
  expect(prompts['qwen3:4b']).not.toContain('stove')
})

it('goes on with the newest conversation, or with the one that is named', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'Noted.'})
  useModel(home, 'ada', server)
  const {json: first} = await mh(home, ['chat', 'My sister is called Vera.', '--json'])
  await mh(home, ['chat', 'Something else entirely.'])
  const {json: named} = await mh(home, ['chat', '--session', first.session, 'Who is Vera?', '--json'])
  const {json: newest} = await mh(home, ['chat', '-c', 'Thank you', '--json'])
  expect([named.session, newest.session]).toEqual([first.session, first.session])
  expect(
    server.chats
      .at(-1)
      ?.body.messages.slice(1)
      .map(({content}) => content)
  ).toEqual(['My sister is called Vera.', 'Noted.', 'Who is Vera?', 'Noted.', 'Thank you'])
  expect(await mh(home, ['chat', '--session', 'session-none', 'Hello'])).toMatchObject({exitCode: 3, stdout: ''})
})

it('takes its message from standard input, or adds that to the words', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'Fixes.'})
  useModel(home, 'ada', server)
  expect(await mh(home, ['chat'], {input: 'What did I do?\n'})).toMatchObject({stdout: 'Fixes.\n', exitCode: 0})
  await mh(home, ['chat', 'What did I do?', '-'], {input: 'fix the boiler\nfix the tap\n'})
  expect(server.chats.map(({body}) => body.messages.at(-1)?.content)).toEqual([
    'What did I do?',
    'What did I do?\n\nfix the boiler\nfix the tap'
  ])
  expect(await mh(home, ['chat'], {input: ''})).toMatchObject({exitCode: 2, stdout: ''})
})

it('prints pieces as they come, or the whole at its end', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'one two three four', pauseMs: 150})
  useModel(home, 'ada', server)
  const pieces = async (...flags: string[]): Promise<string[]> => {
    const seen: string[] = []
    const running = execa(process.execPath, [BIN, 'chat', 'Count', ...flags], {
      env: environment(home),
      extendEnv: false,
      stdin: 'ignore',
      buffer: false
    })
    running.stdout.on('data', (data: Buffer) => seen.push(data.toString()))
    await running
    return seen
  }
  expect((await pieces()).length).toBeGreaterThan(2)
  expect(await pieces('--no-stream')).toEqual(['one two three four\n'])
})

it('shows what would be sent, and sends and keeps nothing', async () => {
  const home = await homeOfTwo()
  const server = await serve({})
  useModel(home, 'ada', server)
  await mh(home, ['capture', 'Met Grace at the harbour'])
  const {stdout} = await mh(home, ['chat', '--show-prompt', '--facet', 'thinker', 'Where is Grace?'])
  expect(stdout).toContain('Facet: Thinker')
  expect(stdout).toContain('Met Grace at the harbour')
  expect(stdout).toContain('Where is Grace?')
  expect(server.requests).toEqual([])
  expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
})

it('keeps nothing with --no-save', async () => {
  const home = await homeOfTwo()
  expect((await mh(home, ['chat', '--no-save', 'Hello there', '--json'])).json).toMatchObject({
    saved: false,
    session: null
  })
  expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(0)
})

it('says what to do where a model cannot answer, with its exit code', async () => {
  const home = await homeOfTwo()
  const server = await serve({})
  useModel(home, 'ada', server, {model: 'llama3:9b'})
  expect(await error(home)).toMatchObject({
    exitCode: 6,
    code: 'MODEL_MISSING',
    hint: expect.stringContaining('llama3:8b')
  })
  useModel(home, 'ada', server, {apiKeyEnv: 'LAB_KEY'})
  expect(await error(home)).toMatchObject({
    exitCode: 6,
    code: 'KEY_MISSING',
    message: expect.stringContaining('LAB_KEY')
  })
  server.behave({status: 401, error: {error: {message: 'Incorrect key: sk-hidden-000'}}})
  const refused = await mh(home, ['chat', 'Hello'], {env: {LAB_KEY: 'sk-hidden-000', DEBUG: '*'}})
  expect(refused.exitCode).toBe(6)
  expect(refused.stdout + refused.stderr).not.toContain('sk-hidden-000')
  useModel(home, 'ada', server)
  await server.close()
  expect(await error(home)).toMatchObject({
    exitCode: 6,
    code: 'ENGINE_UNREACHABLE',
    hint: expect.stringContaining('--engine recall')
  })
  expect((await mh(home, ['chat', '--engine', 'recall', 'Hello'])).exitCode).toBe(0)
  expect(await error(home, '--model', 'nothing-like-it')).toMatchObject({exitCode: 3, code: 'MODEL_NOT_FOUND'})
  expect(await error(home, '--facet', 'thinkr')).toMatchObject({
    exitCode: 3,
    code: 'FACET_NOT_FOUND',
    hint: expect.stringContaining('thinker')
  })
  expect(await error(home, '--mode', 'daydream')).toMatchObject({exitCode: 2})
})

it('leaves a broken models.json as it is, and says in which line it is broken', async () => {
  const home = await homeOfTwo()
  const path = join(home.root, 'profiles/ada/etc/models.json')
  writeFileSync(path, '{\n  "defaults": {},\n  "models": {,}\n}\n')
  expect(await error(home)).toMatchObject({
    exitCode: 1,
    code: 'UNREADABLE_FILE',
    message: expect.stringMatching(/models\.json cannot be read: line 3/)
  })
  expect((await mh(home, ['chat', '-u', 'bob', 'Hello'])).exitCode).toBe(0)
})

it('stops at Ctrl-C, keeps what came, and exits with 130', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'one two three four five six', pauseMs: 300})
  useModel(home, 'ada', server)
  const running = execa(process.execPath, [BIN, 'chat', 'Count'], {
    env: environment(home),
    extendEnv: false,
    stdin: 'ignore',
    reject: false
  })
  running.stdout.once('data', () => running.kill('SIGINT'))
  const {exitCode} = await running
  expect(exitCode).toBe(130)
  const {json} = await mh(home, ['memory', 'list', '--json'])
  expect(json.memories[0]).toMatchObject({
    content: 'Count',
    response: expect.stringMatching(/^one /),
    metadata: {incomplete: true}
  })
})

it('holds a conversation at the terminal, and carries nothing over to another person', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: ({messages}) => `Heard ${messages.at(-1)?.content} [1]`})
  useModel(home, 'ada', server)
  useModel(home, 'bob', server)
  await mh(home, ['capture', 'The spare key hangs behind the stove'])
  await mh(home, ['capture', '-u', 'bob', 'The spare key is with Mrs Yilmaz'])
  const terminal = openTerminal(home, ['chat'], {NO_COLOR: '1'}, 200)
  await terminal.until('ada> ')
  terminal.type('Where is the spare key?\r')
  await terminal.until('Heard Where is the spare key? [1]')
  await terminal.until('The spare key hangs behind the stove')
  terminal.type('/help\r')
  await terminal.until('/exit')
  terminal.type('/user bobb\r')
  await terminal.until('Did you mean bob?')
  terminal.type('/user bob\r')
  await terminal.until('bob> ')
  terminal.type('And where is the spare key now?\r')
  await terminal.until('Heard And where is the spare key now? [1]')
  await terminal.until('The spare key is with Mrs Yilmaz')
  terminal.type('/exit\r')
  expect(await terminal.exitCode).toBe(0)
  const bobs = JSON.stringify(server.chats[1]?.body)
  expect(bobs).toContain('Yilmaz')
  expect(bobs).not.toMatch(/stove|Where is the spare key\?|\bada\b/i)
  expect(server.chats[1]?.body.messages).toHaveLength(2)
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map(
      async (name) => (await mh(home, ['memory', 'list', '-u', name, '--type', 'conversation', '--json'])).json
    )
  )
  expect([ada.total, bob.total]).toEqual([1, 1])
  expect(ada.memories[0].metadata.sessionId).not.toBe(bob.memories[0].metadata.sessionId)
  expect(statSync(join(home.root, 'profiles/ada/etc/history')).mode & 0o777).toBe(0o600)
})

it('stops only the answer at Ctrl-C in a conversation', async () => {
  const home = await homeOfTwo()
  const server = await serve([{reply: 'one two three four five six', pauseMs: 300}, {reply: 'Still here.'}])
  useModel(home, 'ada', server)
  const terminal = openTerminal(home, ['chat'], {NO_COLOR: '1'}, 200)
  await terminal.until('ada> ')
  terminal.type('Count\r')
  await terminal.until('one two')
  terminal.type('\u0003')
  await terminal.until('The answer was stopped')
  terminal.type('Are you there?\r')
  await terminal.until('Still here.')
  terminal.type('\u0004')
  expect(await terminal.exitCode).toBe(0)
})

async function error(
  home: Home,
  ...flags: string[]
): Promise<{exitCode: number; code: string; message: string; hint?: string}> {
  const {exitCode, json} = await mh(home, ['chat', 'Hello', '--json', ...flags])
  return {exitCode, ...json.error}
}

it('stops an answer that never ends, and keeps what came as one that is incomplete', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: `${'x'.repeat(20_000)} `.repeat(60)})
  useModel(home, 'ada', server)
  const {exitCode, json} = await mh(home, ['chat', 'Hello', '--json'])
  expect([exitCode, json.error.code]).toEqual([6, 'ANSWER_TOO_LONG'])
  const kept = (await mh(home, ['memory', 'show', '@last', '--json'])).json
  expect(kept).toMatchObject({content: 'Hello', metadata: {incomplete: true}})
  expect(kept.response.length).toBeGreaterThan(1_000_000)
})
