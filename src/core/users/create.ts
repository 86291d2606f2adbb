import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {type AuditEvent, auditSystem} from '../audit.ts'
import {type AccountWrites, backend} from '../backend.ts'
import {conflict, MhError} from '../errors.ts'
import {reach} from '../faults.ts'
import {ensureSystemFolder, syncFolder, unwritable, writeDurably} from '../files.ts'
import type {AccountsLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {systemZone} from '../time.ts'
import {isEmpty, listUsers, userByName, writeUsers} from './accounts.ts'
import {auditAccount, changeAccounts} from './change-accounts.ts'
import {checkDetails} from './details.ts'
import {creationMark, finishInterrupted} from './finish.ts'
import {writeJournal} from './journal.ts'
import {requireAdministrator} from './permissions.ts'
import {publicUser} from './show.ts'
import type {NewPerson} from './starter.ts'
import {activate} from './switch.ts'
import type {PublicUser, User} from './user.ts'
import {checkUsername} from './username.ts'

export interface NewUser {
  username: string
  /** member where it is missing; the first account is always owner. */
  role?: User['role']
  displayName?: string
  email?: string
  /** Without one they cannot sign in to the web. */
  password?: string
}

/** Who may make an account. Asked twice: before the password is hashed, and under the lock of accounts. */
export interface Admission {
  /** Throws where it is refused. @param first whether this is the first account */
  check(first: boolean): Promise<void> | void
  /** Is told, under that lock, that the account was made. */
  used?(): Promise<void>
}

/**
 * Makes an account and its profile: both, or neither. The first one is owner and becomes active; later ones need an administrator.
 *
 * The profile is built aside and moved to its place in one rename; the account, written last, is what makes it exist. A crash
 * between the two leaves a journal, by which the next creation removes the folder.
 * @param admission who may make it; administrators where nothing else is said
 * @throws MhError INVALID_USERNAME, WEAK_PASSWORD (exit 2), NOT_ADMINISTRATOR (exit 4), USER_EXISTS, PROFILE_EXISTS (exit 5)
 */
export async function createUser(wanted: NewUser, admission: Admission = administrators(wanted)): Promise<PublicUser> {
  await refuseOthers(wanted, admission)
  const passwordHash = await hashOf(wanted)
  return changeAccounts(async (lock) => {
    const first = await refuseOthers(wanted, admission)
    const user = {...newUser(wanted, first), ...(passwordHash === undefined ? {} : {passwordHash})}
    await createAccount(lock, user, first)
    await admission.used?.()
    return publicUser(user)
  })
}

/** What an account is made with where it does not begin anew. */
interface Prepared {
  /** A whole profile, durable, below the root's .tmp/; it is moved to its place. */
  profile?: string
  /** The entry of both trails, in place of `user_created`. */
  event?: AuditEvent
}

/**
 * Makes the account that `user` describes, with its profile, for whoever holds the lock of accounts and has checked who may.
 * @throws MhError USER_EXISTS, PROFILE_EXISTS (exit 5), NOT_WRITABLE
 */
export async function createAccount(
  lock: AccountsLock,
  user: User,
  first: boolean,
  {profile, event}: Prepared = {}
): Promise<void> {
  try {
    await refuseTaken(user)
    if (lock.writes === undefined) await build(lock, user, first, profile)
    else await insert(lock, lock.writes, user, first)
  } catch (error) {
    if (!(error instanceof MhError))
      auditSystem(lock, {
        level: 'error',
        category: 'security',
        event: 'user_create_failed',
        details: {username: user.username, code: (error as NodeJS.ErrnoException).code ?? 'unknown'}
      })
    throw unwritable(systemPaths.root, error)
  }
  await auditAccount(
    lock,
    user,
    event ?? {category: 'security', event: 'user_created', details: {username: user.username, role: user.role}}
  )
}

const administrators = ({username}: NewUser): Admission => ({
  check(first) {
    if (!first) requireAdministrator(`Creating ${username}`)
  }
})

/** @returns whether this is the first account */
async function refuseOthers({username, displayName, email}: NewUser, {check}: Admission): Promise<boolean> {
  const first = isEmpty()
  await check(first)
  checkUsername(username)
  checkDetails({displayName, email})
  return first
}

async function hashOf({username, displayName, email, password}: NewUser): Promise<string | undefined> {
  if (password === undefined) return undefined
  const {checkPassword, hashPassword} = await import('./passwords.ts')
  await checkPassword(password, [username, displayName, email])
  return hashPassword(password)
}

/** The record of a new account. @param first whether there is no other */
export function newUser({username, role, displayName, email}: NewUser, first: boolean): User {
  const metadata = {...(displayName === undefined ? {} : {displayName}), ...(email === undefined ? {} : {email})}
  return {
    id: process.getBuiltinModule('node:crypto').randomUUID(),
    username,
    role: first ? 'owner' : (role ?? 'member'),
    createdAt: new Date().toISOString(),
    metadata
  }
}

async function refuseTaken({username}: Pick<User, 'username'>): Promise<void> {
  const taken = await userByName(username)
  if (taken !== undefined)
    throw conflict('USER_EXISTS', `There is a user ${taken.username} already`, 'Choose another name')
  if (backend() === undefined) refuseFolder({username})
}

function refuseFolder({username}: Pick<User, 'username'>): void {
  const folder = join(systemPaths.profiles, username)
  if (existsSync(folder))
    throw conflict(
      'PROFILE_EXISTS',
      `The folder ${folder} is there, but belongs to no account`,
      'Move it away, or choose another name; mh doctor tells more'
    )
}

/**
 * Makes the profile of an account that has none: of a system that knew accounts, but no profiles.
 * @throws MhError PROFILE_EXISTS (exit 5)
 */
export async function createProfile(_lock: AccountsLock, user: User): Promise<void> {
  refuseFolder(user)
  const aside = await writeAside(user)
  renameSync(aside, join(systemPaths.profiles, user.username))
  syncFolder(systemPaths.profiles)
}

/** The same where a database keeps everything: the transaction is what makes both or neither. */
async function insert(lock: AccountsLock, writes: AccountWrites, user: User, first: boolean): Promise<void> {
  const {starterProfile} = await import('./starter.ts')
  const documents = starterProfile(personOf(user), user.createdAt ?? '', systemZone())
  writes.insert(
    user,
    Object.fromEntries(Object.entries(documents).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]))
  )
  if (first) await activate(lock, user)
}

