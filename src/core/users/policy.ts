import {closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, realpathSync, type Stats} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {backend} from '../backend.ts'
import type {UserContext} from '../context.ts'
import {AccessDeniedError, errno, type MhError, usageError} from '../errors.ts'
import {isInside} from '../files.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, listUsers} from './accounts.ts'
import {isAdministrator} from './permissions.ts'

export type FileAccess = 'read' | 'write'

/**
 * Where a path comes from. `named`: the person wrote it on their command line. `reference`: a request, a model, an agent or a
 * file said it; such a path leads nowhere outside the data root.
 */
export type PathOrigin = 'named' | 'reference'

/** A file that was opened and found to be one that the person may use. What is read or written goes through `descriptor`. */
export interface OpenedFile {
  descriptor: number
  /** Its real path, as it was when it was opened. */
  path: string
  /** In bytes. */
  size: number
  close(): void
}

export interface SecurityPolicy {
  /**
   * Opens a file that somebody named, and checks what was opened and not what was named: no link that is exchanged meanwhile
   * leads elsewhere. For "write" the file is made (0600) where it is missing, and not shortened where it is there.
   * @throws MhError INVALID_PATH, FILE_NOT_READABLE (exit 2), ACCESS_DENIED (exit 4)
   */
  requireFileAccess(path: string, access: FileAccess, origin?: PathOrigin): OpenedFile
}

/**
 * What `user` may open. Their own profile: read and write (guests: read). Somebody else's profile: administrators, who named that
 * person as the target of their command. The system's own files and folders without an account: administrators. Outside the
 * data root: what the person named on the command line.
 * @param target id of the person whom the command names as its target
 */
export function getSecurityPolicy(user: UserContext, target?: string): SecurityPolicy {
  return {
    requireFileAccess(named, access, origin = 'reference') {
      checkPath(named)
      const descriptor = access === 'read' ? openToRead(named, origin) : openToWrite(named, user, target, origin)
      try {
        const stat = fstatSync(descriptor)
        const path = realPathOf(descriptor, resolve(named), stat)
        requirePlace(path, named, access, origin, user, target)
        requireOneName(path, named, stat)
        if (!stat.isFile() && (stat.isDirectory() || origin === 'reference' || access === 'write'))
          throw unusable(named, stat.isDirectory() ? 'it is a folder' : 'it is no regular file')
        return {descriptor, path, size: stat.size, close: () => closeSync(descriptor)}
      } catch (error) {
        closeSync(descriptor)
        throw error
      }
    }
  }
}

/** Whether `user` may use what lies at a path without links. @throws MhError ACCESS_DENIED (exit 4) */
function requirePlace(
  path: string,
  named: string,
  access: FileAccess,
  origin: PathOrigin,
  user: UserContext,
  target: string | undefined
): void {
  const place = placeOf(path)
  if (place.kind === 'outside') {
    if (origin === 'named') return
    throw denied(named, 'it lies outside the data root')
  }
  if (place.kind === 'profile' && place.userId === user.userId) {
    if (access === 'read' || findUserById(user.userId)?.role !== 'guest') return
    throw denied(named, 'guests change nothing')
  }
  if (place.kind === 'profile') {
    if (isAdministrator(user) && place.userId === target) return
    throw denied(named, "it lies in another person's profile")
  }
  if (!isAdministrator(user)) throw denied(named, "it is one of the system's own files")
}

type Place = {kind: 'outside'} | {kind: 'system'} | {kind: 'profile'; userId: string}

/** Whose a place is. @param path absolute, without links */
export function placeOf(path: string): Place {
  // A profile may be a link to a folder elsewhere, which is then that person's as well.
  for (const {id, username} of backend() === undefined ? listUsers() : []) {
    const folder = realPathIfThere(join(systemPaths.profiles, username))
    if (folder !== undefined && isInside(path, folder)) return {kind: 'profile', userId: id}
  }
  const root = realPathIfThere(systemPaths.root)
  return {kind: root !== undefined && isInside(path, root) ? 'system' : 'outside'}
}

function checkPath(path: string): void {
  if (path === '' || path.includes('\0'))
    throw usageError('INVALID_PATH', `${JSON.stringify(path)} is no path of a file`, 'Name a file')
}

function openToRead(named: string, origin: PathOrigin): number {
  // A pipe that a person names (`<(command)`) is waited for; one that a reference leads to would wait for ever.
  const waiting = origin === 'named' ? 0 : (constants.O_NONBLOCK ?? 0)
  try {
    return openSync(named, constants.O_RDONLY | waiting)
  } catch (error) {
    throw unusable(named, reasonOf(error))
  }
}

/** The folder is opened and checked before the file in it is made: what is not allowed leaves nothing behind. */
function openToWrite(named: string, user: UserContext, target: string | undefined, origin: PathOrigin): number {
  const absolute = resolve(named)
  const folder = openFolder(dirname(absolute), named)
  try {
    const path = realPathOf(folder, dirname(absolute), fstatSync(folder))
    requirePlace(join(path, basename(absolute)), named, 'write', origin, user, target)
    const within = process.platform === 'linux' ? `/proc/self/fd/${folder}` : path
    const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    return openSync(join(within, basename(absolute)), flags, 0o600)
  } catch (error) {
    throw error instanceof AccessDeniedError ? error : unusable(named, reasonOf(error))
  } finally {
    closeSync(folder)
  }
}

function openFolder(folder: string, named: string): number {
  try {
    return openSync(folder, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0))
  } catch (error) {
    throw unusable(named, reasonOf(error))
  }
}

/** Where an opened file really lies: the kernel says it, or the path is looked up again and has to lead to the same file. */
function realPathOf(descriptor: number, path: string, stat: Stats): string {
  if (process.platform === 'linux') {
    const real = readlinkSync(`/proc/self/fd/${descriptor}`)
    if (real.endsWith(' (deleted)') && stat.nlink === 0) throw denied(path, 'it was removed meanwhile')
    return real
  }
  const real = realpathSync.native(path)
  const {dev, ino} = lstatSync(real)
  if (dev !== stat.dev || ino !== stat.ino) throw denied(path, 'it was exchanged meanwhile')
  return real
}

/**
 * A hard link looks like a file of its own wherever it lies. mh makes none, so in the data root one with another name is
 * somebody else's; on the same disk outside it may be a name for one inside.
 */
function requireOneName(path: string, named: string, stat: Stats): void {
  if (!stat.isFile() || stat.nlink < 2) return
  if (lstatSync(systemPaths.root, {throwIfNoEntry: false})?.dev === stat.dev || placeOf(path).kind !== 'outside')
    throw denied(named, 'it has another name as well (a hard link)', 'Copy it, and name the copy')
}

function realPathIfThere(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw error
  }
}

function reasonOf(error: unknown): string {
  const code = errno(error) ?? ''
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'a part of the path is a file',
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EISDIR: 'it is a folder',
    ELOOP: 'it is a link',
    ENAMETOOLONG: 'its name is too long',
    ENXIO: 'nobody is at the other end of it'
  }
  return reasons[code] ?? (code || String(error))
}

const unusable = (named: string, reason: string): MhError =>
  usageError('FILE_NOT_READABLE', `The file ${shorten(named)} cannot be used: ${reason}`)

const denied = (named: string, reason: string, hint = 'Name a file that is yours'): AccessDeniedError =>
  new AccessDeniedError(`${shorten(named)} may not be used: ${reason}`, hint)

const shorten = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path)
