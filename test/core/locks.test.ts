import {mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {expect, it} from 'vitest'
import {withAccountsLock, withProfileLock} from '../../src/core/locks.ts'
import {inTemporaryHome} from '../support/home.ts'
import {smallDisk} from '../support/small-disk.ts'

const LOCKS = join(import.meta.dirname, '../../src/core/locks.ts')

it('lets one task in at a time, in the order in which they came', async () => {
  inTemporaryHome()
  const seen: number[] = []
  let inside = 0
  await Promise.all(
    Array.from({length: 20}, (_, index) =>
      withProfileLock('a', async () => {
        expect(++inside).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 1))
        seen.push(index)
        inside--
      })
    )
  )
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
})

it('keeps processes apart: a counter that all of them raise loses nothing', async () => {
  const {root} = inTemporaryHome()
  mkdirSync(root)
  const counter = join(root, 'counter')
  writeFileSync(counter, '0')
  const script = `
    import {readFileSync, writeFileSync} from 'node:fs'
    import {withProfileLock} from ${JSON.stringify(LOCKS)}
    for (let i = 0; i < 10; i++) await withProfileLock('a', () => writeFileSync(${JSON.stringify(counter)}, String(Number(readFileSync(${JSON.stringify(counter)}, 'utf8')) + 1)))`
  await Promise.all(
    Array.from({length: 8}, () =>
      execa(process.execPath, ['--input-type=module', '--eval', script], {env: {MH_HOME: root}})
    )
  )
  expect(readFileSync(counter, 'utf8')).toBe('80')
})

it('makes no file beside that of the lock, which would cost each holder milliseconds', async () => {
  const {root} = inTemporaryHome()
  await withProfileLock('a', () => {})
  await withProfileLock('a', () => expect(readdirSync(join(root, 'logs/run/locks'))).toEqual(['a.lock']))
})

it('is given back where its new file finds no room any more', async (test) => {
  const {root} = inTemporaryHome()
  const refused = smallDisk(root, '1m')
  if (refused !== undefined) return test.skip(refused)
  const fill = (): string => {
    const {bavail, bsize} = statfsSync(root)
    writeFileSync(join(root, 'filler'), Buffer.alloc(bavail * bsize))
    return 'full'
  }
  expect(await withProfileLock('a', fill)).toBe('full')
  rmSync(join(root, 'filler'))
  expect(await withProfileLock('a', () => 'again')).toBe('again')
})

it('is free at once when its holder is killed', async () => {
  const {root} = inTemporaryHome()
  const script = `
    import {withProfileLock} from ${JSON.stringify(LOCKS)}
    await withProfileLock('a', () => { process.stdout.write('held'); return new Promise((resolve) => setTimeout(resolve, 60000)) })`
  const holder = execa(process.execPath, ['--input-type=module', '--eval', script], {
    env: {MH_HOME: root},
    reject: false,
    buffer: false
  })
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  let got = false
  const waiting = withProfileLock('a', () => {
    got = true
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(got).toBe(false)
  holder.kill('SIGKILL')
  await waiting
  expect(got).toBe(true)
})

it('refuses an order that could make two processes wait for each other', async () => {
  inTemporaryHome()
  await expect(withProfileLock('a', () => withAccountsLock(() => 1))).rejects.toMatchObject({code: 'LOCK_ORDER'})
  await expect(withProfileLock('b', () => withProfileLock('a', () => 1))).rejects.toMatchObject({code: 'LOCK_ORDER'})
  await expect(withProfileLock('a', () => withProfileLock('a', () => 1))).rejects.toMatchObject({code: 'LOCK_ORDER'})
  await expect(withAccountsLock(() => withProfileLock('a', () => withProfileLock('b', () => 1)))).resolves.toBe(1)
})
