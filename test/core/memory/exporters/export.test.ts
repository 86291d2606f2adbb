import {mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {enterContext} from '../../../../src/core/backend.ts'
import type {UserContext} from '../../../../src/core/context.ts'
import {type EpisodicEvent, readEvent} from '../../../../src/core/memory/event.ts'
import {exportMemories, exportTo} from '../../../../src/core/memory/exporters/export.ts'
import type {ExportFormat} from '../../../../src/core/memory/exporters/formats.ts'
import {importMemories} from '../../../../src/core/memory/importers/import.ts'
import {capture, memoryStore} from '../../../../src/core/memory/memories.ts'
import {trailOf} from '../../../support/audit.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {itOverFiles} from '../../../support/over-files.ts'
import {makePeople} from '../../../support/profile.ts'

async function memoriesOf(user: UserContext): Promise<EpisodicEvent[]> {
  const events: EpisodicEvent[] = []
  await enterContext(user, () => exportMemories(async (event) => events.push(event)))
  return events.sort((a, b) => (a.id < b.id ? -1 : 1))
}

const add = (user: UserContext, events: readonly EpisodicEvent[]): Promise<unknown> =>
  enterContext(user, () => memoryStore().add(events, () => ({category: 'data', event: 'test'})))

const text = fc.oneof(
  fc.string({unit: 'binary'}),
  fc.string({unit: 'grapheme'}),
  fc.stringMatching(/^[-#:>|\n\r\t "'{}[\]~0-9a-z]{0,40}$/)
)

/** Memories as files can hold them, with keys that mh does not know. */
const event = fc
  .record({
    rest: fc.dictionary(fc.string({minLength: 1}), fc.jsonValue({maxDepth: 2}), {maxKeys: 3}),
    id: fc.stringMatching(/^[A-Za-z\d_.:-]{1,40}$/).filter((id) => !id.includes('..') && !/^\.+$/.test(id)),
    timestamp: fc
      .date({min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true})
      .map((date) => date.toISOString()),
    content: text,
    response: fc.option(text, {nil: undefined}),
    type: fc.string({minLength: 1}),
    entities: fc.array(text, {maxLength: 3}),
    tags: fc.array(text, {maxLength: 3}),
    importance: fc.double({min: 0, max: 1, noNaN: true}),
    links: fc.array(fc.record({type: fc.string(), target: text}), {maxLength: 2}),
    metadata: fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 2}), {maxKeys: 4})
  })
  .map(({rest, ...known}) => {
    // What cannot be told from JSON (undefined, -0) is none of a file's.
    const value = JSON.parse(JSON.stringify({...rest, ...known}))
    const read = readEvent(value, 'somebody')
    if (typeof read === 'string') throw new Error(read)
    return read
  })

describe.each<ExportFormat>(['jsonl', 'markdown'])('an export as %s', (format) => {
  it('that is imported into a new profile gives equal memories, and nobody else has them', async () => {
    const {home} = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(event, {selector: ({id}) => id.toLowerCase(), maxLength: 5}), async (events) => {
        const path = join(home, `export-${run++}`)
        await add(ada, events)
        await enterContext(ada, () => exportTo(path, {format}))
        const result = await enterContext(bob, () => importMemories([path], format === 'jsonl' ? {format} : {}))
        expect(result.failed).toEqual([])
        const [of, here] = [await memoriesOf(ada), await memoriesOf(bob)]
        expect(here).toEqual(of.map((memory) => ({...memory, userId: bob.userId})))
        for (const user of [ada, bob]) await enterContext(user, () => memoryStore().forget(of.map(({id}) => id)))
      }),
      {numRuns: 30}
    )
  })
})

