import {readFileSync} from 'node:fs'
import {requireUserContext} from '../core/context.ts'
import {LARGEST_FILE} from '../core/memory/event.ts'
import {getSecurityPolicy} from '../core/users/policy.ts'
import {decode, largeInput} from './read-input.ts'

/** The text of a file that the person named, without its last newline. @throws MhError BINARY_INPUT, INPUT_TOO_LARGE, FILE_NOT_READABLE (exit 2), ACCESS_DENIED (exit 4) */
export function readTextFile(path: string): string {
  const file = getSecurityPolicy(requireUserContext('Files')).requireFileAccess(path, 'read', 'named')
  try {
    if (file.size > LARGEST_FILE) throw largeInput(`The file ${path}`, file.size)
    return decode(readFileSync(file.descriptor), `The file ${path}`).replace(/\r?\n$/, '')
  } finally {
    file.close()
  }
}
