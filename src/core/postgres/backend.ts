import type {JobQueue} from '../agents/job-queue.ts'
import {postgresSchedules} from '../agents/postgres/schedules.ts'
import {postgresTrails} from '../audit/postgres/trails.ts'
import type {AccountStore, Backend} from '../backend.ts'
import {requireUserContext, withUserContext} from '../context.ts'
import {conflict} from '../errors.ts'
import {postgresInbox} from '../inbox/postgres/inbox.ts'
import {postgresMemories} from '../memory/postgres/store.ts'
import {postgresTasks} from '../tasks/postgres/store.ts'
import {requirePermission} from '../users/permissions.ts'
import {postgresAttempts} from '../users/postgres/attempts.ts'
import {postgresIssued} from '../users/postgres/issued.ts'
import {postgresSetup} from '../users/postgres/setup.ts'
import {readAccount} from './account-record.ts'
import {type Database, openDatabase, type Shared} from './database.ts'
import {postgresLocks} from './named-locks.ts'
import {openPool} from './pool.ts'
import {RememberedPeople} from './remembered-people.ts'
import {currentSnapshot, isLoaded, LOADED, requireSnapshot, type Snapshot, withSnapshot} from './snapshot.ts'
import {SYSTEM, type Transaction} from './transaction.ts'
import {
  accountWrites,
  currentUnit,
  type LockedProfile,
  PERSON_COLUMNS,
  type PersonRow,
  profileWrites,
  type Unit
} from './unit.ts'

/** Agents at work in one process. */
const MOST_LOCKS = 100

/** A store over PostgreSQL, opened. @throws MhError STORE_UNREACHABLE, STORE_DENIED, STORE_NOT_READY, STORE_NEWER (exit 1), INVALID_STORE (exit 2) */
export async function openPostgres(connection: string): Promise<Backend> {
  const database = await openDatabase(connection)
  const read = ({settings, accounts}: Shared): {settings: Record<string, unknown>; accounts: number} => ({
    settings: JSON.parse(settings),
    accounts
  })
  let shared = read(database.shared)
  // Who holds a lock holds a connection: those must not run out for the work itself.
  const lockPool = await openPool(connection, MOST_LOCKS)
  let jobs: Promise<JobQueue> | undefined
  const people = new RememberedPeople()

  /** What a change left is what is read from now on. */
  const adopt = (unit: Unit): void => {
    if (unit.accounts !== undefined) shared = read(unit.accounts.row)
    for (const profile of unit.profiles.values()) {
      adoptProfile(profile)
      people.wrote(profile.userId, profile.row)
    }
    for (const [id, user] of unit.accounts?.users ?? []) {
      const snapshot = currentSnapshot(id)
      if (snapshot !== undefined && user !== null) snapshot.user = user
    }
  }

  return {
    address: database.address,
    memories: postgresMemories(database),
    tasks: postgresTasks(database),
    accounts: accountsOf(database),
    trails: postgresTrails(database),
    issued: postgresIssued(database),
    inbox: postgresInbox(database),
    schedules: postgresSchedules(database),
    locks: postgresLocks(lockPool, database.address),
    jobs: () => (jobs ??= import('./jobs.ts').then(({postgresJobs}) => postgresJobs(database.pool, database.address))),
    setup: postgresSetup(database),
    attempts: () => postgresAttempts(database),

    enter: async (user, fn) => {
      const {userId} = user
      // What a change that is under way wrote may be taken back.
      const remembers = currentUnit() === undefined
      const before = remembers ? people.get(userId) : undefined
      const [found] = await database.rows<
        Shared & PersonRow & {account: string; life: number; documents: string | null}
      >(userId, ENTER, [userId, before?.life ?? null, before?.row.revision ?? null])
      if (found === undefined)
        throw conflict('PROFILE_GONE', `The account of ${user.username} is gone`, 'mh user list shows who is there')
      const {account, life, documents, settings, accounts, ...row} = found
      shared = read({settings, accounts})
      const texts =
        before?.life === life && before.row.revision === row.revision
          ? before.documents
          : new Map<string, string>(Object.entries(JSON.parse(documents ?? '{}')))
      if (remembers) people.saw(userId, {life, row, documents: texts})
      const snapshot: Snapshot = {user: readAccount(account), account, row, documents: texts}
      return withSnapshot(snapshot, () => withUserContext(user, fn))
    },

    lockAccounts: (fn) =>
      database.unit(SYSTEM, async (unit) => fn(accountWrites(unit, await unit.lockAccounts())), adopt),

    lockProfile: async (userId, fn, mayRepeat) => {
      const snapshot = currentSnapshot(userId)
      if (mayRepeat && snapshot !== undefined) {
        const known = {...snapshot, row: people.rowOf(userId, snapshot.row)}
        const done = await database.atOnce(userId, known, (unit, profile) => fn(profileWrites(unit, profile)), adopt)
        if (done !== undefined) return done.result
      }
      return database.unit(
        userId,
        async (unit) => {
          const profile = await unit.lockProfile(userId)
          if (snapshot !== undefined) await bringUp(snapshot, profile, unit.transaction)
          // Whoever is a guest by now, or in another mode, is bound by that at once.
          if (snapshot?.permitted !== undefined) requirePermission(snapshot.permitted)
          return fn(profileWrites(unit, profile))
        },
        adopt
      )
    },

    account(id) {
      const unit = currentUnit()
      const changed = unit?.accounts?.users.get(id)
      if (changed !== undefined) return changed ?? undefined
      const user = unit?.profiles.get(id)?.user ?? currentSnapshot(id)?.user
      if (user === undefined) throw new Error(`The account ${id} was not loaded`)
      return user
    },
    permitted(operation) {
      const snapshot = currentSnapshot(requireUserContext().userId)
      if (snapshot !== undefined) snapshot.permitted = operation
    },
    get empty() {
      return (currentUnit()?.accounts?.row.accounts ?? shared.accounts) === 0
    },
    document(path) {
      const {userId} = requireUserContext('Documents')
      const written = currentUnit()?.profiles.get(userId)?.documents.get(path)
      if (written !== undefined) return written ?? undefined
      return requireSnapshot().documents.get(path)
    },
    documents(folder) {
      const {userId} = requireUserContext('Documents')
      const written = currentUnit()?.profiles.get(userId)?.documents ?? new Map<string, string | null>()
      const paths = new Set(requireSnapshot().documents.keys())
      for (const [path, text] of written) {
        if (text === null) paths.delete(path)
        else paths.add(path)
      }
      return [...paths].filter((path) => path.startsWith(`${folder}/`)).sort()
    },
    settings() {
      const row = currentUnit()?.accounts?.row
      return row === undefined ? shared.settings : JSON.parse(row.settings)
    },

    async read(path) {
      const {userId} = requireUserContext('Documents')
      const [found] = await database.rows<{body: string | null}>(userId, READ, [userId, path])
      return found?.body ?? undefined
    },
    async list(folder) {
      const {userId} = requireUserContext('Documents')
      // "0" is what follows "/".
      const found = await database.rows<{path: string}>(userId, LIST, [userId, `${folder}/`, `${folder}0`])
      return found.map(({path}) => path)
    },
    async writeProfile(userId, folder) {
      const [{readProfile}, {writeTree}] = await Promise.all([
        import('./copy/read-profile.ts'),
        import('./copy/write-tree.ts')
      ])
      await database.look(userId, (transaction) => writeTree(folder, [], readProfile(transaction, userId)))
    },
    refresh: async () => {
      const [found] = await database.rows<Shared>(SYSTEM, 'SELECT settings::text, accounts FROM system')
      if (found !== undefined) shared = read(found)
    },
    async close() {
      await (await jobs)?.close()
      await lockPool.end()
      await database.pool.end()
    }
  }
}

