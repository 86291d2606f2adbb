import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {type UserContext, withUserContext} from '../../../src/core/context.ts'
import {capture, listMemories} from '../../../src/core/memory/memories.ts'
import {listUsers} from '../../../src/core/users/accounts.ts'
import {createUser} from '../../../src/core/users/create.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {inTemporaryHome} from '../../support/home.ts'

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
