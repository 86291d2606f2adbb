import {appendFileSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {trailStore} from '../../../src/core/audit/trail-store.ts'
import {verifyAudit, verifyTrail} from '../../../src/core/audit/verify.ts'
import {auditSystem} from '../../../src/core/audit.ts'
import {withUserContext} from '../../../src/core/context.ts'
import {withAccountsLock} from '../../../src/core/locks.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'

let folder: string

const append = (event: string): Promise<void> =>
  withAccountsLock((lock) => auditSystem(lock, {category: 'system', event, details: {text: 'ä"\n'}}))

/** Three days of three entries each. */
async function fill(): Promise<void> {
  vi.useFakeTimers({toFake: ['Date']})
  for (const day of ['01', '02', '03']) {
    vi.setSystemTime(new Date(`2026-03-${day}T12:00:00Z`))
    for (const event of ['a', 'b', 'c']) await append(`${event}${day}`)
  }
}

const dayFile = (day: string): string => join(folder, `2026-03-${day}.ndjson`)

const change = (day: string, by: (lines: string[]) => string[]): void =>
  writeFileSync(
    dayFile(day),
    by(readFileSync(dayFile(day), 'utf8').split('\n').slice(0, -1))
      .map((line) => `${line}\n`)
      .join('')
  )

const verify = () => verifyTrail(trailStore().system())

const places = async (): Promise<string[]> =>
  (await verify()).broken.map(({file, line}) => `${file.slice(folder.length + 1)}:${line}`)

beforeEach(() => {
  folder = join(inTemporaryHome().root, 'logs/audit')
})

afterEach(() => {
  vi.useRealTimers()
})

it('a trail that nobody touched holds, over days', async () => {
  expect(await verify()).toEqual({ok: true, files: 0, entries: 0, unchained: 0, torn: 0, broken: []})
  await fill()
  expect(await verify()).toEqual({ok: true, files: 3, entries: 9, unchained: 0, torn: 0, broken: []})
})

describe('tampering is found where it is', () => {
  it.each<[string, () => void, string[]]>([
    [
      'an edited line',
      () => change('02', (lines) => lines.map((line) => line.replace('b02', 'x02'))),
      ['2026-03-02.ndjson:2']
    ],
    ['a deleted line', () => change('02', ([a = '', , c = '']) => [a, c]), ['2026-03-02.ndjson:2']],
    ['a deleted first line', () => change('01', ([, ...rest]) => rest), ['2026-03-01.ndjson:1']],
    [
      'two lines in another order',
      () => change('02', ([a = '', b = '', c = '']) => [b, a, c]),
      ['2026-03-02.ndjson:1', '2026-03-02.ndjson:2', '2026-03-02.ndjson:3']
    ],
    ['a line that is there twice', () => change('02', ([a = '', ...rest]) => [a, a, ...rest]), ['2026-03-02.ndjson:2']],
    [
      'a line that was put in',
      () => change('02', ([a = '', ...rest]) => [a, '{"event":"x"}', ...rest]),
      ['2026-03-02.ndjson:2']
    ],
    ['lines cut at the end of an old day', () => change('02', ([a = '']) => [a]), ['2026-03-03.ndjson:1']],
    ['lines cut at the end of the newest', () => change('03', ([a = '', b = '']) => [a, b]), ['2026-03-03.ndjson:3']],
    [
      'a newest line that was cut in two',
      () => truncateSync(dayFile('03'), 700),
      ['2026-03-03.ndjson:3', '2026-03-03.ndjson:3']
    ],
    ['a removed day', () => rmSync(dayFile('02')), ['2026-03-03.ndjson:1']],
    ['a removed first day', () => rmSync(dayFile('01')), ['2026-03-02.ndjson:1']],
    ['the newest day removed', () => rmSync(dayFile('03')), ['2026-03-03.ndjson:0']],
    ['the newest day emptied', () => truncateSync(dayFile('03')), ['2026-03-03.ndjson:1']],
    [
      'a day with another date',
      () => renameSync(dayFile('01'), dayFile('04')),
      ['2026-03-02.ndjson:1', '2026-03-04.ndjson:1']
    ],
    ['no head', () => rmSync(join(folder, 'head.json')), ['head.json:0']]
  ])('%s', async (_what, tamper, expected) => {
    await fill()
    tamper()
    expect(await places()).toEqual(expected)
    expect((await verify()).ok).toBe(false)
  })

  it('and a day that is missing is named', async () => {
    await fill()
    rmSync(dayFile('02'))
    expect((await verify()).broken[0]?.reason).toContain('the day 2026-03-02')
  })

  it('also after more was written', async () => {
    await fill()
    change('03', ([a = '', b = '']) => [a, b])
    await append('later')
    expect((await places())[0]).toBe('2026-03-03.ndjson:3')
    rmSync(dayFile('03'))
    await append('again')
    expect((await verify()).ok).toBe(false)
  })
})

it('any single byte that is changed, anywhere in the trail or its head, is found', async () => {
  await fill()
  const files = readdirSync(folder).map((name) => join(folder, name))
  const texts = new Map(files.map((path) => [path, readFileSync(path)]))
  const place = fc.constantFrom(...files).chain((path) =>
    fc.record({
      path: fc.constant(path),
      at: fc.nat((texts.get(path)?.length ?? 1) - 1),
      byte: fc.nat(255)
    })
  )
  await fc.assert(
    fc.asyncProperty(place, async ({path, at, byte}) => {
      const bytes = Buffer.from(texts.get(path) ?? '')
      fc.pre(bytes[at] !== byte)
      bytes[at] = byte
      writeFileSync(path, bytes)
      const {ok} = await verify()
      writeFileSync(path, texts.get(path) ?? '')
      expect(ok).toBe(false)
    }),
    {numRuns: 400}
  )
  expect((await verify()).ok).toBe(true)
})

describe('what a crash leaves is no tampering', () => {
  it('a torn last line is counted, before and after it was moved aside', async () => {
    await fill()
    appendFileSync(dayFile('03'), '{"timestamp":"2026-')
    expect(await verify()).toMatchObject({ok: true, torn: 1, entries: 9})
    await append('later')
    expect(await verify()).toMatchObject({ok: true, torn: 1, entries: 10})
  })

  it('whole lines beyond the head are part of the chain', async () => {
    await fill()
    const head = readFileSync(join(folder, 'head.json'))
    await append('later')
    vi.setSystemTime(new Date('2026-03-04T12:00:00Z'))
    await append('the next day')
    writeFileSync(join(folder, 'head.json'), head)
    expect(await verify()).toMatchObject({ok: true, entries: 11})
    const lines = readFileSync(dayFile('04'), 'utf8')
    writeFileSync(dayFile('04'), lines.replace('the next', 'the last'))
    expect(await places()).toEqual(['2026-03-04.ndjson:1'])
  })

  it('and lines from before the chain are counted as such', async () => {
    await fill()
    writeFileSync(join(folder, '2025-01-01.ndjson'), '{"timestamp":"2025-01-01T00:00:00Z","event":"old"}\n'.repeat(2))
    expect(await verify()).toMatchObject({ok: true, unchained: 2, entries: 9})
  })
})

it('everybody checks their own trail, administrators all', async () => {
  const {ada, bob} = await makePeople('ada', 'bob')
  await withUserContext(bob, async () => {
    expect(await verifyAudit()).toMatchObject({ok: true, files: 1})
    await expect(verifyAudit(true)).rejects.toMatchObject({code: 'NOT_ADMINISTRATOR', exitCode: 4})
  })
  await withUserContext(ada, async () => {
    expect(await verifyAudit()).toMatchObject({ok: true, files: 2})
    expect(await verifyAudit(true)).toMatchObject({ok: true, files: 3})
  })
})
