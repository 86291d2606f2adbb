import type {ChatAnswer, Conversation, ConversationOptions} from '../core/chat/conversation.ts'
import {listSessions, resolveSession} from '../core/chat/sessions.ts'
import type {UserContext} from '../core/context.ts'
import {usageError} from '../core/errors.ts'
import {searchMemories} from '../core/memory/memories.ts'
import {alternatives, nearest} from '../core/nearest.ts'
import {MODES} from '../core/persona/mode.ts'
import {readSettings} from '../core/settings.ts'
import {shownDue} from '../core/tasks/due.ts'
import {addTask, listTasks} from '../core/tasks/tasks.ts'
import {identify} from '../core/users/identify.ts'
import {shortId} from './memory-table.ts'
import {citedLines} from './print-answer.ts'
import {printFound} from './print-found.ts'
import {printSessions} from './print-sessions.ts'
import {printRecords} from './table.ts'

const HELP = `/memories           the memories behind the last answer
/remember <words>   search your memories
/task [title]       add a task; without a title, the open ones
/facet <name>       let another facet answer
/mode <mode>        dual, agent or emulation, for this conversation
/model <model>      let another model answer
/sessions [id]      earlier conversations; with an id, go on with it
/new                begin a new conversation
/user <name>        end this conversation and begin one as somebody else
/exit               leave (Ctrl-D does too)
A line that ends in \\ goes on in the next one, and so does all between two lines of """.
Ctrl-C stops an answer.`

const NAMES = [...HELP.matchAll(/^(\/\w+)/gm)].map(([name]) => name).concat('/help')

/** How a conversation at the terminal ends. */
export type Ending = {become: UserContext} | {resume: string} | 'new' | 'exit'

export interface Talk {
  conversation: Conversation
  last: ChatAnswer | undefined
  /** What the person has changed since it began. */
  changes: Pick<ConversationOptions, 'model' | 'facet' | 'mode'>
}

/**
 * Runs a line that begins with a slash.
 * @returns how the conversation ends, what to show, or the talk as it goes on
 * @throws MhError where the command cannot be done: the conversation goes on
 */
export async function slashCommand(line: string, talk: Talk): Promise<{ending?: Ending; show?: string; talk?: Talk}> {
  const [, name = '', argument = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? []
  switch (name) {
    case '/exit':
    case '/quit':
      return {ending: 'exit'}
    case '/new':
      return {ending: 'new'}
    case '/user':
      return {ending: {become: (await identify(needed(argument, 'Say who: /user <name>'))).context}}
    case '/memories':
      return {
        show: talk.last?.memoriesUsed.length ? citedLines(talk.last, 'all').join('\n') : 'No memories were used yet.'
      }
    case '/remember':
      return {show: (await found(needed(argument, 'Say what: /remember <words>'))) || 'Nothing found.'}
    case '/task':
      return {show: argument === '' ? await openTasks() : `Added ${(await addTask({title: argument})).id}`}
    case '/sessions':
      return argument === ''
        ? {show: (await printSessions(await listSessions(20))) || 'There are none yet.'}
        : {ending: {resume: await resolveSession(argument)}}
    case '/facet':
      return changed(talk, {facet: needed(argument, 'Say which: /facet <name>')})
    case '/model':
      return changed(talk, {model: needed(argument, 'Say which: /model <id, provider:model or recall>')})
    case '/mode':
      return changed(talk, {mode: modeOf(argument)})
    case '/help':
      return {show: HELP}
    default: {
      const near = nearest(name, NAMES)
      return {
        show: `There is no ${name} here. ${near.length > 0 ? `Did you mean ${alternatives(near)}?` : '/help shows what there is.'}`
      }
    }
  }
}

async function changed(talk: Talk, change: Talk['changes']): Promise<{talk: Talk; show: string}> {
  const conversation = await talk.conversation.with(change)
  const {facet, mode, model, engine} = conversation
  return {
    talk: {...talk, conversation, changes: {...talk.changes, ...change}},
    show: `${model ?? engine}, facet ${facet}, ${mode} mode${conversation.keeps ? '' : ', nothing is kept'}`
  }
}

function modeOf(word: string): (typeof MODES)[number] {
  const mode = MODES.find((one) => one === word)
  if (mode === undefined)
    throw usageError('INVALID_MODE', `${JSON.stringify(word)} is no mode`, `Use ${alternatives(MODES)}`)
  return mode
}

function needed(argument: string, hint: string): string {
  if (argument === '') throw usageError('WORD_MISSING', hint)
  return argument
}

const found = async (query: string): Promise<string> =>
  printFound((await searchMemories(query, {explain: true})).results)

async function openTasks(): Promise<string> {
  const {tasks} = await listTasks({which: 'open'}, 20)
  const {timezone} = readSettings()
  const table = await printRecords(tasks, [
    {title: 'id', value: ({id}) => id, short: ({id}) => shortId(id), piped: true},
    {title: 'priority', value: ({priority}) => priority, piped: true},
    {title: 'due', value: ({due = ''}) => due, short: (task) => shownDue(task, timezone), piped: true},
    {title: 'task', value: ({title}) => title, piped: true, flexible: true}
  ])
  return table || 'No open tasks.'
}
