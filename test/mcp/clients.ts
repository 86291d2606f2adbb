import {Client} from '@modelcontextprotocol/sdk/client/index.js'
import {StdioClientTransport} from '@modelcontextprotocol/sdk/client/stdio.js'
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js'
import {onTestFinished} from 'vitest'
import type {Home} from '../support/home.ts'
import {BIN, environment} from '../support/mh.ts'

/** The client of the SDK, which the official inspector is built on, connected to a server. It is closed when the test ends. */
export async function connect(transport: Transport): Promise<Client> {
  const client = new Client({name: 'a-test', version: '1.0.0'})
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

/** A client of the built `mh mcp`, started as another tool would start it. */
export function connectStdio(home: Home, ...args: string[]): Promise<Client> {
  const env = environment(home)
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BIN, 'mcp', ...args],
    env,
    stderr: 'pipe'
  })
  return connect(transport)
}

export interface Called {
  isError: boolean
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: each tool has its own shape, which the tests look into
  value: any
}

/** Calls a tool; `value` is what it gave as JSON. */
export async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Called> {
  const result = await client.callTool({name, arguments: args})
  const [first] = result.content as {type: string; text: string}[]
  const text = first?.text ?? ''
  return {isError: result.isError === true, text, value: result.isError === true ? undefined : JSON.parse(text)}
}

/** The JSON of a resource. */
// biome-ignore lint/suspicious/noExplicitAny: each resource has its own shape
export async function read(client: Client, uri: string): Promise<any> {
  const {contents} = await client.readResource({uri})
  const [first] = contents as {text: string}[]
  return JSON.parse(first?.text ?? '')
}

export const toolNames = async (client: Client): Promise<string[]> =>
  (await client.listTools()).tools.map(({name}) => name).sort()

export const READING = ['get_memory', 'get_persona', 'list_tasks', 'search_memories']
export const ALL = [...READING, 'add_task', 'capture', 'update_task'].sort()
