import {userInfo} from 'node:os'
import {checkUsername} from './username.ts'

/** A name for the first account: that of the person's account on this machine, where it can be one here. */
export function suggestUsername(): string | undefined {
  let name: string
  try {
    name = userInfo().username.toLowerCase()
    checkUsername(name)
  } catch {
    // No account of that id (in a container), or a name that breaks a rule: then the person is asked.
    return undefined
  }
  return name
}
