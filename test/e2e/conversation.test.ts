import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {homeOfTwo, serve, useModel} from '../support/chat.ts'
import {mh} from '../support/mh.ts'
import type {Behaviour} from '../support/model-server.ts'
import {openTerminal} from '../support/terminal.ts'

it('lists conversations and shows one, to each person their own', async () => {
  const home = await homeOfTwo()
  const {json: first} = await mh(home, ['chat', 'I moved to Lyon in May.', '--json'])
  await mh(home, ['chat', '-c', 'I live near the river now.'])
  const {json: second} = await mh(home, ['chat', 'Grace has a boat.', '--json'])
  await mh(home, ['chat', '-u', 'bob', 'This one is of Bob.'])
  const {json} = await mh(home, ['chat', 'sessions', '--json'])
  expect(json).toEqual([
    {session: second.session, startedAt: expect.stringMatching(/Z$/), turns: 1, title: 'Grace has a boat.'},
    {session: first.session, startedAt: expect.stringMatching(/Z$/), turns: 2, title: 'I moved to Lyon in May.'}
  ])
  expect((await mh(home, ['chat', 'sessions'])).stdout.split('\n')[0]?.split('\t')[0]).toBe(second.session)
  const shown = await mh(home, ['chat', 'show', first.session.slice(-8), '--json'])
  expect(shown.json.turns.map(({content}: {content: string}) => content)).toEqual([
    'I moved to Lyon in May.',
    'I live near the river now.'
  ])
  expect((await mh(home, ['chat', 'show', '@last'])).stdout).toContain('> Grace has a boat.')
  expect(await mh(home, ['chat', 'show', first.session, '-u', 'bob'])).toMatchObject({exitCode: 3})
  expect(await mh(home, ['chat', 'show', '../../bob'])).toMatchObject({exitCode: 3})
})

it('takes every other text for a message, also one that begins as a command', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: ({messages}) => `Heard: ${messages.at(-1)?.content}`})
  useModel(home, 'ada', server)
  for (const words of [
    ['show', 'me', 'what', 'I', 'did'],
    ['sessions', 'about', 'Grace'],
    ['--', 'sessions'],
    ['show']
  ])
    expect((await mh(home, ['chat', ...words])).stdout).toBe(
      `Heard: ${words.filter((word) => word !== '--').join(' ')}\n`
    )
})

it('answers when something was, told in words, and suggests words where it finds nothing', async () => {
  const home = await homeOfTwo()
  await mh(home, ['capture', '--at', '2026-05-08T10:00:00Z', 'Went to the support group yesterday'])
  await mh(home, ['capture', 'The marmalade is ready'])
  expect((await mh(home, ['chat', 'When did I go to the support group?'])).stdout).toContain(
    '[1] 8 May 2026: "Went to the support group yesterday" (yesterday: 7 May 2026)'
  )
  expect((await mh(home, ['chat', 'Did I go to the support group?'])).stdout).toContain('a yes or a no')
  expect((await mh(home, ['chat', 'marmeladen'])).stdout).toMatch(/I found nothing.*marmalade|marmalade is ready/)
})

it('groups what was noted of the same event', async () => {
  const home = await homeOfTwo()
  for (const [hour, text] of [
    ['10', 'Met Grace at the harbour café'],
    ['11', 'Grace and I met at the harbour café, she paid']
  ])
    await mh(home, ['capture', '--at', `2026-05-08T${hour}:00:00Z`, text ?? ''])
  expect((await mh(home, ['chat', 'Where did I meet Grace?'])).stdout).toMatch(
    /\[1\] 8 May 2026: ".*"\n {4}and \[2\] ".*"\n$/
  )
})

it('counts the window of the model: too long a message is refused, and the server may refuse, too', async () => {
  const home = await homeOfTwo()
  const server = await serve({
    status: 400,
    error: {error: {message: "This model's maximum context length is 4096 tokens"}}
  })
  useModel(home, 'ada', server, {options: {contextWindow: 2000}})
  const long = await mh(home, ['chat', '-', '--json'], {input: 'many words '.repeat(2000)})
  expect([long.exitCode, long.json.error.code]).toEqual([2, 'CONTEXT_OVERFLOW'])
  expect(server.chats).toEqual([])
  const refused = await mh(home, ['chat', 'Hello', '--json'])
  expect([refused.exitCode, refused.json.error.code]).toEqual([6, 'CONTEXT_OVERFLOW'])
})

it('shows the prompt with what was held back and why, and the tools', async () => {
  const home = await homeOfTwo()
  await mh(home, ['capture', '--private', 'The doctor said the lump is nothing'])
  const models = {
    defaults: {persona: 'far'},
    models: {far: {provider: 'openai-compatible', model: 'm', baseURL: 'https://models.example/v1'}}
  }
  writeFileSync(join(home.root, 'profiles/ada/etc/models.json'), JSON.stringify(models))
  const {stdout} = await mh(home, ['chat', '--show-prompt', 'What did the doctor say about the lump?'])
  expect(stdout).toMatch(/Held back: evt-.*because it is private, and openai-compatible is not on this machine/)
  expect(stdout).not.toContain('is nothing')
  expect(stdout).toContain('--- tools ---\nsearch_memories, list_tasks\n')
})

