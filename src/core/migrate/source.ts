import {createHash} from 'node:crypto'
import {
  accessSync,
  constants,
  type Dirent,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats
} from 'node:fs'
import {join} from 'node:path'
import {errno} from '../errors.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {splitDay} from './audit-days.ts'
import {AUDIT_DAY, LAYOUT_FOLDERS, PLACES, stays} from './places.ts'

/** Something that stands in the way of a migration. */
export interface Conflict {
  /** Absolute. */
  path: string
  reason: string
}

/** One file of a single-user system. */
export interface SourceFile {
  /** Relative to the system's root, with "/". */
  path: string
  /** In bytes; of a day of the audit trail what its lines without a hash have. */
  size: number
  mode: number
  mtimeMs: number
  /** Changes whenever the file does. */
  signature: string
  /** What a symbolic link names. */
  link?: string
  /** Whether it has another name (a hard link). */
  shared: boolean
}

export interface SourceFolder {
  path: string
  mode: number
}

/** What a single-user system at a root holds. */
export interface Source {
  root: string
  /** In the order of their paths. */
  files: SourceFile[]
  /** Each folder before those in it. */
  folders: SourceFolder[]
  refused: Conflict[]
}

/** Lists everything of the person, and nothing of the system's own. Changes nothing. @param root absolute, without links */
export function listSource(root: string): Source {
  const source: Source = {root, files: [], folders: [], refused: []}
  for (const place of PLACES) {
    const stat = lstatSync(join(root, place), {throwIfNoEntry: false})
    if (stat !== undefined) look(source, place, stat)
  }
  return source
}

/** Names the first thing by which two lists of one source differ; undefined where they are the same. */
export function firstDifference(before: Source, after: Source): string | undefined {
  const known = new Map(before.files.map(({path, signature}) => [path, signature]))
  for (const {path, signature} of after.files) {
    if (known.get(path) !== signature) return join(after.root, path)
    known.delete(path)
  }
  const [gone] = known.keys()
  if (gone !== undefined) return join(before.root, gone)
  return after.refused[0]?.path
}

function look(source: Source, path: string, stat: Stats): void {
  if (stays(path)) return
  const absolute = join(source.root, path)
  const refuse = (reason: string): void => {
    source.refused.push({path: absolute, reason})
  }
  // Characters that a manifest, an archive or another file system would not give back as they are.
  if (/[\\\0\ufffd]/.test(path)) refuse('its name has characters that cannot be kept')
  else if (stat.isSymbolicLink()) {
    // In the place of a folder that mh works in.
    if (LAYOUT_FOLDERS.has(path)) refuse('it is a link, and mh follows none: put the folder in its place')
    else source.files.push(linkOf(absolute, path, stat))
  } else if (stat.isDirectory()) lookInto(source, path, stat, refuse)
  else if (!stat.isFile()) refuse('it is neither a file nor a folder')
  else if (LAYOUT_FOLDERS.has(path) && !path.endsWith('.json') && path !== PROFILE_LAYOUT.chatHistory)
    refuse('it is no folder')
  else if (!isReadable(absolute)) refuse('it cannot be read (permission denied)')
  else if (AUDIT_DAY.test(path)) lookAtDay(source, path, stat)
  else source.files.push({...described(path, stat), size: stat.size})
}

function lookInto(source: Source, path: string, stat: Stats, refuse: (reason: string) => void): void {
  source.folders.push({path, mode: stat.mode & 0o7777})
  let entries: Dirent[]
  try {
    entries = readdirSync(join(source.root, path), {withFileTypes: true})
  } catch (error) {
    refuse(`it cannot be read (${errno(error)})`)
    return
  }
  for (const {name} of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = `${path}/${name}`
    const found = lstatSync(join(source.root, below), {throwIfNoEntry: false})
    if (found !== undefined) look(source, below, found)
    // A name that is no UTF-8 is listed as another one.
    else if (name.includes('\ufffd'))
      source.refused.push({path: join(source.root, below), reason: 'its name is not UTF-8'})
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

function lookAtDay(source: Source, path: string, stat: Stats): void {
  const {others} = splitDay(readFileSync(join(source.root, path)))
  if (others.length === 0) return
  const signature = createHash('sha256').update(others).digest('hex')
  source.files.push({...described(path, stat), size: others.length, signature})
}

const linkOf = (absolute: string, path: string, stat: Stats): SourceFile => {
  const link = readlinkSync(absolute)
  return {...described(path, stat), size: 0, link, signature: `link ${link}`, shared: false}
}

const described = (path: string, stat: Stats): Omit<SourceFile, 'size'> => ({
  path,
  mode: stat.mode & 0o7777,
  mtimeMs: stat.mtimeMs,
  signature: `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`,
  shared: stat.nlink > 1
})
