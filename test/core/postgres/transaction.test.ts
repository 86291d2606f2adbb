import type {Pool} from 'pg'
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest'
import {openPool} from '../../../src/core/postgres/pool.ts'
import {inTransaction, rowsOf, SYSTEM, type Transaction} from '../../../src/core/postgres/transaction.ts'
import {describeWithPostgres, type TestDatabase, testDatabase} from '../../support/postgres.ts'

describeWithPostgres('a transaction', () => {
  let database: TestDatabase
  let pool: Pool

  beforeAll(async () => {
    database = await testDatabase()
    pool = await openPool(database.address, 1)
  })
  afterAll(() => pool.end())
  beforeEach(() => database.empty())

  const put = (transaction: Transaction, key: unknown) =>
    transaction.change(SYSTEM, 'INSERT INTO attempts (key) VALUES ($1)', [key])
  const kept = async () =>
    (await database.query<{key: string}>('SELECT key FROM attempts ORDER BY 1')).map((one) => one.key)

  it('keeps what was given at once, in its order', async () => {
    await inTransaction(pool, SYSTEM, async (transaction) => {
      const given = ['a', 'b', 'c'].map((key) => put(transaction, key))
      const seen = transaction.rows(SYSTEM, 'SELECT count(*) AS n FROM attempts')
      expect(await Promise.all(given)).toEqual([1, 1, 1])
      expect(await seen).toEqual([{n: 3}])
    })
    expect(await kept()).toEqual(['a', 'b', 'c'])
  })

  it('keeps nothing where one that nobody waited for failed, and tells that one', async () => {
    const failing = inTransaction(pool, SYSTEM, async (transaction) => {
      for (const key of ['a', 'a', 'b']) put(transaction, key).catch(() => {})
    })
    await expect(failing).rejects.toMatchObject({code: '23505'})
    expect(await kept()).toEqual([])
    expect(await rowsOf(pool, SYSTEM, 'SELECT 1 AS one', [])).toEqual([{one: 1}])
  })

  it('keeps nothing where one could not even be sent', async () => {
    const unsendable = {
      toPostgres() {
        throw new RangeError('too large to be sent')
      }
    }
    const failing = inTransaction(pool, SYSTEM, async (transaction) => {
      for (const key of ['a', unsendable, 'b']) put(transaction, key).catch(() => {})
    })
    await expect(failing).rejects.toThrow('too large to be sent')
    expect(await kept()).toEqual([])
    await inTransaction(pool, SYSTEM, (transaction) => put(transaction, 'c'))
    expect(await kept()).toEqual(['c'])
  })

  it('runs over another connection where its own turns out to be broken, and only once', async () => {
    await rowsOf(pool, SYSTEM, 'SELECT 1', [])
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mh' AND datname = current_database()"
    )
    await inTransaction(pool, SYSTEM, (transaction) => put(transaction, 'a'))
    expect(await kept()).toEqual(['a'])
  })

  it('leaves nothing of whom it was for on its connection', async () => {
    const set = `SELECT current_user AS role, coalesce(current_setting('mh.user_id', true), '') AS person,
      coalesce(current_setting('mh.scope', true), '') AS scope`
    const bare = async () => (await pool.query(set)).rows
    const nobody = [{role: 'mh_program', person: '', scope: ''}]
    expect(await rowsOf(pool, 'somebody', set, [])).toEqual([{role: 'mh_program', person: 'somebody', scope: ''}])
    expect(await bare()).toEqual(nobody)
    await inTransaction(pool, SYSTEM, (transaction) => transaction.rows('somebody', set))
    expect(await bare()).toEqual(nobody)
    await expect(
      inTransaction(pool, 'somebody', (transaction) => transaction.rows('somebody', 'SELECT 1/0'))
    ).rejects.toThrow()
    expect(await bare()).toEqual(nobody)
  })

  it('plans a statement for everybody, and shows each their own', async () => {
    for (const person of ['ada', 'bob']) {
      await database.query('INSERT INTO account (user_id, name, role, record) VALUES ($1, $1, $2, $3)', [
        person,
        'member',
        '{}'
      ])
      await database.query('INSERT INTO document VALUES ($1, $2, $3)', [person, 'etc/x.json', `of ${person}`])
    }
    const forgetful = {name: 'forgetful', text: 'SELECT body FROM document'}
    // A statement that ran several times has one plan for whatever its values are.
    for (let time = 0; time < 8; time++)
      for (const person of ['ada', 'bob'])
        expect(await rowsOf(pool, person, forgetful, [])).toEqual([{body: `of ${person}`}])
    expect(await rowsOf(pool, SYSTEM, forgetful, [])).toEqual([])
    expect((await pool.query(forgetful.text)).rows).toEqual([])
  })

  it('works as the program’s own role, whatever the address asks for', async () => {
    const address = new URL(database.address)
    address.searchParams.set('options', `-c role=${address.username} -c row_security=off -c mh.scope=system`)
    const other = await openPool(address.href, 1)
    try {
      const [seen] = await rowsOf<{role: string; scope: string}>(
        other,
        'ada',
        "SELECT current_user AS role, current_setting('mh.scope') AS scope",
        []
      )
      expect(seen).toEqual({role: 'mh_program', scope: ''})
    } finally {
      await other.end()
    }
  })
})
