import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Worker} from 'node:worker_threads'
import {expect, it} from 'vitest'
import {IndexUnusable} from '../../src/core/file-index/unusable.ts'
import {unwritable} from '../../src/core/files.ts'
import {temporaryHome} from '../support/home.ts'

const MAKERS = 2
const ROUNDS = 500

it('makes folders that others make at the same moment', async () => {
  const {home} = temporaryHome()
  const arrived = new Int32Array(new SharedArrayBuffer(4))
  const makers = Array.from(
    {length: MAKERS},
    () =>
      new Promise<string[]>((resolve, reject) => {
        const worker = new Worker(join(import.meta.dirname, '../support/folder-maker.ts'), {
          workerData: {root: home, rounds: ROUNDS, makers: MAKERS, arrived}
        })
        worker.once('message', resolve).once('error', reject)
      })
  )
  expect((await Promise.all(makers)).flat()).toEqual([])
  expect(existsSync(join(home, `${ROUNDS - 1}`, 'a/b'))).toBe(true)
})

it('says in one sentence that there was no room for an index', () => {
  const full = Object.assign(new Error('disk I/O error'), {errcode: 4874})
  expect(unwritable('/data/index.db', new IndexUnusable('/data/index.db', full.message, full))).toMatchObject({
    code: 'NOT_WRITABLE',
    message: 'Cannot write /data/index.db: the disk is full, or reports an error'
  })
})
