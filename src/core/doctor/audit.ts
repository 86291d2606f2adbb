import {trailStore} from '../audit/trail-store.ts'
import {trailsOf} from '../audit/trails.ts'
import {verifyTrail} from '../audit/verify.ts'
import {getUserContext} from '../context.ts'
import type {Found} from './finding.ts'

/** The own trail and the system's are whole. */
export async function* auditHolds(): AsyncGenerator<Found> {
  const user = getUserContext()
  const own = user === undefined || user.role === 'anonymous' ? [] : await trailsOf({kind: 'own'})
  for (const trail of [...own, trailStore().system()]) {
    const {broken, torn, unchained} = await verifyTrail(trail)
    for (const {file, line, reason} of broken)
      yield {
        severity: 'error',
        code: 'AUDIT_BROKEN',
        message: `${line === 0 ? 'The audit trail' : `Line ${line} of the audit trail`}: ${reason}`,
        path: file,
        hint: 'Compare it with a backup; mh audit verify looks again'
      }
    if (torn > 0)
      yield {
        severity: 'info',
        code: 'AUDIT_TORN',
        message: `${torn} audit entries were cut by a crash; what they tell of was never acknowledged`,
        path: trail.place
      }
    if (unchained > 0)
      yield {
        severity: 'info',
        code: 'AUDIT_UNCHAINED',
        message: `${unchained} audit entries are older than the chain; nothing vouches for them`,
        path: trail.place
      }
  }
}