it('shows the time, and the place where the profile tells it', async () => {
  const home = await homeOfTwo()
  useModel(home, 'ada', await serve({}))
  const path = join(home.root, 'profiles/ada/etc/profile.json')
  writeFileSync(
    path,
    JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), timezone: 'Europe/Berlin', location: 'Lyon'})
  )
  expect((await mh(home, ['chat', '--show-prompt', 'Hello'])).stdout).toMatch(
    /It is \w+,? \d+ .*\(Europe\/Berlin\)\. The person is in Lyon\./
  )
})

it('understands its slash commands in a conversation', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: '**Bold** answer [1].'})
  useModel(home, 'ada', server)
  await mh(home, ['capture', 'Grace lives in Lyon'])
  const terminal = openTerminal(home, ['chat'], {NO_COLOR: '1'})
  await terminal.sees('ada> ')
  const say = async (line: string, ...shown: string[]): Promise<void> => {
    terminal.type(`${line}\r`)
    for (const text of shown) await terminal.sees(text)
  }
  await say('Where does Grace live?', 'Bold answer [1].', 'Grace lives in Lyon')
  await say('/memories', '[1]')
  await say('/remember Lyon', 'SCORE')
  await say('/task Call Grace', 'Added task-')
  await say('/task', 'Call Grace')
  await say('/facet poet', 'facet poet')
  await say('/mode emulation', 'emulation mode, nothing is kept')
  await say('/model recall', 'recall, facet poet, emulation')
  await say('/mode dream', 'is no mode')
  await say('/facet poett', 'Did you mean poet?')
  await say('/modle recall', 'Did you mean /mode or /model?')
  await say('/model lab', 'llama3:8b, facet poet')
  await say('/mode dual', 'llama3:8b, facet poet, dual mode')
  await say('"""\rfirst line\rsecond line\r"""', '... ')
  await say('/sessions', 'Where does Grace live?')
  await say('/exit')
  expect(await terminal.exitCode).toBe(0)
  expect(server.chats.at(-1)?.body.messages.at(-1)?.content).toBe('first line\nsecond line')
  expect(server.chats.at(-1)?.body.messages[0]?.content).toContain('poet of the everyday')
  expect((await mh(home, ['chat', 'sessions', '--json'])).json).toMatchObject([{turns: 2}])
  expect((await mh(home, ['mode', '--json'])).json.mode).toBe('dual')
})

it('asks at the terminal before a tool writes, and does it after a yes only', async () => {
  const home = await homeOfTwo()
  const call: Behaviour = {toolCalls: [{name: 'capture', input: {content: 'Grace likes tulips'}}]}
  const server = await serve([call, {reply: 'Not kept.'}, call, {reply: 'Kept.'}])
  useModel(home, 'ada', server)
  const terminal = openTerminal(home, ['chat'], {NO_COLOR: '1'})
  await terminal.sees('ada> ')
  terminal.type('Grace likes tulips.\r')
  await terminal.sees('Capture "Grace likes tulips"? [y/N]')
  terminal.type('n\r')
  await terminal.sees('Not done: Capture')
  await terminal.sees('Not kept.')
  terminal.type('Keep it.\r')
  await expect.poll(() => terminal.output().split('[y/N]').length).toBe(3)
  terminal.type('y\r')
  await terminal.sees('Done: Capture')
  terminal.type('/exit\r')
  await terminal.exitCode
  expect((await mh(home, ['memory', 'list', '--type', 'observation', '--json'])).json.total).toBe(1)
})

it('carries neither prompt nor session over to another person', async () => {
  const home = await homeOfTwo()
  const server = await serve({reply: 'Noted.'})
  useModel(home, 'ada', server)
  useModel(home, 'bob', server)
  const terminal = openTerminal(home, ['chat', '--facet', 'poet'], {NO_COLOR: '1'})
  await terminal.sees('ada> ')
  terminal.type('My sister Vera hides the present in the attic.\r')
  await terminal.sees('Noted.')
  terminal.type('/user bob\r')
  await terminal.sees('bob> ')
  terminal.type('What do you know about Vera and the attic?\r')
  await terminal.sees('bob> ')
  await expect.poll(() => server.chats.length).toBe(2)
  terminal.type('/sessions\r')
  await terminal.sees('TURNS')
  terminal.type('/exit\r')
  await terminal.exitCode
  const [adas, bobs] = server.chats.map(({body}) => JSON.stringify(body.messages))
  expect(adas).toContain('poet of the everyday')
  expect(bobs).not.toMatch(/My sister|present|poet of the everyday|persona of ada/)
  const sessions = await Promise.all(
    ['ada', 'bob'].map(async (name) => (await mh(home, ['chat', 'sessions', '-u', name, '--json'])).json)
  )
  expect(sessions.map((list) => list.length)).toEqual([1, 1])
  expect(sessions[0][0].session).not.toBe(sessions[1][0].session)
  expect(readFileSync(join(home.root, 'profiles/bob/etc/history'), 'utf8')).not.toContain('My sister')
})
