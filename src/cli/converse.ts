import type {Interface} from 'node:readline'
import {enterContext} from '../core/backend.ts'
import {noteAssumedRead} from '../core/change.ts'
import {type ChatAnswer, type ConversationOptions, openConversation} from '../core/chat/conversation.ts'
import {requireUserContext, withoutUserContext} from '../core/context.ts'
import {holdIndexesOpen} from '../core/file-index/held.ts'
import {type ChatLines, openLines} from './chat-lines.ts'
import {describeError} from './describe-error.ts'
import {printAnswer} from './print-answer.ts'
import {type Ending, slashCommand, type Talk} from './slash-commands.ts'

/**
 * A conversation at the terminal, until the person leaves it. `/user` ends it with everything that belongs to it and begins
 * another in the other person's context: nothing but this loop is shared by the two.
 */
export async function converse(options: ConversationOptions, streamed: boolean): Promise<void> {
  let user = requireUserContext('A conversation')
  let given = options
  const closeIndexes = holdIndexesOpen()
  try {
    for (;;) {
      const {ending, changes} = await withoutUserContext(() => enterContext(user, () => talk(given, streamed)))
      if (ending === 'exit') return
      const {session: _session, newest: _newest, ...kept} = {...given, ...changes}
      if (ending === 'new') given = kept
      else if ('resume' in ending) given = {...kept, session: ending.resume}
      else {
        user = ending.become
        given = {}
      }
    }
  } finally {
    closeIndexes()
  }
}

/** One conversation of the current person. */
async function talk(
  options: ConversationOptions,
  streamed: boolean
): Promise<{ending: Ending; changes: Talk['changes']}> {
  await noteAssumedRead()
  let state: Talk = {conversation: await openConversation(options), last: undefined, changes: {}}
  const {conversation} = state
  const {username} = requireUserContext()
  note(
    `${username} with ${conversation.model ?? conversation.engine}, ${conversation.mode} mode${conversation.keeps ? '' : ', nothing is kept'}. /help shows what you can type.`
  )
  const lines = openLines(username, () => state.conversation.keeps)
  try {
    for await (const text of lines.messages()) {
      if (!text.startsWith('/')) {
        state = {...state, last: (await answer(state, text, streamed, lines)) ?? state.last}
        continue
      }
      try {
        const {ending, show, talk: next} = await slashCommand(text, state)
        if (ending !== undefined) return {ending, changes: state.changes}
        if (show !== undefined) note(show)
        state = next ?? state
      } catch (error) {
        complain(error)
      }
    }
    return {ending: 'exit', changes: {}}
  } finally {
    lines.interface.close()
  }
}

/** An answer that fails is told, and the conversation goes on. */
async function answer(
  {conversation}: Talk,
  message: string,
  streamed: boolean,
  lines: ChatLines
): Promise<ChatAnswer | undefined> {
  const stop = new AbortController()
  const onInterrupt = (): void => stop.abort()
  const terminal: Interface = lines.interface
  terminal.on('SIGINT', onInterrupt)
  try {
    return await printAnswer(conversation, message, {
      print: streamed ? 'pieces' : 'whole',
      signal: stop.signal,
      confirm: ({what}) => lines.agrees(`${what}? [y/N] `, stop.signal)
    })
  } catch (error) {
    complain(error)
    return undefined
  } finally {
    terminal.off('SIGINT', onInterrupt)
  }
}

const note = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

function complain(error: unknown): void {
  const {message, hint} = describeError(error as Error, 'mh chat')
  note(hint === undefined ? message : `${message}\n${hint}`)
}
