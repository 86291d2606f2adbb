import {readRootConfig} from '../config.ts'
import {notFound} from '../errors.ts'
import {userById} from './accounts.ts'
import {auditAccess, auditAccount, changeAccounts, requireTarget} from './change-accounts.ts'
import {hasExpired, hashOf, listIssued, newSecret, publicId, resolveIssued} from './issued/secret.ts'
import {issuedStore, type Session} from './issued/store.ts'
import type {User} from './user.ts'

/** Where somebody signs in from. */
export interface Origin {
  /** Address of the other end. */
  address: string
  /** What the browser calls itself. */
  agent: string
}

/** A session as people are shown it. Nobody can sign in with what stands here. */
export interface ShownSession {
  id: string
  username: string
  createdAt: string
  expiresAt: string
  via: Session['via']
  address: string
  agent: string
}

/** A session that is good now, and whose it is. */
export interface ValidSession {
  session: Session
  user: User
}

const HOUR_MS = 3_600_000
const GUEST_HOURS = 1
const USUAL_HOURS = 24
/** Of one person. Whoever signs in once more ends the oldest. */
const MOST_SESSIONS = 50
const LONGEST_AGENT = 200

/** Begins a session. @returns its secret, for the browser alone, and when it ends (ISO 8601) */
export async function beginSession(
  user: User,
  via: Session['via'],
  {address, agent}: Origin
): Promise<{secret: string; session: Session}> {
  const own = await listIssued('session', user.id)
  for (const {hash} of own.slice(0, Math.max(0, own.length - MOST_SESSIONS + 1)))
    await issuedStore().remove('session', hash)
  const secret = newSecret()
  const now = Date.now()
  const session: Session = {
    hash: hashOf(secret),
    userId: user.id,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + lifetime(user)).toISOString(),
    via,
    address,
    agent: agent.slice(0, LONGEST_AGENT)
  }
  await issuedStore().add('session', session)
  return {secret, session}
}

/**
 * The session of a secret, where it is good now: known, not expired, its account there. Asked at every request, so that what is
 * revoked, deleted or made a guest counts at once.
 */
export async function findSession(secret: string): Promise<ValidSession | undefined> {
  const session = await issuedStore().find('session', hashOf(secret))
  const user = session === undefined ? undefined : await userById(session.userId)
  if (session === undefined || user === undefined || hasExpired({expiresAt: endOf(session, user)})) return undefined
  return {session, user}
}

/** Ends a session. Nothing where there is none of that secret. */
export async function endSession(secret: string): Promise<void> {
  const hash = hashOf(secret)
  const session = await issuedStore().find('session', hash)
  if (session === undefined || !(await issuedStore().remove('session', hash))) return
  const user = await userById(session.userId)
  if (user === undefined) return
  await changeAccounts((lock) =>
    auditAccount(lock, user, {category: 'security', event: 'signed_out', details: {session: publicId(session)}})
  )
}

/**
 * Who is signed in to the web as an account: the own one, or for administrators somebody else's.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function listSessions(username?: string): Promise<ShownSession[]> {
  const user = await requireTarget(username, `Showing the sessions of ${username}`)
  await auditAccess([user], {category: 'security', event: 'user_viewed', details: {target: user.username}})
  return (await sessionsOf(user)).map((session) => shown(session, user))
}

/**
 * Ends one session of an account, or all of them.
 * @param which a session's id, any unique ending of it, or "all"
 * @param except hash of a session that stays: the one that asks
 * @returns the ids of those that were ended
 * @throws MhError SESSION_NOT_FOUND (exit 3), and as listSessions
 */
export async function revokeSessions(which: string, username?: string, except?: string): Promise<string[]> {
  const user = await requireTarget(username, `Ending the sessions of ${username}`)
  const sessions = await sessionsOf(user)
  const id =
    which === 'all'
      ? undefined
      : await resolveIssued(which, sessions, (reference) =>
          notFound(
            'SESSION_NOT_FOUND',
            `${user.username} has no session ${JSON.stringify(reference)}`,
            'mh user sessions shows what is there'
          )
        )
  const meant = sessions.filter((session) => (id === undefined ? session.hash !== except : publicId(session) === id))
  const ended = await end(meant)
  if (ended.length > 0)
    await changeAccounts((lock) =>
      auditAccount(lock, user, {category: 'security', event: 'sessions_revoked', details: {sessions: ended}})
    )
  return ended
}

/** Ends every session of an account but one: its password is another now. @param except hash of the one that stays */
export async function endSessionsOf(user: User, except?: string): Promise<void> {
  await end((await sessionsOf(user)).filter(({hash}) => hash !== except))
}

async function end(sessions: readonly Session[]): Promise<string[]> {
  const ended: string[] = []
  for (const session of sessions) if (await issuedStore().remove('session', session.hash)) ended.push(publicId(session))
  return ended
}

const sessionsOf = async (user: User): Promise<Session[]> =>
  (await listIssued('session', user.id)).filter((session) => !hasExpired({expiresAt: endOf(session, user)}))

function shown(session: Session, user: User): ShownSession {
  const {createdAt, via, address, agent} = session
  return {
    id: publicId(session),
    username: user.username,
    createdAt,
    expiresAt: endOf(session, user),
    via,
    address,
    agent
  }
}

/** Whoever became a guest, or is given fewer hours, meanwhile, stays signed in no longer than that. */
function endOf({createdAt, expiresAt}: Session, user: User): string {
  const latest = new Date(Date.parse(createdAt) + lifetime(user)).toISOString()
  return expiresAt !== null && expiresAt < latest ? expiresAt : latest
}

/** How long somebody stays signed in, in milliseconds. */
function lifetime({role}: User): number {
  return (role === 'guest' ? GUEST_HOURS : sessionHours()) * HOUR_MS
}

function sessionHours(): number {
  const {sessionHours: hours} = readRootConfig()
  return typeof hours === 'number' && hours > 0 ? hours : USUAL_HOURS
}
