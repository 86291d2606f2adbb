import {ANONYMOUS, withUserContext} from '../context.ts'
import {notAllowed} from '../errors.ts'
import {requireUser} from './accounts.ts'
import type {Attempts} from './attempts.ts'
import {createUser} from './create.ts'
import {findInvitation, registration} from './invitations.ts'
import {issuedStore} from './issued/store.ts'
import {namedAdministrators} from './named-administrators.ts'
import type {Origin} from './sessions.ts'
import type {SetupToken} from './setup-token.ts'
import {type SignedIn, welcome} from './sign-in.ts'

export interface Registration {
  username: string
  password: string
  /** The setup token for the first account, an invitation's for every other. */
  token?: string | undefined
  displayName?: string | undefined
}

/**
 * Makes an account for somebody who came by the web, and signs them in.
 * @throws MhError REGISTRATION_REFUSED (exit 4) without the right token, and what createUser throws
 */
export async function register(
  {username, password, token = '', displayName}: Registration,
  from: Origin,
  {setup, attempts}: {setup: SetupToken; attempts: Attempts}
): Promise<SignedIn> {
  // Nobody guesses a token of 256 bits; what is limited is the work that a refusal costs.
  await attempts.take('', from.address)
  // Whoever has a name of that list administers this machine.
  if (namedAdministrators().has(username.toLowerCase())) throw refused('that name is kept for an administrator')
  const invitation = await findInvitation(token)
  const role = invitation?.role ?? 'member'
  await withUserContext(ANONYMOUS, () =>
    createUser(
      {username, password, role, ...(displayName ? {displayName} : {})},
      {
        async check(first) {
          await requireAdmission(first, token, setup)
        },
        async used() {
          if (invitation !== undefined) await issuedStore().remove('invitation', invitation.hash)
        }
      }
    )
  )
  await attempts.forgive('', from.address)
  return welcome(await requireUser(username), 'registration', from)
}

async function requireAdmission(first: boolean, token: string, setup: SetupToken): Promise<void> {
  const way = registration()
  if (way === 'closed') throw refused('an administrator switched it off')
  if (first) {
    if (!(await setup.admits(token))) throw refused('the first account needs the setup token that mh serve printed')
  } else if (way !== 'open' && (await findInvitation(token)) === undefined) throw refused('it needs an invitation')
}

const refused = (why: string): Error =>
  notAllowed(
    'REGISTRATION_REFUSED',
    `This registration is refused: ${why}`,
    'An administrator can invite you: mh user invite'
  )
