import {describe, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../../src/core/backend.ts'
import type {UserContext} from '../../../../src/core/context.ts'
import {deleteMemories} from '../../../../src/core/memory/deleting.ts'
import {capture, memoryStore, searchMemories} from '../../../../src/core/memory/memories.ts'
import {onNotice} from '../../../../src/core/notices.ts'
import {VECTORS} from '../../../../src/core/postgres/upgrade.ts'
import {startModelServer} from '../../../support/model-server.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../../support/postgres.ts'
import {makePeople, setDocument} from '../../../support/profile.ts'

/** A model of three meanings. */
const MEANINGS = [/dog|puppy|hound|terrier/i, /song|piano|melody|concert/i, /bread|soup|dinner/i]
const embedding = (text: string): number[] => [...MEANINGS.map((words) => (words.test(text) ? 1 : 0)), 0.1]

/** What mh uses of pgvector, by its names, for a server without it: vectors as text, compared by SQL. */
const PRETENDED = `
  CREATE DOMAIN public.vector AS text;
  CREATE FUNCTION public.numbers(text) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$ SELECT translate($1, '[]', '{}')::float8[] $$;
  CREATE FUNCTION public.vector_dims(text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT cardinality(public.numbers($1)) $$;
  CREATE FUNCTION public.distance(text, text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT 1 - sum(a * b) / sqrt(sum(a * a) * sum(b * b)) FROM unnest(public.numbers($1), public.numbers($2)) AS n (a, b) $$;
  CREATE OPERATOR public.<=> (LEFTARG = text, RIGHTARG = text, FUNCTION = public.distance);
`

async function start(prepare?: (database: TestDatabase) => Promise<void>): Promise<Record<'ada' | 'bob', UserContext>> {
  const database = await testDatabase(onTestFinished)
  await prepare?.(database)
  await inTemporaryStore(database)
  const server = await startModelServer(['nomic'], {embedding})
  onTestFinished(() => server.close())
  const people = await makePeople('ada', 'bob')
  for (const person of Object.values(people))
    await setDocument(person, 'models', {
      defaults: {embedding: 'near'},
      models: {near: {provider: 'openai-compatible', model: 'nomic', baseURL: server.baseURL}}
    })
  return people
}

const hasVectors = async ({query}: TestDatabase): Promise<boolean> =>
  (await query<{there: boolean}>("SELECT to_regclass('mh.vector') IS NOT NULL AS there"))[0]?.there ?? false

describeWithPostgres('memories by meaning', () => {
  it('are found where the server compares vectors, each person’s own, and go with their memory', async () => {
    let database: TestDatabase | undefined
    const {ada, bob} = await start(async (prepared) => {
      database = prepared
      if (await hasVectors(prepared)) return
      await prepared.query(PRETENDED)
      await prepared.query(`SET ROLE mh_owner; ${VECTORS}; RESET ROLE`)
    })
    const vectors = async (): Promise<number> => (await database?.query('SELECT FROM vector'))?.length ?? -1
    await enterContext(bob, () => capture({content: 'The dog of Bob'}))
    await enterContext(ada, async () => {
      const {id} = await capture({content: 'Walked the terrier by the canal'})
      await capture({content: 'The concert was long', type: 'journal'})
      const semantic = async (question: string, more = {}) =>
        (await searchMemories(question, {mode: 'semantic', ...more})).results.map(({content}) => content)
      expect(await semantic('my puppy')).toEqual(['Walked the terrier by the canal', 'The concert was long'])
      expect(await semantic('my puppy', {type: 'journal'})).toEqual(['The concert was long'])
      expect(await searchMemories('my puppy')).toMatchObject({
        mode: 'hybrid',
        results: [{content: 'Walked the terrier by the canal', ranks: {semantic: {rank: 1}}}, {}]
      })
      expect(await vectors()).toBe(2)
      const audit = () => ({category: 'data', event: 'tested'}) as const
      await memoryStore().update(id, {change: (event) => ({...event, tags: ['seen']}), audit})
      expect(await vectors()).toBe(2)
      await memoryStore().update(id, {change: (event) => ({...event, content: 'Baked bread'}), audit})
      expect(await vectors()).toBe(1)
      expect(await semantic('dinner')).toEqual(['Baked bread', 'The concert was long'])
      await deleteMemories([id])
      expect(await vectors()).toBe(1)
    })
    await enterContext(bob, async () =>
      expect((await searchMemories('puppy', {mode: 'semantic'})).results.map(({content}) => content)).toEqual([
        'The dog of Bob'
      ])
    )
  })

  describe('where the server compares no vectors', () => {
    it('are found by words, and it is said', async (context) => {
      let there = false
      const {ada} = await start(async (prepared) => {
        there = await hasVectors(prepared)
      })
      if (there) return context.skip('this server has pgvector')
      const notices: string[] = []
      onTestFinished(onNotice(({code}) => notices.push(code)))
      await enterContext(ada, async () => {
        await capture({content: 'The dog barked'})
        expect((await searchMemories('dog')).results).toMatchObject([{content: 'The dog barked'}])
        expect(notices).toEqual(['WORDS_ONLY'])
        for (const mode of ['semantic', 'hybrid'] as const)
          await expect(searchMemories('dog', {mode})).rejects.toMatchObject({
            code: 'VECTORS_UNAVAILABLE',
            hint: expect.stringContaining('pgvector')
          })
      })
    })
  })
})
