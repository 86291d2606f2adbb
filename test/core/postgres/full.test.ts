import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {verifyAudit} from '../../../src/core/audit/verify.ts'
import {enterContext} from '../../../src/core/backend.ts'
import {capture, memoryStore} from '../../../src/core/memory/memories.ts'
import {describeWithPostgres, inTemporaryStore, testDatabase} from '../../support/postgres.ts'
import {makePeople} from '../../support/profile.ts'

const SPACE = 'mh_test_small'

/** A folder of the server's own account on a disk of 2 MB; why there is none, where nothing can be mounted. */
function smallDisk(): {folder: string; unmount: () => void} | {reason: string} {
  const above = mkdtempSync(join(tmpdir(), 'mh-small-'))
  chmodSync(above, 0o755)
  const folder = join(above, 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], {stdio: 'pipe'})
    execFileSync('chown', ['postgres', folder], {stdio: 'pipe'})
  } catch (error) {
    return {reason: String(error)}
  }
  return {
    folder,
    unmount() {
      execFileSync('umount', [folder])
      rmSync(above, {recursive: true})
    }
  }
}

describeWithPostgres('a server whose disk is full', () => {
  it.skipIf(process.env.MH_TEST_PG !== undefined)(
    'tells so, keeps what it acknowledged, and takes more when there is room',
    async (context) => {
      const disk = smallDisk()
      if ('reason' in disk) return context.skip(`nothing can be mounted here: ${disk.reason}`)
      const database = await testDatabase(onTestFinished)
      await inTemporaryStore(database)
      const {ada, bob} = await makePeople('ada', 'bob')
      await enterContext(bob, () => capture({content: 'of bob'}))
      await database.query(`CREATE TABLESPACE ${SPACE} LOCATION '${disk.folder}'`)
      await database.query(`ALTER TABLE memory SET TABLESPACE ${SPACE}`)
      onTestFinished(async () => {
        await database.query('ALTER TABLE memory SET TABLESPACE pg_default')
        await database.query(`DROP TABLESPACE ${SPACE}`)
        disk.unmount()
      })

      await enterContext(ada, async () => {
        const acknowledged: string[] = []
        const fill = async () => {
          for (;;) acknowledged.push((await capture({content: `${acknowledged.length} ${'word '.repeat(8000)}`})).id)
        }
        await expect(fill()).rejects.toMatchObject({
          code: 'STORE_FULL',
          exitCode: 1,
          message: expect.stringContaining('is full: nothing was kept'),
          hint: expect.any(String)
        })
        expect(acknowledged.length).toBeGreaterThan(10)
        const kept = async () => (await memoryStore().list({filter: {}, limit: 1000})).map(({event}) => event.id)
        expect((await kept()).sort()).toEqual(acknowledged.sort())
        expect(await verifyAudit(false)).toMatchObject({broken: []})

        await database.query('ALTER TABLE memory SET TABLESPACE pg_default')
        acknowledged.push((await capture({content: 'there is room again'})).id)
        expect((await kept()).sort()).toEqual(acknowledged.sort())
      })
    }
  )
})
