import * as Flags from '@oclif/core/flags'
import {inputSecret} from './read-password.ts'

export const passphraseFlag = Flags.boolean({
  summary: 'Read the passphrase from standard input; one newline at its end does not belong to it'
})

/**
 * The passphrase of an encrypted backup: from standard input where the flag says so, else typed at the terminal. Undefined where
 * nobody can be asked: whoever needs it says how to give it.
 * @throws MhError PASSPHRASE_MISSING, NOT_TEXT (exit 2), INTERRUPTED (exit 130)
 */
export async function readPassphrase(
  fromInput: boolean,
  mayAsk: boolean,
  message: string
): Promise<string | undefined> {
  if (fromInput) return inputSecret('passphrase')
  if (!mayAsk) return undefined
  const {askSecret} = await import('./prompts.ts')
  return askSecret(message)
}
