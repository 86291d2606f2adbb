import {writeFileSync} from 'node:fs'
import {ANONYMOUS, type UserContext, withUserContext} from '../../src/core/context.ts'
import {type ProfilePath, paths} from '../../src/core/paths.ts'
import {requireUserByName} from '../../src/core/users/accounts.ts'
import {createUser} from '../../src/core/users/create.ts'
import {contextOf} from '../../src/core/users/identify.ts'

/** Makes people, the first of whom is owner, and gives their contexts. Needs a temporary home. */
export async function makePeople<Name extends string>(...names: Name[]): Promise<Record<Name, UserContext>> {
  const made: Partial<Record<Name, UserContext>> = {}
  let maker = ANONYMOUS
  for (const username of names) {
    await withUserContext(maker, () => createUser({username}))
    made[username] = contextOf(requireUserByName(username))
    if (maker === ANONYMOUS) maker = made[username]
  }
  return made as Record<Name, UserContext>
}

/** Puts a document in the place of the profile's own. @param text JSON where it is no string */
export function setDocument(user: UserContext, name: ProfilePath, text: unknown): void {
  withUserContext(user, () =>
    writeFileSync(paths[name], typeof text === 'string' ? text : JSON.stringify(text, null, 2))
  )
}
