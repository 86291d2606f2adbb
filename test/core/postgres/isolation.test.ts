import {readFileSync} from 'node:fs'
import type {Pool, PoolClient} from 'pg'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {capture, memoryStore, searchMemories} from '../../../src/core/memory/memories.ts'
import {setPersonaValue} from '../../../src/core/persona/change.ts'
import {setMode} from '../../../src/core/persona/set-mode.ts'
import {openPool, PROGRAM_ROLE} from '../../../src/core/postgres/pool.ts'
import {addTask, listTasks} from '../../../src/core/tasks/tasks.ts'
import {setRole} from '../../../src/core/users/role.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../support/postgres.ts'
import {makePeople} from '../../support/profile.ts'

describeWithPostgres('isolation by the database', () => {
  let database: TestDatabase
  let pool: Pool
  let ada: UserContext
  let bob: UserContext

  beforeAll(async () => {
    database = await testDatabase()
    pool = await openPool(database.address)
  })
  afterAll(() => pool.end())
  beforeEach(async () => {
    await inTemporaryStore(database)
    ;({ada, bob} = await makePeople('ada', 'bob'))
    for (const [user, word] of [
      [ada, 'swordfish'],
      [bob, 'marmalade']
    ] as const)
      await enterContext(user, async () => {
        const {id} = await capture({content: `The word is ${word}`, tags: [word]})
        await memoryStore().trash([(await capture({content: `Gone ${word}`})).id])
        await memoryStore().update(id, {
          change: (event) => ({...event, content: `The word is still ${word}`}),
          history: 'keep',
          audit: () => ({category: 'data', event: 'tested'})
        })
        await addTask({title: `Say ${word}`})
        await setPersonaValue('identity.role', word)
      })
  })

  /** Runs `fn` on the program's own connection, as a transaction of `user` has it; of nobody where it is undefined. */
  const over = async <T>(user: UserContext | undefined, fn: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      if (user !== undefined) await client.query("SELECT set_config('mh.user_id', $1, true)", [user.userId])
      return await fn(client)
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  }

  const tablesOfPeople = async (): Promise<string[]> =>
    (
      await database.query<{table: string}>(
        `SELECT c.relname AS table FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
          WHERE c.relnamespace = 'mh'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'user_id' ORDER BY 1`
      )
    ).map(({table}) => table)

  it('works as a role that owns nothing and is bound by every policy', async () => {
    const [role] = await database.query(
      'SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = $1',
      [PROGRAM_ROLE]
    )
    expect(role).toEqual({rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false})
    expect(await over(undefined, async (client) => (await client.query('SELECT current_user')).rows)).toEqual([
      {current_user: PROGRAM_ROLE}
    ])
    expect(
      await database.query('SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = $1', [PROGRAM_ROLE])
    ).toEqual([])
  })

  it('has a policy on every table of people, whose primary key begins with the person', async () => {
    const tables = await database.query<{table: string; secured: boolean; policies: number; key: string | null}>(
      `SELECT c.relname AS table, c.relrowsecurity AS secured,
          (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
          (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisprimary) AS key
        FROM pg_class c WHERE c.relname = ANY($1) AND c.relnamespace = 'mh'::regnamespace`,
      [await tablesOfPeople()]
    )
    expect(tables.length).toBeGreaterThan(15)
    expect(tables.filter(({secured, policies, key}) => !secured || policies === 0 || key !== 'user_id')).toEqual([])
  })

  it('shows nothing of another person to a statement that forgets the condition', async () => {
    for (const table of await tablesOfPeople()) {
      const seen = await over(ada, async (client) => (await client.query(`SELECT user_id FROM mh.${table}`)).rows)
      expect({table, others: seen.filter(({user_id: id}) => id !== ada.userId)}).toEqual({table, others: []})
    }
    const words = await over(ada, async (client) => JSON.stringify((await client.query('SELECT * FROM memory')).rows))
    expect(words).toContain('swordfish')
    expect(words).not.toContain('marmalade')
  })

  it('shows nothing of anybody to a connection that says for whom it asks to nobody', async () => {
    for (const table of await tablesOfPeople())
      expect({
        table,
        seen: await over(undefined, async (client) => (await client.query(`SELECT 1 FROM mh.${table}`)).rowCount)
      }).toEqual({table, seen: 0})
    // What a transaction set ends with it.
    await over(ada, async () => undefined)
    expect(await over(undefined, async (client) => (await client.query('SELECT 1 FROM memory')).rowCount)).toBe(0)
  })

  it('changes nothing of another person', async () => {
    await over(ada, async (client) => {
      expect((await client.query("UPDATE memory SET record = 'x' WHERE user_id = $1", [bob.userId])).rowCount).toBe(0)
      expect((await client.query('DELETE FROM task WHERE user_id = $1', [bob.userId])).rowCount).toBe(0)
      expect(
        (
          await client.query('SELECT * FROM postings($1, $2, $3, null, null, null, null, false, null, null, null)', [
            bob.userId,
            ['word'],
            [10]
          ])
        ).rows
      ).toEqual([])
      await expect(
        client.query("INSERT INTO document VALUES ($1, 'etc/x.json', '{}')", [bob.userId])
      ).rejects.toMatchObject({code: '42501'})
    })
  })

  it('lets nobody change or remove what a trail holds', async () => {
    for (const statement of [
      "UPDATE audit SET line = 'x'",
      'DELETE FROM audit',
      "UPDATE system_audit SET line = 'x'",
      'TRUNCATE memory'
    ])
      await over(ada, async (client) => {
        await expect(client.query(statement)).rejects.toMatchObject({code: '42501'})
      })
  })

  it('takes a role that was changed elsewhere for what it is, also in a context that began before', async () => {
    await enterContext(bob, async () => {
      await capture({content: 'as a member'})
      await enterContext(ada, () => setRole('bob', 'guest'))
      await expect(capture({content: 'as a guest'})).rejects.toMatchObject({code: 'NOT_ALLOWED_FOR_ROLE'})
    })
  })

  describe.skipIf(process.env.MH_TEST_PG !== undefined)('the statements that the server is given', () => {
    it('name the person in every one that reads or writes what is a person’s', async () => {
      const name = new URL(database.address).pathname.slice(1)
      await database.query(`ALTER DATABASE ${name} SET log_statement = 'all'`)
      await inTemporaryStore(database)
      const made = await makePeople('cora', 'dan')
      await enterContext(made.cora, async () => {
        const {id} = await capture({content: 'Met Grace at the harbour', tags: ['x'], type: 'journal'})
        await searchMemories('harbour', {type: 'journal', tag: 'x'})
        const store = memoryStore()
        await store.list({filter: {tag: 'x', unprocessed: true}, limit: 5})
        await store.statistics()
        await store.sessions(5)
        await store.countBetween([0, 1, 2])
        await store.trash([id])
        await store.restore([id])
        await store.reindex({full: true})
        await store.forget([id])
        await addTask({title: 'one', tags: ['x']})
        await listTasks({which: 'all', tag: 'x'})
        await setMode('agent')
      })
      await database.query(`ALTER DATABASE ${name} RESET log_statement`)
      const tables = await tablesOfPeople()
      const statements = statementsIn(readFileSync(database.log ?? '', 'utf8'), name).filter(
        (one) => touchesIn(one, tables) > 0
      )
      expect(statements.length).toBeGreaterThan(40)
      expect(statements.filter((one) => conditionsIn(one) < touchesIn(one, tables))).toEqual([])
    })

    it('are told apart', () => {
      const tables = ['memory', 'tag', 'document']
      const isFine = (statement: string): boolean => conditionsIn(statement) >= touchesIn(statement, tables)
      expect(isFine('SELECT * FROM memory m WHERE m.user_id = $1 AND m.row = 2')).toBe(true)
      expect(isFine('SELECT * FROM memory m WHERE m.row = 2')).toBe(false)
      expect(isFine('SELECT * FROM memory m JOIN tag t ON t.row = m.row WHERE m.user_id = $1')).toBe(false)
      expect(isFine('SELECT * FROM memory m JOIN tag t ON t.user_id = m.user_id WHERE m.user_id = $1')).toBe(true)
      expect(isFine('DELETE FROM tag WHERE user_id = $1 AND row IN (SELECT row FROM memory)')).toBe(false)
      expect(isFine('INSERT INTO document VALUES ($1, $2, $3)')).toBe(true)
      expect(isFine("INSERT INTO document VALUES ('x', $2, $3)")).toBe(false)
      expect(touchesIn('SELECT * FROM memory', tables)).toBe(1)
      expect(touchesIn('SELECT memory FROM system', tables)).toBe(0)
    })
  })
})

