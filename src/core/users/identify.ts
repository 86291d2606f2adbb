import {readRootConfig} from '../config.ts'
import type {Assumption, UserContext} from '../context.ts'
import {notFound, usageError} from '../errors.ts'
import {isEmpty, requireUser, userById, userNotFound} from './accounts.ts'
import type {User} from './user.ts'

/** How it was said who is acting. */
export type Source = 'flag' | 'env' | 'active'

export interface Identity {
  user: User
  source: Source
  context: UserContext
}

/**
 * Who acts: the one that `--user` names, else MH_USER, else the active person.
 * @throws MhError USER_NOT_FOUND (exit 3), NO_USERS, NO_ACTIVE_USER (exit 2)
 */
export async function identify(flag: string | undefined): Promise<Identity> {
  const named = flag ?? (process.env.MH_USER || undefined)
  const source: Source = flag !== undefined ? 'flag' : named !== undefined ? 'env' : 'active'
  if (isEmpty()) {
    if (named !== undefined)
      throw notFound(
        'USER_NOT_FOUND',
        `There is no user ${JSON.stringify(named)}: nobody has a profile here yet`,
        'mh quickstart makes the first profile'
      )
    throw usageError('NO_USERS', 'Nobody has a profile here yet', 'mh quickstart makes the first profile')
  }
  const active = await activeUser()
  if (named === undefined) return {user: requireActive(active), source, context: contextOf(requireActive(active))}
  const user = await requireUser(named)
  if (user.id === active?.id || source === 'active') return {user, source, context: contextOf(user)}
  return {user, source, context: {...contextOf(user), assumed: assumption(active, source)}}
}

export const contextOf = ({id, username, role}: User): UserContext => ({userId: id, username, role})

/** The active person; undefined where nobody is, or the account is gone. */
export async function activeUser(): Promise<User | undefined> {
  const {activeUser: id} = readRootConfig()
  return id === undefined ? undefined : userById(id)
}

function requireActive(active: User | undefined): User {
  if (active !== undefined) return active
  if (readRootConfig().activeUser === undefined)
    throw usageError('NO_ACTIVE_USER', 'Nobody is active', 'mh user switch <username> says who you are')
  throw userNotFound('The active user is gone: the account was deleted')
}

const assumption = (active: User | undefined, via: 'flag' | 'env'): Assumption => ({
  activeUser: active?.username ?? null,
  via,
  osUser: process.env.USER ?? process.env.USERNAME ?? String(process.getuid?.() ?? 'unknown'),
  noted: false
})
