import {type AuditEvent, auditProfile, auditSystem} from '../audit.ts'
import {noteAssumedChange} from '../change.ts'
import {getUserContext} from '../context.ts'
import type {MhError} from '../errors.ts'
import {withAccountsLock, withProfileLock} from '../locks.ts'
import {notify} from '../notices.ts'
import {findUserById} from './accounts.ts'

/**
 * Notes a refusal in the system's trail and in that of the person who was refused. It happens whether or not it can be noted:
 * where it cannot, that is told.
 * @param door what was tried: "mh user delete"
 */
export async function auditRefusal({code, message}: MhError, door: string): Promise<void> {
  const userId = getUserContext()?.userId
  const person = userId === undefined ? undefined : findUserById(userId)
  const event: AuditEvent = {
    level: 'warn',
    category: 'security',
    event: 'access_refused',
    details: {code, door, message}
  }
  try {
    await withAccountsLock(async (lock) => {
      await noteAssumedChange(lock)
      auditSystem(lock, event, person?.id ?? null)
      if (person !== undefined) await withProfileLock(person.id, (profile) => auditProfile(profile, event))
    })
  } catch (error) {
    notify({
      code: 'REFUSAL_NOT_AUDITED',
      message: `The refusal could not be noted in the audit trail: ${String(error)}`
    })
  }
}
