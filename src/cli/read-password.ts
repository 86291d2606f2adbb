import {readFileSync} from 'node:fs'
import * as Flags from '@oclif/core/flags'
import {usageError} from '../core/errors.ts'

export const passwordFlag = Flags.boolean({
  summary: 'Read the password from standard input; one newline at its end does not belong to it'
})

/**
 * A password from standard input, or typed twice at the terminal, where nothing of it is shown.
 * @param mayAsk whether somebody sits there
 * @throws MhError PASSWORD_MISSING, NOT_TEXT (exit 2)
 */
export async function readPassword(fromInput: boolean, mayAsk: boolean, username: string): Promise<string> {
  if (fromInput) return inputPassword()
  if (!mayAsk)
    throw usageError(
      'PASSWORD_MISSING',
      'The password is missing, and nobody can be asked',
      'Give it on standard input, with --password-stdin'
    )
  const {askPassword} = await import('./prompts.ts')
  return askPassword(`The new password of ${username}`)
}

function inputPassword(): string {
  const bytes = readFileSync(0)
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw usageError('NOT_TEXT', 'The password on standard input is not text', 'Passwords are text in UTF-8')
  }
  const password = text.replace(/\r?\n$/, '')
  if (password === '') throw usageError('PASSWORD_MISSING', 'Standard input holds no password')
  return password
}
