import {usageError} from '../errors.ts'
import {replaceUser, userById} from './accounts.ts'
import {auditAccount, changeAccounts, requireTarget} from './change-accounts.ts'
import {endSessionsOf} from './sessions.ts'
import {publicUser} from './show.ts'
import type {PublicUser, User} from './user.ts'

const SHORTEST = 8
/** In bytes. Longer ones would only make hashing slow. */
const LONGEST = 1024
/** zxcvbn's score of 0 to 4; 3 is "safely unguessable": at least 10^8 guesses, also where the hash was stolen. */
const LEAST_SCORE = 3

/**
 * Sets the password by which an account signs in to the web.
 * @param username the own one where it is undefined; somebody else's is for administrators
 * @param keptSession hash of the session that goes on; every other one of that account ends, so that whoever knew the old password is out
 * @throws MhError WEAK_PASSWORD (exit 2), USER_NOT_FOUND (exit 3), NOT_ADMINISTRATOR (exit 4)
 */
export async function setPassword(
  username: string | undefined,
  password: string,
  keptSession?: string
): Promise<PublicUser> {
  const what = `Setting the password of ${username}`
  const {username: name, metadata} = await requireTarget(username, what, 'password')
  await checkPassword(password, [name, metadata?.displayName, metadata?.email])
  // Hashing takes long on purpose, so that it is done before the lock is had.
  const passwordHash = await hashPassword(password)
  return changeAccounts(async (lock) => {
    const user = await requireTarget(username, what, 'password')
    const changed = {...user, passwordHash}
    replaceUser(lock, changed)
    await auditAccount(lock, user, {
      category: 'security',
      event: 'password_changed',
      details: {username: user.username}
    })
    await endSessionsOf(user, keptSession)
    return publicUser(changed)
  })
}

/** Whether the current person may set that password; asked before they are prompted for one. @throws as setPassword */
export const checkPasswordTarget = async (username: string | undefined): Promise<string> =>
  (await requireTarget(username, `Setting the password of ${username}`, 'password')).username

/**
 * Checks that a password is long enough and hard to guess.
 * @param known words that a guesser would try first: the person's names
 * @throws MhError WEAK_PASSWORD (exit 2) that says what is wrong, never with the password
 */
export async function checkPassword(password: string, known: readonly (string | undefined)[]): Promise<void> {
  if ([...password].length < SHORTEST) throw weak(`it has fewer than ${SHORTEST} characters`)
  if (Buffer.byteLength(password) > LONGEST) throw weak(`it has more than ${LONGEST} bytes`)
  if (password.includes('\0')) throw weak('it holds a NUL character')
  const [{ZxcvbnFactory}, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en')
  ])
  const estimate = new ZxcvbnFactory({
    dictionary: {...common.dictionary, ...english.dictionary},
    graphs: common.adjacencyGraphs,
    translations: english.translations
  })
  // It needs longer than a second for texts of that length, and tells nothing that the first hundred characters do not.
  const words = known.filter((word) => word !== undefined && word !== '') as string[]
  const {score, feedback} = estimate.check(password.slice(0, 100), words)
  if (score >= LEAST_SCORE) return
  throw weak(feedback.warning?.replace(/\.$/, '') || 'it is easy to guess', feedback.suggestions.join(' '))
}

/** argon2id (RFC 9106) in PHC form: 19 MiB, 2 passes, 1 lane, as OWASP recommends. */
export async function hashPassword(password: string): Promise<string> {
  const {hash} = await import('@node-rs/argon2')
  return hash(password, {memoryCost: 19_456, timeCost: 2, parallelism: 1})
}

/**
 * Whether `password` is the one that `hash` was made of: argon2id, or the bcrypt of an account that came from another system. False
 * for a hash of another kind.
 */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  if (hash.startsWith(ARGON2ID)) {
    const {verify} = await import('@node-rs/argon2')
    return verify(hash, password)
  }
  const [, cost] = BCRYPT.exec(hash) ?? []
  if (cost === undefined || Number(cost) > COSTLIEST) return false
  const {compare} = await import('bcryptjs')
  return compare(password, hash)
}

/** Replaces the hash of another system by one of ours, which only who has just shown their password can have made. */
export async function renewHash({id, passwordHash: old}: User, password: string): Promise<void> {
  if (old === undefined || old.startsWith(ARGON2ID)) return
  const passwordHash = await hashPassword(password)
  await changeAccounts(async (lock) => {
    const user = await userById(id)
    // Somebody may have set another password meanwhile.
    if (user?.passwordHash !== old) return
    replaceUser(lock, {...user, passwordHash})
    await auditAccount(lock, user, {
      category: 'security',
      event: 'password_rehashed',
      details: {username: user.username}
    })
  })
}

const ARGON2ID = '$argon2id$'
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z\d]{53}$/
/** Each more doubles the time: with 16 it is a few seconds. */
const COSTLIEST = 16

const weak = (reason: string, suggestion = ''): Error =>
  usageError(
    'WEAK_PASSWORD',
    `The password is too weak: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
    suggestion || 'Use several words that do not belong together'
  )
