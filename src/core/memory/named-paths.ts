import {realpathSync} from 'node:fs'
import {join} from 'node:path'
import {requireUserContext} from '../context.ts'
import {type MhError, notAllowed} from '../errors.ts'
import {isInside} from '../files.ts'
import {paths} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {isAdministrator} from '../users/permissions.ts'
import {placeOf} from '../users/policy.ts'

/**
 * Whether the current person may read what lies at a path that they named. Outside the data root that is for the operating
 * system to say. Inside it everybody reads their own profile, and administrators what is nobody's (the memories of a system
 * that had no profiles yet); another person's profile is read by nobody in this way.
 * @param path absolute, without links
 */
export function mayRead(path: string): boolean {
  const user = requireUserContext()
  const place = placeOf(path)
  if (place.kind !== 'system') return place.kind === 'outside' || place.userId === user.userId
  // A folder below profiles/ without an account is somebody's all the same.
  return (
    isAdministrator(user) &&
    [systemPaths.profiles, systemPaths.backups].every((folder) => !isInside(path, realpathIfThere(folder)))
  )
}

/** @throws MhError PATH_NOT_ALLOWED (exit 4) */
export function requireReadable(named: string, path: string): void {
  if (!mayRead(path)) throw notYours(named)
}

/**
 * Whether something may be written where a person said. In the data root that is their own out/ only: elsewhere a file would
 * take the place of one of mh's.
 * @param path absolute, its folder without links
 * @throws MhError PATH_NOT_ALLOWED (exit 4)
 */
export function requireWritable(named: string, path: string): void {
  if (placeOf(path).kind !== 'outside' && !isInside(path, join(realpathSync(paths.root), 'out'))) throw notYours(named)
}

const notYours = (named: string): MhError =>
  notAllowed(
    'PATH_NOT_ALLOWED',
    `${named} lies where mh keeps its own data, and is not yours to use`,
    'Name a place outside it'
  )

function realpathIfThere(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
