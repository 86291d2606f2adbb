import {join} from 'node:path'
import type Conf from 'conf'
import {ensureSystemFolder, readIfThere, unreadable, unwritable} from './files.ts'
import {parseObject} from './json.ts'
import type {AccountsLock} from './locks.ts'
import {systemPaths} from './system-paths.ts'

/** Settings of the data root, as config.json keeps them. Unknown keys stay. */
export interface RootConfig {
  /** Id of the person that commands act as when nobody else is named. */
  activeUser?: string
  /** Ids of the people who were active, latest first, the present one included. */
  recentUsers?: string[]
  [key: string]: unknown
}

/**
 * The settings of the data root; an empty object where nothing was ever set. Read with JSON.parse and not through `conf`, which
 * loads a schema validator (12 ms) that reading does not need.
 * @throws MhError UNREADABLE_FILE with the line where config.json is damaged
 */
export function readRootConfig(): RootConfig {
  const path = systemPaths.config
  const text = readIfThere(path)
  if (text === undefined) return {}
  const value: RootConfig = parseObject(text, path)
  const {activeUser, recentUsers} = value
  if (activeUser !== undefined && typeof activeUser !== 'string') throw unreadable(path, '"activeUser" is not an id')
  if (recentUsers !== undefined && !(Array.isArray(recentUsers) && recentUsers.every((id) => typeof id === 'string'))) {
    throw unreadable(path, '"recentUsers" is not a list of ids')
  }
  return value
}

/** Sets keys of config.json, keeping all others; a dot in a key goes a level down. Written through `conf`, which replaces the file atomically. */
export const writeRootConfig = (lock: AccountsLock, changes: RootConfig): Promise<void> =>
  changeRootConfig(lock, (config) => config.set(changes as Record<string, unknown>))

/** Takes a key out of config.json. */
export const unsetRootConfig = (lock: AccountsLock, key: string): Promise<void> =>
  changeRootConfig(lock, (config) => config.delete(key))

async function changeRootConfig(
  _lock: AccountsLock,
  change: (config: Conf<Record<string, unknown>>) => void
): Promise<void> {
  // A damaged file is told before conf sees it: conf would raise an error without path and line.
  readRootConfig()
  ensureSystemFolder(systemPaths.root)
  const {default: Config} = await import('conf')
  try {
    change(
      new Config<Record<string, unknown>>({
        cwd: systemPaths.root,
        configName: 'config',
        configFileMode: 0o600,
        clearInvalidConfig: false,
        projectName: 'mh'
      })
    )
  } catch (error) {
    throw unwritable(join(systemPaths.root, 'config.json'), error)
  }
}
