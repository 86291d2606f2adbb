import {parse} from 'node:path/posix'
import {headText, nameOf} from '../../audit/postgres/head.ts'
import {reasonFile, SET_ASIDE} from '../../inbox/file-inbox.ts'
import {fileNameOf, historyFolder, MOST_FILES, monthFolder} from '../../memory/files/placement.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import type {Transaction} from '../transaction.ts'
import type {ProfileFile} from './kinds.ts'

/** So many rows are fetched at once. */
const PAGE = 500

/**
 * Everything of a person as the files that it would be, in no order, and each time the same ones. The transaction sees one moment.
 * Rows that would be one file, such as two of the inbox that were called alike, are files of names of their own.
 */
export async function* readProfile(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  const taken = new Set<string>()
  for await (const file of filesOf(transaction, userId)) {
    const {dir, name, ext} = parse(file.path)
    let {path} = file
    for (let number = 2; taken.has(path); number++) path = `${dir}/${name}~${number}${ext}`
    taken.add(path)
    yield {...file, path}
  }
}

async function* filesOf(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  yield* memories(transaction, userId)
  yield* rows<{id: string; place: string | null; record: string; at: Date}>(
    transaction,
    userId,
    'SELECT id, place, record, deleted_at AS at, number AS key FROM trash WHERE user_id = $1 AND number > $2 ORDER BY number LIMIT $3',
    ({id, place, record, at}) =>
      text(`${PROFILE_LAYOUT.trash}/${place ?? `${monthOf(record)}/${fileNameOf(id)}`}`, record, at)
  )
  yield* history(transaction, userId)
  yield* tasks(transaction, userId)
  yield* inbox(transaction, userId)
  yield* audit(transaction, userId)
  for (const {path} of await transaction.rows<{path: string}>(
    userId,
    'SELECT DISTINCT path FROM line WHERE user_id = $1 ORDER BY path',
    [userId]
  )) {
    const found = await transaction.rows<{text: string}>(
      userId,
      'SELECT text FROM line WHERE user_id = $1 AND path = $2 ORDER BY number',
      [userId, path]
    )
    yield text(path, found.map((line) => `${line.text}\n`).join(''))
  }
  for (const {path, body} of await transaction.rows<{path: string; body: string}>(
    userId,
    'SELECT path, body FROM document WHERE user_id = $1 ORDER BY path',
    [userId]
  ))
    yield text(path, body)
  for (const {path} of await transaction.rows<{path: string}>(
    userId,
    'SELECT path FROM file WHERE user_id = $1 ORDER BY path',
    [userId]
  )) {
    const [found] = await transaction.rows<{bytes: Buffer}>(
      userId,
      'SELECT bytes FROM file WHERE user_id = $1 AND path = $2',
      [userId, path]
    )
    if (found !== undefined) yield {path, bytes: found.bytes}
  }
}

async function* memories(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  /** How many lie in each folder so far: a month that is full continues in a sibling. */
  const counts = new Map<string, number>()
  const folderOf = (record: string): string => {
    const month = monthOf(record)
    for (let sibling = 1; ; sibling++) {
      const folder = sibling === 1 ? month : `${month}-${sibling}`
      const count = counts.get(folder) ?? 0
      if (count === MOST_FILES) continue
      counts.set(folder, count + 1)
      return folder
    }
  }
  yield* rows<{id: string; place: string | null; record: string}>(
    transaction,
    userId,
    'SELECT id, place, record, row AS key FROM memory WHERE user_id = $1 AND row > $2 ORDER BY row LIMIT $3',
    ({id, place, record}) =>
      text(`${PROFILE_LAYOUT.episodic}/${place ?? `${folderOf(record)}/${fileNameOf(id)}`}`, record)
  )
}

async function* history(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  const numbers = new Map<string, number>()
  yield* rows<{id: string; undone: boolean; place: string | null; record: string; at: Date}>(
    transaction,
    userId,
    'SELECT id, undone, place, record, at, number AS key FROM history WHERE user_id = $1 AND number > $2 ORDER BY number LIMIT $3',
    ({id, undone, place, record, at}) => {
      const number = (numbers.get(id) ?? 0) + 1
      numbers.set(id, number)
      const name = String(number).padStart(6, '0')
      const made = undone ? `undone/${name}-${at.getTime().toString(36)}.json` : `${name}.json`
      return text(`${historyFolder(id)}/${place ?? made}`, record, at)
    }
  )
}

