import {expect, it, onTestFinished} from 'vitest'
import {memories as made, NEWEST, questions} from '../../../../bench/memory/corpus.ts'
import {enterContext} from '../../../../src/core/backend.ts'
import type {UserContext} from '../../../../src/core/context.ts'
import {memoryStore, newEvent, type SearchOptions, searchMemories} from '../../../../src/core/memory/memories.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {describeWithPostgres, inTemporaryStore, testDatabase} from '../../../support/postgres.ts'
import {makePeople} from '../../../support/profile.ts'

const COUNT = 600
/** Beside the questions of the corpus: what people type, and what finds nothing. */
const OWN = ['the', 'garden music', 'last year', 'in march 2020', '"', 'zzzz', 'Was war im Mai?', 'work*', '🙂']
const WAYS: SearchOptions[] = [
  {},
  {type: 'journal'},
  {tag: 'garden'},
  {since: NEWEST - 3 * 365 * 86_400_000},
  {asOf: NEWEST - 5 * 365 * 86_400_000},
  {limit: 100},
  {explain: true}
]

/** Everything that is answered, in its order; without what says where it is kept and how long it took. */
async function answers(user: UserContext): Promise<unknown[]> {
  const asked = [...questions(20, COUNT), ...OWN]
  return enterContext(user, async () => {
    const found: unknown[] = []
    for (const question of asked)
      for (const options of WAYS) {
        const {results, mode} = await searchMemories(question, {now: NEWEST, ...options})
        found.push({
          question,
          options,
          mode,
          results: results.map(({id, content, score, explain, ranks}) => ({
            id,
            content,
            score: score.toFixed(9),
            explain,
            ranks
          }))
        })
      }
    return found
  })
}

/** The corpus for her, some of it changed afterwards, and something with the same words for him. */
async function fill(ada: UserContext, bob: UserContext): Promise<void> {
  const event = ({id, ...memory}: ReturnType<typeof made> extends Generator<infer One> ? One : never) =>
    newEvent(memory, id)
  const audit = () => ({category: 'data', event: 'tested'}) as const
  await enterContext(ada, async () => {
    const events = [...made(COUNT)].map(event)
    await memoryStore().add(events, audit)
    await memoryStore().trash(events.slice(0, 20).map(({id}) => id))
    for (const {id} of events.slice(20, 30))
      await memoryStore().update(id, {
        change: (one) => ({...one, content: `Changed in the garden. ${one.content}`}),
        history: 'keep',
        audit
      })
  })
  await enterContext(bob, () => memoryStore().add([...made(100, 7)].map(event), audit))
}

describeWithPostgres('a search over PostgreSQL', () => {
  it('answers what one over files answers, in the same order and with the same scores', {
    timeout: 120_000
  }, async () => {
    const database = await testDatabase(onTestFinished)
    inTemporaryHome()
    const onFiles = await makePeople('ada', 'bob')
    await fill(onFiles.ada, onFiles.bob)
    const wanted = await answers(onFiles.ada)
    await inTemporaryStore(database)
    const over = await makePeople('ada', 'bob')
    await fill(over.ada, over.bob)
    const given = await answers(over.ada)
    expect(given).toEqual(wanted)
    expect(JSON.stringify(given).match(/"score"/g)?.length).toBeGreaterThan(1000)
  })
})
