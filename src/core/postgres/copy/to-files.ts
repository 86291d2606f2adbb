import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {headText, type KnownHead, nameOf} from '../../audit/postgres/head.ts'
import {usageError} from '../../errors.ts'
import {ensureSystemFolder, syncFolder, unwritable, writeDurably} from '../../files.ts'
import {profileFolders} from '../../users/create.ts'
import type {User} from '../../users/user.ts'
import {formatAccount, readAccount} from '../account-record.ts'
import {type Database, openDatabase} from '../database.ts'
import {inTransaction, SYSTEM, type Transaction} from '../transaction.ts'
import type {CopiedPerson, CopyProgress, LeftOut} from './copy.ts'
import {differs, notVerified} from './copy-errors.ts'
import type {ProfileFile} from './kinds.ts'
import {readProfile} from './read-profile.ts'
import {writeTree} from './write-tree.ts'

const MOMENT = 'ISOLATION LEVEL REPEATABLE READ READ ONLY'

/** Copies everybody from a store into a data root of files. Whoever is there already, and is the same, is passed over. */
export async function copyToFiles(
  connection: string,
  folder: string,
  onProgress: CopyProgress
): Promise<{to: string; people: CopiedPerson[]; leftOut: LeftOut[]}> {
  const root = resolve(folder)
  const database = await openDatabase(connection)
  try {
    const users = await accounts(database)
    requireOwn(root)
    for (const part of ['', 'persona', 'profiles', '.tmp', 'logs/audit']) ensureSystemFolder(join(root, part))
    const people: CopiedPerson[] = []
    for (const user of users) {
      onProgress({username: user.username, people: people.length})
      people.push(await copyPerson(database, user, root))
    }
    await copySystem(database, root)
    // The accounts come last: without them a copy that was stopped is no data root.
    const file = {version: 1, users: users.map((user) => JSON.parse(formatAccount(user)))}
    writeDurably(join(root, USERS), `${JSON.stringify(file, null, 2)}\n`, join(root, '.tmp'))
    return {to: root, people, leftOut: []}
  } finally {
    await database.pool.end()
  }
}

const USERS = 'persona/users.json'

/** Only what a copy made before, or nothing, may be there. */
function requireOwn(root: string): void {
  const names = existsSync(root) ? readdirSync(root) : []
  if (
    existsSync(join(root, USERS)) ||
    names.some((name) => !['persona', 'profiles', '.tmp', 'logs', 'config.json'].includes(name))
  )
    throw usageError('FOLDER_IN_USE', `${root} is in use`, 'Name a folder that is not there, or is empty')
}

const accounts = (database: Database): Promise<User[]> =>
  database.look(SYSTEM, async (transaction) =>
    (await transaction.rows<{record: string}>(SYSTEM, 'SELECT record::text FROM account ORDER BY number')).map(
      ({record}) => readAccount(record)
    )
  )

async function copyPerson(database: Database, {id, username}: User, root: string): Promise<CopiedPerson> {
  const place = join(root, 'profiles', username)
  const aside = join(root, '.tmp', `copy-${id}`)
  const there = existsSync(place)
  if (!there) {
    rmSync(aside, {recursive: true, force: true})
    await inTransaction(
      database.pool,
      id,
      (transaction) => writeTree(aside, profileFolders(), readProfile(transaction, id)),
      MOMENT
    )
    try {
      renameSync(aside, place)
      syncFolder(join(root, 'profiles'))
    } catch (error) {
      throw unwritable(place, error)
    }
  }
  const {files, bytes, wrong} = await compare(database, id, place)
  if (wrong !== undefined) throw there ? differs(username, root, wrong) : notVerified(username, root, wrong)
  return {username, files, bytes, status: there ? 'there' : 'copied'}
}

/** Reads every file back. @returns the first that is missing, too much or another one */
async function compare(
  database: Database,
  id: string,
  place: string
): Promise<{files: number; bytes: number; wrong: string | undefined}> {
  const there = new Set(
    readdirSync(place, {withFileTypes: true, recursive: true})
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1))
  )
  let files = 0
  let bytes = 0
  const wrong = await inTransaction(
    database.pool,
    id,
    async (transaction) => {
      for await (const file of readProfile(transaction, id)) {
        files++
        bytes += file.bytes.length
        if (!there.delete(file.path) || !isSame(file, readFileSync(join(place, file.path)))) return file.path
      }
      return there.keys().next().value
    },
    MOMENT
  )
  return {files, bytes, wrong}
}

const isSame = ({bytes}: ProfileFile, read: Uint8Array): boolean => hash(bytes) === hash(read)
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface Line {
  day: string
  line: string
}

async function copySystem(database: Database, root: string): Promise<void> {
  await inTransaction(
    database.pool,
    SYSTEM,
    async (transaction) => {
      const system = await transaction.row<{settings: string; entries: number; day: string; hash: string}>(
        SYSTEM,
        'SELECT settings::text, audit_entries AS entries, audit_day AS day, audit_hash AS hash FROM system'
      )
      if (system !== undefined && system.settings !== '{}')
        write(root, 'config.json', `${JSON.stringify(JSON.parse(system.settings), null, '\t')}\n`)
      const lines = await transaction.rows<Line>(SYSTEM, 'SELECT day, line FROM system_audit ORDER BY number')
      writeTrail(root, 'logs/audit', lines)
      if (system !== undefined && system.entries > 0) write(root, 'logs/audit/head.json', headText(system, lines))
      await copyArchives(transaction, root)
      for (const {kind, hash: name, record} of await transaction.rows<{kind: string; hash: string; record: object}>(
        SYSTEM,
        "SELECT kind, hash, record FROM issued WHERE kind IN ('token', 'invitation')"
      ))
        write(root, `logs/run/issued/${kind}s/${name}.json`, `${JSON.stringify(record)}\n`)
    },
    MOMENT
  )
}

async function copyArchives(transaction: Transaction, root: string): Promise<void> {
  const found = await transaction.rows<KnownHead & {id: string; archive: string}>(
    SYSTEM,
    `SELECT user_id AS id, archive, audit_entries AS entries, audit_day AS day, audit_hash AS hash
      FROM archived_head ORDER BY user_id, archive`
  )
  for (const {id, archive, ...head} of found) {
    const lines = await transaction.rows<Line>(
      SYSTEM,
      'SELECT day, line FROM archived_audit WHERE user_id = $1 AND archive = $2 ORDER BY number',
      [id, archive]
    )
    const folder = `logs/audit/archive/${id}${archive === '1' ? '' : `.${archive}`}`
    writeTrail(root, folder, lines)
    write(root, `${folder}/head.json`, headText(head, lines))
  }
}

function writeTrail(root: string, folder: string, lines: readonly Line[]): void {
  for (const [day, some] of Map.groupBy(lines, (line) => line.day))
    write(root, `${folder}/${nameOf(day)}`, some.map(({line}) => `${line}\n`).join(''))
}

function write(root: string, path: string, text: string): void {
  const target = join(root, path)
  ensureSystemFolder(join(target, '..'))
  writeDurably(target, text, join(root, '.tmp'))
}
