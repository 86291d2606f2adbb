import {isFile, isList, type ManifestFile} from '../backup/manifest.ts'
import {isObject} from '../json.ts'
import {isAccountId, type User} from './user.ts'

/** What an export says about itself: its first entry, manifest.json. It depends on nothing but the person. */
export interface PersonManifest {
  version: 1
  kind: 'person'
  account: PersonAccount
  /** Paths are below the profile, in their order. */
  files: ManifestFile[]
}

/** Of an account what goes along with a person: no role, and nothing that opens a door. */
export interface PersonAccount {
  id: string
  username: string
  createdAt?: string
  lastLogin?: string
  displayName?: string
  email?: string
  avatar?: string
}

/** The folders of a profile that an export holds. */
export const PERSONAL_FOLDERS = ['persona', 'memory', 'etc', 'out'] as const

export function personAccount({id, username, createdAt, lastLogin, metadata}: User): PersonAccount {
  const {displayName, email, avatar} = metadata ?? {}
  return defined({id, username, createdAt, lastLogin, displayName, email, avatar})
}

/** The account that somebody of an export gets; `id`, name and role are the importer's to say. */
export function accountOf(
  {createdAt, lastLogin, displayName, email, avatar}: PersonAccount,
  given: Pick<User, 'id' | 'username' | 'role'>
): User {
  return {...given, ...defined({createdAt, lastLogin}), metadata: defined({displayName, email, avatar})}
}

/** @throws Error that says what is wrong with it */
export function parsePerson(text: string): PersonManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('the manifest is no JSON')
  }
  if (!isObject(value) || value.kind !== 'person') throw new Error('it is no export of a person')
  if (value.version !== 1) throw new Error(`it has the version ${String(value.version)}, which this mh does not know`)
  const {account, files} = value
  if (
    !isObject(account) ||
    !isAccountId(account.id) ||
    account.id.toLowerCase() === 'accounts' ||
    typeof account.username !== 'string'
  )
    throw new Error('the manifest does not say properly whose it is')
  for (const key of ['createdAt', 'lastLogin', 'displayName', 'email', 'avatar'] as const)
    if (account[key] !== undefined && !isShort(account[key])) throw new Error(`the account has no proper ${key}`)
  if (typeof account.avatar === 'string' && !/^persona\/avatar\.\w+$/.test(account.avatar))
    throw new Error('the account has no proper avatar')
  if (!isList(files, isFile)) throw new Error('the manifest does not list its files properly')
  const stranger = files.find(
    ({path, link}) => link !== undefined || !PERSONAL_FOLDERS.some((folder) => path.startsWith(`${folder}/`))
  )
  if (stranger !== undefined)
    throw new Error(`${JSON.stringify(stranger.path.slice(0, 100))} does not belong into an export of a person`)
  return value as unknown as PersonManifest
}

/** One line of text, as a name or an address is. */
const isShort = (value: unknown): boolean => typeof value === 'string' && value.length <= 254 && !/\p{Cc}/u.test(value)

const defined = <T extends object>(value: T): {[Key in keyof T]: Exclude<T[Key], undefined>} =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
