import {join} from 'node:path'
import type Conf from 'conf'
import {backend} from './backend.ts'
import {ensureSystemFolder, unreadable, unwritable} from './files.ts'
import {lookAgain} from './glance.ts'
import {isObject, type JsonObject, parseShared} from './json.ts'
import type {AccountsLock} from './locks.ts'
import {readRemembered} from './remembered-text.ts'
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
 * The settings of the data root; an empty object where nothing was ever set. Where a database keeps everything, its settings are
 * shared by all machines, and config.json says who is active on this one.
 * @throws MhError UNREADABLE_FILE with the line where config.json is damaged
 */
export function readRootConfig(): Readonly<RootConfig> {
  const store = backend()
  return store === undefined ? readLocalConfig() : {...store.settings(), ...ownOf(readLocalConfig())}
}

/** What a machine knows for itself, whatever keeps everything. */
const OWN_KEYS = ['activeUser', 'recentUsers', 'store']

const ownOf = (config: Readonly<RootConfig>): RootConfig =>
  Object.fromEntries(Object.entries(config).filter(([key]) => isOwn(key)))

const isOwn = (key: string): boolean => OWN_KEYS.includes(key.split('.')[0] ?? '')

/**
 * What config.json of this machine holds. Read with JSON.parse and not through `conf`, which
 * loads a schema validator (12 ms) that reading does not need.
 * @throws MhError UNREADABLE_FILE with the line where config.json is damaged
 */
export function readLocalConfig(): Readonly<RootConfig> {
  const path = systemPaths.config
  const text = readRemembered(path)
  if (text === undefined) return {}
  const value: Readonly<RootConfig> = parseShared(text, path)
  const {activeUser, recentUsers} = value
  if (activeUser !== undefined && typeof activeUser !== 'string') throw unreadable(path, '"activeUser" is not an id')
  if (recentUsers !== undefined && !(Array.isArray(recentUsers) && recentUsers.every((id) => typeof id === 'string'))) {
    throw unreadable(path, '"recentUsers" is not a list of ids')
  }
  return value
}

/** Sets keys of config.json, keeping all others; a dot in a key goes a level down. Written through `conf`, which replaces the file atomically. */
export async function writeRootConfig(lock: AccountsLock, changes: RootConfig): Promise<void> {
  const shared = lock.writes === undefined ? {} : withoutOwnKeys(changes)
  if (Object.keys(shared).length > 0)
    lock.writes?.configure(
      Object.entries(shared).reduce(
        (settings, [key, value]) => withPath(settings, key.split('.'), value),
        backendSettings()
      )
    )
  const local = lock.writes === undefined ? changes : ownOf(changes)
  if (Object.keys(local).length > 0) await changeLocalConfig((config) => config.set(local as Record<string, unknown>))
}

/** Takes a key out of config.json. */
export async function unsetRootConfig(lock: AccountsLock, key: string): Promise<void> {
  if (lock.writes === undefined || isOwn(key)) await changeLocalConfig((config) => config.delete(key))
  else lock.writes.configure(withPath(backendSettings(), key.split('.'), undefined))
}

const backendSettings = (): JsonObject => ({...backend()?.settings()})

/** The settings that everybody shares. */
export const withoutOwnKeys = (config: Readonly<RootConfig>): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !isOwn(key)))

/** The settings with another value at a path; undefined takes it away. */
function withPath(settings: JsonObject, [key = '', ...below]: string[], value: unknown): JsonObject {
  const {[key]: present, ...others} = settings
  const changed = below.length === 0 ? value : withPath(isObject(present) ? present : {}, below, value)
  return changed === undefined ? others : {...others, [key]: changed}
}

async function changeLocalConfig(change: (config: Conf<Record<string, unknown>>) => void): Promise<void> {
  // A damaged file is told before conf sees it: conf would raise an error without path and line.
  readLocalConfig()
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
  } finally {
    lookAgain()
  }
}
