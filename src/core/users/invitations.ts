import {auditSystem} from '../audit.ts'
import {readRootConfig} from '../config.ts'
import {requireUserContext} from '../context.ts'
import {DAY_MS} from '../time.ts'
import {userById} from './accounts.ts'
import {changeAccounts} from './change-accounts.ts'
import {hasExpired, hashOf, listIssued, newSecret, publicId} from './issued/secret.ts'
import {type Invitation, issuedStore} from './issued/store.ts'
import {administers, requireAdministrator} from './permissions.ts'
import type {User} from './user.ts'

export interface NewInvitation {
  id: string
  /** Shown once: whoever has it may make one account. */
  token: string
  role: User['role']
  /** ISO 8601, UTC. */
  expires: string
}

const LIFETIME_MS = 7 * DAY_MS

/** Invites somebody to make an account of that role by the web, within a week. @throws MhError NOT_ADMINISTRATOR (exit 4) */
export async function invite(role: User['role'] = 'member'): Promise<NewInvitation> {
  const {userId} = requireAdministrator('Inviting somebody')
  const token = newSecret()
  const now = Date.now()
  const invitation: Invitation = {
    hash: hashOf(token),
    userId,
    role,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + LIFETIME_MS).toISOString()
  }
  await changeAccounts(async (lock) => {
    requireAdministrator('Inviting somebody')
    // Those that are too old go with the next one.
    await listIssued('invitation', userId)
    await issuedStore().add('invitation', invitation)
    auditSystem(
      lock,
      {category: 'security', event: 'user_invited', details: {invitation: publicId(invitation), role}},
      requireUserContext('An invitation').userId
    )
  })
  return {id: publicId(invitation), token, role, expires: invitation.expiresAt ?? ''}
}

/** The invitation of a token, where it is good: not used, not too old, and of somebody who may still invite. */
export async function findInvitation(token: string): Promise<Invitation | undefined> {
  const invitation = await issuedStore().find('invitation', hashOf(token))
  const inviter = invitation === undefined ? undefined : await userById(invitation.userId)
  if (invitation === undefined || inviter === undefined || hasExpired(invitation)) return undefined
  return administers(inviter) ? invitation : undefined
}

/** Whether the web lets people register: never, with a token, or whoever comes. */
export function registration(): 'closed' | 'token' | 'open' {
  const {registration: set} = readRootConfig()
  // What is unknown opens nothing.
  return set === undefined || set === 'token' ? 'token' : set === 'open' ? 'open' : 'closed'
}
