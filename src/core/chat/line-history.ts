import {appendFileSync} from 'node:fs'
import {backend} from '../backend.ts'
import {errno} from '../errors.ts'
import {readIfThere, writeDurably} from '../files.ts'
import {paths} from '../paths.ts'

const KEPT_LINES = 1000

/** What the current person typed in conversations before, oldest first: at most 1,000 lines. */
export function readLineHistory(): string[] {
  // Of this machine's terminal: where a database keeps everything, nothing of a person is left on the machine.
  if (backend() !== undefined) return []
  const lines =
    readIfThere(paths.chatHistory)
      ?.split('\n')
      .filter((line) => line !== '') ?? []
  const kept = lines.slice(-KEPT_LINES)
  // Rewritten only now and then, so that a line costs one append.
  if (lines.length > 2 * KEPT_LINES) writeDurably(paths.chatHistory, `${kept.join('\n')}\n`, paths.temporary)
  return kept
}

/** Adds a line to the history. A profile that is gone meanwhile is not made anew. */
export function addToLineHistory(line: string): void {
  if (backend() !== undefined) return
  try {
    appendFileSync(paths.chatHistory, `${line}\n`, {mode: 0o600})
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error
  }
}
