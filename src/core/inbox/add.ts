import {usageError} from '../errors.ts'
import {requirePermission} from '../users/permissions.ts'
import {inbox} from './inbox.ts'

/** In bytes. */
export const LARGEST_ADDED = 16 * 1024 * 1024
const LONGEST_NAME = 200

/**
 * Puts something into the current person's inbox, for the ingestor.
 * @param name a file's name, without a folder; how it ends says what it is
 * @throws MhError INVALID_NAME, INPUT_TOO_LARGE (exit 2), NOT_ALLOWED_IN_MODE, NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function addToInbox(name: string, bytes: Uint8Array): Promise<{name: string; bytes: number}> {
  requirePermission('import')
  if (name === '' || name.length > LONGEST_NAME || /[/\\\p{Cc}]|^\./u.test(name))
    throw usageError(
      'INVALID_NAME',
      `${JSON.stringify(name.slice(0, LONGEST_NAME))} cannot name a file of the inbox`,
      'Use a plain name such as notes.md'
    )
  if (bytes.length > LARGEST_ADDED)
    throw usageError('INPUT_TOO_LARGE', `It has ${bytes.length} bytes, ${LARGEST_ADDED} at most are taken`, 'Split it')
  return {name: await inbox().add(name, bytes), bytes: bytes.length}
}
