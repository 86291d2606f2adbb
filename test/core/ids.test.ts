import {expect, it} from 'vitest'
import {newId, uuids} from '../../src/core/ids.ts'

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it('ids rise, within a batch and from one to the next, and are all different', () => {
  const all = [...uuids(10_000), ...uuids(10_000), ...Array.from({length: 100}, () => newId('evt').slice(4))]
  expect(all.every((id) => V7.test(id))).toBe(true)
  expect([...all].sort()).toEqual(all)
  expect(new Set(all).size).toBe(all.length)
})

it('they hold the time, and rise even where the clock goes back', () => {
  const later = Date.now() + 1_000_000
  const [one] = uuids(1, later)
  expect(Number.parseInt(one?.replaceAll('-', '').slice(0, 12) ?? '', 16)).toBe(later)
  const [two] = uuids(1, later - 5000)
  expect((two ?? '') > (one ?? '')).toBe(true)
})
