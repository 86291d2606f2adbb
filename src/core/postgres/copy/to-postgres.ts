import {createHash} from 'node:crypto'
import {lstatSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {daysOf} from '../../audit/trail-store.ts'
import {type Head, parseHead} from '../../audit.ts'
import {type SnapshotFile, Snapshots} from '../../backup/snapshot.ts'
import {readLocalConfig, withoutOwnKeys} from '../../config.ts'
import {namesIn, readIfThere} from '../../files.ts'
import {isObject} from '../../json.ts'
import {withProfileLock} from '../../locks.ts'
import {systemPaths} from '../../system-paths.ts'
import {systemZone} from '../../time.ts'
import {everybody, profileFolder} from '../../users/accounts.ts'
import {issuedStore} from '../../users/issued/store.ts'
import type {User} from '../../users/user.ts'
import {type Database, openDatabase} from '../database.ts'
import {inTransaction, SYSTEM} from '../transaction.ts'
import {accountWrites, type Unit} from '../unit.ts'
import type {CopiedPerson, CopyProgress, LeftOut} from './copy.ts'
import {differs, notVerified} from './copy-errors.ts'
import {kindOf, type ProfileFile} from './kinds.ts'
import {readProfile} from './read-profile.ts'
import {takeProfile} from './take-profile.ts'

/** A row holds no more. */
const LARGEST_FILE = 256 * 1024 * 1024

/** Copies everybody from files into a store that was prepared. Whoever is there already, and is the same, is passed over. */
export async function copyToPostgres(
  connection: string,
  onProgress: CopyProgress
): Promise<{to: string; people: CopiedPerson[]; leftOut: LeftOut[]}> {
  const database = await openDatabase(connection)
  try {
    const people: CopiedPerson[] = []
    const leftOut: LeftOut[] = []
    for (const user of await everybody()) {
      onProgress({username: user.username, people: people.length})
      const copied = await copyPerson(database, user)
      people.push(copied.person)
      leftOut.push(...copied.leftOut)
    }
    await copySystem(database)
    return {to: database.address, people, leftOut}
  } finally {
    await database.pool.end()
  }
}

async function copyPerson(database: Database, user: User): Promise<{person: CopiedPerson; leftOut: LeftOut[]}> {
  const {id, username} = user
  const snapshots = new Snapshots()
  try {
    await snapshots.prepare(profileFolder(id))
    // Only a look at each file is taken under the lock.
    const all = await withProfileLock(id, () => snapshots.settle(profileFolder(id)))
    const files = all.filter((file) => file.link === undefined && file.size <= LARGEST_FILE)
    const leftOut = all
      .filter((file) => !files.includes(file))
      .map(({path, link}) => ({username, path, reason: link === undefined ? 'it is too large' : 'it is a link'}))
    const told = (status: CopiedPerson['status']): CopiedPerson => ({
      username,
      files: files.length,
      bytes: files.reduce((sum, {size}) => sum + size, 0),
      status
    })
    if (await isThere(database, id)) {
      const wrong = await compare(database, id, files)
      if (wrong !== undefined) throw differs(username, database.address, wrong)
      return {person: told('there'), leftOut}
    }
    const {unreadable} = await database.unit(SYSTEM, (unit) => insert(unit, user, files))
    const wrong = await compare(database, id, files)
    if (wrong !== undefined) throw notVerified(username, database.address, wrong)
    return {person: told('copied'), leftOut: [...leftOut, ...unreadable.map((one) => ({username, ...one, kept: true}))]}
  } finally {
    snapshots.close()
  }
}

async function insert(
  unit: Unit,
  user: User,
  files: readonly SnapshotFile[]
): Promise<{unreadable: {path: string; reason: string}[]}> {
  accountWrites(unit, await unit.lockAccounts()).insert(user, {})
  const profile = await unit.lockProfile(user.id)
  return takeProfile({unit, profile, vectors: false}, contentsOf(files, profileFolder(user.id)), settingsIn(files))
}

const isThere = async (database: Database, id: string): Promise<boolean> =>
  (await database.look(SYSTEM, (transaction) =>
    transaction.row(SYSTEM, 'SELECT 1 FROM account WHERE user_id = $1', [id])
  )) !== undefined

/** Reads everything of a person back. @returns the first file that is missing, too much or another one; undefined where all is the same */
async function compare(database: Database, id: string, files: readonly SnapshotFile[]): Promise<string | undefined> {
  const wanted = new Map(files.map(({path, sha256}) => [path, sha256]))
  return inTransaction(
    database.pool,
    id,
    async (transaction) => {
      for await (const {path, bytes} of readProfile(transaction, id)) {
        if (wanted.get(path) !== createHash('sha256').update(bytes).digest('hex')) return path
        wanted.delete(path)
      }
      return wanted.keys().next().value
    },
    'ISOLATION LEVEL REPEATABLE READ READ ONLY'
  )
}

function* contentsOf(files: readonly SnapshotFile[], root: string): Generator<ProfileFile> {
  for (const file of files) {
    // When a memory was moved to the trash is what its file says of the last change of anything of it.
    const moved = kindOf(file.path) === 'trash' ? lstatSync(join(root, file.path), {throwIfNoEntry: false}) : undefined
    const modified = moved?.ctimeMs ?? Date.parse(file.modified ?? '')
    yield {path: file.path, bytes: bytesOf(file), ...(Number.isNaN(modified) ? {} : {modified})}
  }
}

function bytesOf({entry, path, modified}: SnapshotFile): Uint8Array {
  const content = entry(path, Date.parse(modified ?? ''))
  if ('bytes' in content) return content.bytes()
  if ('file' in content) return readFileSync(content.file)
  throw new Error(`${path} is no file`)
}

/** What the person's etc/profile.json says of language and zone. */
function settingsIn(files: readonly SnapshotFile[]): {language: string; timezone: string} {
  const file = files.find(({path}) => path === 'etc/profile.json')
  const root = readLocalConfig()
  const own: unknown = file === undefined ? {} : read(Buffer.from(bytesOf(file)).toString('utf8'))
  const text = (name: 'language' | 'timezone'): string | undefined => {
    const value = (isObject(own) ? own[name] : undefined) || root[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {language: text('language') ?? 'en', timezone: text('timezone') ?? systemZone()}
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** What is nobody's: settings, the system's trail, archived trails, and what was issued to people. Into a store that has none of it yet. */
async function copySystem(database: Database): Promise<void> {
  await database.unit(SYSTEM, async (unit) => {
    const accounts = await unit.lockAccounts()
    if (accounts.row.audit_entries > 0) return
    accountWrites(unit, accounts).configure(withoutOwnKeys(readLocalConfig()))
    const {entries, head} = trailIn(systemPaths.audit)
    unit.send(
      SYSTEM,
      'INSERT INTO system_audit SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])',
      columns(entries)
    )
    accounts.row.audit_entries = entries.length
    if (head !== undefined) {
      accounts.row.audit_day = head.file.slice(0, -'.ndjson'.length)
      accounts.row.audit_hash = head.hash
    }
    for (const name of namesIn(systemPaths.auditArchive)) {
      const [id = '', archive = '1'] = name.split('.')
      const trail = trailIn(join(systemPaths.auditArchive, name))
      if (trail.head !== undefined)
        unit.send(SYSTEM, 'INSERT INTO archived_head VALUES ($1, $2, $3, $4, $5)', [
          id,
          archive,
          trail.entries.length,
          trail.head.file.slice(0, -'.ndjson'.length),
          trail.head.hash
        ])
      unit.send(
        SYSTEM,
        'INSERT INTO archived_audit SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[])',
        [id, archive, ...columns(trail.entries)]
      )
    }
    for (const user of await everybody())
      for (const kind of ['token', 'invitation'] as const)
        for (const record of await issuedStore().list(kind, user.id))
          unit.send(
            SYSTEM,
            'INSERT INTO issued (user_id, kind, hash, created_at, expires_at, record) VALUES ($1, $2, $3, $4, $5, $6)',
            [user.id, kind, record.hash, record.createdAt, record.expiresAt, JSON.stringify(record)]
          )
  })
}

interface TrailLine {
  number: number
  day: string
  line: string
}

function trailIn(folder: string): {entries: TrailLine[]; head: Head | undefined} {
  const entries: TrailLine[] = []
  for (const name of daysOf(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    for (const line of text.split('\n'))
      if (line !== '') entries.push({number: entries.length + 1, day: name.slice(0, -'.ndjson'.length), line})
  }
  return {entries, head: parseHead(readIfThere(join(folder, 'head.json')) ?? '')}
}

const columns = (lines: readonly TrailLine[]): [number[], string[], string[]] => [
  lines.map(({number}) => number),
  lines.map(({day}) => day),
  lines.map(({line}) => line)
]
