import {AsyncLocalStorage} from 'node:async_hooks'
import type {Pool} from 'pg'
import {type AuditEvent, formatEntry} from '../audit.ts'
import type {AccountWrites, ProfileWrites} from '../backend.ts'
import {conflict, errno, notFound} from '../errors.ts'
import {reach} from '../faults.ts'
import type {User} from '../users/user.ts'
import {formatAccount, readAccount} from './account-record.ts'
import {inTransaction, rowsOf, type Scope, type Statement, SYSTEM, type Transaction} from './transaction.ts'

/** Counters of a person's row, as they are under its lock. What a change adds is written once, when it ends. */
export interface PersonRow {
  revision: number
  language: string | null
  zone: string | null
  next_row: number
  memories: number
  unprocessed: number
  terms: number
  bytes: number
  audit_entries: number
  audit_day: string
  audit_hash: string
}

interface SystemRow {
  settings: string
  accounts: number
  audit_entries: number
  audit_day: string
  audit_hash: string
}

/** An entry that waits for the end of the change. */
interface Entry {
  number: number
  day: string
  line: string
}

/** What a change puts into a table, beside others or as a statement of its own. */
export interface Part {
  name: string
  /** @param from what goes before the other tables; `$1` is the person, its own values begin at `$at` */
  text(from: string, at: number): string
}

/** A person as a snapshot has them. */
export interface KnownPerson {
  user: User
  /** The account's record as it is kept. */
  account: string
  row: PersonRow
}

/** One person's profile under its lock. */
export interface LockedProfile extends KnownPerson {
  userId: string
  /**
   * Where the lock is had by the one statement that the change will be: what the statement has to find, and what else it puts.
   * Nothing can be read, and nothing else be written.
   */
  atOnce?: {found: PersonRow; parts: {part: Part; values: readonly unknown[]}[]}
  /** Documents that the change wrote; null for those that it removed. */
  documents: Map<string, string | null>
  entries: Entry[]
  changed: boolean
}

/** The accounts under their lock. */
interface LockedAccounts {
  row: SystemRow
  entries: Entry[]
  changed: boolean
  /** Accounts as the change leaves them; null for those that are gone. */
  users: Map<string, User | null>
}

/**
 * One change: a transaction, and the locks that it has. A change of accounts and one of a profile inside it are one unit, which is
 * durable when the outermost of them ends.
 */
export class Unit {
  readonly profiles = new Map<string, LockedProfile>()
  accounts: LockedAccounts | undefined
  readonly #transaction: Transaction | undefined

  constructor(transaction?: Transaction) {
    this.#transaction = transaction
  }

  get transaction(): Transaction {
    if (this.#transaction === undefined) throw new NeedsLock('The change is more than one statement')
    return this.#transaction
  }

  async lockProfile(userId: string): Promise<LockedProfile> {
    const known = this.profiles.get(userId)
    if (known !== undefined) return known
    // Looked at behind the lock: a statement that waits for it sees other tables as they were before.
    this.send(userId, LOCK_PERSON, [userId])
    const found = await this.transaction.row<PersonRow & {account: string}>(userId, READ_PERSON, [userId])
    if (found === undefined)
      throw conflict(
        'PROFILE_GONE',
        `The account ${userId} is gone: it was deleted meanwhile`,
        'mh user list shows who is there'
      )
    const {account, ...row} = found
    return this.#hold(userId, {user: readAccount(account), account, row})
  }

  /** Takes the profile for what it was when it was last looked at; the one statement that the change is changes nothing where it was not. */
  presume(userId: string, {user, account, row}: KnownPerson): LockedProfile {
    const profile = this.#hold(userId, {user, account, row: {...row}})
    profile.atOnce = {found: row, parts: []}
    return profile
  }

  #hold(userId: string, known: KnownPerson): LockedProfile {
    const profile: LockedProfile = {...known, userId, documents: new Map(), entries: [], changed: false}
    this.profiles.set(userId, profile)
    return profile
  }

