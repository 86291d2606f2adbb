import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {auditSystem} from '../audit.ts'
import {conflict, MhError} from '../errors.ts'
import {reach} from '../faults.ts'
import {ensureSystemFolder, syncFolder, unwritable, writeDurably} from '../files.ts'
import type {AccountsLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {systemZone} from '../time.ts'
import {findUserByName, listUsers, writeUsers} from './accounts.ts'
import {auditAccount, changeAccounts} from './change-accounts.ts'
import {checkDetails} from './details.ts'
import {creationMark, finishInterrupted} from './finish.ts'
import {writeJournal} from './journal.ts'
import {requireAdministrator} from './permissions.ts'
import {publicUser} from './show.ts'
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

/**
 * Makes an account and its profile: both, or neither. The first one is owner and becomes active; later ones need an administrator.
 *
 * The profile is built aside and moved to its place in one rename; the account, written last, is what makes it exist. A crash
 * between the two leaves a journal, by which the next creation removes the folder.
 * @throws MhError INVALID_USERNAME, WEAK_PASSWORD (exit 2), NOT_ADMINISTRATOR (exit 4), USER_EXISTS, PROFILE_EXISTS (exit 5)
 */
export async function createUser(wanted: NewUser): Promise<PublicUser> {
  refuseOthers(wanted)
  const passwordHash = await hashOf(wanted)
  return changeAccounts(async (lock) => {
    const first = refuseOthers(wanted)
    const user = {...newUser(wanted, first), ...(passwordHash === undefined ? {} : {passwordHash})}
    try {
      refuseTaken(user)
      await build(lock, user, first)
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
    await auditAccount(lock, user, {
      category: 'security',
      event: 'user_created',
      details: {username: user.username, role: user.role}
    })
    return publicUser(user)
  })
}

/** @returns whether this is the first account, which anybody may make */
function refuseOthers({username, displayName, email}: NewUser): boolean {
  const first = listUsers().length === 0
  if (!first) requireAdministrator(`Creating ${username}`)
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

function newUser({username, role, displayName, email}: NewUser, first: boolean): User {
  const metadata = {...(displayName === undefined ? {} : {displayName}), ...(email === undefined ? {} : {email})}
  return {
    id: process.getBuiltinModule('node:crypto').randomUUID(),
    username,
    role: first ? 'owner' : (role ?? 'member'),
    createdAt: new Date().toISOString(),
    metadata
  }
}

function refuseTaken({username}: User): void {
  const taken = findUserByName(username)
  if (taken !== undefined)
    throw conflict('USER_EXISTS', `There is a user ${taken.username} already`, 'Choose another name')
  const folder = join(systemPaths.profiles, username)
  if (existsSync(folder))
    throw conflict(
      'PROFILE_EXISTS',
      `The folder ${folder} is there, but belongs to no account`,
      'Move it away, or choose another name; mh doctor tells more'
    )
}

async function build(lock: AccountsLock, user: User, first: boolean): Promise<void> {
  const {starterProfile} = await import('./starter.ts')
  const aside = join(systemPaths.temporary, `profile-${user.id}`)
  const place = join(systemPaths.profiles, user.username)
  ensureSystemFolder(systemPaths.temporary)
  ensureSystemFolder(systemPaths.profiles)
  ensureSystemFolder(systemPaths.run)
  try {
    writeTree(
      aside,
      starterProfile(
        {
          username: user.username,
          ...(user.metadata?.displayName === undefined ? {} : {displayName: user.metadata.displayName})
        },
        user.createdAt ?? '',
        systemZone()
      )
    )
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

/** Every folder of a profile and its starter files, each made durable. */
function writeTree(root: string, files: Record<string, unknown>): void {
  const folders = new Set(
    Object.values(PROFILE_LAYOUT).map((path) =>
      path.includes('.json') || path === PROFILE_LAYOUT.chatHistory ? dirname(path) : path
    )
  )
  for (const folder of folders) mkdirSync(join(root, folder), {recursive: true, mode: 0o700})
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true, mode: 0o700})
    writeDurably(join(root, path), `${JSON.stringify(value, null, 2)}\n`, join(root, PROFILE_LAYOUT.temporary))
  }
  for (const folder of folders) syncFolder(join(root, folder))
}
