import {createReadStream} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {backend, needsFiles} from '../backend.ts'
import {type Extraction, extractArchive, newAside, removeAside} from '../backup/extract.ts'
import {withUserId} from '../backup/records.ts'
import {ANONYMOUS, getUserContext} from '../context.ts'
import {conflict, usageError} from '../errors.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, isEmpty, userByName} from './accounts.ts'
import {changeAccounts} from './change-accounts.ts'
import {createAccount, profileFolders} from './create.ts'
import {type MergeConflict, mergeProfile} from './merge.ts'
import {requireAdministrator, requirePermission} from './permissions.ts'
import {accountOf, type PersonManifest, parsePerson} from './person-archive.ts'
import {getSecurityPolicy} from './policy.ts'
import type {User} from './user.ts'
import {checkUsername} from './username.ts'

export interface ImportedPerson {
  username: string
  /** Files and memories that came. */
  imported: number
  /** Those that were here already. */
  skipped: number
  /** What was here with another content: both are kept. */
  conflicts: MergeConflict[]
}

export interface ImportOptions {
  /** Another name than that of the export. */
  as?: string
  /** Adds to a person who is here already. */
  merge?: boolean
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/** Who gets what is imported. */
interface Target {
  id: string
  username: string
  /** Who is here already; undefined where an account is made. */
  present: User | undefined
}

/**
 * Makes a person of an export: an account with the id of the export where nobody has it, a member (owner, if the first), without a
 * password. With `merge`, adds what is not there yet to somebody who is: nothing that is there is replaced.
 * @param source path of the file, a pipe too
 * @throws MhError NO_EXPORT, INVALID_USERNAME, FILE_NOT_READABLE (exit 2), NOT_ADMINISTRATOR, NOT_ALLOWED_IN_MODE (exit 4), USER_EXISTS (exit 5), NO_SPACE, NOT_WRITABLE (exit 1): nothing was changed then
 */
export async function importUser(source: string, options: ImportOptions = {}): Promise<ImportedPerson> {
  if (backend() !== undefined) throw needsFiles('An import of a person')
  const {merge = false, onProgress, signal} = options
  // A new account is for administrators: nobody else has to wait for the reading to be told so.
  if (!isEmpty() && !merge) requireAdministrator('Importing a person')
  const aside = newAside('import')
  let target: Target | undefined
  const {manifest, counts} = await extractArchive(
    openSource(source),
    parsePerson,
    async (found) => {
      target = await findTarget(found, options)
      return [extraction(found, target, aside)]
    },
    {
      refused: (broken) => usageError('NO_EXPORT', `${source} cannot be imported: ${broken}`, 'Nothing was changed'),
      ...(onProgress === undefined ? {} : {onProgress}),
      ...(signal === undefined ? {} : {signal})
    }
  )
  try {
    if (target === undefined) throw new Error('The archive was read and named nobody')
    if (target.present !== undefined) {
      const merged = await mergeProfile(target.present, join(systemPaths.temporary, aside))
      return {username: target.username, ...merged}
    }
    const imported = counts[0] ?? 0
    await make(manifest, target, aside, imported)
    return {username: target.username, imported, skipped: 0, conflicts: []}
  } finally {
    removeAside(aside)
  }
}

function openSource(source: string): Readable {
  const {descriptor} = getSecurityPolicy(getUserContext() ?? ANONYMOUS).requireFileAccess(source, 'read', 'named')
  return createReadStream('', {fd: descriptor})
}

async function findTarget({account}: PersonManifest, {as, merge = false}: ImportOptions): Promise<Target> {
  const username = as ?? account.username
  const present = await userByName(username)
  if (present === undefined) {
    if (!isEmpty()) requireAdministrator(`Importing ${username}`)
    checkUsername(username)
    return {id: freeId(account.id), username, present}
  }
  if (present.id === getUserContext()?.userId) requirePermission('import')
  else requireAdministrator(`Importing onto ${present.username}`)
  if (!merge)
    throw conflict(
      'USER_EXISTS',
      `There is a user ${present.username} already`,
      'Give another name (--as), or add to what is there: --on-conflict merge'
    )
  return {id: present.id, username: present.username, present}
}

const freeId = (id: string): string =>
  findUserById(id) === undefined ? id : process.getBuiltinModule('node:crypto').randomUUID()

function extraction({account}: PersonManifest, {id, present}: Target, aside: string): Extraction {
  return {
    folder: aside,
    folders: present === undefined ? profileFolders() : [],
    place: (path) => path,
    ...(id === account.id ? {} : {change: (path: string, bytes: Buffer) => withUserId(path, bytes, account.id, id)})
  }
}

async function make({account}: PersonManifest, {id, username}: Target, aside: string, files: number): Promise<void> {
  await changeAccounts(async (lock) => {
    const first = isEmpty()
    if (!first) requireAdministrator(`Importing ${username}`)
    if (findUserById(id) !== undefined)
      throw conflict('USER_EXISTS', `The account ${id} was made meanwhile`, 'Run the command again')
    const user = accountOf(account, {id, username, role: first ? 'owner' : 'member'})
    await createAccount(lock, user, first, {
      profile: join(systemPaths.temporary, aside),
      event: {
        category: 'security',
        event: 'user_imported',
        details: {username, role: user.role, from: account.username, sameId: id === account.id, files}
      }
    })
  })
}
