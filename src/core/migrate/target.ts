import {readdirSync, readFileSync} from 'node:fs'
import {join, relative, sep} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import {daysOf} from '../audit/trail-store.ts'
import {errno} from '../errors.ts'
import {isObject, type JsonObject} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {starterProfile} from '../users/starter.ts'
import type {User} from '../users/user.ts'
import {splitDay} from './audit-days.ts'

/**
 * What a profile holds beside what every new one begins with: paths below it, "/" divided. A profile is empty where there is
 * nothing. Its audit trail does not count, nor what is being written.
 */
export function occupied(root: string, user: User): string[] {
  const starter = startersOf(user)
  return filesBelow(root).filter((path) => {
    const unchanged = starter[path]
    return unchanged === undefined || !isStarter(join(root, path), unchanged)
  })
}

/** Paths of the documents that a new profile begins with. */
export const starterPaths = (user: User): string[] => Object.keys(startersOf(user))

/** The day from which on a trail is chained: lines without hashes are good before it. undefined where it has none yet. */
export const firstChainedDay = (root: string): string | undefined =>
  daysOf(join(root, PROFILE_LAYOUT.audit)).find(
    (day) => splitDay(readFileSync(join(root, PROFILE_LAYOUT.audit, day))).chained.length > 0
  )

const startersOf = ({username, metadata}: User): Record<string, JsonObject> =>
  starterProfile(
    {username, ...(metadata?.displayName === undefined ? {} : {displayName: metadata.displayName})},
    '',
    ''
  )

function isStarter(path: string, starter: JsonObject): boolean {
  try {
    return isDeepStrictEqual(withoutVolatile(JSON.parse(readFileSync(path, 'utf8'))), withoutVolatile(starter))
  } catch {
    return false // It was changed, into something that is no JSON.
  }
}

/** What differs from one new profile to the next: when and where it was made, and the person's name as it was then. */
function withoutVolatile(document: unknown): unknown {
  if (!isObject(document)) return document
  const {lastUpdated, lastChanged, timezone, identity, ...rest} = document
  if (!isObject(identity)) return rest
  const {name, humanName, email, ...same} = identity
  return {...rest, identity: same}
}

function filesBelow(root: string): string[] {
  try {
    return readdirSync(root, {withFileTypes: true, recursive: true})
      .filter((entry) => !entry.isDirectory())
      .map(({parentPath, name}) => relative(root, join(parentPath, name)).split(sep).join('/'))
      .filter(
        (path) => !path.startsWith(`${PROFILE_LAYOUT.temporary}/`) && !path.startsWith(`${PROFILE_LAYOUT.audit}/`)
      )
      .sort()
  } catch (error) {
    if (errno(error) === 'ENOENT') return []
    throw error
  }
}
