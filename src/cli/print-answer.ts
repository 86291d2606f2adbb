import type {Ora} from 'ora'
import {citedIn} from '../core/chat/cited.ts'
import type {Asking, ChatAnswer, Conversation} from '../core/chat/conversation.ts'
import type {Proposal, ToolUse} from '../core/chat/tools.ts'
import {MhError} from '../core/errors.ts'
import {colour} from './colour.ts'
import type {MarkdownStream} from './markdown.ts'
import {shortId} from './memory-table.ts'
import {atTerminal, onOneLine, withoutControls} from './terminal.ts'

export interface AnswerPrinting {
  /** What is printed: each piece as it comes, the whole answer at its end, or nothing. */
  print: 'pieces' | 'whole' | 'nothing'
  signal: AbortSignal
  /** Asks whether a tool of the model may do something; where it is missing nobody can be asked. */
  confirm?: Asking['confirm']
}

/**
 * Asks and prints the answer on stdout; on a terminal, with the memories that it cites after it.
 * @throws MhError INTERRUPTED (exit 130) where the signal ended the answer, and what the conversation throws
 */
export async function printAnswer(
  conversation: Conversation,
  message: string,
  {print, signal, confirm}: AnswerPrinting
): Promise<ChatAnswer> {
  let printed = ''
  const markdown = print === 'nothing' || conversation.model === null ? undefined : await openMarkdown()
  let spinner = print === 'nothing' || conversation.model === null ? undefined : await startSpinner()
  // Once: stopping moves the cursor to the beginning of its line, where the answer may stand by then.
  const stopSpinner = (): void => {
    spinner?.stop()
    spinner = undefined
  }
  const show = (text: string): void => {
    stopSpinner()
    printed += text
    const safe = atTerminal(1) ? withoutControls(text) : text
    process.stdout.write(markdown === undefined ? safe : markdown.push(safe))
  }
  const endLine = (): void => {
    const end = markdown?.end() ?? (printed === '' || printed.endsWith('\n') ? '' : '\n')
    process.stdout.write(end)
  }
  const onTool = ({what, outcome}: ToolUse): void => {
    stopSpinner()
    if (print !== 'nothing') process.stderr.write(`${colour.dim(`${TOLD[outcome]}: ${shortened(what)}`)}\n`)
  }
  const asks =
    confirm === undefined
      ? {}
      : {
          confirm: (proposal: Proposal): Promise<boolean> => {
            stopSpinner()
            return confirm({...proposal, what: withoutControls(proposal.what)})
          }
        }
  try {
    const answer = await conversation.ask(message, {
      signal,
      onTool,
      ...asks,
      ...(print === 'pieces' ? {onText: show} : {})
    })
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

const TOLD = {done: 'Done', refused: 'Not done', failed: 'Failed'} as const

/** Where somebody looks, a model's Markdown is shown as what it means; in a pipe it stays as it is. */
async function openMarkdown(): Promise<MarkdownStream | undefined> {
  if (!atTerminal(1)) return undefined
  const {MarkdownStream: Stream} = await import('./markdown.ts')
  return new Stream(process.stdout.columns || 80, process.stdout.rows || 24)
}

/** The memories that an answer cites, or all that it was given. */
export function citedLines({memoriesUsed, reply}: ChatAnswer, which: 'cited' | 'all' = 'cited'): string[] {
  const numbers = citedIn(reply)
  return memoriesUsed.flatMap(({id, timestamp, content}, index) =>
    which === 'all' || numbers.has(index + 1)
      ? [`[${index + 1}] ${shortId(id)}  ${timestamp.slice(0, 10)}  ${shortened(content)}`]
      : []
  )
}

/** Something to look at until a model's first words come; on stderr, and only where somebody looks. */
async function startSpinner(): Promise<Ora | undefined> {
  // A terminal that does not know its width makes the spinner write without end.
  if (!atTerminal(2) || !process.stderr.columns) return undefined
  const {default: ora} = await import('ora')
  // A conversation reads the keyboard itself.
  return ora({text: 'Thinking', stream: process.stderr, discardStdin: false}).start()
}

function printCited(answer: ChatAnswer): void {
  const lines = citedLines(answer)
  if (lines.length > 0) process.stdout.write(`\n${colour.dim(lines.join('\n'))}\n`)
}

const shortened = (content: string): string => {
  const line = onOneLine(content)
  return line.length > 72 ? `${line.slice(0, 71)}…` : line
}
