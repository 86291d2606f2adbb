import {type Backend, enterContext, setBackend} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {memoryStore, newEvent, searchMemories} from '../../src/core/memory/memories.ts'
import {openPostgres} from '../../src/core/postgres/backend.ts'
import {makePeople} from '../../test/support/profile.ts'
import {memories, NEWEST, questions} from '../memory/corpus.ts'
import {percentile} from '../memory/measure.ts'
import {copyFirstToOthers} from './fill.ts'
import type {BenchDatabase, BenchServer, Say} from './server.ts'

const ASKED = 200
const ROUNDS = 5
const MOST_TIMES_FILES = 3
const MOST_TIMES_FEW = 1.2

interface Size {
  /** Of each person. */
  memories: number
  few: number
  many: number
}

/** A store that was filled, with one of its people. */
export interface Filled {
  database: BenchDatabase
  store: Backend
  person: UserContext
  people: number
  memories: number
}

/**
 * The same questions of one person over files, among few people and among many.
 * @returns the store with many, open; the process ends with it
 */
export async function searches(server: BenchServer, size: Size, say: Say): Promise<Filled> {
  const {ada: onFiles} = await makePeople('ada')
  await fill(onFiles, size.memories)
  const few = await filled(server, 'few', size.few, size.memories)
  const many = await filled(server, 'many', size.many, size.memories)
  const places = [{store: undefined, person: onFiles}, few, many]
  const [files = 0, amongFew = 0, amongMany = 0] = await timesAt(places, questions(ASKED, size.memories))
  const ms = (figure: number): string => `${figure.toFixed(1)} ms`
  say(
    `a question of one among ${size.many}, 95th percentile`,
    `${ms(amongMany)}, on files ${ms(files)}: × ${(amongMany / files).toFixed(2)}`,
    amongMany / files <= MOST_TIMES_FILES
  )
  say(
    `  the same among ${size.few}`,
    `${ms(amongFew)}: × ${(amongMany / amongFew).toFixed(2)} among ${size.many}`,
    amongMany / amongFew <= MOST_TIMES_FEW
  )
  await few.store.close()
  return many
}

async function filled(server: BenchServer, name: string, people: number, each: number): Promise<Filled> {
  const database = await server.database(name)
  const store = await openPostgres(database.address)
  const person = await within(store, async () => {
    const made = await makePeople(...Array.from({length: people}, (_, at) => `person-${at}`))
    const first = made['person-0'] as UserContext
    await fill(first, each)
    return first
  })
  await copyFirstToOthers(database, person.userId)
  return {database, store, person, people, memories: each}
}

/** Runs `fn` with everything kept in that store; in files without one. */
export async function within<T>(store: Backend | undefined, fn: () => Promise<T>): Promise<T> {
  if (store === undefined) delete process.env.MH_STORE
  else process.env.MH_STORE = store.address
  const before = setBackend(store)
  try {
    return await fn()
  } finally {
    setBackend(before)
    delete process.env.MH_STORE
  }
}

const fill = (person: UserContext, count: number): Promise<void> =>
  enterContext(person, async () => {
    const events = [...memories(count)].map(({id, ...memory}) => newEvent(memory, id))
    for (let at = 0; at < count; at += 512)
      await memoryStore().add(events.slice(at, at + 512), () => ({category: 'data', event: 'filled'}))
  })

/**
 * Asks every question at each place in turn, several times over, and counts the quickest of each: what else the machine does hits them all.
 * @returns of each place the 95th percentile of its questions, milliseconds
 */
async function timesAt(
  places: readonly {store: Backend | undefined; person: UserContext}[],
  asked: readonly string[]
): Promise<number[]> {
  const best = places.map(() => asked.map(() => Number.POSITIVE_INFINITY))
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, question] of asked.entries())
      for (const [place, {store, person}] of places.entries()) {
        const took = await within(store, () => ask(person, question))
        const times = best[place] ?? []
        times[at] = Math.min(times[at] ?? took, took)
      }
  return best.map((times) => percentile(times, 0.95))
}

async function ask(person: UserContext, question: string): Promise<number> {
  const start = performance.now()
  await enterContext(person, () => searchMemories(question, {now: NEWEST}))
  return performance.now() - start
}
