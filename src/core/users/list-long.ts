import {enterContext} from '../backend.ts'
import {memoryStore} from '../memory/memories.ts'
import {notify} from '../notices.ts'
import {everybody} from './accounts.ts'
import {auditAccess} from './change-accounts.ts'
import {contextOf} from './identify.ts'
import {requireAdministrator} from './permissions.ts'
import {publicUser} from './show.ts'
import type {PublicUser, User} from './user.ts'

/** An account with how much there is of its person; null where their profile cannot be read. */
export type UserInDetail = PublicUser & {
  memories: number | null
  /** When their newest memory happened, ISO 8601. */
  lastActivity: string | null
  /** Of the memory files. */
  bytes: number | null
}

/** Everybody, with their last activity and size, as their indexes tell. For administrators. @throws MhError NOT_ADMINISTRATOR (exit 4) */
export async function listUsersInDetail(): Promise<UserInDetail[]> {
  requireAdministrator('Listing what everybody has')
  const users = await everybody()
  await auditAccess(users, {category: 'security', event: 'user_viewed', details: {list: 'long'}})
  const detailed: UserInDetail[] = []
  for (const user of users) detailed.push({...publicUser(user), ...(await measure(user))})
  return detailed
}

async function measure(user: User): Promise<Pick<UserInDetail, 'memories' | 'lastActivity' | 'bytes'>> {
  try {
    return await enterContext(contextOf(user), async () => {
      const {total, bytes} = await memoryStore().statistics()
      return {memories: total, lastActivity: (await memoryStore().newest())?.event.timestamp ?? null, bytes}
    })
  } catch (error) {
    // One profile that is damaged does not hide the others.
    notify({code: 'PROFILE_NOT_READ', message: `${user.username}: ${(error as Error).message}`})
    return {memories: null, lastActivity: null, bytes: null}
  }
}
