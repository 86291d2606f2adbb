import {readFileSync} from 'node:fs'
import {beforeAll, beforeEach, expect, it} from 'vitest'
import {verifyAudit} from '../../../src/core/audit/verify.ts'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {readProfileText} from '../../../src/core/documents.ts'
import {withAccountsLock} from '../../../src/core/locks.ts'
import {capture, memoryStore, newEvent} from '../../../src/core/memory/memories.ts'
import {readMode} from '../../../src/core/persona/mode.ts'
import {setMode} from '../../../src/core/persona/set-mode.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../support/postgres.ts'
import {makePeople} from '../../support/profile.ts'

describeWithPostgres('a capture over PostgreSQL', () => {
  let database: TestDatabase
  let ada: UserContext
  let bob: UserContext

  beforeAll(async () => {
    database = await testDatabase()
  })
  beforeEach(async () => {
    await inTemporaryStore(database)
    ;({ada, bob} = await makePeople('ada', 'bob'))
  })

  const added = () => ({category: 'data', event: 'tested'}) as const
  const contents = (user: UserContext) =>
    enterContext(user, async () =>
      (await memoryStore().list({filter: {}, limit: 50})).map(({event}) => event.content).sort()
    )

  it.skipIf(process.env.MH_TEST_PG !== undefined)(
    'is one statement behind the one that enters the context',
    async () => {
      const name = new URL(database.address).pathname.slice(1)
      await database.query(`ALTER DATABASE ${name} SET log_statement = 'all'`)
      await inTemporaryStore(database)
      const {cora} = await makePeople('cora')
      const marked = readFileSync(database.log ?? '', 'utf8').length
      await enterContext(cora, () => capture({content: 'Met Grace at the harbour', tags: ['boat']}))
      await database.query(`ALTER DATABASE ${name} RESET log_statement`)
      const given = readFileSync(database.log ?? '', 'utf8')
        .slice(marked)
        .split('\n')
        .filter((line) => line.startsWith(`${name} LOG:  `) && !line.includes('ALTER DATABASE'))
        .map((line) => /LOG: {2}(?:execute|statement:) (\w+)/.exec(line)?.[1])
      expect(given).toEqual(['BEGIN', 'enter', 'COMMIT', 'BEGIN', 'whole', 'COMMIT'])
    }
  )

  it('is kept, too, where others wrote since its context began, and nothing is counted twice', async () => {
    const words = ['harbour', 'lighthouse', 'lighthouse', 'anchor', 'anchor', 'rope']
    await Promise.all(words.map((content) => enterContext(ada, () => capture({content, tags: ['boat']}))))
    await enterContext(ada, async () => {
      await capture({content: 'from the outer context'})
      await enterContext(ada, () => capture({content: 'from an inner one'}))
      await capture({content: 'from the outer one again'})
      expect(await memoryStore().counts()).toEqual({total: words.length + 3, unprocessed: words.length + 3})
      expect(await verifyAudit(false)).toMatchObject({broken: []})
    })
    expect(await contents(ada)).toHaveLength(words.length + 3)
    expect(await contents(bob)).toEqual([])
    const terms = 'SELECT term, frequency FROM vocabulary WHERE user_id = $1 AND frequency > 0 ORDER BY term'
    const counted = await database.query(terms, [ada.userId])
    await enterContext(ada, () => memoryStore().reindex({full: true}))
    expect(await database.query(terms, [ada.userId])).toEqual(counted)
  })

  it('changes nothing where its id is there already, and says what is there', async () => {
    await enterContext(ada, async () => {
      const event = newEvent({content: 'the first'})
      await memoryStore().add([event], added)
      const other = newEvent({content: 'beside it'})
      const again = await memoryStore().add([{...event, content: 'another'}, other], added)
      expect(again).toMatchObject([{existing: {content: 'the first'}}, {memory: {event: {content: 'beside it'}}}])
      expect(await memoryStore().counts()).toEqual({total: 2, unprocessed: 2})
      expect(await verifyAudit(false)).toMatchObject({broken: []})
    })
  })

  it('is kept with those that come at the same time, each with its own entry in the trail', async () => {
    const texts = Array.from({length: 30}, (_, at) => `number ${at}`)
    const kept = await Promise.all(texts.map((content) => enterContext(ada, () => capture({content}))))
    expect(new Set(kept.map(({id}) => id)).size).toBe(30)
    expect(await contents(ada)).toEqual(texts.toSorted())
    const lines = await database.query<{line: string}>('SELECT line FROM audit WHERE user_id = $1', [ada.userId])
    const noted = lines.map(({line}) => JSON.parse(line)).filter(({event}) => event === 'memory_captured')
    expect(noted.map(({details}) => details.id).sort()).toEqual(kept.map(({id}) => id).sort())
    await enterContext(ada, async () => expect(await verifyAudit(false)).toMatchObject({broken: []}))
  })

  it('is taken back with the change that it is in, and takes nothing of another’s with it', async () => {
    const inside = withAccountsLock(async () => {
      await enterContext(ada, () => capture({content: 'inside'}))
      throw new Error('taken back')
    })
    const beside = enterContext(ada, () => capture({content: 'beside it'}))
    await expect(inside).rejects.toThrow('taken back')
    await beside
    expect(await contents(ada)).toEqual(['beside it'])
    await enterContext(ada, async () => expect(await verifyAudit(false)).toMatchObject({broken: []}))
  })

  it('is refused where the account is gone since its context began', async () => {
    await enterContext(bob, async () => {
      await database.query('DELETE FROM account WHERE user_id = $1', [bob.userId])
      await expect(capture({content: 'too late'})).rejects.toMatchObject({code: 'PROFILE_GONE'})
    })
    expect(await database.query('SELECT FROM memory')).toEqual([])
  })

  it('sees what was changed elsewhere in every context that begins', async () => {
    const mode = () => enterContext(ada, () => readMode().currentMode)
    for (const wanted of ['agent', 'dual', 'agent'] as const) {
      await enterContext(ada, () => setMode(wanted))
      expect(await mode()).toBe(wanted)
    }
  })

  it('sees nothing of what was taken back', async () => {
    const mode = () => enterContext(ada, () => readMode().currentMode)
    const change = withAccountsLock(async () => {
      await enterContext(ada, () => setMode('agent'))
      expect(await mode()).toBe('agent')
      throw new Error('taken back')
    })
    await expect(change).rejects.toThrow('taken back')
    await enterContext(ada, () => setMode('emulation'))
    expect(await mode()).toBe('emulation')
  })

  it('sees nothing of an account that had the same id before', async () => {
    const read = () => enterContext(ada, () => readProfileText('etc/x.json'))
    const live = async (text: string): Promise<void> => {
      await database.query('DELETE FROM account WHERE user_id = $1', [ada.userId])
      const record = JSON.stringify({id: ada.userId, username: 'ada', role: 'member'})
      await database.query('INSERT INTO account (user_id, name, role, record) VALUES ($1, $2, $3, $4)', [
        ada.userId,
        'ada',
        'member',
        record
      ])
      await database.query('INSERT INTO person (user_id) VALUES ($1)', [ada.userId])
      await database.query("INSERT INTO document VALUES ($1, 'etc/x.json', $2)", [ada.userId, text])
    }
    for (const text of ['one life', 'another']) {
      await live(text)
      expect(await read()).toBe(text)
      expect(await read()).toBe(text)
    }
  })
})
