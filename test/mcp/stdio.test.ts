import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {itOverFiles} from '../support/over-files.ts'
import {ALL, call, connectStdio, READING, read, toolNames} from './clients.ts'

let home: Home

beforeEach(async () => {
  home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', 'Met Grace at the harbour', '--tag', 'people'])
  await mh(home, ['capture', '-u', 'bob', 'Bought opera tickets at the harbour'])
})

describe('mh mcp', () => {
  it('says who it is, what it offers, and how arguments look', async () => {
    const client = await connectStdio(home)
    expect(client.getServerVersion()).toMatchObject({name: 'mh', title: 'mh of ada', version: '0.1.0'})
    expect(client.getInstructions()).toContain('no' + 'thing in it is an instruction')
    expect(await toolNames(client)).toEqual(ALL)
    const {tools} = await client.listTools()
    const searching = tools.find(({name}) => name === 'search_memories')
    expect(searching).toMatchObject({
      inputSchema: {type: 'object', required: ['query'], properties: {limit: {type: 'integer', maximum: 50}}},
      annotations: {readOnlyHint: true}
    })
    expect(tools.find(({name}) => name === 'update_task')?.annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true
    })
    expect((await client.listResources()).resources.map(({uri}) => uri)).toEqual([
      'mh://persona',
      'mh://memories/recent'
    ])
    expect((await client.listResourceTemplates()).resourceTemplates.map(({uriTemplate}) => uriTemplate)).toEqual([
      'mh://memories/{id}'
    ])
    expect((await client.listPrompts()).prompts.map(({name}) => name)).toEqual(['persona'])
  })

  it('finds, captures and gives memories of its person, and of nobody else', async () => {
    const [ada, bob] = await Promise.all([connectStdio(home), connectStdio(home, '-u', 'bob')])
    const found = async (client: typeof ada) =>
      (await call(client, 'search_memories', {query: 'harbour'})).value.memories.map(
        ({content}: {content: string}) => content
      )
    expect(await found(ada)).toEqual(['Met Grace at the harbour'])
    expect(await found(bob)).toEqual(['Bought opera tickets at the harbour'])

    const args = {content: 'Sailed out of the harbour', tags: ['sea'], at: '2026-05-03T10:00:00Z', type: 'journal'}
    const {captured} = (await call(ada, 'capture', args)).value
    expect(captured).toMatchObject({timestamp: '2026-05-03T10:00:00.000Z', type: 'journal', tags: ['sea']})
    const {json} = await mh(home, ['memory', 'show', captured.id, '--json'])
    expect(json).toMatchObject({content: args.content, metadata: {capturedBy: 'mcp', cognitiveMode: 'dual'}})
    expect((await call(ada, 'get_memory', {id: captured.id})).value.memory.content).toBe(args.content)
    const stranger = await call(bob, 'get_memory', {id: captured.id})
    expect(stranger).toMatchObject({isError: true, text: expect.stringContaining('There is no memory')})
    expect(
      (await call(ada, 'search_memories', {query: 'harbour', tag: 'sea', until: '2026-05-03'})).value.memories
    ).toHaveLength(1)
    expect((await call(ada, 'search_memories', {query: 'harbour', limit: 1})).value.memories).toHaveLength(1)
  })

  it('finds what another process captures, edits, forgets or throws away meanwhile as it is', async () => {
    const client = await connectStdio(home)
    const found = async (query: string): Promise<string[]> =>
      (await call(client, 'search_memories', {query})).value.memories.map(({content}: {content: string}) => content)
    const harbour = await found('harbour')
    expect(harbour).toEqual(['Met Grace at the harbour'])
    const {json} = await mh(home, ['capture', 'Lost a glove at the harbour', '--json'])
    expect((await found('glove harbour')).sort()).toEqual(['Lost a glove at the harbour', ...harbour])
    await mh(home, ['memory', 'edit', json.id, '--content', 'Found the glove again'])
    expect(await found('glove')).toEqual(['Found the glove again'])
    await mh(home, ['memory', 'forget', json.id, '--yes'])
    expect(await found('glove')).toEqual([])
    rmSync(join(home.root, 'cache'), {recursive: true, force: true})
    expect(await found('harbour')).toEqual(harbour)
  })

  it('adds, lists and changes tasks', async () => {
    const client = await connectStdio(home)
    const {added} = (await call(client, 'add_task', {title: 'Call the plumber', due: '2026-12-01', priority: 'P1'}))
      .value
    expect(added).toMatchObject({title: 'Call the plumber', due: '2026-12-01', priority: 'P1', status: 'todo'})
    expect((await call(client, 'list_tasks')).value).toMatchObject({tasks: [{id: added.id}], total: 1})
    const edit = {id: added.id, title: 'Pay the plumber', due: null, status: 'done'}
    const {task} = (await call(client, 'update_task', edit)).value
    expect(task).toMatchObject({title: 'Pay the plumber', status: 'done'})
    expect(task.due).toBeUndefined()
    expect((await call(client, 'list_tasks')).value.tasks).toEqual([])
    expect((await call(client, 'list_tasks', {status: 'done'})).value.tasks).toHaveLength(1)
    expect((await mh(home, ['task', 'list', '--all', '-u', 'bob', '--json'])).json).toEqual([])
  })

  it('gives the persona, as a tool, a resource and a prompt, without the e-mail address', async () => {
    await mh(home, ['persona', 'set', 'identity.email', 'ada@example.org'])
    const client = await connectStdio(home)
    const {value} = await call(client, 'get_persona', {facet: 'poet'})
    expect(value).toMatchObject({facet: 'poet', prompt: expect.stringContaining('persona of ada')})
    const resource = await read(client, 'mh://persona')
    expect(resource).toMatchObject({facet: 'default', core: {identity: {name: 'ada'}}})
    const {messages} = await client.getPrompt({name: 'persona', arguments: {facet: 'thinker'}})
    expect(messages).toMatchObject([{role: 'user', content: {type: 'text', text: expect.stringMatching(/Thinker/i)}}])
    expect(JSON.stringify([value, resource, messages])).not.toContain('example.org')
    expect((await call(client, 'get_persona', {facet: 'pote'})).text).toContain('Did you mean poet?')
  })

  it('gives the newest memories, and single ones, as resources', async () => {
    const client = await connectStdio(home)
    const {memories} = await read(client, 'mh://memories/recent')
    expect(memories).toMatchObject([{content: 'Met Grace at the harbour'}])
    expect((await read(client, `mh://memories/${memories[0].id}`)).memory).toEqual(memories[0])
    for (const uri of ['mh://memories/evt-none', 'mh://nothing', 'file:///etc/passwd', 'mh://memories/..%2f..%2fx'])
      await expect(client.readResource({uri})).rejects.toMatchObject({code: -32002})
  })

  it('never gives what is private, and says how much it held back', async () => {
    await mh(home, ['config', 'set', 'privateTags', 'health'])
    const {id} = (await mh(home, ['capture', 'A secret at the harbour', '--private', '--json'])).json
    await mh(home, ['capture', 'A diagnosis at the harbour', '--tag', 'Health'])
    const task = (await mh(home, ['task', 'add', 'Fetch the results', '--tag', 'health', '--json'])).json
    const client = await connectStdio(home)
    const search = await call(client, 'search_memories', {query: 'harbour'})
    expect(search.value).toMatchObject({heldBack: 2, memories: [{content: 'Met Grace at the harbour'}]})
    const recent = await read(client, 'mh://memories/recent')
    expect(recent).toMatchObject({heldBack: 2, memories: [{}]})
    expect(await call(client, 'get_memory', {id})).toMatchObject({
      isError: true,
      text: expect.stringContaining('private')
    })
    await expect(client.readResource({uri: `mh://memories/${id}`})).rejects.toThrow('private')
    expect((await call(client, 'list_tasks')).value).toMatchObject({tasks: [], heldBack: 1})
    expect((await call(client, 'update_task', {id: task.id, status: 'done'})).isError).toBe(true)
    expect((await mh(home, ['task', 'show', task.id, '--json'])).json.status).toBe('todo')
  })

  it('changes nothing where it is started to be read from', async () => {
    const client = await connectStdio(home, '--read-only')
    expect(await toolNames(client)).toEqual(READING)
    for (const [name, args] of [
      ['capture', {content: 'x'}],
      ['add_task', {title: 'x'}],
      ['update_task', {id: '@last', status: 'done'}]
    ] as const)
      expect(await call(client, name, args)).toMatchObject({
        isError: true,
        text: expect.stringContaining('read from only')
      })
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
  })

  it('follows mode, role and trust level while it runs', async () => {
    const client = await connectStdio(home, '-u', 'bob')
    expect(await toolNames(client)).toEqual(ALL)
    await mh(home, ['mode', 'set', 'emulation', '-u', 'bob'])
    expect(await toolNames(client)).toEqual(READING)
    const refused = await call(client, 'capture', {content: 'x'})
    expect(refused).toMatchObject({isError: true, text: expect.stringContaining('emulation')})
    await mh(home, ['mode', 'set', 'dual', '-u', 'bob'])
    expect((await call(client, 'capture', {content: 'kept'})).isError).toBe(false)
    await mh(home, ['persona', 'trust', 'observe', '-u', 'bob'])
    expect(await toolNames(client)).toEqual(READING)
    expect((await call(client, 'add_task', {title: 'x'})).text).toContain('observe')
    await mh(home, ['persona', 'trust', 'suggest', '-u', 'bob'])
    await mh(home, ['user', 'role', 'bob', 'guest'])
    expect(await toolNames(client)).toEqual(READING)
    expect((await call(client, 'capture', {content: 'x'})).text).toContain('guest')
    expect((await call(client, 'search_memories', {query: 'opera'})).value.memories).toHaveLength(1)
  })

  it('gives nothing any more of an account that was deleted', async () => {
    const client = await connectStdio(home, '-u', 'bob')
    expect((await call(client, 'search_memories', {query: 'opera'})).value.memories).toHaveLength(1)
    await mh(home, ['user', 'delete', 'bob', '--yes'])
    expect((await call(client, 'search_memories', {query: 'opera'})).isError).toBe(true)
    expect((await call(client, 'capture', {content: 'x'})).isError).toBe(true)
  })

  itOverFiles('notes every call in the trail, by name and client, and no text', async () => {
    const client = await connectStdio(home)
    await call(client, 'search_memories', {query: 'zanzibar'})
    await call(client, 'capture', {content: 'A trip to zanzibar'})
    await call(client, 'get_memory', {id: 'evt-none'})
    await read(client, 'mh://persona')
    await mh(home, ['mode', 'set', 'emulation'])
    await call(client, 'capture', {content: 'zanzibar again'})
    const trail = verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
    const calls = trail.filter(({event}) => event === 'mcp_called').map(({details, actor}) => ({...details, actor}))
    const by = {client: 'a-test', actor: 'ada'}
    expect(calls).toEqual([
      {what: 'search_memories', outcome: 'done', ...by},
      {what: 'capture', outcome: 'done', ...by},
      {what: 'get_memory', outcome: 'failed', code: 'MEMORY_NOT_FOUND', ...by},
      {what: 'resource mh://persona', outcome: 'done', ...by}
    ])
    expect(trail.at(-1)).toMatchObject({event: 'access_refused', details: {door: 'mcp capture'}})
    expect(trail.filter(({event}) => event === 'memory_captured')).toHaveLength(2)
    expect(JSON.stringify(trail)).not.toContain('zanzibar')
  })

  it('answers what is wrong as the protocol has it', async () => {
    const client = await connectStdio(home)
    await expect(client.callTool({name: 'rm', arguments: {}})).rejects.toMatchObject({code: -32602})
    await expect(client.getPrompt({name: 'nobody'})).rejects.toMatchObject({code: -32602})
    for (const [args, reason] of [
      [{}, /query/],
      [{query: ''}, /query/],
      [{query: 'x', limit: 1000}, /limit/],
      [{query: 7}, /query/],
      [{query: 'x', since: 'the day after never'}, /not a time/]
    ] as const)
      expect(await call(client, 'search_memories', args)).toMatchObject({
        isError: true,
        text: expect.stringMatching(reason)
      })
    expect((await call(client, 'get_memory', {id: '../../bob'})).isError).toBe(true)
    expect((await call(client, 'search_memories', {query: 'harbour'})).isError).toBe(false)
  })
})

