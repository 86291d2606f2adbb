import {createInterface, type Interface} from 'node:readline'
import {noteAssumedRead} from '../core/change.ts'
import {
  type ChatAnswer,
  type Conversation,
  type ConversationOptions,
  openConversation
} from '../core/chat/conversation.ts'
import {addToLineHistory, readLineHistory} from '../core/chat/line-history.ts'
import {requireUserContext, type UserContext, withoutUserContext, withUserContext} from '../core/context.ts'
import {identify} from '../core/users/identify.ts'
import {describeError} from './describe-error.ts'
import {citedLines, printAnswer} from './print-answer.ts'

const HELP = `/memories        the memories behind the last answer
/new             begin a new conversation
/user <name>     end this conversation and begin one as somebody else
/exit            leave (Ctrl-D does too)
Ctrl-C stops an answer.`

/** How a conversation at the terminal ended. */
type Ending = {become: UserContext} | 'new' | 'exit'

/**
 * A conversation at the terminal, until the person leaves it. `/user` ends it with everything that belongs to it and begins
 * another in the other person's context: nothing but this loop is shared by the two.
 */
export async function converse(options: ConversationOptions, streamed: boolean): Promise<void> {
  let user = requireUserContext('A conversation')
  let given = options
  for (;;) {
    const ending = await withoutUserContext(() => withUserContext(user, () => talk(given, streamed)))
    if (ending === 'exit') return
    if (ending === 'new') {
      const {session: _session, newest: _newest, ...kept} = given
      given = kept
    } else {
      user = ending.become
      given = {}
    }
  }
}

/** One conversation of the current person. */
async function talk(options: ConversationOptions, streamed: boolean): Promise<Ending> {
  await noteAssumedRead()
  const conversation = await openConversation(options)
  const {username} = requireUserContext()
  note(
    `${username} with ${conversation.model ?? conversation.engine}, ${conversation.mode} mode${conversation.keeps ? '' : ', nothing is kept'}. /help shows what you can type.`
  )
  const lines = openLines(username, conversation)
  let last: ChatAnswer | undefined
  try {
    for await (const line of lines.read()) {
      const text = line.trim()
      const ending = text.startsWith('/') ? command(text, last) : undefined
      if (ending !== undefined) return ending
      if (text !== '' && !text.startsWith('/')) last = await answer(conversation, text, streamed, lines.interface)
    }
    return 'exit'
  } finally {
    lines.interface.close()
  }
}

/** Runs a line that begins with a slash. @returns how the conversation ends, or undefined where it goes on */
function command(line: string, last: ChatAnswer | undefined): Ending | undefined {
  const [name, argument] = line.split(/\s+/)
  switch (name) {
    case '/exit':
    case '/quit':
      return 'exit'
    case '/new':
      return 'new'
    case '/user':
      return become(argument)
    case '/memories':
      note(
        last === undefined || last.memoriesUsed.length === 0
          ? 'No memories were used yet.'
          : citedLines(last, 'all').join('\n')
      )
      return undefined
    case '/help':
      note(HELP)
      return undefined
    default:
      note(`There is no ${name} here. /help shows what there is.`)
      return undefined
  }
}

function become(username: string | undefined): Ending | undefined {
  if (username === undefined) {
    note('Say who: /user <name>')
    return undefined
  }
  try {
    return {become: identify(username).context}
  } catch (error) {
    complain(error)
    return undefined
  }
}

/** An answer that fails is told, and the conversation goes on. */
async function answer(
  conversation: Conversation,
  message: string,
  streamed: boolean,
  lines: Interface
): Promise<ChatAnswer | undefined> {
  const stop = new AbortController()
  const onInterrupt = (): void => stop.abort()
  lines.on('SIGINT', onInterrupt)
  try {
    return await printAnswer(conversation, message, {print: streamed ? 'pieces' : 'whole', signal: stop.signal})
  } catch (error) {
    complain(error)
    return undefined
  } finally {
    lines.off('SIGINT', onInterrupt)
  }
}

/** Lines from the terminal with the person's own history, which is kept where the conversation is. */
function openLines(username: string, {keeps}: Conversation): {interface: Interface; read(): AsyncGenerator<string>} {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    prompt: `${username}> `,
    history: readLineHistory().toReversed(),
    historySize: 1000,
    removeHistoryDuplicates: true
  })
  const incoming = lines[Symbol.asyncIterator]()
  lines.on('SIGINT', () => {
    // While an answer comes, Ctrl-C is the answer's.
    if (lines.listenerCount('SIGINT') === 1) lines.close()
  })
  return {
    interface: lines,
    async *read() {
      for (;;) {
        lines.prompt()
        const {value, done} = await incoming.next()
        if (done) return
        if (keeps && value.trim() !== '') addToLineHistory(value)
        yield value
      }
    }
  }
}

const note = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

function complain(error: unknown): void {
  const {message, hint} = describeError(error as Error, 'mh chat')
  note(hint === undefined ? message : `${message}\n${hint}`)
}
