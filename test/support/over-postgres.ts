import {afterEach, beforeAll, beforeEach} from 'vitest'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {type TestDatabase, testDatabase, withoutPostgres} from './postgres.ts'

// Set up before each file of the project "postgres" (vitest.config.ts): the same tests, with everything kept in a database of theirs.
let database: TestDatabase

beforeAll(async () => {
  if (withoutPostgres === undefined) database = await testDatabase()
})

beforeEach(async (context) => {
  if (withoutPostgres !== undefined) return context.skip(withoutPostgres)
  await database.empty()
  process.env.MH_STORE = database.address
  await openStore()
})

afterEach(async () => {
  delete process.env.MH_STORE
  await closeStore()
})
