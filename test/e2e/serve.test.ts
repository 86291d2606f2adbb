import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {Client} from '@modelcontextprotocol/sdk/client/index.js'
import {StreamableHTTPClientTransport} from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js'
import {describe, expect, it, onTestFinished} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {startServe} from '../support/serve.ts'

const PASSWORD = 'quiet otters juggle lanterns'

describe('mh serve', () => {
  it('lets the first person register with the token that it prints, and ends in order', async () => {
    const home = temporaryHome()
    const served = await startServe(home)
    expect(served).toMatchObject({link: null, setupToken: expect.stringMatching(/^[\w-]{43}$/)})
    const register = (token: string) =>
      fetch(`${served.url}/api/auth/register`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({username: 'ada', password: PASSWORD, token})
      })
    expect((await register('wrong')).status).toBe(403)
    expect((await register(served.setupToken ?? '')).status).toBe(201)
    expect((await mh(home, ['user', 'whoami', '--json'])).json).toMatchObject({username: 'ada', role: 'owner'})
    expect(await served.end('SIGINT')).toEqual({exitCode: 0, stderr: ''})
  })

  it('signs the active person in by its link, and acts on what the command line does meanwhile', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const served = await startServe(home)
    const response = await fetch(served.link ?? '')
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const ask = (path: string) => fetch(`${served.url}${path}`, {headers: {cookie}})
    expect(await (await ask('/api/auth/me')).json()).toMatchObject({username: 'ada'})
    await mh(home, ['capture', 'from the terminal'])
    expect(await (await ask('/api/memories')).json()).toMatchObject({memories: [{content: 'from the terminal'}]})
    const sessions = (await mh(home, ['user', 'sessions', '--json'])).json
    expect(sessions).toMatchObject([{username: 'ada', via: 'link', address: '127.0.0.1'}])
    expect((await mh(home, ['user', 'sessions', '--revoke', sessions[0].id, '--json'])).json).toEqual({
      revoked: [sessions[0].id]
    })
    expect((await ask('/api/auth/me')).status).toBe(401)
    expect(await served.end()).toEqual({exitCode: 0, stderr: ''})
  })

  it('takes bearer tokens of the command line, also for other programs at /mcp', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'Met Grace in Lyon', '-u', 'bob'])
    const {token, id} = (await mh(home, ['token', 'create', '--name', 'script', '--json', '-u', 'bob'])).json
    expect((await mh(home, ['token', 'list', '--json', '-u', 'bob'])).json).toMatchObject([{id, name: 'script'}])
    const served = await startServe(home)
    const headers = {authorization: `Bearer ${token}`}
    const found = await fetch(`${served.url}/api/memories?query=Grace`, {headers})
    expect(await found.json()).toMatchObject({memories: [{content: 'Met Grace in Lyon'}]})
    expect((await fetch(`${served.url}/mcp`, {method: 'POST'})).status).toBe(401)

    const client = new Client({name: 'test', version: '1'})
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`), {requestInit: {headers}}) as Transport
    )
    const answer = await client.callTool({name: 'search_memories', arguments: {query: 'Grace'}})
    expect(JSON.stringify(answer)).toContain('Met Grace in Lyon')
    await client.close()
    await mh(home, ['token', 'revoke', id, '-u', 'bob'])
    expect((await fetch(`${served.url}/api/status`, {headers})).status).toBe(401)
  })

  it('invites, and says no to remote addresses and taken ports', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['user', 'invite', '--role', 'guest', '--json'])).json).toEqual({
      id: expect.any(String),
      token: expect.stringMatching(/^[\w-]{43}$/),
      role: 'guest',
      expires: expect.any(String)
    })
    const remote = await mh(home, ['serve', '--host', '0.0.0.0', '--json'])
    expect([remote.exitCode, remote.json.error.code]).toEqual([2, 'REMOTE_NOT_ALLOWED'])
    const address = await mh(home, ['serve', '--public-url', 'mh.example.org', '--json'])
    expect([address.exitCode, address.json.error.code]).toEqual([2, 'INVALID_ADDRESS'])
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await new Promise((resolve) => other.once('listening', resolve))
    const taken = await mh(home, ['serve', '--port', String((other.address() as AddressInfo).port), '--json'])
    expect([taken.exitCode, taken.json.error.code]).toEqual([5, 'PORT_TAKEN'])
  })
})
