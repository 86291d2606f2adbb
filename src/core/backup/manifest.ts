import {isObject} from '../json.ts'
import {isAccountId, isAccountName, type User} from '../users/user.ts'

/** Name of the manifest in an archive. It stands first, so that a list of backups reads no more than that. */
export const MANIFEST = 'manifest.json'

export interface ManifestFile {
  /** With "/". In a backup below the data root, "profiles/ada/persona/core.json"; in an export below the profile. */
  path: string
  size: number
  /** Hex; empty for a link. */
  sha256: string
  /** When the file was changed last, ISO 8601, UTC. */
  modified?: string
  /** What a symbolic link names. */
  link?: string
}

/** What a backup was made for: because somebody said so, or before something that cannot be undone. */
export type BackupReason = 'create' | 'restore' | 'delete' | 'migrate'

/** What a backup says about itself. */
export interface Manifest {
  version: 1
  id: string
  /** ISO 8601, UTC. */
  createdAt: string
  reason?: BackupReason
  /** Whether it is one of everybody, and not of one person. */
  everybody?: true
  accounts: User[]
  files: ManifestFile[]
}

/** What an encrypted backup says about itself to whoever has no passphrase: whose it is, and how much there is. */
export interface SealedManifest extends Omit<Manifest, 'accounts' | 'files'> {
  encrypted: 'age'
  accounts: {id: string; username: string; files: number}[]
}

/** @throws Error that says what is wrong with the text of a manifest */
export function parseManifest(text: string): Manifest {
  const value = parseHead(text)
  const {accounts, files} = value
  if (!isList(files, isFile)) throw new Error('the manifest does not list its files properly')
  const homes = (accounts as User[]).map(({username}) => `profiles/${username}/`)
  const stranger = files.find(({path}) => !homes.some((home) => path.startsWith(home)))
  if (stranger !== undefined) throw new Error(`${shown(stranger.path)} lies outside the profiles of the backup`)
  return value as unknown as Manifest
}

/** The same without a look at each file: what a list of backups shows. @throws Error as parseManifest does */
export function parseListed(text: string): Omit<SealedManifest, 'encrypted'> {
  const {files, accounts, ...head} = parseHead(text)
  const paths = Array.isArray(files) ? files.map((file: Partial<ManifestFile> | null) => String(file?.path)) : []
  return {
    ...(head as unknown as Omit<SealedManifest, 'encrypted' | 'accounts'>),
    accounts: (accounts as User[]).map(({id, username}) => ({
      id,
      username,
      files: paths.filter((path) => path.startsWith(`profiles/${username}/`)).length
    }))
  }
}

/** @throws Error that says what is wrong with it */
export function parseSealedManifest(text: string): SealedManifest {
  const value = parseHead(text)
  if (value.encrypted !== 'age') throw new Error('it is no backup')
  return value as unknown as SealedManifest
}

/** What a file's entry in a manifest has to be, whoever wrote it. */
export const isFile = (value: unknown): value is ManifestFile =>
  isObject(value) &&
  typeof value.path === 'string' &&
  isSafePath(value.path) &&
  typeof value.size === 'number' &&
  Number.isSafeInteger(value.size) &&
  value.size >= 0 &&
  typeof value.sha256 === 'string' &&
  (value.link === undefined ? /^[\da-f]{64}$/.test(value.sha256) : typeof value.link === 'string') &&
  (value.modified === undefined || !Number.isNaN(Date.parse(String(value.modified))))

export const isList = <T>(value: unknown, is: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(is)

/** A path that stays below where it is put, on every file system. */
const isSafePath = (path: string): boolean =>
  path.length <= 4096 &&
  !/[\\\0]/.test(path) &&
  path.split('/').every((segment) => segment !== '' && !/^\.{1,2}$/.test(segment) && Buffer.byteLength(segment) <= 255)

function parseHead(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('the manifest is no JSON')
  }
  if (!isObject(value)) throw new Error('the manifest is no object')
  if (value.version !== 1)
    throw new Error(`the manifest has the version ${shown(String(value.version))}, which this mh does not know`)
  if (typeof value.id !== 'string' || !/^[\w.-]{1,200}$/.test(value.id))
    throw new Error('the manifest has no proper id')
  if (typeof value.createdAt !== 'string' || Number.isNaN(Date.parse(value.createdAt)))
    throw new Error('the manifest does not say when it was made')
  if (!isList(value.accounts, isAccount)) throw new Error('the manifest does not say properly whose it is')
  return value
}

const isAccount = (value: unknown): value is User =>
  isObject(value) && isAccountId(value.id) && isAccountName(value.username)

const shown = (text: string): string => JSON.stringify(text.slice(0, 100))
