import {readFileSync, type Stats} from 'node:fs'
import {join, sep} from 'node:path'
import {backend, needsFiles} from '../backend.ts'
import {conflict, notFound} from '../errors.ts'
import {ensureSystemFolder, noFolder, profileGone, unreadable, unwritable, writeDurably} from '../files.ts'
import {glance, glanceAtFile, glanceAtLink} from '../glance.ts'
import {isObject, parseJson} from '../json.ts'
import type {AccountsLock} from '../locks.ts'
import {alternatives, nearest} from '../nearest.ts'
import {isSameFile} from '../same-file.ts'
import {systemPaths} from '../system-paths.ts'
import {keepCopy} from './copies.ts'
import {isAccountId, isAccountName, readRole, type User, WRITTEN_ROLE} from './user.ts'

interface AccountsFile {
  version: number
  users: User[]
  [key: string]: unknown
}

interface Known {
  path: string
  /** What the file was when it was looked at last. */
  stat: Stats
  file: AccountsFile
  byId: ReadonlyMap<string, User>
}

let cached: Known | undefined
const NOBODY: Pick<Known, 'file' | 'byId'> = {file: {version: 1, users: []}, byId: new Map()}

/**
 * All accounts of users.json, in the order in which they were made. Read again whenever the file has changed, so that a role that was taken
 * away is gone at once in every process.
 * Where a database keeps the accounts there may be millions: `everybody` reads them, for what administers.
 * @throws MhError UNREADABLE_FILE where users.json is damaged: it is never taken for an empty one
 */
export function listUsers(): readonly User[] {
  if (backend() !== undefined) throw needsFiles('A list of users.json')
  return read().file.users
}

/** Whether nobody has an account yet. */
export const isEmpty = (): boolean => backend()?.empty ?? read().file.users.length === 0

/** All accounts, in the order in which they were made. For what administers. @throws MhError UNREADABLE_FILE */
export const everybody = async (): Promise<readonly User[]> => (await backend()?.accounts.all()) ?? read().file.users

/** The account with that name (case does not count), or undefined. */
export async function userByName(username: string): Promise<User | undefined> {
  const store = backend()
  return store === undefined ? findUserByName(username) : store.accounts.byName(username)
}

export async function userById(id: string): Promise<User | undefined> {
  const store = backend()
  return store === undefined ? findUserById(id) : store.accounts.byId(id)
}

/** Whether somebody else is an owner. */
export async function hasOwnerBeside(id: string): Promise<boolean> {
  const store = backend()
  if (store !== undefined) return store.accounts.hasOwnerBeside(id)
  return read().file.users.some((user) => user.id !== id && user.role === 'owner')
}

/** The account of users.json with that name (case does not count), or undefined. */
export function findUserByName(username: string): User | undefined {
  const name = username.toLowerCase()
  return listUsers().find((user) => user.username.toLowerCase() === name)
}

/** The account with that id, of those that are at hand: all of users.json; from a database the current person's. */
export function findUserById(id: string): User | undefined {
  const store = backend()
  return store === undefined ? read().byId.get(id) : store.account(id)
}

/** The account with that name. @throws MhError USER_NOT_FOUND (exit 3) with the nearest names */
export async function requireUser(username: string): Promise<User> {
  return (await userByName(username)) ?? unknownUser(username)
}

/** The same of users.json. */
export const requireUserByName = (username: string): User => findUserByName(username) ?? unknownUser(username)

function unknownUser(username: string): never {
  throw userNotFound(`There is no user ${JSON.stringify(username)}`, username)
}

/** @param wanted what the names in the hint should be near to; all names where it is undefined */
export function userNotFound(message: string, wanted?: string): Error {
  const names = backend() === undefined ? read().file.users.map(({username}) => username) : []
  const near = wanted === undefined ? names.slice(0, 5) : nearest(wanted, names)
  return notFound(
    'USER_NOT_FOUND',
    message,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'mh user list shows who is there'
  )
}

/**
 * The folder of an account's profile, found by id at each call: a process that outlives a rename or deletion is told so.
 * @throws MhError PROFILE_GONE (exit 5) where the account or its folder is not there any more, AccessDeniedError where the folder is a link
 */
