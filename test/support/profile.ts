import {writeFileSync} from 'node:fs'
import {backend, enterContext} from '../../src/core/backend.ts'
import {changeProfile} from '../../src/core/change.ts'
import {ANONYMOUS, type UserContext, withUserContext} from '../../src/core/context.ts'
import {writeProfileFile} from '../../src/core/documents.ts'
import {PROFILE_LAYOUT, type ProfilePath, paths} from '../../src/core/paths.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {createUser} from '../../src/core/users/create.ts'
import {contextOf} from '../../src/core/users/identify.ts'

/** Makes people, the first of whom is owner, and gives their contexts. Needs a temporary home. */
export async function makePeople<Name extends string>(...names: Name[]): Promise<Record<Name, UserContext>> {
  const made: Partial<Record<Name, UserContext>> = {}
  let maker = ANONYMOUS
  for (const username of names) {
    await enterContext(maker, () => createUser({username}))
    made[username] = contextOf(await requireUser(username))
    if (maker === ANONYMOUS) maker = made[username]
  }
  return made as Record<Name, UserContext>
}

/** Puts a document in the place of the profile's own. @param text JSON where it is no string */
export async function setDocument(user: UserContext, name: ProfilePath, text: unknown): Promise<void> {
  const written = typeof text === 'string' ? text : JSON.stringify(text, null, 2)
  if (backend() === undefined) withUserContext(user, () => writeFileSync(paths[name], written))
  else
    await enterContext(user, () => changeProfile((change) => writeProfileFile(change, PROFILE_LAYOUT[name], written)))
}
