import {beforeAll, beforeEach, expect, it} from 'vitest'
import {backend, enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {capture, memoryStore, searchMemories} from '../../../src/core/memory/memories.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../support/postgres.ts'
import {makePeople} from '../../support/profile.ts'

const TEXTS = [
  "'; DROP TABLE memory; --",
  "' OR user_id <> '",
  "x') OR 1=1; SET LOCAL mh.scope = 'system'; --",
  '$1',
  '$$',
  '\\',
  '%',
  '_',
  '\0',
  'a\0b',
  '\ud800',
  '"}',
  '{NULL}',
  ''
]

describeWithPostgres('text that is meant for the database', () => {
  let database: TestDatabase
  let ada: UserContext
  let bob: UserContext

  beforeAll(async () => {
    database = await testDatabase()
  })
  beforeEach(async () => {
    await inTemporaryStore(database)
    ;({ada, bob} = await makePeople('ada', 'bob'))
    await enterContext(bob, () => capture({content: 'marmalade user_id 1 x', tags: ['marmalade'], type: 'journal'}))
  })

  it.each(TEXTS)('%j is only ever text: it finds nothing of anybody, and is no error', async (text) => {
    await enterContext(ada, async () => {
      const store = memoryStore()
      const filters = [{type: text}, {tag: text}, {session: text}, {run: text}]
      const found = await Promise.all([
        store.get(text),
        store.getAll([text, text]),
        text === '' ? [] : store.endingWith(text, 10),
        ...filters.map((filter) => store.list({filter, limit: 10})),
        store.list({filter: {}, limit: 10, before: {timestamp: Date.now() * 2, id: text}}),
        store.session(text),
        store.history(text),
        store.termsFrom(`${text}m`, 10),
        ...filters.map(async (filter) => (await searchMemories(`marmalade ${text}`, filter)).results),
        searchMemories(`marmalade ${text}`, {excludeSession: text}).then(({results}) => results),
        backend()?.read(text),
        backend()?.list(text),
        backend()?.accounts.byName(text),
        backend()?.accounts.byId(text),
        backend()?.issued.find('session', text)
      ])
      expect(found.map((one) => (one === undefined ? [] : one))).toEqual(found.map(() => []))
    })
  })

  it('is kept as it is, and given back', async () => {
    await enterContext(ada, async () => {
      for (const text of TEXTS.filter((one) => one.trim() !== '')) {
        const {id} = await capture({content: `kept ${text}`, tags: [`t${text}`], type: `t${text}`})
        const kept = await memoryStore().get(id)
        expect(kept?.event.content).toBe(`kept ${text}`)
        const found = await memoryStore().list({filter: {tag: `t${text}`, type: `t${text}`}, limit: 10})
        expect(found.map(({event}) => event.id)).toContain(id)
      }
    })
    await enterContext(bob, async () => {
      expect((await memoryStore().list({filter: {}, limit: 100})).map(({event}) => event.content)).toEqual([
        'marmalade user_id 1 x'
      ])
    })
  })
})