export function profileFolder(userId: string): string {
  if (backend() !== undefined) throw needsFiles('A path in a profile')
  return glance(`profile ${userId}`, () => lookForFolder(userId))
}

function lookForFolder(userId: string): string {
  const user = findUserById(userId)
  if (user === undefined) {
    throw conflict(
      'PROFILE_GONE',
      `The account ${userId} is gone: it was deleted meanwhile`,
      'mh user list shows who is there'
    )
  }
  // A username has no separator in it.
  const folder = `${systemPaths.profiles}${sep}${user.username}`
  const stat = glanceAtLink(folder)
  // Without this a profile that is gone would look like an empty one, and its persona like the default.
  if (stat === undefined) throw profileGone(folder)
  if (stat.isSymbolicLink()) throw noFolder(folder)
  return folder
}

/** Replaces the accounts, durably. Keys of the file that this version does not know stay. */
export function writeUsers(_lock: AccountsLock, users: readonly User[]): void {
  const file = {
    ...read().file,
    users: users.map((user) => (WRITTEN_ROLE in user ? {...user, role: user[WRITTEN_ROLE]} : user))
  }
  const text = `${JSON.stringify(file, null, 2)}\n`
  ensureSystemFolder(join(systemPaths.root, 'persona'))
  ensureSystemFolder(systemPaths.temporary)
  try {
    writeDurably(systemPaths.users, text, systemPaths.temporary)
  } catch (error) {
    throw unwritable(systemPaths.users, error)
  }
  keepCopy(text)
}

/** Puts the changed account in the place of the one with its id. */
export function replaceUser(lock: AccountsLock, changed: User): void {
  if (lock.writes !== undefined) {
    lock.writes.replace(changed)
    return
  }
  writeUsers(
    lock,
    listUsers().map((user) => (user.id === changed.id ? changed : user))
  )
}

/** The accounts that a text of users.json holds. @throws MhError UNREADABLE_FILE where it holds none */
export const parseUsers = (text: string, path: string): readonly User[] => check(parseJson(text, path), path).users

const read = (): Pick<Known, 'file' | 'byId'> => glance('accounts', look)

function look(): Pick<Known, 'file' | 'byId'> {
  const path = systemPaths.users
  let stat: Stats | undefined
  try {
    stat = glanceAtFile(path)
  } catch (error) {
    throw unwritable(path, error)
  }
  if (stat === undefined) return NOBODY
  if (cached?.path !== path || !isSameFile(cached.stat, stat)) {
    const file = check(parseJson(readFileSync(path, 'utf8'), path), path)
    cached = {path, stat, file, byId: new Map(file.users.map((user) => [user.id, user]))}
  }
  return cached
}

/** Checked by hand: this is read by every command, and zod would cost as much as all the rest of the reading. */
function check(value: unknown, path: string): AccountsFile {
  const users = isObject(value) ? value.users : undefined
  if (!isObject(value) || !Array.isArray(users)) throw unreadable(path, 'it has no list "users"')
  const names = new Set<string>()
  const ids = new Set<string>()
  const checked = users.map((user: unknown, index): User => {
    if (!isObject(user) || !isAccountId(user.id) || typeof user.username !== 'string')
      throw unreadable(path, `users[${index}] has no proper id and username`)
    if (!isAccountName(user.username))
      throw unreadable(path, `users[${index}] has the username ${JSON.stringify(user.username)}`)
    const name = user.username.toLowerCase()
    if (names.has(name)) throw unreadable(path, `two accounts have the name ${user.username}`)
    names.add(name)
    // Locks and the index go by the id: two people with one would share a memory.
    const id = user.id.toLowerCase()
    if (ids.has(id) || id === 'accounts')
      throw unreadable(path, `users[${index}] has the id ${user.id}, which is taken`)
    ids.add(id)
    return {
      ...user,
      id: user.id,
      username: user.username,
      role: readRole(user.role),
      [WRITTEN_ROLE]: user.role
    }
  })
  return {...value, version: typeof value.version === 'number' ? value.version : 1, users: checked}
}
