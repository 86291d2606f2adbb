import {auditAccess, requireTarget} from './change-accounts.ts'
import {publicUser} from './show.ts'
import type {PublicUser, User} from './user.ts'

/** An account with what only its person and administrators see. */
export type DetailedUser = PublicUser & {email: string | null; avatar: string | null}

/**
 * The account of `username`, or of the current person where it is undefined. Somebody else's is for administrators, and noted in
 * both trails.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function showUser(username?: string): Promise<DetailedUser> {
  const user = await requireTarget(username, `Showing ${username}`)
  await auditAccess([user], {category: 'security', event: 'user_viewed', details: {target: user.username}})
  return detailedUser(user)
}

export function detailedUser(user: User): DetailedUser {
  return {...publicUser(user), email: user.metadata?.email ?? null, avatar: user.metadata?.avatar ?? null}
}
