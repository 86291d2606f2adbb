import {beforeAll} from 'vitest'
import {memoryStore} from '../../../../src/core/memory/memories.ts'
import {describeMemoryStore} from '../../../support/memory-store-suite.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../../support/postgres.ts'
import {makePeople} from '../../../support/profile.ts'

describeWithPostgres('PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  describeMemoryStore('PostgreSQL', async () => {
    await inTemporaryStore(database)
    const {ada, bob} = await makePeople('ada', 'bob')
    return {store: memoryStore(), people: [ada, bob]}
  })
})