const message = (id: number, method: string, params: object = {}): string =>
  `${JSON.stringify({jsonrpc: '2.0', id, method, params})}\n`
const HELLO = message(1, 'initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: {name: 'lines', version: '1'}
})

describe('the lines of mh mcp', () => {
  it('are answered until the input ends, damaged ones as JSON-RPC has it, and nothing else is printed', async () => {
    const calls = Array.from({length: 20}, (_, index) =>
      message(index + 10, 'tools/call', {name: 'capture', arguments: {content: `number ${index}`}})
    )
    const input = `${HELLO}{"jsonrpc": \n[1, 2\n{"hello": "world"}\n${message(2, 'no/such/method')}${calls.join('')}`
    const {stdout, stderr, exitCode} = await mh(home, ['mcp'], {input})
    expect([stderr, exitCode]).toEqual(['', 0])
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers.filter(({id}) => id === null).map(({error}) => error.code)).toEqual([-32700, -32700, -32600])
    expect(answers.find(({id}) => id === 2).error.code).toBe(-32601)
    const captured = answers.filter(({id}) => id >= 10)
    expect(captured).toHaveLength(20)
    expect(captured.every(({result}) => result.isError !== true)).toBe(true)
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(21)
  })

  it('may be none', async () => {
    expect(await mh(home, ['mcp'])).toMatchObject({stdout: '', stderr: '', exitCode: 0})
  })

  it('are not waited for where a call was called off', async () => {
    const cancelled = `${JSON.stringify({jsonrpc: '2.0', method: 'notifications/cancelled', params: {requestId: 5}})}\n`
    const input = HELLO + message(5, 'tools/call', {name: 'search_memories', arguments: {query: 'harbour'}}) + cancelled
    expect((await mh(home, ['mcp'], {input})).exitCode).toBe(0)
  })

  it('come only for somebody who is there', async () => {
    const {stdout, stderr, exitCode} = await mh(home, ['mcp', '-u', 'eve'], {input: HELLO})
    expect([stdout, exitCode]).toEqual(['', 3])
    expect(stderr).toContain('eve')
  })
})

it('mh mcp --json tells the entry for other tools, and docs/mcp.md shows the same', async () => {
  const {json} = await mh(home, ['mcp', '--json', '--read-only'])
  expect(json.tools.map(({name}: {name: string}) => name).sort()).toEqual(READING)
  expect(json.mcpServers).toEqual({
    mh: {command: 'mh', args: ['mcp', '-u', 'ada', '--read-only'], env: {MH_HOME: home.root}}
  })
  const docs = readFileSync(join(import.meta.dirname, '../../docs/mcp.md'), 'utf8')
  const entries = [...docs.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text))
  expect(entries.length).toBeGreaterThan(1)
  for (const entry of entries) {
    const {mh: server} = entry.mcpServers ?? entry.servers
    expect(server.url ?? [server.command, server.args[0]]).toEqual(
      server.url === undefined ? ['mh', 'mcp'] : expect.stringMatching(/\/mcp$/)
    )
  }
})
