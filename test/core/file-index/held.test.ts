import {readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {writeSetting} from '../../../src/core/config/settings.ts'
import {type UserContext, withUserContext} from '../../../src/core/context.ts'
import {heldIndexes, holdIndexesOpen, lookWhenDue} from '../../../src/core/file-index/held.ts'
import {capture, listMemories, memoryStore, searchMemories} from '../../../src/core/memory/memories.ts'
import {paths} from '../../../src/core/paths.ts'
import {systemPaths} from '../../../src/core/system-paths.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'

let ada: UserContext
let bob: UserContext
let home: string

beforeEach(async () => {
  home = inTemporaryHome().home
  const people = await makePeople('ada', 'bob')
  ada = people.ada
  bob = people.bob
  onTestFinished(holdIndexesOpen())
})

const contents = (user: UserContext): Promise<string[]> =>
  withUserContext(user, async () => (await listMemories({})).memories.map(({content}) => content))

describe('an index that stays open', () => {
  it('shows what was written since, each person their own', async () => {
    for (const word of ['one', 'two', 'three']) {
      await withUserContext(ada, () => capture({content: word}))
      expect((await contents(ada))[0]).toBe(word)
    }
    expect(await contents(bob)).toEqual([])
    await withUserContext(bob, () => capture({content: 'his'}))
    expect([await contents(ada), await contents(bob)]).toEqual([['three', 'two', 'one'], ['his']])
  })

  it('is left for another that took its place', async () => {
    await withUserContext(ada, () => capture({content: 'kept'}))
    expect(await contents(ada)).toEqual(['kept'])
    await withUserContext(ada, () => memoryStore().reindex({full: true}))
    await withUserContext(ada, () => capture({content: 'after the rebuild'}))
    expect(await contents(ada)).toEqual(['after the rebuild', 'kept'])
    // A cache that somebody empties.
    for (const name of readdirSync(systemPaths.indexes)) rmSync(join(systemPaths.indexes, name))
    expect(await contents(ada)).toEqual(['after the rebuild', 'kept'])
  })

  it('shows what other tools put there within a second', async () => {
    await withUserContext(ada, () => capture({content: 'first'}))
    expect(await contents(ada)).toEqual(['first'])
    const file = withUserContext(ada, () => join(paths.episodic, 'from-elsewhere.json'))
    writeFileSync(file, JSON.stringify({id: 'evt-elsewhere', timestamp: '2020-01-01T00:00:00Z', content: 'elsewhere'}))
    for (let waited = 0; waited < 40 && (await contents(ada)).length < 2; waited++) await sleep(50)
    expect(await contents(ada)).toEqual(['first', 'elsewhere'])
  })

  it('has its folders looked at once for all that ask at the same time', async () => {
    const file = join(home, 'index')
    writeFileSync(file, '')
    const index = await heldIndexes().take(file, '', () => ({close() {}}))
    let looks = 0
    const look = async (): Promise<void> => {
      await sleep(20)
      looks++
      if (looks === 1) throw new Error('The disk failed')
    }
    const ask = (): Promise<void> => lookWhenDue(index, look, look)
    expect((await Promise.allSettled([ask(), ask()])).map(({status}) => status)).toEqual(['rejected', 'rejected'])
    await Promise.all([ask(), ask(), ask()])
    expect(looks).toBe(2)
  })

  it('is not used for another language than it was made for', async () => {
    await withUserContext(ada, () => capture({content: 'Die Häuser am Hafen'}))
    const found = (query: string): Promise<number> =>
      withUserContext(ada, async () => (await searchMemories(query)).results.length)
    expect(await found('Hafen')).toBe(1)
    await withUserContext(ada, () => writeSetting('language', 'de'))
    expect(await found('Haus')).toBe(1)
  })
})
