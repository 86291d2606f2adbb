import {backend} from '../backend.ts'
import {isEmpty} from './accounts.ts'
import {hashOf, newSecret} from './issued/secret.ts'

/** The right to make the first account by the web: whoever reads the server's terminal has it, and nobody else. */
export interface SetupToken {
  /** To be printed. */
  readonly secret: string
  /** Whether a text is the token, while there is no account yet. */
  admits(token: string): Promise<boolean>
}

/** A token that is good until this process ends or an account is there; of several servers over one database each knows those of all. */
export async function newSetupToken(): Promise<SetupToken> {
  const secret = newSecret()
  const hash = hashOf(secret)
  const store = backend()?.setup
  if (isEmpty()) await store?.remember(hash)
  return {
    secret,
    async admits(token) {
      // Hashes are compared, so that the time that it takes tells nothing of the token.
      const shown = hashOf(token)
      return isEmpty() && (shown === hash || (await store?.knows(shown)) === true)
    }
  }
}
