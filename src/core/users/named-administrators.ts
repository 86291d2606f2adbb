import {readIfThere} from '../files.ts'
import {systemPaths} from '../system-paths.ts'

/**
 * The usernames (lower case) that ADMIN_USERS names beside the owners, divided by commas. The environment's value counts, else
 * the one in the data root's .env. Read at each call, so that a change counts at once.
 */
export function namedAdministrators(): ReadonlySet<string> {
  const list = process.env.ADMIN_USERS ?? fromFile() ?? ''
  return new Set(
    list
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '')
  )
}

function fromFile(): string | undefined {
  const text = readIfThere(systemPaths.environment)
  return text === undefined ? undefined : process.getBuiltinModule('node:util').parseEnv(text).ADMIN_USERS
}