  async lockAccounts(): Promise<LockedAccounts> {
    if (this.accounts !== undefined) return this.accounts
    const row = await this.transaction.row<SystemRow>(SYSTEM, LOCK_SYSTEM)
    if (row === undefined) throw notFound('STORE_NOT_READY', 'The store has no row of its own', 'mh store upgrade')
    this.accounts = {row, entries: [], changed: false, users: new Map()}
    return this.accounts
  }

  /** Gives a statement, and does not wait for it: the end of the unit does, and fails where it failed. */
  send(scope: Scope, statement: Statement | string, values: readonly unknown[]): void {
    this.transaction.change(scope, statement, values).catch(() => {})
  }

  /** Puts rows into a table of the person's. */
  put({userId, atOnce}: LockedProfile, part: Part, values: readonly unknown[]): void {
    if (atOnce === undefined) this.send(userId, {name: `put-${part.name}`, text: part.text('', 2)}, [userId, ...values])
    else atOnce.parts.push({part, values})
  }

  /** Writes what waits for the end. */
  finish(): void {
    for (const profile of this.profiles.values()) if (profile.changed) this.#finishProfile(profile)
    if (this.accounts?.changed) this.#finishAccounts(this.accounts)
    reach('audited')
  }

  #finishProfile({userId, row, entries}: LockedProfile): void {
    this.send(userId, entries.length > 0 ? FINISH_WITH_ENTRIES : FINISH, [
      ...personValues(userId, row),
      ...(entries.length > 0 ? columnsOf(entries) : [])
    ])
  }

  #finishAccounts({row, entries}: LockedAccounts): void {
    this.send(
      SYSTEM,
      'INSERT INTO system_audit SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])',
      columnsOf(entries)
    )
    this.send(
      SYSTEM,
      'UPDATE system SET settings = $1, accounts = $2, audit_entries = $3, audit_day = $4, audit_hash = $5',
      [row.settings, row.accounts, row.audit_entries, row.audit_day, row.audit_hash]
    )
  }
}

/** Thrown where a change that was to be one statement has to be made under the lock. */
export class NeedsLock extends Error {}

/** The whole of a change as one statement: a row where the profile was what it was taken for, else none, and nothing is changed. */
function wholeOf(userId: string, {account, row, entries, atOnce}: LockedProfile): [Statement, unknown[]] {
  if (atOnce === undefined) throw new NeedsLock('The profile is under its lock already')
  const {found, parts} = atOnce
  const all = [{part: ENTRIES, values: columnsOf(entries)}, ...parts]
  const values = [...personValues(userId, row), found.revision, found.audit_entries, found.audit_hash, account]
  const puts = all.map(({part, values: own}) => {
    const at = values.length + 1
    values.push(...own)
    return `put_${part.name} AS (${part.text('head, ', at)})`
  })
  return [
    {
      name: `whole-${all.map(({part}) => part.name).join('-')}`,
      text: `WITH head AS (${UPDATE_PERSON} AND revision = $13 AND audit_entries = $14 AND audit_hash = $15
        AND EXISTS (SELECT FROM account a WHERE a.user_id = $1 AND a.record::text = $16) RETURNING 1
      ), ${puts.join(', ')} SELECT 1 FROM head`
    },
    values
  ]
}

const units = new AsyncLocalStorage<Unit>()

/** The change that is under way here, if there is one. */
export const currentUnit = (): Unit | undefined => units.getStore()

/**
 * Runs `fn` in the unit that is under way, or in a new one.
 * @param done told of a unit that is durable now
 */
export async function inUnit<T>(
  pool: Pool,
  scope: Scope,
  fn: (unit: Unit) => Promise<T>,
  done: (unit: Unit) => void
): Promise<T> {
  const outer = units.getStore()
  if (outer !== undefined) return fn(outer)
  let unit: Unit | undefined
  const result = await inTransaction(pool, scope, async (transaction) => {
    const made = new Unit(transaction)
    unit = made
    const value = await units.run(made, () => fn(made))
    made.finish()
    return value
  })
  reach('committed')
  if (unit !== undefined) done(unit)
  return result
}

