import {join} from 'node:path'
import {requireUserContext} from '../context.ts'
import {namesIn} from '../files.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {listUsers, profileFolder, requireUserByName} from '../users/accounts.ts'
import {auditAccess} from '../users/change-accounts.ts'
import {requireAdministrator, requirePermission} from '../users/permissions.ts'

/** A trail, and whose it is. */
export interface Trail {
  /** A username, "system", or "archive/{id}" where the account was deleted. */
  name: string
  /** Absolute path of its folder. */
  folder: string
  /** Id of the person who writes to it; undefined for the system's and for archived ones. */
  userId?: string
}

/** Whose trails are meant: the own one, one person's, or all of them with the system's. */
export type Scope = {kind: 'own'} | {kind: 'person'; username: string} | {kind: 'everybody'}

/**
 * The trails of a scope. Others' are for administrators.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export function trailsOf(scope: Scope): Trail[] {
  const {userId, username} = requireUserContext('The audit trail')
  requirePermission('read')
  const own = {name: username, folder: join(profileFolder(userId), PROFILE_LAYOUT.audit), userId}
  if (scope.kind === 'own') return [own]
  if (scope.kind === 'person') {
    if (scope.username.toLowerCase() === username.toLowerCase()) return [own]
    requireAdministrator(`Reading the audit trail of ${scope.username}`)
    const user = requireUserByName(scope.username)
    return [{name: user.username, folder: join(profileFolder(user.id), PROFILE_LAYOUT.audit), userId: user.id}]
  }
  requireAdministrator("Reading everybody's audit trail")
  return [
    systemTrail(),
    ...listUsers().map(({id, username: name}) => ({
      name,
      folder: join(profileFolder(id), PROFILE_LAYOUT.audit),
      userId: id
    })),
    ...archived()
  ]
}

export const systemTrail = (): Trail => ({name: 'system', folder: systemPaths.audit})

/** Notes in the system's trail and in those of other people that theirs were looked at. */
export async function noteAccess(trails: readonly Trail[], event: 'audit_viewed' | 'audit_verified'): Promise<void> {
  const users = listUsers().filter(({id}) => trails.some(({userId}) => userId === id))
  await auditAccess(users, {category: 'security', event})
}

/** The names of a trail's days, the oldest first: "2026-05-04.ndjson". */
export function daysOf(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name))
    .sort()
}

const archived = (): Trail[] =>
  namesIn(systemPaths.auditArchive)
    .sort()
    .map((name) => ({name: `archive/${name}`, folder: join(systemPaths.auditArchive, name)}))
