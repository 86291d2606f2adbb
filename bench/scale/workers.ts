import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {backend, enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {memoryStore, newEvent} from '../../src/core/memory/memories.ts'
import {useModelForAll} from '../../test/support/agents.ts'
import {startModelServer} from '../../test/support/model-server.ts'
import {makePeople} from '../../test/support/profile.ts'
import {memories} from '../memory/corpus.ts'
import type {BenchDatabase, BenchServer, Say} from './server.ts'

const PEOPLE = 16
const MEMORIES_EACH = 10
const CALL_MS = 200
const WORKERS = 4
const LEAST_SPEEDUP = 3.5
const MH = join(import.meta.dirname, '../../bin/run.js')

/** How much sooner several workers have done everybody's jobs than one, with a model that takes its time. Each worker has done a job before. */
export async function workers(server: BenchServer, scratch: string, say: Say): Promise<void> {
  const model = await startModelServer()
  model.behave({reply: JSON.stringify({tags: ['boat'], entities: ['Grace']}), delayMs: CALL_MS})
  const seconds = async (count: number): Promise<number> => {
    const database = await server.database(`workers_${count}`)
    return database.use(() => secondsOf(count, database, scratch, model))
  }
  const one = await seconds(1)
  const several = await seconds(WORKERS)
  await model.close()
  say(
    `${PEOPLE} people, ${MEMORIES_EACH} memories each, ${CALL_MS} ms a call`,
    `${one.toFixed(1)} s by one worker, ${several.toFixed(1)} s by ${WORKERS}: ${(one / several).toFixed(2)} times as fast`,
    one / several >= LEAST_SPEEDUP
  )
}

async function secondsOf(
  count: number,
  {address}: BenchDatabase,
  scratch: string,
  model: {baseURL: string}
): Promise<number> {
  const queue = await backend()?.jobs()
  if (queue === undefined) throw new Error('there is no store')
  const everybody = Object.values(await makePeople(...Array.from({length: PEOPLE + count}, (_, at) => `person-${at}`)))
  for (const person of everybody) {
    await useModelForAll(person, model)
    await enterContext(person, () =>
      memoryStore().add(
        [...memories(MEMORIES_EACH)].map(({id, ...memory}) => newEvent(memory, id)),
        () => ({category: 'data', event: 'filled'})
      )
    )
  }
  const running = await Promise.all(Array.from({length: count}, () => start(address, scratch)))
  const done = async (people: readonly UserContext[]): Promise<void> => {
    for (const {userId} of people) await queue.add({agent: 'organizer', userId})
    for (;;) {
      const {waiting, active, dead} = await queue.counts()
      if (dead > 0) throw new Error('a job failed')
      if (waiting + active === 0) return
      await sleep(20)
    }
  }
  // A job takes longer than a worker waits between two looks at the queue, so each of them gets one.
  await done(everybody.slice(PEOPLE))
  const began = performance.now()
  await done(everybody.slice(0, PEOPLE))
  const took = (performance.now() - began) / 1000
  for (const one of running) {
    one.kill('SIGTERM')
    await once(one, 'exit')
  }
  return took
}

/** A worker, as on a machine of its own; it waits for jobs when this resolves. */
async function start(address: string, scratch: string): Promise<ChildProcess> {
  const home = join(scratch, `worker-${Math.random()}`)
  mkdirSync(home)
  const worker = spawn(process.execPath, [MH, 'agents', 'worker', '--concurrency', '1', '-u', 'person-0'], {
    env: {PATH: process.env.PATH, HOME: home, MH_HOME: join(home, 'data'), MH_STORE: address},
    stdio: ['ignore', 'ignore', 'pipe']
  })
  await new Promise<void>((resolve) => {
    worker.stderr.on('data', (text) => String(text).includes('Waiting for jobs') && resolve())
  })
  return worker
}
