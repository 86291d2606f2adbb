import type {Pool} from 'pg'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {postgresLocks} from '../../../src/core/postgres/named-locks.ts'
import {openPool} from '../../../src/core/postgres/pool.ts'
import {describeWithPostgres, testDatabase} from '../../support/postgres.ts'

describeWithPostgres('locks by name', () => {
  let pool: Pool
  let address: string

  beforeAll(async () => {
    ;({address} = await testDatabase())
    pool = await openPool(address)
  })
  afterAll(() => pool.end())

  it('are free for the next as soon as they are given back', async () => {
    const locks = postgresLocks(pool, address)
    for (let turn = 0; turn < 100; turn++) {
      const lock = await locks.take('turn')
      expect(lock, `turn ${turn}`).toBeDefined()
      expect(await locks.take('turn')).toBeUndefined()
      await lock?.release()
    }
  })
})
