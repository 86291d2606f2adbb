import {join} from 'node:path'
import {call, connectStdio} from '../mcp/clients.ts'
import type {Home} from '../support/home.ts'
import type {Person} from './person.ts'

/** Something that a person does by one door; `other` is whose things they try to reach, or themselves. Gives everything that was answered. */
export type Act = (who: Person, other: Person, number: number, home: Home) => Promise<string>

const chatSaying = (who: Person, number: number): string => `What did ${who.marker} see at the harbour, ${number}?`

export const ACTS: Record<string, Act> = {
  'command capture': (who, _, number) => who.command('capture', `${who.marker} notes the harbour ${number}`),
  'command search': (who) => who.command('remember', 'harbour', '-n', '50', '--json'),
  'command list': (who) => who.command('memory', 'list', '-n', '500', '--json'),
  'command show': (who, other) => who.command('memory', 'show', other.memory, '--json'),
  'command edit': (who, other, number) =>
    who.command('memory', 'edit', other.memory, '--content', `${who.marker} edits the harbour ${number}`),
  'command restore': (who, other) => who.command('memory', 'restore', other.trashed),
  'command history': (who, other) => who.command('memory', 'history', other.memory, '--json'),
  'command trash': (who) => who.command('memory', 'trash', '--json'),
  'command stats': (who) => who.command('memory', 'stats', '--json'),
  'command tasks': (who) => who.command('task', 'list', '--all', '--json'),
  'command task done': (who, other) => who.command('task', 'done', other.task, '--json'),
  'command persona': (who) => who.command('persona', 'show', '--json'),
  'command chat': (who, _, number) => who.command('chat', chatSaying(who, number), '--json'),
  'command chat on': (who, other, number) =>
    who.command('chat', chatSaying(who, number), '--session', other.session, '--json'),
  'command recall': (who, _, number) => who.command('chat', chatSaying(who, number), '--engine', 'recall'),
  'command prompt': (who, _, number) => who.command('chat', chatSaying(who, number), '--show-prompt'),
  'command status': (who) => who.command('status', '--all-users', '--json'),
  'command doctor': (who) => who.command('doctor', '--json'),
  'command audit': (who) => who.command('audit', '--all-users', '--json'),
  'command people': (who) => who.command('user', 'list', '--long', '--json'),
  'command user': (who, other) => who.command('user', 'show', other.user.username, '--json'),
  'command agents': (who) => who.command('agents', 'run', '--all-users', '--concurrency', '3', '--json'),
  'command export': (who, _, number, {home}) =>
    who.command('memory', 'export', '-o', join(home, `${who.user.username}.${number}.jsonl`)),
  'command backup': (who) => who.command('backup', 'create'),
  'command user export': (who, other, number, {home}) =>
    who.command('user', 'export', other.user.username, '-o', join(home, `${other.user.username}.${number}.tar.gz`)),
  'http capture': (who, _, number) =>
    who.http('/api/capture', {json: {content: `${who.marker} writes of the harbour ${number}`, tags: [who.marker]}}),
  'http search': (who) => who.http('/api/memories?query=harbour&n=50'),
  'http show': (who, other) => who.http(`/api/memories/${other.memory}`),
  'http change': (who, other, number) =>
    who.http(`/api/memories/${other.memory}`, {
      method: 'PUT',
      json: {content: `${who.marker} changes the harbour ${number}`}
    }),
  'http delete': (who, other) => who.http(`/api/memories/${other.trashed}`, {method: 'DELETE'}),
  'http chat': (who, _, number) => who.http('/api/chat', {json: {message: chatSaying(who, number)}}),
  'http chat on': (who, other, number) =>
    who.http('/api/chat', {json: {message: chatSaying(who, number), session: other.session}}),
  'http conversations': (who, other) => who.http(`/api/chat?session=${other.session}`),
  'http task': (who, other) =>
    who.http(`/api/tasks/${other.task}`, {method: 'PATCH', json: {title: `Varnish the harbour ${who.marker}`}}),
  'http agent': (who) => who.http('/api/agents/organizer/run', {method: 'POST', json: {}}),
  'http audit': (who, other) => who.http(`/api/audit?for=${other.user.username}`),
  'http people': (who) => who.http('/api/users'),
  'http letter': (who, _, number) =>
    who.http('/api/inbox', {
      json: {name: `${who.marker}-${number}.txt`, content: `The harbour, ${who.marker}, ${number}`}
    }),
  'mcp capture': (who, _, number) => byMcp(who, 'capture', {content: `${who.marker} tells of the harbour ${number}`}),
  'mcp search': (who) => byMcp(who, 'search_memories', {query: 'harbour', limit: 50}),
  'mcp show': (who, other) => byMcp(who, 'get_memory', {id: other.memory}),
  'mcp tasks': (who) => byMcp(who, 'list_tasks', {}),
  'mcp task': (who, other) => byMcp(who, 'update_task', {id: other.task, status: 'in_progress'}),
  'mcp of a command': async (who, other, _, home) =>
    JSON.stringify(await call(await connectStdio(home, '-u', who.user.username), 'get_memory', {id: other.memory})),
  'mcp persona': (who) => byMcp(who, 'get_persona', {})
}

/** Every page and list that needs nothing to be named. */
export const looking =
  (path: string): Act =>
  (who) =>
    who.http(path, {headers: {accept: 'text/html'}})

const byMcp = async (who: Person, tool: string, args: Record<string, unknown>): Promise<string> =>
  who.mcp === undefined ? '' : who.mcp(tool, args)
