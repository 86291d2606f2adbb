import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {getRequestListener} from '@hono/node-server'
import type {Client} from '@modelcontextprotocol/sdk/client/index.js'
import {StreamableHTTPClientTransport} from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js'
import {beforeEach, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {capture, listMemories} from '../../src/core/memory/memories.ts'
import {answerMcp} from '../../src/mcp/http.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople} from '../support/profile.ts'
import {ALL, call, connect, READING, read, toolNames} from './clients.ts'

let people: Record<'ada' | 'bob', UserContext>
let url: URL

/** A server that knows people by their tokens, as `mh serve` does, and hands what they ask to the code under test. */
beforeEach(async () => {
  inTemporaryHome()
  people = await makePeople('ada', 'bob')
  const listener = getRequestListener((request) => {
    const [, token = '', readOnly] = /^Bearer (\w+)( read)?$/.exec(request.headers.get('authorization') ?? '') ?? []
    const user = people[token as 'ada' | 'bob']
    if (user === undefined) return new Response(null, {status: 401})
    return enterContext(user, () => answerMcp(request, {readOnly: readOnly !== undefined}))
  })
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
})

const headersOf = (token: string): Record<string, string> => ({authorization: `Bearer ${token}`})
const connectAs = (token: string): Promise<Client> =>
  connect(new StreamableHTTPClientTransport(url, {requestInit: {headers: headersOf(token)}}) as Transport)

const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body,
    headers: {
      ...headersOf('ada'),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers
    }
  })
const codeOf = async (response: Response): Promise<[number, number | undefined]> => [
  response.status,
  ((await response.json()) as {error?: {code: number}}).error?.code
]

it('two people use one server at once, each with their own memories', async () => {
  const [ada, bob] = await Promise.all([connectAs('ada'), connectAs('bob')])
  const calls = Array.from({length: 10}, (_, index) => [
    call(ada, 'capture', {content: `harbour of ada ${index}`}),
    call(bob, 'capture', {content: `harbour of bob ${index}`})
  ])
  await Promise.all(calls.flat())
  for (const [client, own] of [
    [ada, 'ada'],
    [bob, 'bob']
  ] as const) {
    const {memories} = (await call(client, 'search_memories', {query: 'harbour', limit: 50})).value
    expect(memories).toHaveLength(10)
    expect(memories.every(({content}: {content: string}) => content.includes(`of ${own}`))).toBe(true)
    expect((await read(client, 'mh://memories/recent')).memories).toHaveLength(10)
  }
  const {total} = await enterContext(people.bob, () => listMemories({}))
  expect(total).toBe(10)
})

it('gives tools, prompts and errors as over stdio', async () => {
  const client = await connectAs('ada')
  expect(await toolNames(client)).toEqual(ALL)
  await expect(client.callTool({name: 'rm', arguments: {}})).rejects.toMatchObject({code: -32602})
  expect((await call(client, 'capture', {content: ''})).isError).toBe(true)
  expect((await client.getPrompt({name: 'persona'})).messages).toHaveLength(1)
  await expect(client.readResource({uri: 'mh://nothing'})).rejects.toMatchObject({code: -32002})
})

it('may be read from only', async () => {
  const client = await connectAs('ada read')
  expect(await toolNames(client)).toEqual(READING)
  expect((await call(client, 'capture', {content: 'x'})).isError).toBe(true)
})

it('tells no place of this machine', async () => {
  const secret = await enterContext(people.ada, () => capture({content: 'A secret', private: true}))
  const client = await connectAs('ada')
  const {text} = await call(client, 'get_persona', {facet: 'nobody'})
  expect(text).toContain('There is no facet')
  expect(text).not.toContain(process.env.MH_HOME)
  expect((await call(client, 'get_memory', {id: secret.id})).isError).toBe(true)
})

it('nobody gets in without a token', async () => {
  await expect(connectAs('eve')).rejects.toThrow()
})

it('a request that is none is refused', async () => {
  expect(await codeOf(await post('{"jsonrpc": '))).toEqual([400, -32700])
  expect((await codeOf(await post('{"hello": "world"}')))[0]).toBe(400)
  expect((await post('{}', {'content-type': 'text/plain'})).status).toBe(415)
  expect((await post('{}', {accept: 'text/html'})).status).toBe(406)
  expect((await post(`"${'x'.repeat(5_000_000)}"`)).status).toBe(413)
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const response = await fetch(url, {method, headers: {...headersOf('ada'), accept: 'text/event-stream'}})
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  }
  expect(await codeOf(await post('{"jsonrpc": "2.0", "id": 1, "method": "no/such"}'))).toEqual([200, -32601])
})
