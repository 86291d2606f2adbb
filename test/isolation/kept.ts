import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {readTar} from '../support/archives.ts'
import type {Home} from '../support/home.ts'
import type {TestDatabase} from '../support/postgres.ts'
import type {Person} from './person.ts'

/** Something that is kept: where, whose it is (nobody's where it is the system's), and what it says. */
export interface Kept {
  where: string
  whose: string | undefined
  text: string
}

/** Everything that lies in the data root and beside it: files, what the indexes hold, and what is inside of archives. */
export async function keptInFiles({root, home}: Home, people: readonly Person[]): Promise<Kept[]> {
  const kept: Kept[] = []
  for (const path of [...filesBelow(root), ...filesBelow(home)]) {
    const below = path.startsWith(root) ? path.slice(root.length + 1) : path.slice(home.length + 1)
    const whose = ownerOf(below, people)
    if (path.endsWith('.tar.gz')) {
      // The entries of a person's export are named from their profile on.
      for (const {header, data} of await readTar(path))
        kept.push({
          where: `${below}: ${header.name}`,
          whose:
            ownerOf(header.name, people) ??
            (path.startsWith(home) && header.name !== 'manifest.json' ? whose : undefined),
          // Names of files are kept with the profile's; the manifest lists those of everybody in it.
          text:
            header.name === 'manifest.json' ? withoutPaths(String(data)) : `${header.name}\n${data.toString('latin1')}`
        })
      continue
    }
    kept.push({where: below, whose, text: `${path}\n${readFileSync(path, 'latin1')}`})
    if (path.endsWith('.db')) kept.push({where: `${below} as tables`, whose, text: tablesOf(path)})
  }
  return kept
}

/** Every row of every table of a database, as its superuser sees them, and what its server logged. */
export async function keptInDatabase({query, log}: TestDatabase, people: readonly Person[]): Promise<Kept[]> {
  const tables = await query<{name: string; personal: boolean}>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name,
        EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'user_id') AS personal
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`
  )
  const kept: Kept[] = []
  for (const {name, personal} of tables)
    for (const {id, text} of await query<{id: string | null; text: string}>(
      `SELECT ${personal ? 't.user_id::text' : 'NULL'} AS id, t::text AS text FROM ${name} t`
    ))
      kept.push({
        where: name,
        whose: name === 'mh.audit' ? undefined : people.find(({user}) => user.userId === id)?.user.username,
        text: readable(text)
      })
  if (log !== undefined) kept.push({where: 'the log of the server', whose: undefined, text: readFileSync(log, 'utf8')})
  return kept
}

/** @returns whose the place is, as far as its path says so. A trail says what was done, and never a word of it: that may be nobody's. */
function ownerOf(path: string, people: readonly Person[]): string | undefined {
  if (path.includes('logs/audit/')) return undefined
  return people.find(
    ({user: {username, userId}}) =>
      path.startsWith(`profiles/${username}/`) ||
      path.startsWith(`cache/index/${userId}.`) ||
      path.startsWith(`${username}.`) ||
      path.startsWith(`${username}/`)
  )?.user.username
}

function tablesOf(path: string): string {
  const database = new DatabaseSync(path, {readOnly: true})
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as {name: string}[]
    return tables.map(({name}) => `${name} ${JSON.stringify(rowsOf(database, name))}`).join('\n')
  } finally {
    database.close()
  }
}

function rowsOf(database: DatabaseSync, table: string): unknown[] {
  const statement = database.prepare(`SELECT * FROM "${table}"`)
  statement.setReadBigInts(true)
  return statement
    .all()
    .map((row) =>
      Object.values(row).map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
      )
    )
}

/** Bytes that stand as hexadecimal digits in a row's text, as what they say. */
const readable = (text: string): string =>
  text +
  [...text.matchAll(/\\x([0-9a-f]+)/g)].map(([, digits = '']) => Buffer.from(digits, 'hex').toString('latin1')).join()

const withoutPaths = (manifest: string): string => JSON.stringify({...JSON.parse(manifest), files: []})

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
