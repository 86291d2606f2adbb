import {auditSystem} from '../audit.ts'
import {readRootConfig, writeRootConfig} from '../config.ts'
import {usageError} from '../errors.ts'
import {type AccountsLock, withAccountsLock} from '../locks.ts'
import {everybody, requireUser, userById} from './accounts.ts'
import {activeUser} from './identify.ts'
import type {User} from './user.ts'

const REMEMBERED = 10

/**
 * Makes somebody the active person of this machine, for every command that names nobody.
 * @param username "-" is the one who was active before
 * @throws MhError USER_NOT_FOUND (exit 3), NO_PREVIOUS_USER (exit 2)
 */
export async function switchUser(username: string): Promise<{username: string; previous: string | null}> {
  return withAccountsLock(async (lock) => {
    const previous = await activeUser()
    const next = username === '-' ? await before(previous) : await requireUser(username)
    if (next.id !== previous?.id) {
      await activate(lock, next)
      auditSystem(
        lock,
        {category: 'security', event: 'user_switched', details: {from: previous?.username ?? null, to: next.username}},
        next.id
      )
    }
    return {username: next.username, previous: previous?.username ?? null}
  })
}

/** Writes down that `user` is active now. */
export async function activate(lock: AccountsLock, user: Pick<User, 'id'>): Promise<void> {
  const {recentUsers = []} = readRootConfig()
  await writeRootConfig(lock, {
    activeUser: user.id,
    recentUsers: [user.id, ...recentUsers.filter((id) => id !== user.id)].slice(0, REMEMBERED)
  })
}

/** Everybody, who was active last first, then by name: the order in which a picker offers them. */
export async function recentUsers(): Promise<User[]> {
  const recent = readRootConfig().recentUsers ?? []
  const place = (user: User): number => (recent.includes(user.id) ? recent.indexOf(user.id) : recent.length)
  return [...(await everybody())].sort((a, b) => place(a) - place(b) || (a.username < b.username ? -1 : 1))
}

async function before(active: User | undefined): Promise<User> {
  for (const id of readRootConfig().recentUsers ?? []) {
    const user = id === active?.id ? undefined : await userById(id)
    if (user !== undefined) return user
  }
  throw usageError('NO_PREVIOUS_USER', 'Nobody else was active before', 'mh user switch <username> says who you are')
}