describe('an export', () => {
  const lines = (path: string): EpisodicEvent[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('has what the filter lets through, newest first, whole and without its path', async () => {
    const {home} = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await enterContext(bob, () => capture({content: 'of bob'}))
    await enterContext(ada, async () => {
      for (const day of [1, 3, 2])
        await capture({content: `day ${day}`, tags: ['x'], timestamp: `2024-05-0${day}T00:00:00.000Z`})
      await capture({content: 'other'})
      expect(await exportTo(join(home, 'x.jsonl'), {filter: {tag: 'x'}})).toBe(3)
    })
    const exported = lines(join(home, 'x.jsonl'))
    expect(exported.map(({content}) => content)).toEqual(['day 3', 'day 2', 'day 1'])
    expect(Object.keys(exported[0] ?? {})).not.toEqual(expect.arrayContaining(['path']))
  })

  it('is for its owner’s eyes only, and takes the place of a file only when it is whole', async () => {
    const {home} = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const file = join(home, 'x.jsonl')
    writeFileSync(file, 'before', {mode: 0o644})
    symlinkSync(file, join(home, 'link'))
    await enterContext(ada, async () => {
      await capture({content: 'one'})
      const stop = AbortSignal.abort(new Error('stopped'))
      await expect(exportTo(file, {signal: stop})).rejects.toThrow('stopped')
      expect(readFileSync(file, 'utf8')).toBe('before')
      expect(readdirSync(home).sort()).toEqual(['link', 'x.jsonl'])
      await exportTo(join(home, 'link'))
      await exportTo(join(home, 'notes'), {format: 'markdown'})
    })
    expect(lines(file)).toMatchObject([{content: 'one'}])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'notes')).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(join(home, 'notes')))
      expect(statSync(join(home, 'notes', name)).mode & 0o777).toBe(0o600)
  })

  it('goes into no folder that has something in it, and leaves none behind when it is stopped', async () => {
    const {home} = inTemporaryHome()
    const {ada} = await makePeople('ada')
    mkdirSync(join(home, 'full'))
    mkdirSync(join(home, 'empty'))
    writeFileSync(join(home, 'full/mine.md'), 'mine')
    await enterContext(ada, async () => {
      await capture({content: 'one'})
      const to = (name: string, format: ExportFormat = 'markdown', signal?: AbortSignal): Promise<number> =>
        exportTo(join(home, name), {format, ...(signal === undefined ? {} : {signal})})
      await expect(to('full')).rejects.toMatchObject({code: 'OUTPUT_EXISTS', exitCode: 5})
      await expect(to('full/mine.md')).rejects.toMatchObject({code: 'OUTPUT_NOT_WRITABLE', exitCode: 2})
      await expect(to('full', 'jsonl')).rejects.toMatchObject({code: 'OUTPUT_NOT_WRITABLE', exitCode: 2})
      await expect(to('gone/x', 'jsonl')).rejects.toMatchObject({code: 'OUTPUT_NOT_WRITABLE', exitCode: 2})
      await expect(to('new', 'markdown', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
      expect(await to('empty')).toBe(1)
    })
    expect(readdirSync(home).sort()).toEqual(['empty', 'full'])
    expect(readdirSync(join(home, 'full'))).toEqual(['mine.md'])
  })

  itOverFiles('goes nowhere in the data of mh but the person’s own out/', async () => {
    const {home, root} = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await enterContext(ada, () => capture({content: 'one'}))
    symlinkSync(join(root, 'persona/users.json'), join(home, 'link'))
    const before = readFileSync(join(root, 'persona/users.json'), 'utf8')
    for (const user of [ada, bob])
      for (const path of [
        join(root, 'x'),
        join(root, 'profiles/ada/persona/core.json'),
        join(root, 'profiles/ada/memory/x'),
        join(home, 'link')
      ])
        await expect(enterContext(user, () => exportTo(path))).rejects.toMatchObject({
          code: 'PATH_NOT_ALLOWED',
          exitCode: 4
        })
    expect(readFileSync(join(root, 'persona/users.json'), 'utf8')).toBe(before)
    const out = join(root, 'profiles/ada/out/x.jsonl')
    await expect(enterContext(bob, () => exportTo(out))).rejects.toMatchObject({code: 'PATH_NOT_ALLOWED'})
    expect(await enterContext(ada, () => exportTo(out))).toBe(1)
  })

  it('is noted in the trail of whoever exports', async () => {
    const {home} = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await enterContext(ada, async () => {
      await capture({content: 'a secret'})
      await exportTo(join(home, 'x.jsonl'))
    })
    const entries = async (user: UserContext): Promise<unknown[]> =>
      (await trailOf(user)).filter(({event: what}) => what === 'memories_exported')
    expect(await entries(ada)).toMatchObject([{details: {count: 1, format: 'jsonl'}}])
    expect(JSON.stringify(await entries(ada))).not.toContain('secret')
    expect(await entries(bob)).toEqual([])
  })
})
