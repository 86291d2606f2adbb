import {conflict} from '../errors.ts'
import {hasOwnerBeside, replaceUser} from './accounts.ts'
import {auditAccount, changeAccounts, requireTarget} from './change-accounts.ts'
import {requireAdministrator} from './permissions.ts'
import {publicUser} from './show.ts'
import {type PublicUser, type User, WRITTEN_ROLE} from './user.ts'

/**
 * Gives an account another role, which counts at once in every process. Administrators only, for their own account too.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3), LAST_OWNER (exit 5)
 */
export async function setRole(username: string, role: User['role']): Promise<PublicUser> {
  const what = `Changing the role of ${username}`
  requireAdministrator(what)
  return changeAccounts(async (lock) => {
    requireAdministrator(what)
    const user = await requireTarget(username, what)
    if (role !== 'owner') await refuseLastOwner(user, 'lose the role of owner')
    const {[WRITTEN_ROLE]: before = user.role, ...account} = user
    const changed: User = {...account, role}
    if (before !== role) {
      replaceUser(lock, changed)
      await auditAccount(lock, user, {
        level: 'warn',
        category: 'security',
        event: 'user_role_changed',
        details: {username: user.username, from: before, to: role}
      })
    }
    return publicUser(changed)
  })
}

/** Somebody has to be able to administer this machine. @throws MhError LAST_OWNER (exit 5) */
export async function refuseLastOwner(user: User, what: string): Promise<void> {
  if (user.role === 'owner' && !(await hasOwnerBeside(user.id)))
    throw conflict(
      'LAST_OWNER',
      `${user.username} is the last owner and cannot ${what}`,
      'Make somebody else an owner first: mh user role <username> owner'
    )
}