async function* inbox(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  const folderOf = (state: string, day: string): string => {
    if (state === 'waiting') return PROFILE_LAYOUT.inbox
    return `${state === 'archived' ? PROFILE_LAYOUT.inboxArchive : SET_ASIDE}/${day}`
  }
  yield* rows<{name: string; state: string; day: string; bytes: Buffer; at: Date}>(
    transaction,
    userId,
    'SELECT name, state, day, bytes, modified AS at, number AS key FROM inbox WHERE user_id = $1 AND number > $2 ORDER BY number LIMIT $3',
    ({name, state, day, bytes, at}) => ({path: `${folderOf(state, day)}/${name}`, bytes, modified: at.getTime()})
  )
  yield* rows<{name: string; state: string; day: string; reason: string}>(
    transaction,
    userId,
    'SELECT name, state, day, reason, number AS key FROM inbox WHERE user_id = $1 AND number > $2 AND reason IS NOT NULL ORDER BY number LIMIT $3',
    ({name, state, day, reason}) => {
      const told = reasonFile(`${folderOf(state, day)}/${name}`, name, reason)
      return text(told.path, told.text)
    }
  )
}

async function* tasks(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  const found = await transaction.rows<{id: string; state: number; place: string | null; record: string}>(
    userId,
    'SELECT id, state, place, record FROM task WHERE user_id = $1 ORDER BY id',
    [userId]
  )
  const folders = ['active', 'completed', 'deleted']
  for (const {id, state, place, record} of found) {
    const [, name = place ?? fileNameOf(id)] = /^(?:active|completed|deleted)\/(.*)$/s.exec(place ?? '') ?? []
    // One that lay outside of the three is an active one there.
    const folder = place === name && state === 0 ? '' : `${folders[state]}/`
    yield text(`${PROFILE_LAYOUT.tasks}/${folder}${name}`, record)
  }
}

async function* audit(transaction: Transaction, userId: string): AsyncGenerator<ProfileFile> {
  const lines = await transaction.rows<{day: string; line: string; number: number}>(
    userId,
    'SELECT day, line, number FROM audit WHERE user_id = $1 ORDER BY number',
    [userId]
  )
  for (const [day, some] of Map.groupBy(lines, (line) => line.day))
    yield text(`${PROFILE_LAYOUT.audit}/${nameOf(day)}`, some.map(({line}) => `${line}\n`).join(''))
  const [head] = await transaction.rows<{entries: number; day: string; hash: string}>(
    userId,
    'SELECT audit_entries AS entries, audit_day AS day, audit_hash AS hash FROM person WHERE user_id = $1',
    [userId]
  )
  if (head !== undefined && head.entries > 0) yield text(`${PROFILE_LAYOUT.audit}/head.json`, headText(head, lines))
}

/** @param select with "$2" for the key of the last row and "$3" for how many; its rows have a `key` */
async function* rows<Row extends object>(
  transaction: Transaction,
  userId: string,
  select: string,
  toFile: (row: Row) => ProfileFile
): AsyncGenerator<ProfileFile> {
  for (let last = 0; ; ) {
    const found = await transaction.rows<Row & {key: number}>(userId, select, [userId, last, PAGE])
    for (const row of found) yield toFile(row)
    const end = found.at(-1)?.key
    if (end === undefined || found.length < PAGE) return
    last = end
  }
}

/** The folder of a memory's month, in UTC. */
function monthOf(record: string): string {
  const {timestamp} = JSON.parse(record) as {timestamp: string}
  return monthFolder(new Date(timestamp).toISOString())
}

const text = (path: string, body: string, at?: Date): ProfileFile => ({
  path,
  bytes: Buffer.from(body),
  ...(at === undefined ? {} : {modified: at.getTime()})
})
