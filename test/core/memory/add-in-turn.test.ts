import {readdirSync} from 'node:fs'
import {beforeEach, expect, it} from 'vitest'
import {type UserContext, withUserContext} from '../../../src/core/context.ts'
import {addInTurn} from '../../../src/core/memory/add-in-turn.ts'
import {captureBatch} from '../../../src/core/memory/batch.ts'
import {listMemories, memoryStore, newEvent} from '../../../src/core/memory/memories.ts'
import {paths} from '../../../src/core/paths.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'

let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
})

const contentsOf = (user: UserContext): Promise<string[]> =>
  withUserContext(user, async () => (await listMemories({}, 50)).memories.map(({content}) => content).sort())
const audit = () => ({category: 'data', event: 'memories_captured'}) as const

it('adds chunks in their order, none after one that failed, and leaves no file of those', async () => {
  const turns: string[] = []
  const adding = withUserContext(ada, () =>
    addInTurn(memoryStore(), async (next) => {
      for (const content of ['one', 'two', 'three', 'four'])
        await next([newEvent({content})], async (prepared) => {
          turns.push(content)
          if (content === 'two') {
            prepared.leave()
            throw new Error('the disk is gone')
          }
          await prepared.add(audit)
        })
    })
  )
  await expect(adding).rejects.toThrow('the disk is gone')
  expect(turns).toEqual(['one', 'two'])
  expect(await contentsOf(ada)).toEqual(['one'])
  expect(await contentsOf(bob)).toEqual([])
  expect(withUserContext(ada, () => readdirSync(paths.temporary).filter((name) => name.startsWith('event')))).toEqual(
    []
  )
})

it('adds what it was given also where the source breaks off', async () => {
  const adding = withUserContext(ada, () =>
    addInTurn(memoryStore(), async (next) => {
      await next([newEvent({content: 'given'})], async (prepared) => {
        await prepared.add(audit)
      })
      throw new Error('no more can be read')
    })
  )
  await expect(adding).rejects.toThrow('no more can be read')
  expect(await contentsOf(ada)).toEqual(['given'])
})

it('keeps the first of two lines that have one id, however many lines are between them', async () => {
  const lines = Array.from({length: 600}, (_, at) => JSON.stringify({id: `line-${at % 599}`, content: `text ${at}`}))
  const asLines = async function* () {
    yield* lines
  }
  const {captured, failed} = await withUserContext(bob, () => captureBatch(asLines()))
  expect({captured, failed}).toEqual({
    captured: 599,
    failed: [{line: 600, reason: 'the id line-0 belongs to another memory'}]
  })
  expect(await contentsOf(ada)).toEqual([])
})
