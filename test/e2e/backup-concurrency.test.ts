import {join} from 'node:path'
import {execa} from 'execa'
import {expect, it} from 'vitest'
import {readTar} from '../support/archives.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {environment, mh, people} from '../support/mh.ts'

const WORKERS = 20
const CAPTURES = 8
const WORKER = join(import.meta.dirname, '../support/capture-worker.ts')

async function startWorkers(home: Home, username: string, count: number): Promise<Promise<string[]>[]> {
  const {id} = (await mh(home, ['user', 'show', username, '--json'])).json
  return Array.from({length: count}, async (_, worker) => {
    const {stdout} = await execa(process.execPath, [WORKER, id, username, String(worker), String(CAPTURES)], {
      env: environment(home),
      extendEnv: false
    })
    return stdout.split('\n')
  })
}

interface Archived {
  ids: string[]
  contents: string[]
  /** What the trail of the backup says was captured. */
  audited: string[]
}

async function archived(path: string, username: string): Promise<Archived> {
  const entries = await readTar(path)
  const below = (folder: string) =>
    entries
      .filter(({header}) => header.name.startsWith(`profiles/${username}/${folder}/`))
      .map(({data}) => String(data))
  const memories = below('memory/episodic').map((text) => JSON.parse(text))
  const audited = below('logs/audit')
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes('"memory_captured"'))
    .map((line) => JSON.parse(line).details.id)
  return {ids: memories.map(({id}) => id).sort(), contents: memories.map(({content}) => content), audited}
}

/** Each process captures one after another: of each, those are there that come before its last one that is. */
function expectPrefixes(contents: readonly string[]): void {
  const last = new Map<string, number[]>()
  for (const content of contents) {
    const [, worker = '', index] = /^worker (\d+) (\d+)$/.exec(content) ?? []
    last.set(worker, [...(last.get(worker) ?? []), Number(index)])
  }
  for (const indexes of last.values())
    expect(indexes.sort((a, b) => a - b)).toEqual(Array.from({length: indexes.length}, (_, index) => index))
}

it('a backup that is taken while twenty processes capture restores to a state that existed', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', 'the only one of bob', '-u', 'bob'])
  const workers = await startWorkers(home, 'ada', WORKERS)
  const backups: {id: string; path: string}[] = []
  let running = true
  const done = Promise.all(workers).finally(() => {
    running = false
  })
  while (running) {
    const {json, exitCode} = await mh(home, ['backup', 'create', '--all-users', '--keep', '100', '--json'])
    expect(exitCode).toBe(0)
    backups.push(json)
  }
  const captured = (await done).flat()
  expect(new Set(captured).size).toBe(WORKERS * CAPTURES)
  const states = await Promise.all(backups.map(({path}) => archived(path, 'ada')))
  for (const {ids, contents, audited} of states) {
    expectPrefixes(contents)
    // A memory and its audit entry are made under one lock: a state that existed has both.
    expect([...audited].sort()).toEqual(ids)
  }
  const chosen = Math.max(
    0,
    states.findIndex(({ids}) => ids.length > 0 && ids.length < captured.length)
  )
  const {exitCode} = await mh(home, ['backup', 'restore', backups[chosen]?.id ?? '', '--yes'])
  expect(exitCode).toBe(0)
  const {json} = await mh(home, ['memory', 'list', '-n', '500', '--json'])
  expect(json.memories.map(({id}: {id: string}) => id).sort()).toEqual(states[chosen]?.ids)
  expect((await mh(home, ['memory', 'list', '-u', 'bob', '--json'])).json.total).toBe(1)
}, 180_000)

it('a restore while others capture loses nothing: what was acknowledged is there, or in the backup of what was there before', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', 'worker 99 0'])
  const {id} = (await mh(home, ['backup', 'create', '--json'])).json
  const workers = await startWorkers(home, 'ada', 4)
  const {json, exitCode} = await mh(home, ['backup', 'restore', id, '--yes', '--json'])
  expect(exitCode).toBe(0)
  const captured = (await Promise.all(workers)).flat()
  expect(captured).toHaveLength(4 * CAPTURES)
  const before = await archived(join(home.root, 'backups', `${json.previous}.tar.gz`), 'ada')
  const now = (await mh(home, ['memory', 'list', '-n', '500', '--json'])).json.memories.map(
    (one: {id: string}) => one.id
  )
  for (const one of captured) expect([...before.ids, ...now]).toContain(one)
  expect((await mh(home, ['audit', 'verify', '--json'])).json.ok).toBe(true)
}, 180_000)