function accountsOf(database: Database): AccountStore {
  const one = async (column: 'name' | 'user_id', value: string) => {
    const [found] = await database.rows<{record: string}>(
      SYSTEM,
      {name: `account-${column}`, text: `SELECT record::text FROM account WHERE ${column} = $1`},
      [value]
    )
    return found === undefined ? undefined : readAccount(found.record)
  }
  return {
    byName: (username) => one('name', username.toLowerCase()),
    byId: (id) => one('user_id', id),
    all: async () =>
      (await database.rows<{record: string}>(SYSTEM, 'SELECT record::text FROM account ORDER BY number')).map(
        ({record}) => readAccount(record)
      ),
    hasOwnerBeside: async (id) =>
      (await database.rows(SYSTEM, "SELECT 1 FROM account WHERE role = 'owner' AND user_id <> $1 LIMIT 1", [id]))
        .length > 0
  }
}

/** Under the lock the person is as they are now: what was loaded before may be older. */
async function bringUp(snapshot: Snapshot, profile: LockedProfile, transaction: Transaction): Promise<void> {
  const {userId, user, account} = profile
  Object.assign(snapshot, {user, account})
  if (profile.documents.size > 0) return
  const row = {...profile.row}
  if (snapshot.row.revision !== row.revision) {
    const found = await transaction.rows<{path: string; body: string}>(
      userId,
      `SELECT d.path, d.body FROM document d WHERE d.user_id = $1 AND ${LOADED}`,
      [userId]
    )
    snapshot.documents = new Map(found.map(({path, body}) => [path, body]))
  }
  snapshot.row = row
}

function adoptProfile({userId, row, documents}: LockedProfile): void {
  const snapshot = currentSnapshot(userId)
  if (snapshot === undefined) return
  snapshot.row = row
  if (documents.size === 0) return
  const now = new Map(snapshot.documents)
  for (const [path, text] of documents) {
    if (text === null) now.delete(path)
    else if (isLoaded(path)) now.set(path, text)
  }
  snapshot.documents = now
}

/** A document, or the lines of a file of lines. */
const READ = `SELECT coalesce((SELECT body FROM document WHERE user_id = $1 AND path = $2),
  (SELECT string_agg(text || E'\\n', '' ORDER BY number) FROM line WHERE user_id = $1 AND path = $2)) AS body`

const LIST = `SELECT path FROM document WHERE user_id = $1 AND path > $2 AND path < $3
  UNION SELECT path FROM line WHERE user_id = $1 AND path > $2 AND path < $3 ORDER BY path`

const ENTER = {
  name: 'enter',
  // Documents of another revision than the one that is remembered.
  text: `SELECT a.record::text AS account, a.number AS life, ${PERSON_COLUMNS}, s.settings::text, s.accounts,
    CASE WHEN a.number = $2::bigint AND p.revision = $3::bigint THEN NULL ELSE
      (SELECT json_object_agg(d.path, d.body)::text FROM document d WHERE d.user_id = $1 AND ${LOADED}) END AS documents
    FROM account a JOIN person p ON p.user_id = a.user_id CROSS JOIN system s WHERE a.user_id = $1`
}
