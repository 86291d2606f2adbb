import {requireUserContext} from '../context.ts'
import {everybody, findUserById, requireUser, userById} from '../users/accounts.ts'
import {auditAccess} from '../users/change-accounts.ts'
import {requireAdministrator, requirePermission} from '../users/permissions.ts'
import type {User} from '../users/user.ts'
import {type Trail, trailStore} from './trail-store.ts'

/** Whose trails are meant: the own one, one person's, or all of them with the system's. */
export type Scope = {kind: 'own'} | {kind: 'person'; username: string} | {kind: 'everybody'}

/**
 * The trails of a scope. Others' are for administrators.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function trailsOf(scope: Scope): Promise<Trail[]> {
  const {userId, username} = requireUserContext('The audit trail')
  requirePermission('read')
  const store = trailStore()
  const own = async (): Promise<Trail[]> => [store.of(findUserById(userId) ?? (await requireUser(username)))]
  if (scope.kind === 'own') return own()
  if (scope.kind === 'person') {
    if (scope.username.toLowerCase() === username.toLowerCase()) return own()
    requireAdministrator(`Reading the audit trail of ${scope.username}`)
    return [store.of(await requireUser(scope.username))]
  }
  requireAdministrator("Reading everybody's audit trail")
  return [store.system(), ...(await everybody()).map((user) => store.of(user)), ...(await store.archived())]
}

/** Notes in the system's trail and in those of other people that theirs were looked at. */
export async function noteAccess(trails: readonly Trail[], event: 'audit_viewed' | 'audit_verified'): Promise<void> {
  const users: User[] = []
  for (const {userId} of trails) {
    const user = userId === undefined ? undefined : await userById(userId)
    if (user !== undefined) users.push(user)
  }
  await auditAccess(users, {category: 'security', event})
}
