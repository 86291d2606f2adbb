import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {capture, listMemories} from '../../../src/core/memory/memories.ts'
import {listUsers, requireUser} from '../../../src/core/users/accounts.ts'
import {createUser} from '../../../src/core/users/create.ts'
import {deleteUser} from '../../../src/core/users/delete.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {renameUser} from '../../../src/core/users/rename.ts'
import {setRole} from '../../../src/core/users/role.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {itOverFiles} from '../../support/over-files.ts'
import {makePeople} from '../../support/profile.ts'

itOverFiles('a process that outlives a deletion writes nothing and makes no folder again', async () => {
  const {root} = inTemporaryHome()
  await createUser({username: 'ada'})
  const [ada] = listUsers().map(contextOf) as [UserContext]
  await enterContext(ada, async () => {
    await capture({content: 'before'})
    renameSync(join(root, 'profiles/ada'), join(root, 'elsewhere'))
    await expect(capture({content: 'after'})).rejects.toMatchObject({code: 'PROFILE_GONE', exitCode: 5})
    const users = join(root, 'persona/users.json')
    writeFileSync(users, JSON.stringify({...JSON.parse(readFileSync(users, 'utf8')), users: []}))
    await expect(capture({content: 'after'})).rejects.toMatchObject({code: 'PROFILE_GONE', exitCode: 5})
    await expect(listMemories({})).rejects.toMatchObject({code: 'PROFILE_GONE'})
  })
  expect(existsSync(join(root, 'profiles/ada'))).toBe(false)
})

itOverFiles(
  'a name that is used again does not open the old profile to the new person, nor the other way',
  async () => {
    const {root} = inTemporaryHome()
    await createUser({username: 'ada'})
    const [old] = listUsers().map(contextOf) as [UserContext]
    const users = join(root, 'persona/users.json')
    const file = JSON.parse(readFileSync(users, 'utf8'))
    writeFileSync(users, JSON.stringify({...file, users: [{...file.users[0], id: 'another'}]}))
    await enterContext(old, async () => {
      await expect(capture({content: 'x'})).rejects.toMatchObject({code: 'PROFILE_GONE'})
    })
  }
)

itOverFiles('a role that was changed is the one that counts at the next command', async () => {
  const {root} = inTemporaryHome()
  await createUser({username: 'ada'})
  const users = join(root, 'persona/users.json')
  const file = JSON.parse(readFileSync(users, 'utf8'))
  writeFileSync(users, JSON.stringify({...file, users: [{...file.users[0], role: 'standard'}]}))
  expect(listUsers()[0]?.role).toBe('member')
})

it('what outlives a renaming goes on in the profile of that person, also where the name is somebody else now', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await enterContext(ada, async () => {
    await renameUser('bob', 'robert')
    await createUser({username: 'bob'})
  })
  await enterContext(bob, async () => {
    const {path} = await capture({content: 'after'})
    expect(path).toContain('/robert/')
  })
  const other = contextOf(await requireUser('bob'))
  await enterContext(other, async () => expect((await listMemories({})).total).toBe(0))
})

it('what outlives a deletion writes nothing, and least of all to the next person of that name', async () => {
  const {root} = inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const capturing = enterContext(bob, async () => {
    for (;;) {
      await capture({content: 'again'})
      // A capture that waits for nobody never lets go of the thread; the deletion has files to read meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  const ended = expect(capturing).rejects.toMatchObject({code: 'PROFILE_GONE', exitCode: 5})
  await enterContext(ada, () => deleteUser('bob'))
  await ended
  expect(existsSync(join(root, 'profiles/bob'))).toBe(false)
  await enterContext(ada, () => createUser({username: 'bob'}))
  for (const act of [() => capture({content: 'again'}), () => listMemories({})])
    await expect(enterContext<unknown>(bob, act)).rejects.toMatchObject({code: 'PROFILE_GONE'})
  const next = contextOf(await requireUser('bob'))
  await enterContext(next, async () => expect((await listMemories({})).total).toBe(0))
})

it('a process that runs on is bound by a role that was taken away', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await enterContext(bob, async () => {
    await capture({content: 'before'})
    await enterContext(ada, () => setRole('bob', 'guest'))
    await expect(capture({content: 'after'})).rejects.toMatchObject({code: 'NOT_ALLOWED_FOR_ROLE'})
  })
})
