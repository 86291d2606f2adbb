import chalk from 'chalk'
import type {Ora} from 'ora'
import type {ChatAnswer, Conversation} from '../core/chat/conversation.ts'
import {MhError} from '../core/errors.ts'
import {shortId} from './memory-table.ts'
import {atTerminal} from './terminal.ts'

export interface AnswerPrinting {
  /** What is printed: each piece as it comes, the whole answer at its end, or nothing. */
  print: 'pieces' | 'whole' | 'nothing'
  signal: AbortSignal
}

/**
 * Asks and prints the answer on stdout; on a terminal, with the memories that it cites after it.
 * @throws MhError INTERRUPTED (exit 130) where the signal ended the answer, and what the conversation throws
 */
export async function printAnswer(
  conversation: Conversation,
  message: string,
  {print, signal}: AnswerPrinting
): Promise<ChatAnswer> {
  let printed = ''
  let spinner = print === 'nothing' || conversation.model === null ? undefined : await startSpinner()
  // Once: stopping moves the cursor to the beginning of its line, where the answer may stand by then.
  const stopSpinner = (): void => {
    spinner?.stop()
    spinner = undefined
  }
  const show = (text: string): void => {
    stopSpinner()
    printed += text
    process.stdout.write(atTerminal(1) ? withoutControls(text) : text)
  }
  const endLine = (): void => {
    if (printed !== '' && !printed.endsWith('\n')) show('\n')
  }
  try {
    const answer = await conversation.ask(message, {signal, ...(print === 'pieces' ? {onText: show} : {})})
    stopSpinner()
    if (print === 'whole') show(answer.reply.replace(/\n?$/, '\n'))
    endLine()
    // recall's answer is made of its quotations: they need not be listed again.
    if (print !== 'nothing' && answer.model !== null && atTerminal(1)) printCited(answer)
    return answer
  } catch (error) {
    stopSpinner()
    endLine()
    throw signal.aborted ? new MhError('INTERRUPTED', 'The answer was stopped', {exitCode: 130}) : error
  }
}

/** The memories that an answer cites, or all that it was given. */
export function citedLines({memoriesUsed, reply}: ChatAnswer, which: 'cited' | 'all' = 'cited'): string[] {
  const numbers = new Set(
    [...reply.matchAll(/\[(\d+(?:\s*,\s*\d+)*)\]/g)].flatMap(([, list = '']) => list.split(',').map(Number))
  )
  return memoriesUsed.flatMap(({id, timestamp, content}, index) =>
    which === 'all' || numbers.has(index + 1)
      ? [`[${index + 1}] ${shortId(id)}  ${timestamp.slice(0, 10)}  ${oneLine(content)}`]
      : []
  )
}

/** Something to look at until a model's first words come; on stderr, and only where somebody looks. */
async function startSpinner(): Promise<Ora | undefined> {
  if (!atTerminal(2)) return undefined
  const {default: ora} = await import('ora')
  // A conversation reads the keyboard itself.
  return ora({text: 'Thinking', stream: process.stderr, discardStdin: false}).start()
}

function printCited(answer: ChatAnswer): void {
  const lines = citedLines(answer)
  if (lines.length > 0) process.stdout.write(`\n${chalk.dim(lines.join('\n'))}\n`)
}

const oneLine = (content: string): string => {
  const line = withoutControls(content).replace(/\s+/g, ' ').trim()
  return line.length > 72 ? `${line.slice(0, 71)}…` : line
}

/** Text of a model or a memory must not steer the terminal. */
const withoutControls = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '')
