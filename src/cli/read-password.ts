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
  if (fromInput) return inputSecret('password')
  if (!mayAsk)
    throw usageError(
      'PASSWORD_MISSING',
      'The password is missing, and nobody can be asked',
      'Give it on standard input, with --password-stdin'
    )
  const {askPassword} = await import('./prompts.ts')
  return askPassword(`The new password of ${username}`)
}

/** A secret that is the whole of standard input. @param what "password" @throws MhError PASSWORD_MISSING, PASSPHRASE_MISSING, NOT_TEXT (exit 2) */
export function inputSecret(what: 'password' | 'passphrase'): string {
  const bytes = readFileSync(0)
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw usageError('NOT_TEXT', `The ${what} on standard input is not text`, 'It has to be text in UTF-8')
  }
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw usageError(`${what.toUpperCase()}_MISSING`, `Standard input holds no ${what}`)
  return secret
}