/**
 * Runs a change of one profile as one statement, for one round trip.
 * @returns undefined where it has to be made under the lock: the profile is no longer what it was taken for, or the change is more than that
 */
export async function atOnce<T>(
  pool: Pool,
  userId: string,
  known: KnownPerson,
  fn: (unit: Unit, profile: LockedProfile) => Promise<T> | T,
  done: (unit: Unit) => void
): Promise<{result: T} | undefined> {
  const unit = new Unit()
  const profile = unit.presume(userId, known)
  try {
    const result = await units.run(unit, () => fn(unit, profile))
    const [statement, values] = wholeOf(userId, profile)
    reach('audited')
    if ((await rowsOf(pool, userId, statement, values, '')).length === 0) return undefined
    reach('committed')
    done(unit)
    return {result}
  } catch (error) {
    // What is there already is looked at under the lock.
    if (error instanceof NeedsLock || isTaken(error)) return undefined
    throw error
  }
}

const UNIQUE_VIOLATION = '23505'
const isTaken = (error: unknown): boolean => errno(error) === UNIQUE_VIOLATION

/** What a change of a profile writes. */
export function profileWrites(unit: Unit, profile: LockedProfile): ProfileWrites {
  const {userId} = profile
  return {
    audit(event) {
      profile.entries.push(nextEntry(profile.row, event, userId))
      profile.changed = true
    },
    write(path, text) {
      profile.documents.set(path, text)
      profile.row.revision++
      profile.changed = true
      unit.send(userId, WRITE_DOCUMENT, [userId, path, text])
    },
    append(path, line) {
      unit.send(userId, 'INSERT INTO line (user_id, path, text) VALUES ($1, $2, $3)', [userId, path, line])
    },
    remove(path) {
      profile.documents.set(path, null)
      profile.row.revision++
      profile.changed = true
      unit.send(userId, 'DELETE FROM document WHERE user_id = $1 AND path = $2', [userId, path])
    }
  }
}

/** What a change of accounts writes. */
export function accountWrites(unit: Unit, accounts: LockedAccounts): AccountWrites {
  const {row, users} = accounts
  const audit: AccountWrites['audit'] = (event, userId) => {
    accounts.entries.push(nextEntry(row, event, userId))
    accounts.changed = true
  }
  return {
    audit,
    insert(user, documents) {
      users.set(user.id, user)
      row.accounts++
      accounts.changed = true
      unit.send(SYSTEM, 'INSERT INTO account (user_id, name, role, record) VALUES ($1, $2, $3, $4)', accountRow(user))
      unit.send(user.id, 'INSERT INTO person (user_id) VALUES ($1)', [user.id])
      unit.send(user.id, 'INSERT INTO document SELECT $1, * FROM unnest($2::text[], $3::text[])', [
        user.id,
        Object.keys(documents),
        Object.values(documents)
      ])
    },
    replace(user) {
      users.set(user.id, user)
      const locked = unit.profiles.get(user.id)
      if (locked !== undefined) locked.user = user
      unit.send(SYSTEM, 'UPDATE account SET name = $2, role = $3, record = $4 WHERE user_id = $1', accountRow(user))
    },
    remove(id, event) {
      users.set(id, null)
      row.accounts--
      accounts.changed = true
      archiveTrail(unit, id, event)
      unit.profiles.delete(id)
      unit.send(SYSTEM, 'DELETE FROM account WHERE user_id = $1', [id])
      audit(event, id)
    },
    configure(settings) {
      row.settings = JSON.stringify(settings)
      accounts.changed = true
    }
  }
}

