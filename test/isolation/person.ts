import {StreamableHTTPClientTransport} from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js'
import {backend, enterContext} from '../../src/core/backend.ts'
import {openConversation} from '../../src/core/chat/conversation.ts'
import type {UserContext} from '../../src/core/context.ts'
import {inbox} from '../../src/core/inbox/inbox.ts'
import {deleteMemories} from '../../src/core/memory/deleting.ts'
import {capture} from '../../src/core/memory/memories.ts'
import {setPersonaValue} from '../../src/core/persona/change.ts'
import type {CognitiveMode} from '../../src/core/persona/mode.ts'
import {setMode} from '../../src/core/persona/set-mode.ts'
import {addTask} from '../../src/core/tasks/tasks.ts'
import {setRole} from '../../src/core/users/role.ts'
import {createToken} from '../../src/core/users/tokens.ts'
import {call, connect} from '../mcp/clients.ts'
import {thoughtful} from '../support/agents.ts'
import {serve} from '../support/chat.ts'
import type {Home} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import type {ChatBody, ModelServer} from '../support/model-server.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import type {AskOptions, Browser, Web} from '../support/web.ts'

/** Somebody with a word that stands in all of their texts, and may stand nowhere else. */
export interface Person {
  user: UserContext
  marker: string
  /** Their models' server, and nobody else's. */
  model: ModelServer
  /** Ids of theirs that others may try. */
  memory: string
  trashed: string
  task: string
  session: string
  /** Does something as this person, and gives everything that was answered. */
  command(...args: string[]): Promise<string>
  http(path: string, options?: AskOptions): Promise<string>
  /** Undefined for guests, who get no token. */
  mcp: ((tool: string, args: Record<string, unknown>) => Promise<string>) | undefined
}

export interface Wanted {
  role: 'owner' | 'member' | 'guest'
  mode: CognitiveMode
}

/** Makes ada, the owner, and the others, each with a memory, a task, a conversation, a persona and a letter in the inbox. */
export async function makeMarked(home: Home, web: Web, wanted: readonly Wanted[], run: string): Promise<Person[]> {
  const names = ['ada', 'bob', 'cyn'].slice(0, wanted.length)
  const users = await makePeople(...names)
  const people: Person[] = []
  for (const [at, name] of names.entries()) {
    const user = users[name] as UserContext
    const marker = `zq${name}${run}qz`
    const model = await serve({reply: (body) => inTheirWords(body, marker)})
    await useModels(user, model, at === 1)
    const theirs = await enterContext(user, () => furnish(marker))
    const browser = await web.as(user)
    const token = (await enterContext(user, () => createToken({name: 'other tool'}))).token
    people.push({user, marker, model, ...theirs, ...doors(home, web, user, browser, token)})
  }
  const [owner] = people
  for (const [at, person] of people.entries()) {
    const {role, mode} = wanted[at] as Wanted
    await enterContext(person.user, () => setMode(mode))
    if (at > 0 && owner !== undefined) await enterContext(owner.user, () => setRole(person.user.username, role))
    if (at > 0 && role === 'guest') person.mcp = undefined
  }
  return people
}

/** Texts of which a search for the harbour finds everybody's, were they in one place. */
async function furnish(marker: string): Promise<Pick<Person, 'memory' | 'trashed' | 'task' | 'session'>> {
  const {id: memory} = await capture({content: `${marker} met Grace at the harbour`, tags: [marker]})
  await capture({content: `${marker} saw the harbour again`, private: true})
  await capture({content: `${marker} sailed from the harbour`, type: 'journal'})
  const {id: trashed} = await capture({content: `${marker} threw this harbour away`})
  await deleteMemories([trashed])
  const {id: task} = await addTask({title: `Paint the harbour ${marker}`})
  const {session} = await (await openConversation({model: 'recall'})).ask(`What of the harbour, ${marker}?`)
  await setPersonaValue('identity.purpose', `Guards the harbour of ${marker}`)
  await inbox().add(`${marker}.txt`, Buffer.from(`A letter to ${marker} of the harbour\n\nAnd another page, ${marker}`))
  return {memory, trashed, task, session: session ?? ''}
}

function doors(
  home: Home,
  web: Web,
  user: UserContext,
  browser: Browser,
  token: string
): Pick<Person, 'command' | 'http' | 'mcp'> {
  return {
    async command(...args) {
      const {stdout, stderr} = await mh(home, [...args, '-u', user.username])
      return stdout + stderr
    },
    async http(path, options = {}) {
      const {status, text, headers} = await browser.ask(path, options)
      if (status >= 500) throw new Error(`${path}: ${status} ${text}`)
      return `${text}${JSON.stringify([...headers])}`
    },
    async mcp(tool, args) {
      const transport = new StreamableHTTPClientTransport(new URL(`${web.url}/mcp`), {
        requestInit: {headers: {authorization: `Bearer ${token}`}}
      })
      return JSON.stringify(await call(await connect(transport as Transport), tool, args))
    }
  }
}

function inTheirWords(body: ChatBody, marker: string): string {
  try {
    return thoughtful(body).replaceAll('harbour', `harbour of ${marker}`)
  } catch {
    return `I remember the harbour, ${marker}.`
  }
}

async function useModels(user: UserContext, {baseURL}: ModelServer, embeds: boolean): Promise<void> {
  const roles = ['persona', 'curator', 'summarizer', ...(embeds && backend() === undefined ? ['embedding'] : [])]
  await setDocument(user, 'models', {
    defaults: Object.fromEntries(roles.map((role) => [role, 'lab'])),
    models: {lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL}}
  })
}
