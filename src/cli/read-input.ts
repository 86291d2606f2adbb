import {readFileSync} from 'node:fs'
import {TextDecoder} from 'node:util'
import {usageError} from '../core/errors.ts'
import {LARGEST_FILE} from '../core/memory/event.ts'
import {atTerminal} from './terminal.ts'

/**
 * The text of a command: its words, and standard input where there are none and it is not a terminal, or where "-" stands among
 * them. So a command that has its text never waits for an input that says nothing, and a shell loop keeps its own.
 * @param literal what stood behind "--": text, whatever it is
 * @returns undefined where there is no text and somebody sits at the terminal
 * @throws MhError BINARY_INPUT, INPUT_TOO_LARGE (exit 2)
 */
export function readText(words: readonly string[], literal: readonly string[] = []): string | undefined {
  const own = [...words.filter((word) => word !== '-'), ...literal].join(' ')
  if (!words.includes('-')) {
    if (own !== '' || words.length + literal.length > 0) return own
    if (atTerminal(0)) return undefined
  }
  const input = decode(readAll(), 'Standard input').replace(/\r?\n$/, '')
  return own === '' ? input : input === '' ? own : `${own}\n\n${input}`
}

/** A line of standard input; or, where it cannot be taken, why. */
export type InputLine = string | {reason: string}

/** Lines of standard input, as they come, without their ends. A line that is too long or no text is told, and stops nothing. */
export async function* inputLines(): AsyncGenerator<InputLine> {
  let parts: Buffer[] = []
  let length = 0
  const add = (part: Buffer): void => {
    length += part.length
    // What is too long to be taken need not be held either.
    if (length <= LARGEST_FILE) parts.push(part)
  }
  const end = (): InputLine => {
    const line =
      length > LARGEST_FILE
        ? {reason: `it has ${length} bytes, ${LARGEST_FILE} at most are taken`}
        : lineOf(Buffer.concat(parts))
    parts = []
    length = 0
    return line
  }
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, at))
      yield end()
      start = at + 1
    }
    add(chunk.subarray(start))
  }
  if (length > 0) yield end()
}

const NEWLINE = 0x0a

function lineOf(bytes: Buffer): InputLine {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes).replace(/\r$/, '')
  } catch {
    return {reason: 'it is not text in UTF-8'}
  }
}

function readAll(): Uint8Array {
  try {
    return readFileSync(0)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    // Closed, or (on Windows) a pipe that its writer ended.
    if (code === 'EBADF' || code === 'EOF') return new Uint8Array()
    throw error
  }
}

/** Text of bytes in UTF-8. @param what names them in an error @throws MhError BINARY_INPUT, INPUT_TOO_LARGE (exit 2) */
export function decode(bytes: Uint8Array, what: string): string {
  if (bytes.length > LARGEST_FILE) throw largeInput(what, bytes.length)
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Falls through: the same answer as for text with NUL in it.
  }
  throw usageError('BINARY_INPUT', `${what} is not text`, 'Memories are text in UTF-8')
}

export const largeInput = (what: string, bytes: number): Error =>
  usageError('INPUT_TOO_LARGE', `${what} has ${bytes} bytes, ${LARGEST_FILE} at most are taken`, 'Split it')
