import {auditProfile, auditSystem} from '../audit.ts'
import {enterContext} from '../backend.ts'
import {noteAssumedChange} from '../change.ts'
import {withAccountsLock, withProfileLock} from '../locks.ts'
import {everybody} from '../users/accounts.ts'
import {contextOf} from '../users/identify.ts'
import {requireAdministrator} from '../users/permissions.ts'
import {readUsage, type UsageOfDay} from './usage.ts'

/**
 * The usage of everybody on this machine, person by person. Looking into others' is noted in their trails and the system's.
 * @param since milliseconds; everything where it is missing
 * @throws MhError NOT_ADMINISTRATOR (exit 4)
 */
export async function readUsageOfAll(since?: number): Promise<(UsageOfDay & {username: string})[]> {
  const reader = requireAdministrator('The usage of everybody')
  const event = {category: 'security', event: 'usage_read', details: {of: 'everybody'}} as const
  const people = await everybody()
  const others = people.filter(({id}) => id !== reader.userId).sort((a, b) => (a.id < b.id ? -1 : 1))
  await withAccountsLock(async (lock) => {
    await noteAssumedChange(lock)
    auditSystem(lock, event, reader.userId)
    for (const {id} of others) await withProfileLock(id, (profile) => auditProfile(profile, event))
  })
  const all = await Promise.all(
    people.map((user) =>
      enterContext(contextOf(user), async () =>
        (await readUsage(since)).map((usage) => ({...usage, username: user.username}))
      )
    )
  )
  return all.flat()
}
