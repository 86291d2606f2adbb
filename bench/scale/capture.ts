import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {capture, memoryStore, newEvent} from '../../src/core/memory/memories.ts'
import {makePeople} from '../../test/support/profile.ts'
import {type Made, memories} from '../memory/corpus.ts'
import {median} from '../memory/measure.ts'
import type {BenchDatabase, BenchServer, Say} from './server.ts'

const ROUNDS = 5
const SECONDS = 2
const PEOPLE = 8
/** As `mh capture --batch` and imports put them. */
const BATCH = 512
const LEAST_SHARE = 0.5

/** Durable captures beside bare INSERTs of the same row by pgbench, in turns. */
export async function captures(server: BenchServer, say: Say): Promise<void> {
  const database = await server.database('captures')
  await database.use(async () => {
    const people = Object.values(await makePeople(...Array.from({length: PEOPLE}, (_, at) => `person-${at}`)))
    const made = endless()
    await oneByOne(people, made, SECONDS)
    const statement = await bareInsert(database)
    const kept = await bareInsert(database, 'with its indexes')
    const rates: Record<
      'bareOne' | 'bareMany' | 'keptOne' | 'keptMany' | 'batch' | 'one' | 'many' | 'together',
      number[]
    > = {
      bareOne: [],
      bareMany: [],
      keptOne: [],
      keptMany: [],
      batch: [],
      one: [],
      many: [],
      together: []
    }
    for (let round = 0; round < ROUNDS; round++) {
      rates.bareMany.push(database.pgbench(statement, PEOPLE, SECONDS))
      rates.keptMany.push(database.pgbench(kept, PEOPLE, SECONDS))
      rates.batch.push(await inBatches(people, made, SECONDS))
      rates.many.push(await oneByOne(people, made, SECONDS))
      rates.together.push(await oneByOne(Array(PEOPLE).fill(people[0]), made, SECONDS))
      rates.bareOne.push(database.pgbench(statement, 1, SECONDS))
      rates.keptOne.push(database.pgbench(kept, 1, SECONDS))
      rates.one.push(await oneByOne(people.slice(0, 1), made, SECONDS))
    }
    const [bareOne, bareMany] = [median(rates.bareOne), median(rates.bareMany)]
    const [keptOne, keptMany] = [median(rates.keptOne), median(rates.keptMany)]
    const beside = (rate: number, bare: number, withIndexes: number): string =>
      `${rate.toFixed(0)} a second, bare INSERT ${bare.toFixed(0)}: × ${(rate / bare).toFixed(2)}; ` +
      `with the table's indexes ${withIndexes.toFixed(0)}: × ${(rate / withIndexes).toFixed(2)}`
    const batch = median(rates.batch)
    say(
      `captures of ${PEOPLE} people at once, in batches of ${BATCH}`,
      beside(batch, bareMany, keptMany),
      batch / bareMany >= LEAST_SHARE
    )
    const [many, one, together] = [median(rates.many), median(rates.one), median(rates.together)]
    say(`captures of ${PEOPLE} people at once, one by one`, beside(many, bareMany, keptMany))
    say(`captures of one person, ${PEOPLE} at once, one by one`, beside(together, bareMany, keptMany))
    say('captures of one person, one by one', beside(one, bareOne, keptOne))
  })
}

/**
 * The row of a memory of middling size, into a table that has its columns and its primary key, and nothing else; or into one
 * that has the indexes of memories as well, which is the least that the row costs where it can be found.
 */
async function bareInsert({query}: BenchDatabase, indexes?: 'with its indexes'): Promise<string> {
  const table = indexes === undefined ? 'bare' : 'bare_indexed'
  await query(
    indexes === undefined
      ? `CREATE TABLE ${table} (LIKE memory INCLUDING STORAGE, PRIMARY KEY (user_id, id))`
      : `CREATE TABLE ${table} (LIKE memory INCLUDING STORAGE INCLUDING INDEXES); CREATE SEQUENCE bare_row CACHE 1000`
  )
  const [found] = await query<{id: string; values: string}>(
    `SELECT m.id, concat_ws(', ', quote_literal(user_id), '''evt-'' || gen_random_uuid()', ${indexes === undefined ? 'row' : "'nextval(''mh.bare_row'')'"}, quote_literal(reversed), timestamp,
        quote_literal(type), quote_nullable(session), quote_literal(speaker), processed::text, private::text, flags, asking, person, quote_literal(asked),
        quote_literal(terms), quote_nullable(place), quote_literal(record)) AS values
      FROM memory m ORDER BY length(record), id OFFSET (SELECT count(*) / 2 FROM memory) LIMIT 1`
  )
  return `INSERT INTO mh.${table} VALUES (${found?.values})`
}

/** @returns captures a second of all of `people` at once, each durable before the next of the same place in the list */
async function oneByOne(people: readonly UserContext[], made: Iterator<Made>, seconds: number): Promise<number> {
  const end = Date.now() + seconds * 1000
  let done = 0
  await Promise.all(
    people.map(async (person) => {
      for (; Date.now() < end; done++) {
        const {content, type, tags} = made.next().value
        await enterContext(person, () => capture({content, type, tags}))
      }
    })
  )
  return done / seconds
}

/** @returns captures a second, each batch durable before the next of the same person */
async function inBatches(people: readonly UserContext[], made: Iterator<Made>, seconds: number): Promise<number> {
  const start = performance.now()
  let done = 0
  await Promise.all(
    people.map(async (person) => {
      for (; performance.now() - start < seconds * 1000; done += BATCH)
        await enterContext(person, () =>
          memoryStore().add(
            Array.from({length: BATCH}, () => {
              const {content, type, tags} = made.next().value
              return newEvent({content, type, tags})
            }),
            (events) => ({category: 'data', event: 'memories_captured', details: {count: events.length}})
          )
        )
    })
  )
  return (done / (performance.now() - start)) * 1000
}

function* endless(): Generator<Made, never> {
  for (let seed = 1; ; seed++) yield* memories(5000, seed)
}
