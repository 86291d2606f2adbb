import {auditSystem} from '../audit.ts'
import {changeProfile} from '../change.ts'
import {readRootConfig, unsetRootConfig, writeRootConfig} from '../config.ts'
import {getUserContext, requireUserContext} from '../context.ts'
import {readDocument, writeDocument} from '../documents.ts'
import type {JsonObject} from '../json.ts'
import type {AccountsLock} from '../locks.ts'
import {isEmpty} from '../users/accounts.ts'
import {changeAccounts} from '../users/change-accounts.ts'
import {isAdministrator, requireAdministrator, requirePermission} from '../users/permissions.ts'
import {readValue, requireSetting, SETTINGS, type Setting} from './keys.ts'

/** Who said what a setting is: the first of these that did. A command's own flag goes before all of them. */
export type Origin = 'environment' | 'profile' | 'root' | 'default'

export interface SettingValue {
  key: string
  value: unknown
  origin: Origin
}

/** The settings that the current person may see: their own, and for administrators those of the data root. */
export function listSettings(): SettingValue[] {
  const user = getUserContext()
  const administers = mayAdminister()
  return SETTINGS.filter(({scope}) =>
    scope === 'root' ? administers : user !== undefined && user.role !== 'anonymous'
  ).map(find)
}

/** @throws MhError UNKNOWN_KEY (exit 2), NOT_ADMINISTRATOR (exit 4) */
export function readSetting(key: string): SettingValue {
  const setting = requireSetting(key)
  if (setting.scope === 'root') requireRoot(setting)
  return find(setting)
}

/** @param typed as a person wrote it @throws MhError UNKNOWN_KEY, INVALID_VALUE (exit 2), NOT_ADMINISTRATOR, NOT_ALLOWED_FOR_ROLE (exit 4) */
export function writeSetting(key: string, typed: string): Promise<SettingValue> {
  const setting = requireSetting(key)
  const value = readValue(setting, typed)
  return change(
    setting,
    (document) => ({...document, [key]: value}),
    (lock) => writeRootConfig(lock, {[key]: value})
  )
}

/** Takes a setting away, so that the next origin counts. @throws as writeSetting */
export function unsetSetting(key: string): Promise<SettingValue> {
  return change(
    requireSetting(key),
    ({[key]: _removed, ...others}) => others,
    (lock) => unsetRootConfig(lock, key)
  )
}

async function change(
  setting: Setting,
  changeDocument: (document: JsonObject) => JsonObject,
  changeRoot: (lock: AccountsLock) => Promise<void>
): Promise<SettingValue> {
  const {key, scope} = setting
  const event = {category: 'action', event: 'setting_changed', details: {key}} as const
  if (scope === 'profile') {
    requireUserContext(`The setting ${key}`)
    requirePermission('config')
    await changeProfile((profile) => {
      writeDocument(profile, 'profile', changeDocument(readDocument('profile') ?? {}))
      profile.audit(event)
    })
  } else {
    requireRoot(setting)
    await changeAccounts(async (lock) => {
      await changeRoot(lock)
      auditSystem(lock, {...event, category: 'security'}, getUserContext()?.userId ?? null)
    })
  }
  return find(setting)
}

function find(setting: Setting): SettingValue {
  const found = findWhole(setting)
  return setting.shown !== undefined && typeof found.value === 'string'
    ? {...found, value: setting.shown(found.value)}
    : found
}

function findWhole({key, environment = [], scope, default: byDefault}: Setting): SettingValue {
  for (const name of environment) if (process.env[name]) return {key, value: process.env[name], origin: 'environment'}
  const own = scope === 'profile' ? readDocument('profile')?.[key] : undefined
  if (own !== undefined) return {key, value: own, origin: 'profile'}
  const shared = readPath(readRootConfig(), key)
  if (shared !== undefined) return {key, value: shared, origin: 'root'}
  return {key, value: byDefault(), origin: 'default'}
}

const readPath = (value: unknown, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (found, name) =>
        typeof found === 'object' && found !== null && Object.hasOwn(found, name)
          ? (found as JsonObject)[name]
          : undefined,
      value
    )

/** While nobody has an account, whoever is at the machine sets it up. */
function mayAdminister(): boolean {
  const user = getUserContext()
  return isEmpty() || (user !== undefined && isAdministrator(user))
}

function requireRoot({key}: Setting): void {
  if (!mayAdminister()) requireAdministrator(`The setting ${key}`)
}
