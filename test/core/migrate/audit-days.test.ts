import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, it} from 'vitest'
import {addLines, dropLines, restoreDay, splitDay, takeLines} from '../../../src/core/migrate/audit-days.ts'
import {temporaryHome} from '../../support/home.ts'

const chained = (n: number): string =>
  `{"event":"ours ${n}","prev":"${'0'.repeat(64)}","hash":"${n.toString(16).padStart(64, '0')}"}\n`
const older = (n: number): string => `{"event":"older ${n}"}\n`

function folder(): {day: string; temporary: string; read: () => string} {
  const {root} = temporaryHome()
  mkdirSync(join(root, 'tmp'), {recursive: true})
  const day = join(root, '2025-11-05.ndjson')
  return {day, temporary: join(root, 'tmp'), read: () => readFileSync(day, 'utf8')}
}

it('any mixture of lines is told apart, and put together again as it was, with what came since behind it', () => {
  const {day, temporary, read} = folder()
  fc.assert(
    fc.property(fc.array(fc.boolean(), {maxLength: 12}), fc.array(fc.nat(3), {maxLength: 2}), (kinds, since) => {
      const before = kinds.map((ours, at) => (ours ? chained(at) : older(at))).join('')
      writeFileSync(day, before)
      const split = splitDay(Buffer.from(before))
      expect(split.others.toString()).toBe(kinds.map((ours, at) => (ours ? '' : older(at))).join(''))
      if (split.others.length === 0) return
      dropLines(day, split.others, temporary)
      const later = since.map((n) => chained(n + 100)).join('')
      writeFileSync(day, split.chained.toString() + later)
      restoreDay(day, split, temporary)
      restoreDay(day, split, temporary)
      expect(read()).toBe(before + later)
    })
  )
})

it('lines go before those of a chain, once, and are taken out again', () => {
  const {day, temporary, read} = folder()
  writeFileSync(day, chained(1))
  const lines = Buffer.from(older(1) + older(2).trimEnd())
  addLines(day, lines, temporary)
  addLines(day, lines, temporary)
  expect(read()).toBe(older(1) + older(2) + chained(1))
  expect(takeLines(day, lines, temporary)).toBe(true)
  expect(takeLines(day, lines, temporary)).toBe(false)
  expect(read()).toBe(chained(1))
})

it('only the lines that were taken elsewhere are dropped, not those that were written since', () => {
  const {day, temporary, read} = folder()
  writeFileSync(day, older(1) + chained(1) + older(2) + older(3))
  dropLines(day, Buffer.from(older(1) + older(2)), temporary)
  expect(read()).toBe(chained(1) + older(3))
  dropLines(day, Buffer.from(older(1) + older(2)), temporary)
  expect(read()).toBe(chained(1) + older(3))
})

it('a line that a crash tore belongs to the chain where there is one', () => {
  expect(splitDay(Buffer.from(`${chained(1)}{"event":"torn`)).others.toString()).toBe('')
  expect(splitDay(Buffer.from(`${older(1)}{"event":"torn`)).others.toString()).toBe(`${older(1)}{"event":"torn`)
})
