import {existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {ANONYMOUS, withUserContext} from '../../../src/core/context.ts'
import {migrate} from '../../../src/core/migrate/migrate.ts'
import {rollBack} from '../../../src/core/migrate/rollback.ts'
import {listUsers, requireUserByName} from '../../../src/core/users/accounts.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {isPersonal, makeLegacy, treeOf} from '../../support/legacy.ts'
import {makePeople} from '../../support/profile.ts'
import {smallDisk} from '../../support/small-disk.ts'

const anybody = <T>(fn: () => T): T => withUserContext(ANONYMOUS, fn)

const asAda = <T>(fn: () => T): T => withUserContext(contextOf(requireUserByName('ada')), fn)

describe('a source that changes under the migration', () => {
  const changes: [string, (root: string) => void][] = [
    ['a file is edited', (root) => writeFileSync(join(root, 'etc/models.json'), '{"changed": true}')],
    ['a file appears', (root) => writeFileSync(join(root, 'memory/episodic/2025/new.json'), '{}')],
    ['a file goes', (root) => rmSync(join(root, 'persona/routines.json'))],
    [
      'a line is added to the audit trail',
      (root) => writeFileSync(join(root, 'logs/audit/2025-11-05.ndjson'), '{"n":1}\n', {flag: 'a'})
    ]
  ]

  it.each(changes)('elsewhere is noticed where %s, and nothing is made', async (_what, change) => {
    const {home, root} = inTemporaryHome()
    const old = join(home, 'old')
    makeLegacy(old)
    const once = runOnce(() => change(old))
    const migrating = anybody(() => migrate({username: 'ada', from: old}, {onFile: once}))
    await expect(migrating).rejects.toMatchObject({code: 'SOURCE_CHANGED', exitCode: 5})
    expect(listUsers()).toEqual([])
    expect(existsSync(join(root, 'profiles/ada'))).toBe(false)
  })

  it.each(changes)('at the data root is noticed where %s, and everything stays', async (_what, change) => {
    const {root} = inTemporaryHome()
    mkdirSync(root)
    makeLegacy(root)
    const once = runOnce(() => change(root))
    const migrating = anybody(() => migrate({username: 'ada'}, {onFile: once}))
    await expect(migrating).rejects.toMatchObject({code: 'SOURCE_CHANGED', exitCode: 5})
    const after = treeOf(root, isPersonal)
    expect(listUsers()).toEqual([])
    await anybody(() => migrate({username: 'ada'}))
    await asAda(() => rollBack('@last'))
    expect(treeOf(root, (path) => isPersonal(path) && after[path] !== undefined)).toEqual(after)
  })

  /** In the middle of the first pass over the files. */
  function runOnce(change: () => void): (done: number, total: number) => void {
    let changed = false
    return (done, total) => {
      if (changed || done < total / 2) return
      changed = true
      change()
    }
  }
})

it('is ended by its signal, and leaves nothing behind', async () => {
  const {home, root} = inTemporaryHome()
  const old = join(home, 'old')
  makeLegacy(old)
  const stop = new AbortController()
  const migrating = anybody(() =>
    migrate(
      {username: 'ada', from: old},
      {signal: stop.signal, onFile: (done) => done === 10 && stop.abort(new Error('enough'))}
    )
  )
  await expect(migrating).rejects.toThrow('enough')
  expect(treeOf(join(root, '.tmp'))).toEqual({})
  expect(listUsers()).toEqual([])
})

it('a member does not get at a file that has another name as well', async () => {
  const {home, root} = inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const secret = join(root, 'profiles/ada/persona/core.json')
  const old = join(home, 'old')
  makeLegacy(old)
  linkSync(secret, join(old, 'memory/borrowed.json'))
  await expect(withUserContext(bob, () => migrate({username: 'bob', from: old}))).rejects.toMatchObject({
    code: 'MIGRATION_CONFLICT',
    message: expect.stringContaining('hard link')
  })
  rmSync(join(old, 'memory/borrowed.json'))
  expect(await withUserContext(bob, () => migrate({username: 'bob', from: old}))).toMatchObject({verified: true})
  await expect(withUserContext(ada, () => rollBack('@last'))).resolves.toMatchObject({username: 'bob'})
})

it('moves what lies on another file system, and gives it back', async (test) => {
  const {root} = inTemporaryHome()
  const refused = smallDisk(join(root, 'out'), '4m')
  if (refused !== undefined) return test.skip(refused)
  makeLegacy(root)
  const before = treeOf(root, isPersonal)
  expect(await anybody(() => migrate({username: 'ada'}))).toMatchObject({verified: true})
  expect(treeOf(join(root, 'out'))).toEqual({})
  expect(readFileSync(join(root, 'profiles/ada/out/datasets/2025-11-05.jsonl'), 'utf8')).toContain('messages')
  await asAda(() => rollBack('@last'))
  expect(treeOf(root, (path) => isPersonal(path) && before[path] !== undefined)).toEqual(before)
})
