import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

type Step =
  | {do: 'capture' | 'batch' | 'look' | 'drop index' | 'add file'}
  | {do: 'edit' | 'delete' | 'restore' | 'change file' | 'move file' | 'remove file'; which: number}

/** Points at which the command of a step is killed, or nothing. */
const KILLS = [
  'write',
  'staged',
  'rename',
  'renamed',
  'folder-synced',
  'audit-line',
  'audited',
  'indexed',
  'committed',
  'renamed:2',
  'renamed:3'
] as const

const step = fc.record({
  step: fc.oneof(
    {weight: 3, arbitrary: fc.constantFrom<Step['do']>('capture', 'edit', 'delete')},
    {weight: 2, arbitrary: fc.constantFrom<Step['do']>('batch', 'restore', 'change file', 'move file', 'add file')},
    {weight: 1, arbitrary: fc.constantFrom<Step['do']>('look', 'remove file', 'drop index')}
  ),
  which: fc.nat(100),
  kill: fc.option(fc.constantFrom(...KILLS), {freq: 2})
})

/** The files of a profile, by the id that stands in them. */
function filesOf(home: Home, folder: string): Map<string, {path: string; content: string}> {
  const root = join(home.root, 'profiles/ada/memory', folder)
  const files = new Map<string, {path: string; content: string}>()
  for (const name of readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((one) => one.endsWith('.json'))) {
    const {id, content} = JSON.parse(readFileSync(join(root, name), 'utf8'))
    expect(files.has(id)).toBe(false)
    files.set(id, {path: join(root, name), content})
  }
  return files
}

const pick = <T>(all: Iterable<T>, which: number): T | undefined => {
  const list = [...all]
  return list[which % list.length]
}

describe('any sequence of captures, edits, deletions, changes by other tools and crashes', () => {
  it('leaves index and files agreeing at the next look, with everything that was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {minLength: 4, maxLength: 14}), async (steps) => {
        const home = temporaryHome()
        await people(home, 'ada')
        const episodic = join(home.root, 'profiles/ada/memory/episodic')
        /** Ids that were acknowledged and that nobody removed from outside. */
        const acknowledged = new Set<string>()
        for (const [number, {step: action, which, kill}] of steps.entries()) {
          const options = kill === null ? {} : {env: {MH_FAULT: kill}}
          const live = filesOf(home, 'episodic')
          const trash = filesOf(home, 'trash')
          const id = pick(live.keys(), which)
          const file = id === undefined ? undefined : live.get(id)
          if (action === 'capture') {
            const {stdout, exitCode} = await mh(home, ['capture', `text ${number}`, '--json'], options)
            if (exitCode === 0) acknowledged.add(JSON.parse(stdout).id)
          } else if (action === 'batch') {
            const {stdout} = await mh(home, ['capture', '--batch'], {
              ...options,
              input: `a ${number}\nb ${number}\nc ${number}`
            })
            for (const one of stdout.split('\n').filter((line) => line !== '')) acknowledged.add(one)
          } else if (action === 'edit' && id !== undefined && file !== undefined) {
            const {exitCode} = await mh(home, ['memory', 'edit', id, '--content', `edited ${number}`], options)
            const now = filesOf(home, 'episodic').get(id)?.content
            expect(exitCode === 0 ? [`edited ${number}`] : [file.content, `edited ${number}`]).toContain(now)
          } else if (action === 'delete' && id !== undefined) {
            await mh(home, ['memory', 'delete', id], options)
          } else if (action === 'restore') {
            const one = pick(trash.keys(), which)
            if (one !== undefined) await mh(home, ['memory', 'restore', one], options)
          } else if (action === 'change file' && file !== undefined) {
            writeFileSync(
              file.path,
              readFileSync(file.path, 'utf8').replace(JSON.stringify(file.content), JSON.stringify(`changed ${number}`))
            )
          } else if (action === 'move file' && file !== undefined) {
            const folder = join(episodic, `moved ${which % 3}`)
            mkdirSync(folder, {recursive: true})
            renameSync(file.path, join(folder, `file ${number}.json`))
          } else if (action === 'add file') {
            writeFileSync(
              join(episodic, `added ${number}.json`),
              JSON.stringify({id: `added-${number}`, timestamp: '2024-05-05T05:05:05Z', content: `added ${number}`})
            )
          } else if (action === 'remove file' && id !== undefined && file !== undefined) {
            unlinkSync(file.path)
            acknowledged.delete(id)
          } else if (action === 'drop index') {
            rmSync(join(home.root, 'cache'), {recursive: true, force: true})
          }
          if (action === 'look' || number === steps.length - 1) {
            const {json, stderr, exitCode} = await mh(home, ['memory', 'list', '-n', '500', '--json'])
            expect([exitCode, stderr]).toEqual([0, ''])
            const files = filesOf(home, 'episodic')
            const listed = new Map(
              json.memories.map((memory: {id: string; content: string}) => [memory.id, memory.content])
            )
            expect([...listed].sort()).toEqual([...files].map(([one, {content}]) => [one, content]).sort())
            expect(json.total).toBe(files.size)
          }
        }
        const kept = new Set([...filesOf(home, 'episodic').keys(), ...filesOf(home, 'trash').keys()])
        for (const id of acknowledged) expect([id, kept.has(id)]).toEqual([id, true])
        const contents = [...filesOf(home, 'episodic').values()].map(({content}) => content)
        for (const content of new Set(contents)) {
          const found = (await mh(home, ['remember', content, '-n', '50', '--json'])).json.results
          expect(found.map((result: {content: string}) => result.content)).toContain(content)
        }
        verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
        expect(existsSync(join(home.root, 'profiles/ada/memory/episodic'))).toBe(true)
      }),
      {numRuns: 12}
    )
  }, 300_000)
})

describe('many at once', () => {
  it('50 captures with a reindex among them lose and double nothing, and show nobody a locked database', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const captures = Array.from({length: 50}, (_, index) => mh(home, ['capture', `number ${index}`]))
    const reindexes = [
      mh(home, ['memory', 'reindex', '--json']),
      mh(home, ['memory', 'reindex', '--full', '--json']),
      mh(home, ['memory', 'list', '--json'])
    ]
    const outcomes = await Promise.all([...captures, ...reindexes])
    expect(outcomes.map(({exitCode, stderr}) => [exitCode, stderr])).toEqual(Array(53).fill([0, '']))
    const {json} = await mh(home, ['memory', 'list', '-n', '500', '--json'])
    expect(json.memories.map(({content}: {content: string}) => content).sort()).toEqual(
      Array.from({length: 50}, (_, index) => `number ${index}`).sort()
    )
    expect((await mh(home, ['memory', 'reindex', '--json'])).json).toMatchObject({added: 0, updated: 0, removed: 0})
    expect(
      verifiedTrail(join(home.root, 'profiles/ada/logs/audit')).filter(({event}) => event === 'memory_captured')
    ).toHaveLength(50)
  }, 120_000)
})
