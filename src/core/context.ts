import {AsyncLocalStorage} from 'node:async_hooks'
import {AccessDeniedError, NoUserContextError} from './errors.ts'

/** What a person may do; see users/permissions.ts. `anonymous` may reach no user data at all. */
export type Role = 'owner' | 'member' | 'guest' | 'anonymous'

/** Set where the acting person is another than the one who is active on this machine (`-u`, MH_USER). */
export interface Assumption {
  /** Username of the active person, or null where nobody is active. */
  activeUser: string | null
  via: 'flag' | 'env'
  /** Account of the operating system that runs the process. */
  osUser: string
  /** True once this command has written its `profile_assumed` entries. */
  noted: boolean
}

/** The person whose data the running code may reach. */
export interface UserContext {
  readonly userId: string
  readonly username: string
  readonly role: Role
  readonly assumed?: Assumption
}

/** Requests that are not signed in, and commands that need no person. Every path to user data throws in it. */
export const ANONYMOUS: UserContext = Object.freeze({userId: 'anonymous', username: 'anonymous', role: 'anonymous'})

const storage = new AsyncLocalStorage<UserContext>()

/**
 * Runs `fn` as `user`. The context holds across awaits and timers that start inside, nests, runs beside others, and never
 * reaches code outside `fn`.
 */
export const withUserContext = <T>(user: UserContext, fn: () => T): T =>
  storage.run(Object.isFrozen(user) ? user : Object.freeze({...user}), fn)

/** Runs `fn` with no person at all: for work of the system itself that starts inside somebody's request. */
export const withoutUserContext = <T>(fn: () => T): T => storage.exit(fn)

/** The current person, or undefined outside any context. */
export const getUserContext = (): UserContext | undefined => storage.getStore()

/**
 * The current person.
 * @param what named in the error: "The memories", "The tasks"
 * @throws NoUserContextError outside a context, AccessDeniedError in the anonymous one
 */
export function requireUserContext(what = 'User data'): UserContext {
  const user = storage.getStore()
  if (user === undefined) throw new NoUserContextError(what)
  if (user.role === 'anonymous') throw new AccessDeniedError(`${what} cannot be reached without signing in`)
  return user
}
