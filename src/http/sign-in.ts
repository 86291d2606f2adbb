import {MhError} from '../core/errors.ts'
import {userByName} from '../core/users/accounts.ts'
import {register as makeAccount, type Registration} from '../core/users/register.ts'
import {endSession, type Origin} from '../core/users/sessions.ts'
import {checkCredentials, signIn as signInByPassword, signInByLink as takeLink} from '../core/users/sign-in.ts'
import type {User} from '../core/users/user.ts'
import type {HttpContext} from './environment.ts'
import {addressOf} from './security/own-requests.ts'
import {actAs, forgetSessions, otherSessions} from './session-cookies.ts'

/** Signs in and gives the browser the session. @throws MhError BAD_CREDENTIALS (401), TooManyAttempts (429) */
export async function signIn(c: HttpContext, username: string, password: string): Promise<User> {
  const {user, secret} = await signInByPassword(username, password, originOf(c), c.var.desk)
  await actAs(c, secret)
  return user
}

/** The same by a single-use link. @throws MhError LINK_INVALID (401) */
export async function signInByLink(c: HttpContext, link: string): Promise<User> {
  const {user, secret} = await takeLink(link, originOf(c))
  await actAs(c, secret)
  return user
}

/** Makes an account and signs it in. @throws MhError REGISTRATION_REFUSED (403), and what making an account throws */
export async function register(c: HttpContext, registration: Registration): Promise<User> {
  const {user, secret} = await makeAccount(registration, originOf(c), c.var.desk)
  await actAs(c, secret)
  return user
}

/** Ends every session of this browser: whoever signs out leaves nobody behind who could be switched to. */
export async function signOut(c: HttpContext): Promise<void> {
  for (const secret of forgetSessions(c)) await endSession(secret)
}

/**
 * Makes another person the one who acts in this browser: without a password where a session of theirs is held here.
 * @throws MhError PASSWORD_NEEDED (401), and as signIn
 */
export async function switchPerson(c: HttpContext, username: string, password?: string): Promise<User> {
  const wanted = await userByName(username)
  const held = (await otherSessions(c)).find(({user}) => user.id === wanted?.id)
  if (held !== undefined) {
    await actAs(c, held.secret)
    return held.user
  }
  if (password !== undefined) return signIn(c, username, password)
  throw new MhError('PASSWORD_NEEDED', `${username} is not signed in here`, {
    httpStatus: 401,
    exitCode: 2,
    hint: 'Give their password'
  })
}

/**
 * Makes sure that it is really the current person who changes what only their password protects; counted as a try to sign in. An
 * account without a password has nothing to ask for, but of the person in the browser.
 * @throws MhError BAD_CREDENTIALS (401), TooManyAttempts (429)
 */
export async function checkOwnPassword(c: HttpContext, password: string | undefined): Promise<void> {
  const {username} = c.var.person
  if (password === undefined && c.var.session !== undefined && (await userByName(username))?.passwordHash === undefined)
    return
  await checkCredentials(username, password ?? '', originOf(c), c.var.desk)
}

const originOf = (c: HttpContext): Origin => ({address: addressOf(c), agent: c.req.header('user-agent') ?? ''})