/** The person's trail goes to the archive, with one more entry: what became of it. Their profile's lock is held. */
function archiveTrail(unit: Unit, id: string, event: AuditEvent): void {
  const profile = unit.profiles.get(id)
  if (profile === undefined) throw new Error(`The account ${id} is removed without its profile's lock`)
  profile.entries.push(nextEntry(profile.row, event, id))
  unit.send(id, 'INSERT INTO audit SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[])', [
    id,
    ...columnsOf(profile.entries)
  ])
  // An id comes back where an export was imported again: each of its lives has a number.
  unit.send(id, ARCHIVE, [id, profile.row.audit_entries, profile.row.audit_day, profile.row.audit_hash])
}

function nextEntry(
  head: {audit_entries: number; audit_day: string; audit_hash: string},
  event: AuditEvent,
  userId: string | null
): Entry {
  const now = new Date().toISOString()
  const today = now.slice(0, 10)
  // A clock that went back does not open an older day: the chain only grows at its end.
  const day = [head.audit_day, today].sort()[1] ?? today
  const {text: line, hash} = formatEntry(event, now, userId, head.audit_hash)
  head.audit_day = day
  head.audit_hash = hash
  head.audit_entries++
  return {number: head.audit_entries, day, line}
}

const columnsOf = (entries: readonly Entry[]): [number[], string[], string[]] => [
  entries.map(({number}) => number),
  entries.map(({day}) => day),
  entries.map(({line}) => line)
]

const personValues = (userId: string, row: PersonRow): unknown[] => [
  userId,
  row.revision,
  row.language,
  row.zone,
  row.next_row,
  row.memories,
  row.unprocessed,
  row.terms,
  row.bytes,
  row.audit_entries,
  row.audit_day,
  row.audit_hash
]

const accountRow = (user: User): unknown[] => [user.id, user.username.toLowerCase(), user.role, formatAccount(user)]

const LOCK_PERSON = {name: 'lock-person', text: 'SELECT FROM person WHERE user_id = $1 FOR NO KEY UPDATE'}

/** Of `person p`. */
export const PERSON_COLUMNS = `p.revision, p.language, p.zone, p.next_row, p.memories, p.unprocessed, p.terms, p.bytes, p.audit_entries,
  p.audit_day, p.audit_hash`

const READ_PERSON = {
  name: 'read-person',
  text: `SELECT ${PERSON_COLUMNS}, a.record::text AS account
    FROM person p JOIN account a ON a.user_id = p.user_id WHERE p.user_id = $1`
}

const LOCK_SYSTEM = {
  name: 'lock-system',
  text: 'SELECT settings::text, accounts, audit_entries, audit_day, audit_hash FROM system FOR NO KEY UPDATE'
}

const UPDATE_PERSON = `UPDATE person SET revision = $2, language = $3, zone = $4, next_row = $5, memories = $6, unprocessed = $7, terms = $8,
  bytes = $9, audit_entries = $10, audit_day = $11, audit_hash = $12 WHERE user_id = $1`

const FINISH = {name: 'finish', text: UPDATE_PERSON}

const ENTRIES: Part = {
  name: 'entries',
  text: (from, at) =>
    `INSERT INTO audit SELECT $1, e.* FROM ${from}unnest($${at}::bigint[], $${at + 1}::text[], $${at + 2}::text[]) e`
}

const FINISH_WITH_ENTRIES = {
  name: 'finish-with-entries',
  text: `WITH added AS (${ENTRIES.text('', 13)}) ${UPDATE_PERSON}`
}

const WRITE_DOCUMENT = `INSERT INTO document VALUES ($1, $2, $3)
  ON CONFLICT (user_id, path) DO UPDATE SET body = excluded.body`

const ARCHIVE = `WITH head AS (
    INSERT INTO archived_head
      SELECT $1, (1 + count(*))::text, $2::bigint, $3, $4 FROM archived_head WHERE user_id = $1 RETURNING archive
  ) INSERT INTO archived_audit SELECT a.user_id, head.archive, a.number, a.day, a.line FROM audit a, head WHERE a.user_id = $1`
