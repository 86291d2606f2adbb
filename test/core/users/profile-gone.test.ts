import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {type UserContext, withUserContext} from '../../../src/core/context.ts'
import {capture, listMemories} from '../../../src/core/memory/memories.ts'
import {listUsers} from '../../../src/core/users/accounts.ts'
import {createUser} from '../../../src/core/users/create.ts'
import {deleteUser} from '../../../src/core/users/delete.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {renameUser} from '../../../src/core/users/rename.ts'
import {setRole} from '../../../src/core/users/role.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'

it('a process that outlives a deletion writes nothing and makes no folder again', async () => {
  const {root} = inTemporaryHome()
  await createUser({username: 'ada'})
  const [ada] = listUsers().map(contextOf) as [UserContext]
  await withUserContext(ada, async () => {
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

it('a name that is used again does not open the old profile to the new person, nor the other way', async () => {
  const {root} = inTemporaryHome()
  await createUser({username: 'ada'})
  const [old] = listUsers().map(contextOf) as [UserContext]
  const users = join(root, 'persona/users.json')
  const file = JSON.parse(readFileSync(users, 'utf8'))
  writeFileSync(users, JSON.stringify({...file, users: [{...file.users[0], id: 'another'}]}))
  await withUserContext(old, async () => {
    await expect(capture({content: 'x'})).rejects.toMatchObject({code: 'PROFILE_GONE'})
  })
})

it('a role that was changed is the one that counts at the next command', async () => {
  const {root} = inTemporaryHome()
  await createUser({username: 'ada'})
  const users = join(root, 'persona/users.json')
  const file = JSON.parse(readFileSync(users, 'utf8'))
  writeFileSync(users, JSON.stringify({...file, users: [{...file.users[0], role: 'standard'}]}))
  expect(listUsers()[0]?.role).toBe('member')
})

it('what outlives a renaming goes on in the profile of that person, also where the name is somebody else now', async () => {
  const {root} = inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await withUserContext(ada, async () => {
    await renameUser('bob', 'robert')
    await createUser({username: 'bob'})
  })
  await withUserContext(bob, async () => {
    const {path} = await capture({content: 'after'})
    expect(path.startsWith(join(root, 'profiles/robert/'))).toBe(true)
  })
  const [, , other] = listUsers().map(contextOf) as [UserContext, UserContext, UserContext]
  await withUserContext(other, async () => expect((await listMemories({})).total).toBe(0))
})

it('what outlives a deletion writes nothing, and least of all to the next person of that name', async () => {
  const {root} = inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const capturing = withUserContext(bob, async () => {
    for (;;) {
      await capture({content: 'again'})
      // A capture that waits for nobody never lets go of the thread; the deletion has files to read meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  const ended = expect(capturing).rejects.toMatchObject({code: 'PROFILE_GONE', exitCode: 5})
  await withUserContext(ada, () => deleteUser('bob'))
  await ended
  expect(existsSync(join(root, 'profiles/bob'))).toBe(false)
  await withUserContext(ada, () => createUser({username: 'bob'}))
  await withUserContext(bob, async () => {
    await expect(capture({content: 'again'})).rejects.toMatchObject({code: 'PROFILE_GONE'})
    await expect(listMemories({})).rejects.toMatchObject({code: 'PROFILE_GONE'})
  })
  const [, next] = listUsers().map(contextOf) as [UserContext, UserContext]
  await withUserContext(next, async () => expect((await listMemories({})).total).toBe(0))
})

it('a process that runs on is bound by a role that was taken away', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await withUserContext(bob, async () => {
    await capture({content: 'before'})
    await withUserContext(ada, () => setRole('bob', 'guest'))
    await expect(capture({content: 'after'})).rejects.toMatchObject({code: 'NOT_ALLOWED_FOR_ROLE'})
  })
})
