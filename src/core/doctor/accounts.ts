import {existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {readRootConfig} from '../config.ts'
import {MhError} from '../errors.ts'
import {ensureSystemFolder, syncFolder, writeDurably} from '../files.ts'
import {withAccountsLock} from '../locks.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, listUsers, parseUsers} from '../users/accounts.ts'
import {listCopies} from '../users/copies.ts'
import {recoverAccounts} from '../users/finish.ts'
import {journalPath, readJournal} from '../users/journal.ts'
import {ROLES, WRITTEN_ROLE} from '../users/user.ts'
import type {Found} from './finding.ts'

/** The system's own documents can be read. */
export function* accountFiles(): Generator<Found> {
  const damaged = problemOf(listUsers)
  if (damaged !== undefined) {
    const copy = newestGoodCopy()
    yield {
      severity: 'error',
      code: 'UNREADABLE_ACCOUNTS',
      message: damaged.message,
      path: systemPaths.users,
      hint:
        copy === undefined
          ? 'Mend the file, or put it back from a backup; it is never replaced by an empty one'
          : `mh doctor --fix keeps it as it is under another name and puts back the copy of ${copy.made}, with ${copy.names.join(', ')}`,
      ...(copy === undefined ? {} : {mend: () => putBack(copy.path)})
    }
  }
  const config = problemOf(readRootConfig)
  if (config !== undefined)
    yield {
      severity: 'error',
      code: config.code,
      message: config.message,
      path: systemPaths.config,
      hint: config.hint ?? ''
    }
}

/** Every account has its profile, every profile its account, and no change of them is half done. */
export async function* accountsAgree(): AsyncGenerator<Found> {
  // Under the lock: a change that is under way in another process is not one that was interrupted.
  const journal = await withAccountsLock(readJournal)
  if (journal !== undefined)
    yield {
      severity: 'error',
      code: 'INTERRUPTED_CHANGE',
      message: `The ${{create: 'creation', rename: 'renaming', delete: 'deletion', restore: 'restoring'}[journal.action]} of an account was interrupted`,
      path: journalPath(),
      mend: async () => {
        await recoverAccounts()
      }
    }
  yield* foldersAgree()
  yield* rolesAreKnown()
  const {activeUser} = readRootConfig()
  if (activeUser !== undefined && findUserById(activeUser) === undefined)
    yield {
      severity: 'warning',
      code: 'ACTIVE_USER_GONE',
      message: 'The active person has no account any more',
      path: systemPaths.config,
      hint: 'mh user switch <username> says who you are'
    }
  yield* indexesAgree()
}

function* foldersAgree(): Generator<Found> {
  const folders = existsSync(systemPaths.profiles)
    ? readdirSync(systemPaths.profiles).filter((name) => statSync(join(systemPaths.profiles, name)).isDirectory())
    : []
  const names = listUsers().map(({username}) => username)
  for (const name of names)
    if (!existsSync(join(systemPaths.profiles, name)))
      yield {
        severity: 'error',
        code: 'PROFILE_MISSING',
        message: `The account ${name} has no profile`,
        path: join(systemPaths.profiles, name),
        hint: `Put the folder back from a backup, or remove the account: mh user delete ${name}`
      }
  for (const name of folders)
    if (!names.includes(name) && !names.some((one) => one.toLowerCase() === name.toLowerCase()))
      yield {
        severity: 'warning',
        code: 'PROFILE_WITHOUT_ACCOUNT',
        message: `The folder ${name} belongs to no account`,
        path: join(systemPaths.profiles, name),
        hint: 'Move it to another place, or put its account back from a backup'
      }
}

function* rolesAreKnown(): Generator<Found> {
  const known: unknown[] = [...ROLES, 'standard', undefined]
  for (const {username, role, [WRITTEN_ROLE]: written} of listUsers())
    if (!known.includes(written))
      yield {
        severity: 'warning',
        code: 'UNKNOWN_ROLE',
        message: `${username} has the role ${JSON.stringify(written)}, which reads as ${role}`,
        path: systemPaths.users,
        hint: `mh user role ${username} member`
      }
  if (listUsers().length > 0 && listUsers().every(({role}) => role !== 'owner'))
    yield {
      severity: 'error',
      code: 'NO_OWNER',
      message: 'Nobody is an owner of this machine',
      path: systemPaths.users,
      hint: 'ADMIN_USERS=<username> mh user role <username> owner, as that person'
    }
}

/** What is derived from a profile that is gone holds its words. */
function* indexesAgree(): Generator<Found> {
  if (!existsSync(systemPaths.indexes)) return
  for (const name of readdirSync(systemPaths.indexes)) {
    const id = /^([\w-]+)\.db(?:-\w+)?$/.exec(name)?.[1]
    if (id === undefined || findUserById(id) !== undefined) continue
    const path = join(systemPaths.indexes, name)
    yield {
      severity: 'warning',
      code: 'INDEX_WITHOUT_ACCOUNT',
      message: 'An index is left of an account that is gone',
      path,
      mend: () => rmSync(path, {force: true})
    }
  }
}

function problemOf(read: () => unknown): MhError | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof MhError) return error
    throw error
  }
}

function newestGoodCopy(): {path: string; made: string; names: string[]} | undefined {
  for (const path of listCopies()) {
    try {
      const names = parseUsers(readFileSync(path, 'utf8'), path).map(({username}) => username)
      if (names.length > 0) return {path, made: statSync(path).mtime.toISOString(), names}
    } catch (error) {
      if (!(error instanceof MhError)) throw error
    }
  }
  return undefined
}

function putBack(copy: string): void {
  const damaged = `${systemPaths.users}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  const text = readFileSync(copy)
  ensureSystemFolder(systemPaths.temporary)
  renameSync(systemPaths.users, damaged)
  writeDurably(systemPaths.users, text, systemPaths.temporary)
  syncFolder(join(systemPaths.users, '..'))
}
