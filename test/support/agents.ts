import {setTimeout as sleep} from 'node:timers/promises'
import type {AgentRun, PersonResult} from '../../src/agents/run-result.ts'
import {type RunRequest, runAgents} from '../../src/agents/runner.ts'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {uuids} from '../../src/core/ids.ts'
import type {EpisodicEvent} from '../../src/core/memory/event.ts'
import {memoryStore, type NewMemory, newEvent} from '../../src/core/memory/memories.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import type {ChatBody, ModelServer} from './model-server.ts'
import {setDocument} from './profile.ts'

/** Keeps memories of that person, and gives them as they are kept. */
export async function remember(person: UserContext, ...memories: (string | NewMemory)[]): Promise<EpisodicEvent[]> {
  return enterContext(person, async () => {
    const ids = uuids(memories.length)
    const events = memories.map((memory, at) =>
      newEvent(typeof memory === 'string' ? {content: memory} : memory, `evt-${ids[at]}`)
    )
    await memoryStore().add(events, () => ({category: 'data', event: 'tested'}))
    return events
  })
}

/** All memories of a person, the newest first. */
export const memoriesOf = (person: UserContext): Promise<EpisodicEvent[]> =>
  enterContext(person, async () => (await memoryStore().list({filter: {}, limit: 500})).map(({event}) => event))

/** Runs agents as that person asks for it. */
export async function runFor(
  person: UserContext,
  agents: string[],
  more: Partial<RunRequest> = {}
): Promise<AgentRun[]> {
  const users = [await requireUser(person.username)]
  return enterContext(person, () => runAgents({agents, users, askedBy: person.userId, ...more}))
}

/** Runs one agent, and gives how it went for them. */
export async function turnFor(
  person: UserContext,
  agent: string,
  more: Partial<RunRequest> = {}
): Promise<PersonResult & {id: string}> {
  const [run] = await runFor(person, [agent], more)
  const [result] = run?.users ?? []
  if (run === undefined || result === undefined) throw new Error(`${agent} did not run`)
  return {...result, id: run.id}
}

/** Has every role of that person's answered by the server. @param more other keys of the model's entry */
export async function useModelForAll(
  person: UserContext,
  {baseURL}: Pick<ModelServer, 'baseURL'>,
  more: object = {}
): Promise<void> {
  const roles = ['persona', 'curator', 'summarizer']
  await setDocument(person, 'models', {
    defaults: Object.fromEntries(roles.map((role) => [role, 'lab'])),
    models: {lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL, ...more}}
  })
}

/** The server by an address that is none of this machine's, so that private memories must not go there; it is reached all the same. */
export const elsewhere = ({baseURL}: ModelServer): {baseURL: string} => ({
  baseURL: baseURL.replace('127.0.0.1', '0.0.0.0')
})

/** What a language model would say to whatever an agent asks. */
export function thoughtful(body: ChatBody): string {
  const [{content: system = ''} = {}] = body.messages
  if (system.includes('You label one memory'))
    return JSON.stringify({tags: ['Boats ', '#harbour'], entities: ['Grace\n Hopper']})
  if (system.includes('Write a reflection')) return JSON.stringify({reflection: 'It all comes back to the harbour.'})
  if (system.includes('You summarize')) return JSON.stringify({summary: 'The harbour comes back.'})
  if (system.includes('Write a dream'))
    return JSON.stringify({
      dream: 'Boats without water.',
      preferences: [{text: 'Likes boats', memories: [1, 1, 99]}],
      heuristics: [{text: 'Invented', memories: [0, 77]}],
      styleNotes: [],
      avoidances: [{text: 'Avoids\nthe rain --> <!-- x', memories: [2]}]
    })
  throw new Error(`Nobody expected to be asked: ${system.slice(0, 200)}`)
}

/** Waits until the server was asked so many times. */
export async function asked(server: ModelServer, times: number): Promise<void> {
  for (let waited = 0; server.chats.length < times; waited += 10) {
    if (waited > 15_000) throw new Error(`The server was asked ${server.chats.length} times, not ${times}`)
    await sleep(10)
  }
}

/** A promise, and what fulfils it. */
export function gate(): {opened: Promise<void>; open: () => void} {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {opened, open}
}
