import fc from 'fast-check'
import {expect, it} from 'vitest'
import type {IndexFilter} from '../../../../src/core/memory/index/index.ts'
import {markersOf, markersWanted} from '../../../../src/core/memory/index/markers.ts'
import {ask, emptyIndex, note} from './entries.ts'

const HOUR = 60
const MANY = 13_000
const START = Date.UTC(2024, 0, 1)
const at = (hours: number): number => START + hours * HOUR * 60_000

it('keeps to every filter where very many memories pass it, and counts alike', async () => {
  const index = emptyIndex()
  const types = ['observation', 'Journal “quoted” note']
  index.put(
    Array.from({length: MANY}, (_, i) =>
      note(`n${String(i).padStart(5, '0')}`, `kayak number ${i}`, i * HOUR, {
        type: types[i % 2] ?? '',
        tags: i % 3 === 0 ? ['rare'] : ['two words', 'Größe'],
        processed: i % 4 !== 0
      })
    )
  )
  const filters: IndexFilter[] = [
    {},
    {type: types[0] ?? ''},
    {type: types[1] ?? ''},
    {type: 'journal “quoted” note'},
    {tag: 'two words'},
    {tag: 'rare', type: types[1] ?? ''},
    {since: at(5000)},
    {until: at(7000)},
    {since: at(3000), until: at(12_000), tag: 'Größe'},
    {since: at(100_000)},
    {until: at(-1)},
    {unprocessed: true}
  ]
  for (const filter of filters) {
    const listed = index.list(filter, MANY).map(({id}) => id)
    expect(index.count(filter)).toBe(listed.length)
    const found = await ask(index, 'kayak', {filter, limit: 50})
    expect(found).toHaveLength(Math.min(50, listed.length))
    const allowed = new Set(listed)
    expect(found.filter((id) => !allowed.has(id))).toEqual([])
  }
})

it('counts go down again with what is removed or changed', () => {
  const index = emptyIndex()
  index.put([note('a', 'kayak', 0, {tags: ['x'], processed: false}), note('b', 'boat', 1, {tags: ['x', 'x']})])
  expect(index.tally()).toEqual({types: {observation: 2}, tags: {x: 2}})
  index.put([note('a', 'kayak', 0, {type: 'journal', size: 300})])
  expect(index.tally()).toEqual({types: {journal: 1, observation: 1}, tags: {x: 1}})
  expect(index.counts()).toMatchObject({total: 2, unprocessed: 0})
  expect(index.bytes()).toBe(400)
  index.remove(['b'])
  expect(index.tally()).toEqual({types: {journal: 1}, tags: {}})
})

it('has a marker for every moment between since and until', () => {
  const moment = fc.integer({min: Date.UTC(1990, 0, 1), max: Date.UTC(2035, 0, 1)})
  fc.assert(
    fc.property(moment, moment, moment, (a, b, c) => {
      const [since = 0, timestamp = 0, until = 0] = [a, b, c].sort((x, y) => x - y)
      const wanted = markersWanted({since, until}, {oldest: Date.UTC(1980, 0, 1), newest: Date.UTC(2040, 0, 1)})
      const own = markersOf({type: 't', tags: [], timestamp}).split(' ')
      expect(own.some((marker) => wanted?.includes(`"${marker}"`))).toBe(true)
    })
  )
})
