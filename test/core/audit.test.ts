import {appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, expect, it, vi} from 'vitest'
import {auditSystem} from '../../src/core/audit.ts'
import {withAccountsLock} from '../../src/core/locks.ts'
import {verifiedTrail} from '../support/audit.ts'
import {inTemporaryHome} from '../support/home.ts'

const append = (event: string): Promise<void> =>
  withAccountsLock((lock) => auditSystem(lock, {category: 'system', event, details: {text: 'ä"\n'}}))

const trailOf = (root: string): string => join(root, 'logs/audit')

const today = (folder: string): string =>
  join(
    folder,
    readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .at(-1) ?? ''
  )

afterEach(() => {
  vi.useRealTimers()
})

it('chains every entry to the one before, over days and parallel writers', async () => {
  const folder = trailOf(inTemporaryHome().root)
  vi.useFakeTimers({toFake: ['Date'], now: new Date('2026-03-01T23:59:00Z')})
  await Promise.all(['a', 'b', 'c'].map(append))
  vi.setSystemTime(new Date('2026-03-02T00:01:00Z'))
  await append('d')
  expect(readdirSync(folder).sort()).toEqual(['2026-03-01.ndjson', '2026-03-02.ndjson', 'head.json'])
  expect(verifiedTrail(folder).map(({event}) => event)).toEqual(['a', 'b', 'c', 'd'])
})

it('goes on in the newest day where the clock went back', async () => {
  const folder = trailOf(inTemporaryHome().root)
  vi.useFakeTimers({toFake: ['Date'], now: new Date('2026-03-02T10:00:00Z')})
  await append('a')
  vi.setSystemTime(new Date('2026-03-01T10:00:00Z'))
  await append('b')
  expect(verifiedTrail(folder)).toHaveLength(2)
})

it('moves a torn last line aside and goes on', async () => {
  const folder = trailOf(inTemporaryHome().root)
  await append('a')
  appendFileSync(today(folder), '{"timestamp":"2026-')
  await append('b')
  expect(verifiedTrail(folder).map(({event}) => event)).toEqual(['a', 'b'])
  const torn = readdirSync(folder).find((name) => name.endsWith('.torn')) ?? ''
  expect(readFileSync(join(folder, torn), 'utf8')).toBe('{"timestamp":"2026-')
})

it('adopts whole lines that were written just before a crash', async () => {
  const folder = trailOf(inTemporaryHome().root)
  await append('a')
  const head = readFileSync(join(folder, 'head.json'))
  await append('b')
  writeFileSync(join(folder, 'head.json'), head)
  await append('c')
  expect(verifiedTrail(folder).map(({event}) => event)).toEqual(['a', 'b', 'c'])
  expect(JSON.parse(readFileSync(join(folder, 'head.json'), 'utf8')).entries).toBe(3)
})

it('adopts them too where the crash was yesterday', async () => {
  const folder = trailOf(inTemporaryHome().root)
  vi.useFakeTimers({toFake: ['Date'], now: new Date('2026-03-01T10:00:00Z')})
  await append('a')
  const head = readFileSync(join(folder, 'head.json'))
  await append('b')
  writeFileSync(join(folder, 'head.json'), head)
  vi.setSystemTime(new Date('2026-03-02T10:00:00Z'))
  await append('c')
  expect(verifiedTrail(folder).map(({event}) => event)).toEqual(['a', 'b', 'c'])
})

it('goes on from the lines where the head is missing or damaged', async () => {
  const folder = trailOf(inTemporaryHome().root)
  await append('a')
  rmSync(join(folder, 'head.json'))
  await append('b')
  truncateSync(join(folder, 'head.json'), 5)
  await append('c')
  expect(verifiedTrail(folder)).toHaveLength(3)
})

it('does not hide that lines were cut away', async () => {
  const folder = trailOf(inTemporaryHome().root)
  await append('a')
  const before = readFileSync(today(folder))
  await append('b')
  writeFileSync(today(folder), before)
  await append('c')
  expect(() => verifiedTrail(folder)).toThrow(/breaks the chain/)
})
