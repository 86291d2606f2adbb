import {readRole, type User, WRITTEN_ROLE} from '../users/user.ts'

/** An account as the store keeps it: the JSON that users.json would have of it. */
export function formatAccount(user: User): string {
  return JSON.stringify(WRITTEN_ROLE in user ? {...user, role: user[WRITTEN_ROLE]} : user)
}

export function readAccount(record: string): User {
  const user = JSON.parse(record) as User
  return {...user, role: readRole(user.role), [WRITTEN_ROLE]: user.role}
}
