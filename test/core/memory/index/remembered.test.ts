import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {MemoryIndex} from '../../../../src/core/memory/index/index.ts'
import {search} from '../../../../src/core/memory/search/search.ts'
import {folder, note, OPTIONS} from './entries.ts'

/** Two connections to one index, as two processes have them. */
function connections(): [MemoryIndex, MemoryIndex] {
  const file = join(folder(), 'index.db')
  const both: [MemoryIndex, MemoryIndex] = [MemoryIndex.create(file, OPTIONS), MemoryIndex.open(file, OPTIONS)]
  onTestFinished(() => {
    for (const one of both) one.close()
  })
  return both
}

const DAY = Date.UTC(2024, 0, 1)
const ask = async (index: MemoryIndex, question: string, now = DAY): Promise<string[]> =>
  (await index.search(search, question, {limit: 10, now, zone: 'UTC'})).map(({id}) => id)

it('answers anew after every change, whoever made it', async () => {
  const [here, there] = connections()
  const answers = async () => ({
    total: here.counts().total,
    days: here.countBetween([DAY, DAY + 86_400_000]),
    found: await ask(here, 'kayak')
  })
  here.put([note('a', 'a green kayak')])
  expect(await answers()).toEqual({total: 1, days: [1], found: ['a']})
  expect(await answers()).toEqual({total: 1, days: [1], found: ['a']})
  there.put([note('b', 'a blue kayak', 1)])
  expect(await answers()).toEqual({total: 2, days: [2], found: ['b', 'a']})
  here.remove(['a'])
  expect(await answers()).toEqual({total: 1, days: [1], found: ['b']})
  there.remove(['b'])
  expect(await answers()).toEqual({total: 0, days: [0], found: []})
})

it('keeps nothing of a change that was taken back', async () => {
  const [here] = connections()
  here.put([note('a', 'a green kayak')])
  expect(here.counts().total).toBe(1)
  expect(() =>
    here.transaction(() => {
      here.put([note('b', 'a blue kayak')])
      expect(here.counts().total).toBe(2)
      throw new Error('taken back')
    })
  ).toThrow('taken back')
  expect(here.counts().total).toBe(1)
  expect(await ask(here, 'kayak')).toEqual(['a'])
})

it('tells questions of another day, number or filter apart', async () => {
  const [here] = connections()
  here.put([note('a', 'a kayak today', 60, {tags: ['lake']}), note('b', 'a kayak yesterday', -24 * 60 + 60)])
  const now = DAY + 7_200_000
  const best = async (moment: number): Promise<string | undefined> => (await ask(here, 'kayak yesterday', moment))[0]
  expect(await best(now)).toBe('b')
  expect(await best(now + 86_400_000)).toBe('a')
  expect(await best(now)).toBe('b')
  const some = (limit: number, tag?: string) =>
    here.search(search, 'kayak', {limit, now, zone: 'UTC', filter: tag === undefined ? {} : {tag}})
  expect(await some(10)).toHaveLength(2)
  expect(await some(1)).toHaveLength(1)
  expect((await some(10, 'lake')).map(({id}) => id)).toEqual(['a'])
})
