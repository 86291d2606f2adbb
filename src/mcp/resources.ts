import {
  McpError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate
} from '@modelcontextprotocol/sdk/types.js'
import {MhError} from '../core/errors.ts'
import {listMemories, showMemory} from '../core/memory/memories.ts'
import {told} from './call-tool.ts'
import {NOTE, requireShareable, shareable, tellMemory, tellPersona} from './given.ts'
import {noted} from './noted.ts'

const PERSONA = 'mh://persona'
const RECENT = 'mh://memories/recent'
const ONE_MEMORY = /^mh:\/\/memories\/([\w.:-]{1,200})$/
const JSON_TYPE = 'application/json'

export const RESOURCES: Resource[] = [
  {uri: PERSONA, name: 'persona', title: 'Persona', description: 'Who the persona is', mimeType: JSON_TYPE},
  {
    uri: RECENT,
    name: 'recent-memories',
    title: 'Recent memories',
    description: 'The newest memories, newest first',
    mimeType: JSON_TYPE
  }
]

export const RESOURCE_TEMPLATES: ResourceTemplate[] = [
  {uriTemplate: 'mh://memories/{id}', name: 'memory', title: 'Memory', description: 'One memory', mimeType: JSON_TYPE}
]

const MOST_RECENT = 20
/** More are looked at, since some may be held back. */
const LOOKED_AT = 100
/** https://modelcontextprotocol.io/specification/2025-11-25/server/resources, "Error Handling" */
const RESOURCE_NOT_FOUND = -32002

/** @throws McpError -32002 where there is no such resource, or it may not be given */
export async function readResource(uri: string, client: string | undefined): Promise<ReadResourceResult> {
  const read = reader(uri)
  if (read === undefined) throw new McpError(RESOURCE_NOT_FOUND, `There is no resource ${uri.slice(0, 200)}`)
  try {
    const value = await noted(`resource ${uri}`, client, read)
    return {contents: [{uri, mimeType: JSON_TYPE, text: JSON.stringify(value, null, 2)}]}
  } catch (error) {
    if (error instanceof MhError) throw new McpError(RESOURCE_NOT_FOUND, told(error))
    throw error
  }
}

function reader(uri: string): (() => Promise<object>) | undefined {
  if (uri === PERSONA) return async () => ({note: NOTE, ...tellPersona()})
  if (uri === RECENT) return recent
  const [, id] = ONE_MEMORY.exec(uri) ?? []
  return id === undefined ? undefined : () => oneMemory(id)
}

async function recent(): Promise<{heldBack: number; memories: object[]; note: string}> {
  const {memories} = await listMemories({current: Number.MAX_SAFE_INTEGER}, LOOKED_AT)
  const {given, heldBack} = await shareable(memories, MOST_RECENT)
  return {note: NOTE, memories: given.map((memory) => tellMemory(memory)), heldBack}
}

async function oneMemory(id: string): Promise<object> {
  const memory = await showMemory(id)
  requireShareable('memory', await shareable([memory], 1))
  return {note: NOTE, memory: tellMemory(memory, true)}
}
