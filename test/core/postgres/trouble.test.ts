import {setTimeout as sleep} from 'node:timers/promises'
import pg from 'pg'
import {beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {capture, listMemories, memoryStore, newEvent} from '../../../src/core/memory/memories.ts'
import {storeError} from '../../../src/core/postgres/errors.ts'
import {requireServer} from '../../../src/core/postgres/schema-version.ts'
import {shownAddress} from '../../../src/core/store-address.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../support/postgres.ts'
import {makePeople} from '../../support/profile.ts'

describeWithPostgres('a server that goes away', () => {
  let database: TestDatabase
  let ada: UserContext

  beforeAll(async () => {
    database = await testDatabase()
  })
  beforeEach(async () => {
    await inTemporaryStore(database)
    ;({ada} = await makePeople('ada'))
  })

  it('in the middle of a capture is told, keeps nothing of it, and is used again when it is back', async () => {
    await enterContext(ada, () => capture({content: 'before'}))
    const other = new pg.Client({connectionString: database.address, options: '-c search_path=mh'})
    await other.connect()
    onTestFinished(() => other.end())
    await other.query('BEGIN')
    await other.query('SELECT 1 FROM account WHERE user_id = $1 FOR UPDATE', [ada.userId])
    const capturing = enterContext(ada, () => capture({content: 'in the middle'}))
    const refused = expect(capturing).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      exitCode: 1,
      hint: expect.stringContaining('Nothing was acknowledged that is not kept')
    })
    const waiting = async (): Promise<number[]> =>
      (
        await database.query<{pid: number}>(
          "SELECT pid FROM pg_stat_activity WHERE application_name = 'mh' AND wait_event_type = 'Lock' AND datname = current_database()"
        )
      ).map(({pid}) => pid)
    while ((await waiting()).length === 0) await sleep(20)
    for (const pid of await waiting()) await database.query('SELECT pg_terminate_backend($1)', [pid])
    await refused
    await other.query('ROLLBACK')
    await enterContext(ada, async () => {
      expect((await listMemories({})).memories.map(({content}) => content)).toEqual(['before'])
      await capture({content: 'after'})
      expect((await listMemories({})).total).toBe(2)
    })
  })

  it('has kept either all of a change or nothing', async () => {
    let stop = false
    const ending = (async () => {
      while (!stop) {
        await database.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mh' AND datname = current_database()"
        )
        await sleep(30)
      }
    })()
    let told = 0
    for (let round = 0; round < 30; round++)
      try {
        told += await enterContext(ada, async () => {
          const events = ['a', 'b'].map((letter) => newEvent({content: `${round} ${letter}`}))
          await memoryStore().add(events, () => ({category: 'data', event: 'tested'}))
          return events.length
        })
      } catch (error) {
        expect(error).toMatchObject({code: 'STORE_UNREACHABLE'})
      }
    stop = true
    await ending
    const kept = await enterContext(ada, () => listMemories({}, 100)).catch(() =>
      enterContext(ada, () => listMemories({}, 100))
    )
    // What was kept just before the answer was lost is kept, and was not acknowledged.
    expect(kept.total).toBeGreaterThanOrEqual(told)
    const rounds = Map.groupBy(kept.memories, ({content}) => content.split(' ')[0])
    expect([...rounds.values()].map((some) => some.length)).toEqual([...rounds.keys()].map(() => 2))
  })
})

describe('what a server says', () => {
  const AT = 'postgres://ada@db.example.org/mh'
  it.each([
    ['53100', 'STORE_FULL', /is full: nothing was kept/],
    ['25006', 'STORE_READ_ONLY', /is read-only: nothing was kept/],
    ['53300', 'STORE_BUSY', /takes no more connections/],
    ['28P01', 'STORE_DENIED', /refused the name or the password/],
    ['57P01', 'STORE_UNREACHABLE', /the server ended the connection/],
    ['57P03', 'STORE_UNREACHABLE', /is starting or stopping/],
    ['58030', 'STORE_FULL', /cannot use its disk/]
  ])('with %s is told as %s', (code, told, message) => {
    const error = Object.assign(new Error('as the server has it, with details of a row'), {code})
    expect(storeError(error, AT)).toMatchObject({
      code: told,
      exitCode: 1,
      httpStatus: 503,
      message: expect.stringMatching(message),
      hint: expect.any(String)
    })
    expect((storeError(error, AT) as Error).message).toContain(AT)
    expect((storeError(error, AT) as Error).message).not.toContain('details')
  })

  it.each([
    ['timeout expired', '', 'it does not answer'],
    ['timeout exceeded when trying to connect', '', 'it does not answer'],
    ['The server does not support SSL connections', '', 'it does not encrypt'],
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not trusted']
  ])('or the driver, as "%s", is told as a server that cannot be reached', (message, code, reason) => {
    const error = Object.assign(new Error(message), code === '' ? {} : {code})
    expect(storeError(error, AT)).toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: expect.stringContaining(reason),
      exitCode: 1
    })
  })

  it('of another kind is left as it is', () => {
    const error = Object.assign(new Error('syntax'), {code: '42601'})
    expect(storeError(error, AT)).toBe(error)
  })

  it('of a version that is too old is refused by its number', () => {
    expect(() => requireServer(130_011, AT)).toThrow(expect.objectContaining({code: 'STORE_TOO_OLD'}))
    expect(() => requireServer(130_011, AT)).toThrow('PostgreSQL 13')
    requireServer(140_000, AT)
  })

  it.each([
    ['postgres://ada:secret@db.example.org:5433/mh', 'postgres://ada@db.example.org:5433/mh'],
    ['postgresql://ada@db/mh?password=secret&sslmode=require', 'postgres://ada@db/mh'],
    ['postgres:///mh?host=/run/postgresql&user=ada&password=secret', 'postgres:///run/postgresql/mh']
  ])('at %s is shown without a password', (address, shown) => {
    expect(shownAddress(address)).toBe(shown)
  })
})
