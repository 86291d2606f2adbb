import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Worker} from 'node:worker_threads'
import {expect, it} from 'vitest'
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
