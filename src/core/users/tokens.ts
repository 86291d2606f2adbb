import {requireUserContext} from '../context.ts'
import {notFound, usageError} from '../errors.ts'
import {DAY_MS} from '../time.ts'
import {requireUser, userById} from './accounts.ts'
import {auditAccount, changeAccounts} from './change-accounts.ts'
import {hasExpired, hashOf, listIssued, newSecret, publicId, resolveIssued} from './issued/secret.ts'
import {issuedStore, type Token} from './issued/store.ts'
import {requirePermission} from './permissions.ts'
import type {User} from './user.ts'

/** A bearer token as it is shown. What it is used by is shown only once, when it is made. */
export interface ShownToken {
  id: string
  name: string
  createdAt: string
  /** ISO 8601, UTC; null where it is good until it is revoked. */
  expires: string | null
}

export interface TokenOptions {
  /** What it is for. */
  name?: string | undefined
  /** For how many days it is good; until it is revoked where it is missing. */
  days?: number | undefined
}

/** By which people and scanners of secrets know what it is. */
const PREFIX = 'mh_'
const LONGEST_NAME = 100
const MOST_DAYS = 3650
/** Of one person. */
const MOST_TOKENS = 100

/**
 * Makes a token by which a script may do over HTTP what the current person may.
 * @throws MhError INVALID_NAME, INVALID_DAYS, TOO_MANY_TOKENS (exit 2), NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function createToken({name = 'token', days}: TokenOptions = {}): Promise<ShownToken & {token: string}> {
  requirePermission('token')
  if (name.trim() === '' || name.length > LONGEST_NAME || /\p{Cc}/u.test(name))
    throw usageError(
      'INVALID_NAME',
      `A token cannot be called ${JSON.stringify(name.slice(0, LONGEST_NAME))}`,
      'Use one short line'
    )
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS))
    throw usageError('INVALID_DAYS', `A token cannot be good for ${days} days`, `Use 1 to ${MOST_DAYS}`)
  const user = await present()
  if ((await own(user)).length >= MOST_TOKENS)
    throw usageError(
      'TOO_MANY_TOKENS',
      `${user.username} has ${MOST_TOKENS} tokens`,
      'Revoke some: mh token revoke <id>'
    )
  const secret = `${PREFIX}${newSecret()}`
  const now = Date.now()
  const token: Token = {
    hash: hashOf(secret),
    userId: user.id,
    name: name.trim(),
    createdAt: new Date(now).toISOString(),
    expiresAt: days === undefined ? null : new Date(now + days * DAY_MS).toISOString()
  }
  await changeAccounts(async (lock) => {
    requirePermission('token')
    await issuedStore().add('token', token)
    await auditAccount(lock, user, {
      category: 'security',
      event: 'token_created',
      details: {token: publicId(token), name: token.name, expires: token.expiresAt}
    })
  })
  return {...shown(token), token: secret}
}

/** The current person's tokens, the oldest first. */
export async function listTokens(): Promise<ShownToken[]> {
  requirePermission('read')
  return (await own(await present())).map(shown)
}

/**
 * Revokes a token of the current person; it is good no more at once.
 * @param reference its id, any unique ending of it, or "@last"
 * @throws MhError TOKEN_NOT_FOUND (exit 3), AMBIGUOUS_ID (exit 2)
 */
export async function revokeToken(reference: string): Promise<{revoked: string}> {
  requirePermission('read')
  const user = await present()
  const tokens = await own(user)
  const id = await resolveIssued(reference, tokens, tokenNotFound)
  const token = tokens.find((one) => publicId(one) === id)
  if (token === undefined || !(await issuedStore().remove('token', token.hash))) throw tokenNotFound(reference)
  await changeAccounts((lock) =>
    auditAccount(lock, user, {category: 'security', event: 'token_revoked', details: {token: id, name: token.name}})
  )
  return {revoked: id}
}

/** Whose token that is, where it is good now. Asked at every request. */
export async function findTokenUser(secret: string): Promise<User | undefined> {
  if (!secret.startsWith(PREFIX)) return undefined
  const token = await issuedStore().find('token', hashOf(secret))
  if (token === undefined || hasExpired(token)) return undefined
  const user = await userById(token.userId)
  // Whoever may have no tokens any more has none.
  return user?.role === 'guest' ? undefined : user
}

const tokenNotFound = (reference: string): Error =>
  notFound('TOKEN_NOT_FOUND', `There is no token ${JSON.stringify(reference)}`, 'mh token list shows what is there')

const present = async (): Promise<User> => requireUser(requireUserContext('Tokens').username)

const own = (user: User): Promise<Token[]> => listIssued('token', user.id)

const shown = (token: Token): ShownToken => ({
  id: publicId(token),
  name: token.name,
  createdAt: token.createdAt,
  expires: token.expiresAt
})
