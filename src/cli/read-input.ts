import {closeSync, fstatSync, openSync, readFileSync} from 'node:fs'
import {TextDecoder} from 'node:util'
import {usageError} from '../core/errors.ts'
import {LARGEST_FILE} from '../core/memory/read-file.ts'
import {atTerminal} from './terminal.ts'

/**
 * The text of a command: its words, and standard input where there are none and it is not a terminal, or where "-" stands among
 * them. So a command that has its text never waits for an input that says nothing, and a shell loop keeps its own.
 * @returns undefined where there is no text and somebody sits at the terminal
 * @throws MhError BINARY_INPUT, INPUT_TOO_LARGE (exit 2)
 */
export function readText(words: readonly string[]): string | undefined {
  const own = words.filter((word) => word !== '-').join(' ')
  if (!words.includes('-')) {
    if (own !== '') return own
    if (words.length > 0) return ''
    if (atTerminal(0)) return undefined
  }
  const input = decode(readAll(), 'Standard input').replace(/\r?\n$/, '')
  return own === '' ? input : input === '' ? own : `${own}\n\n${input}`
}

/** The text of a file that the person named, without its last newline. @throws MhError BINARY_INPUT, INPUT_TOO_LARGE, FILE_NOT_READABLE (exit 2) */
export function readTextFile(path: string): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw usageError('FILE_NOT_READABLE', `The file ${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    const stat = fstatSync(file)
    if (stat.isDirectory()) throw usageError('FILE_NOT_READABLE', `${path} is a folder`, 'Name a file of text')
    if (stat.size > LARGEST_FILE) throw largeInput(`The file ${path}`, stat.size)
    return decode(readFileSync(file), `The file ${path}`).replace(/\r?\n$/, '')
  } finally {
    closeSync(file)
  }
}

/** Lines of standard input, as they come. Without their ends; the last one need not have one. */
export async function* inputLines(): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, {stream: true})).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > LARGEST_FILE) throw largeInput('A line of standard input', rest.length)
    for (const line of parts) yield line.replace(/\r$/, '')
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
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

function decode(bytes: Uint8Array, what: string): string {
  if (bytes.length > LARGEST_FILE) throw largeInput(what, bytes.length)
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Falls through: the same answer as for text with NUL in it.
  }
  throw usageError('BINARY_INPUT', `${what} is not text`, 'Memories are text in UTF-8')
}

const largeInput = (what: string, bytes: number): Error =>
  usageError('INPUT_TOO_LARGE', `${what} has ${bytes} bytes, ${LARGEST_FILE} at most are taken`, 'Split it')