async function build(lock: AccountsLock, user: User, first: boolean, prepared: string | undefined): Promise<void> {
  const aside = asideOf(user)
  const place = join(systemPaths.profiles, user.username)
  try {
    if (prepared === undefined) await writeAside(user)
    else {
      ensureFolders(aside)
      renameSync(prepared, aside)
    }
    writeFileSync(join(aside, creationMark(user.id)), '', {mode: 0o600})
    writeJournal({action: 'create', id: user.id, username: user.username})
    reach('account-journal')
    renameSync(aside, place)
    syncFolder(systemPaths.profiles)
    reach('account-profile')
    if (first) await activate(lock, user)
    reach('account-active')
    writeUsers(lock, [...listUsers(), user])
    reach('account-users')
  } catch (error) {
    // Whatever stopped it: without an account there is no profile.
    rmSync(aside, {recursive: true, force: true})
    await finishInterrupted(lock)
    throw error
  }
  await finishInterrupted(lock)
}

function ensureFolders(aside: string): void {
  ensureSystemFolder(systemPaths.temporary)
  ensureSystemFolder(systemPaths.profiles)
  ensureSystemFolder(systemPaths.run)
  // What a crash left of an earlier try.
  rmSync(aside, {recursive: true, force: true})
}

const asideOf = ({id}: User): string => join(systemPaths.temporary, `profile-${id}`)

/** Builds a profile where nobody looks. @returns its folder, which is then renamed to its place */
async function writeAside(user: User): Promise<string> {
  const {starterProfile} = await import('./starter.ts')
  const aside = asideOf(user)
  ensureFolders(aside)
  writeTree(aside, starterProfile(personOf(user), user.createdAt ?? '', systemZone()))
  return aside
}

const personOf = ({username, metadata}: User): NewPerson => ({
  username,
  ...(metadata?.displayName === undefined ? {} : {displayName: metadata.displayName})
})

/** The folders that every profile has. */
export const profileFolders = (): string[] => [
  ...new Set(
    Object.values(PROFILE_LAYOUT).map((path) =>
      path.includes('.json') || path === PROFILE_LAYOUT.chatHistory ? dirname(path) : path
    )
  )
]

/** Every folder of a profile and its starter files, each made durable. */
function writeTree(root: string, files: Record<string, unknown>): void {
  const folders = profileFolders()
  for (const folder of folders) mkdirSync(join(root, folder), {recursive: true, mode: 0o700})
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true, mode: 0o700})
    writeDurably(join(root, path), `${JSON.stringify(value, null, 2)}\n`, join(root, PROFILE_LAYOUT.temporary))
  }
  for (const folder of folders) syncFolder(join(root, folder))
}
