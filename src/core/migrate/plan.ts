import {readFileSync, realpathSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {backend, needsFiles} from '../backend.ts'
import {getUserContext} from '../context.ts'
import {conflict, errno, notFound, usageError} from '../errors.ts'
import {isInside} from '../files.ts'
import {isObject} from '../json.ts'
import {requireReadable} from '../memory/named-paths.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserByName, listUsers} from '../users/accounts.ts'
import {requireTarget} from '../users/change-accounts.ts'
import {isAdministrator, requireAdministrator} from '../users/permissions.ts'
import type {User} from '../users/user.ts'
import {checkUsername} from '../users/username.ts'
import {AUDIT_DAY, type Kind, kindOf, PLACES} from './places.ts'
import {type Conflict, listSource, type Source, type SourceFile} from './source.ts'
import {firstChainedDay, occupied} from './target.ts'

export interface MigrationRequest {
  /** Whose profile it becomes; the account is made where it is missing. */
  username: string
  /** The folder that is copied; without it, what lies at the data root is moved. */
  from?: string
}

/** One file and where it goes. */
export interface Move {
  /** Absolute, as `to`. */
  from: string
  to: string
  bytes: number
  kind: Kind
}

export interface MigrationPlan {
  username: string
  /** Absolute path of the folder that is copied or whose files are moved. */
  from: string
  moves: Move[]
  bytes: number
  conflicts: Conflict[]
}

/** A plan with what carrying it out needs to know. */
export interface Draft {
  request: MigrationRequest
  source: Source
  inPlace: boolean
  username: string
  /** undefined where the account has to be made. */
  user: User | undefined
  /** Where each file goes, below the profile, by its path in the source. */
  targets: Map<string, string>
  conflicts: Conflict[]
}

/**
 * What a migration would do. Changes nothing.
 * @throws MhError INVALID_USERNAME, SOURCE_IN_DATA_ROOT (exit 2), SOURCE_NOT_FOUND, NOTHING_TO_MIGRATE (exit 3),
 *   NOT_ADMINISTRATOR, NOT_ALLOWED_IN_MODE, PATH_NOT_ALLOWED (exit 4)
 */
export async function planMigration(request: MigrationRequest): Promise<MigrationPlan> {
  return publicPlan(await draftMigration(request))
}

/** @throws as planMigration */
export async function draftMigration(request: MigrationRequest): Promise<Draft> {
  const user = await requireMigration(request)
  const inPlace = request.from === undefined
  const root = request.from === undefined ? systemPaths.root : resolveSource(request.from)
  const source = listSource(root)
  requireSomething(source, inPlace)
  const username = user?.username ?? request.username
  const profile = join(systemPaths.profiles, username)
  const targets = targetsOf(source, user === undefined ? undefined : firstChainedDay(profile))
  return {request, source, inPlace, username, user, targets, conflicts: conflictsOf(source, profile, user)}
}

export function publicPlan({source, username, targets, conflicts}: Draft): MigrationPlan {
  const profile = join(systemPaths.profiles, username)
  const moves = source.files.map(({path, size, link}) => ({
    from: join(source.root, path),
    to: join(profile, targets.get(path) ?? path),
    bytes: size,
    kind: link === undefined ? kindOf(path) : ('link' as const)
  }))
  return {username, from: source.root, moves, bytes: moves.reduce((sum, {bytes}) => sum + bytes, 0), conflicts}
}

/** @throws MhError PROFILE_NOT_EMPTY (exit 5) that names what is in the way */
export function refuseConflicts({conflicts, username}: Draft): void {
  const [first] = conflicts
  if (first === undefined) return
  const named = conflicts.slice(0, 5).map(({path, reason}) => `${path} (${reason})`)
  const more = conflicts.length > named.length ? `, and ${conflicts.length - named.length} more` : ''
  throw conflict(
    conflicts.some(({reason}) => reason === OCCUPIED) ? 'PROFILE_NOT_EMPTY' : 'MIGRATION_CONFLICT',
    `Nothing was migrated to ${username}: ${named.join(', ')}${more}`,
    'mh migrate --dry-run lists every conflict. Migrate to another name, or move away what is in the way'
  )
}

/** Where the lines of a day go: lines without hashes may stand before the first hash of a trail, and else lie beside it. */
export const auditTarget = (path: string, firstChained: string | undefined): string =>
  firstChained === undefined || dayOf(path) <= firstChained ? path : besideTrail(path)

export const besideTrail = (path: string): string => `${PROFILE_LAYOUT.audit}/unchained/${dayOf(path)}`

const dayOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const OCCUPIED = 'the profile has it already'
const MODE_FILE = 'persona/cognitive-mode.json'

/** Who may migrate what. @returns the account, undefined where it has to be made */
async function requireMigration({username, from}: MigrationRequest): Promise<User | undefined> {
  if (backend() !== undefined) throw needsFiles('A migration')
  const user = findUserByName(username)
  // What lies at the data root is nobody's: no member may take it.
  if (listUsers().length > 0 && from === undefined) requireAdministrator('Moving what lies at the data root')
  if (user === undefined) {
    if (listUsers().length > 0) requireAdministrator(`Creating ${username}`)
    checkUsername(username)
    return undefined
  }
  const there = statSync(join(systemPaths.profiles, user.username), {throwIfNoEntry: false}) !== undefined
  return requireTarget(username, `Migrating to ${username}`, there ? 'import' : undefined)
}

function resolveSource(named: string): string {
  let path: string
  try {
    path = realpathSync(named)
    if (!statSync(path).isDirectory()) throw usageError('NOT_A_FOLDER', `${named} is no folder`)
  } catch (error) {
    if (errno(error) !== 'ENOENT' && errno(error) !== 'ENOTDIR') throw error
    throw notFound('SOURCE_NOT_FOUND', `There is no folder ${named}`, 'Name the folder that holds persona/ and memory/')
  }
  if (getUserContext()?.role !== 'anonymous') requireReadable(named, path)
  const root = realpathIfThere(systemPaths.root)
  if (isInside(path, root) || PLACES.some((place) => isInside(root, join(path, place))))
    throw usageError(
      'SOURCE_IN_DATA_ROOT',
      `${named} and the data root ${root} lie in each other`,
      'Without --from, what lies at the data root is moved into a profile'
    )
  return path
}

/** A folder such as / or ~ has an etc/ or out/ of quite another kind. */
function requireSomething({root, files, folders}: Source, inPlace: boolean): void {
  const found = inPlace
    ? files.length > 0 || folders.some(({path}) => ['memory', 'etc', 'out'].includes(path))
    : files.some(({path}) => /^(?:persona|memory)\//.test(path))
  if (found) return
  const profiles = statSync(join(root, 'profiles'), {throwIfNoEntry: false})?.isDirectory() === true
  throw notFound(
    'NOTHING_TO_MIGRATE',
    `There is nothing of a single-user system at ${root}`,
    profiles && !inPlace
      ? `It has profiles already, and works as a data root as it is: MH_HOME=${root} mh user list`
      : 'Name the folder that holds persona/ and memory/: mh migrate --username <username> --from <folder>'
  )
}

function targetsOf(source: Source, firstChained: string | undefined): Map<string, string> {
  const targets = new Map(
    source.files.map(({path}) => [path, AUDIT_DAY.test(path) ? auditTarget(path, firstChained) : path])
  )
  // Earlier versions kept the mode with the persona. Of two, the newer one counts; the other stays where it is not read.
  const [older, present] = [MODE_FILE, PROFILE_LAYOUT.cognitiveMode].map((path) =>
    source.files.find((file) => file.path === path)
  )
  if (older !== undefined && (present === undefined || changedAt(source, older) > changedAt(source, present))) {
    targets.set(older.path, PROFILE_LAYOUT.cognitiveMode)
    if (present !== undefined) targets.set(present.path, MODE_FILE)
  }
  return targets
}

/** When the mode was changed last, in milliseconds. A file that cannot be read is older than any other. */
function changedAt({root}: Source, {path, mtimeMs, link}: SourceFile): number {
  if (link !== undefined) return -1
  try {
    const document: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'))
    const told = isObject(document) && typeof document.lastChanged === 'string' ? Date.parse(document.lastChanged) : NaN
    return Number.isNaN(told) ? mtimeMs : told
  } catch {
    return -1
  }
}

function conflictsOf(source: Source, profile: string, user: User | undefined): Conflict[] {
  const taken =
    user === undefined
      ? statSync(profile, {throwIfNoEntry: false}) === undefined
        ? []
        : [{path: profile, reason: 'it belongs to no account'}]
      : occupied(profile, user).map((path) => ({path: join(profile, path), reason: OCCUPIED}))
  return [...source.refused, ...taken, ...(mayHaveLinks() ? [] : sharedFiles(source))]
}

/** A hard link may be a second name of somebody else's file, and looks like a file of its own. */
const sharedFiles = ({root, files}: Source): Conflict[] =>
  files
    .filter(({shared}) => shared)
    .map(({path}) => ({path: join(root, path), reason: 'it has another name as well (a hard link): copy it'}))

function mayHaveLinks(): boolean {
  const user = getUserContext()
  return user === undefined || user.role === 'anonymous' || isAdministrator(user)
}

function realpathIfThere(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (errno(error) === 'ENOENT') return path
    throw error
  }
}
