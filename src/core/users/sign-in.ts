import {auditSystem} from '../audit.ts'
import {MhError} from '../errors.ts'
import {withAccountsLock} from '../locks.ts'
import {replaceUser, userById, userByName} from './accounts.ts'
import {type Attempts, TooManyAttempts} from './attempts.ts'
import {auditAccount, changeAccounts} from './change-accounts.ts'
import {hasExpired, hashOf, listIssued, newSecret, publicId} from './issued/secret.ts'
import {issuedStore, type Session} from './issued/store.ts'
import {renewHash, verifyPassword} from './passwords.ts'
import {beginSession, type Origin} from './sessions.ts'
import type {User} from './user.ts'

/** Somebody who was just signed in: `secret` is for their browser alone. */
export interface SignedIn {
  user: User
  secret: string
  session: Session
}

/** What signing in needs of the server that it happens at. */
export interface SignInDesk {
  attempts: Attempts
  /** Lets work go on after the answer was given, and sees it through before the server ends. */
  later(work: Promise<unknown>): void
}

const LINK_MS = 60_000

/**
 * Signs somebody in by their password. An unknown name and a wrong password give the same answer after the same time.
 * @throws MhError BAD_CREDENTIALS (HTTP 401), TooManyAttempts (429)
 */
export async function signIn(username: string, password: string, from: Origin, desk: SignInDesk): Promise<SignedIn> {
  const user = await checkCredentials(username, password, from, desk)
  return welcome(user, 'password', from)
}

/**
 * The account that a name and a password belong to, counted as a try.
 * @throws as signIn
 */
export async function checkCredentials(
  username: string,
  password: string,
  from: Origin,
  {attempts, later}: SignInDesk
): Promise<User> {
  try {
    await attempts.take(username, from.address)
  } catch (error) {
    if (error instanceof TooManyAttempts && error.first) later(auditFailure(username, 'sign_in_limited', from))
    throw error
  }
  const user = await userByName(username)
  const right = await verifyPassword(user?.passwordHash ?? NOBODYS, password)
  if (user?.passwordHash === undefined || !right) {
    // Told afterwards: the trail of a person who is there takes longer than none.
    later(auditFailure(username, 'sign_in_failed', from))
    throw new MhError('BAD_CREDENTIALS', 'That name and that password do not belong together', {
      exitCode: 4,
      httpStatus: 401,
      hint: 'Try again. Who has no password yet sets one with mh user password'
    })
  }
  await attempts.forgive(username, from.address)
  await renewHash(user, password)
  return user
}

/** A secret that signs somebody in, once, within a minute. */
export async function issueSignInLink(user: User, now = Date.now()): Promise<string> {
  const secret = newSecret()
  // Those that nobody followed go with the next one.
  await listIssued('link', user.id)
  await issuedStore().add('link', {
    hash: hashOf(secret),
    userId: user.id,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + LINK_MS).toISOString()
  })
  return secret
}

/** Signs in whom the link was made for. @throws MhError LINK_INVALID (HTTP 401) where it was used, is too old, or never was */
export async function signInByLink(secret: string, from: Origin): Promise<SignedIn> {
  const hash = hashOf(secret)
  const link = await issuedStore().find('link', hash)
  // Taken away before it is looked at: of two who come with it, one gets in.
  const taken = link !== undefined && (await issuedStore().remove('link', hash))
  const user = link === undefined ? undefined : await userById(link.userId)
  if (link === undefined || !taken || hasExpired(link) || user === undefined)
    throw new MhError('LINK_INVALID', 'This link is good no more: it signs in once, within a minute', {
      exitCode: 4,
      httpStatus: 401,
      hint: 'Sign in with your password, or let mh serve print another one'
    })
  return welcome(user, 'link', from)
}

/** Begins the session of somebody who showed who they are, and notes it. */
export async function welcome(user: User, via: Session['via'], from: Origin): Promise<SignedIn> {
  const {secret, session} = await beginSession(user, via, from)
  const present = await changeAccounts(async (lock) => {
    const found = await userById(user.id)
    if (found === undefined) return user
    const changed = {...found, lastLogin: session.createdAt}
    replaceUser(lock, changed)
    await auditAccount(lock, changed, {
      category: 'security',
      event: 'signed_in',
      details: {username: changed.username, via, address: from.address, session: publicId(session)}
    })
    return changed
  })
  return {user: present, secret, session}
}

/** A name that nobody has is not noted: it may be a password that was typed into the wrong field. */
async function auditFailure(
  username: string,
  event: 'sign_in_failed' | 'sign_in_limited',
  from: Origin
): Promise<void> {
  const user = await userByName(username)
  const entry = {
    level: 'warn',
    category: 'security',
    event,
    details: {username: user?.username ?? null, address: from.address}
  } as const
  await withAccountsLock(async (lock) => {
    if (user === undefined || (await userById(user.id)) === undefined) auditSystem(lock, entry)
    else await auditAccount(lock, user, entry)
  })
}

/** A hash that no password is known for, made with the settings of all others, so that checking against it takes as long. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$YXQgYWxsLCBub3QgZXZlbiBtaCBpdHNlbGYgaGFzIGk'