/** The program's statements over one database, each on a line; those of the tests' own superuser are not among them. */
function statementsIn(log: string, name: string): string[] {
  return log
    .split(/^(?=\S+ (?:LOG|DETAIL|ERROR|STATEMENT|HINT|FATAL):)/m)
    .filter((entry) => entry.startsWith(`${name} LOG:  execute`) || entry.startsWith(`${name} LOG:  statement`))
    .map((entry) => entry.replace(/^\S+ LOG: {2}(?:execute [^:]+|statement): /, '').replace(/\s+/g, ' '))
    .filter(
      (statement) => !/pg_class|pg_roles|TRUNCATE|ALTER DATABASE|CREATE |migration|DELETE FROM system;/.test(statement)
    )
}

/** How often a statement names tables of people. */
const touchesIn = (statement: string, tables: readonly string[]): number =>
  statement.match(
    new RegExp(
      `(?:FROM|JOIN|INTO|UPDATE|USING) (?:mh\\.)?(?:${tables.filter((one) => one !== 'account').join('|')})\\b`,
      'g'
    )
  )?.length ?? 0

/** How often the person is a condition of a table, or the first of what is put into one. */
const conditionsIn = (statement: string): number =>
  (statement.match(/\buser_id = (?:\$\d|\w+\.user_id)/g)?.length ?? 0) +
  (statement.match(/INSERT INTO \w+ (?:\(user_id\b[^)]*\) (?:VALUES \(|SELECT )\$1|VALUES \(\$1|SELECT \$1)/g)
    ?.length ?? 0)
