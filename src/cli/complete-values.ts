import {readDocument} from '../core/documents.ts'
import {memoryStore} from '../core/memory/memories.ts'
import {listTasks} from '../core/tasks/tasks.ts'
import {everybody} from '../core/users/accounts.ts'
import {requirePermission} from '../core/users/permissions.ts'
import {shortId} from './memory-table.ts'

/** Something that a shell may offer. */
export interface Candidate {
  value: string
  /** What a shell may show beside it; one line. */
  about: string
}

/** What can only be completed by looking it up. */
export type Kind = 'usernames' | 'ids' | 'deleted ids' | 'tags' | 'types' | 'facets' | 'models' | 'agents' | 'runs'

/** So many ids are offered, the newest or the most urgent. */
const MOST = 30

/**
 * The values of one kind; usernames need no person, everything else is the current person's own.
 * @param group the first word of the command: ids and tags of tasks are others than those of memories
 */
export async function valuesOf(kind: Kind, group: string): Promise<Candidate[]> {
  if (kind === 'usernames') return (await everybody()).map(({username, role}) => ({value: username, about: role}))
  requirePermission('read')
  switch (kind) {
    case 'ids':
      return group === 'task' ? tasks('all') : memories()
    case 'deleted ids':
      return group === 'task' ? tasks('deleted') : trashed()
    case 'tags':
      return group === 'task' ? taskTags() : names((await memoryStore().statistics()).byTag)
    case 'types':
      return names((await memoryStore().statistics()).byType)
    case 'facets':
      return keysOf(readDocument('facetIndex')?.facets)
    case 'agents':
      return agents()
    case 'runs':
      return runs()
    case 'models':
      return [...keysOf(readDocument('models')?.models), {value: 'recall', about: 'built in'}]
  }
}

async function memories(): Promise<Candidate[]> {
  const newest = await memoryStore().list({filter: {}, limit: MOST})
  return newest.map(({event: {id, content}}) => ({value: shortId(id), about: line(content)}))
}

async function trashed(): Promise<Candidate[]> {
  const found = await memoryStore().trashed()
  return found.slice(0, MOST).map(({event: {id, content}}) => ({value: shortId(id), about: line(content)}))
}

async function tasks(which: 'all' | 'deleted'): Promise<Candidate[]> {
  const found = await listTasks({which}, MOST)
  return found.tasks.map(({id, title}) => ({value: shortId(id), about: line(title)}))
}

async function agents(): Promise<Candidate[]> {
  const {allAgents} = await import('../agents/registry.ts')
  return (await allAgents()).map(({name, description}) => ({value: name, about: line(description)}))
}

async function runs(): Promise<Candidate[]> {
  const {listRuns} = await import('../core/agents/runs.ts')
  const found = await listRuns(MOST)
  return found.map(({id, agent, startedAt}) => ({value: shortId(id), about: `${agent}, ${startedAt}`}))
}

async function taskTags(): Promise<Candidate[]> {
  const found = await listTasks({which: 'all'})
  return [...new Set(found.tasks.flatMap(({tags}) => tags))].sort().map((value) => ({value, about: ''}))
}

/** Most frequent first. */
const names = (counts: Record<string, number>): Candidate[] =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([value, count]) => ({value, about: String(count)}))

const keysOf = (value: unknown): Candidate[] =>
  typeof value === 'object' && value !== null ? Object.keys(value).map((key) => ({value: key, about: ''})) : []

/** The beginning of a text, for beside an id. */
const line = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 60)
