import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

const accounts = (home: Home): {users: Record<string, unknown>[]} =>
  JSON.parse(readFileSync(join(home.root, 'persona/users.json'), 'utf8'))

const account = (home: Home, username: string): Record<string, unknown> | undefined =>
  accounts(home).users.find((user) => user.username === username)

const lastOf = (home: Home, folder: string) => verifiedTrail(join(home.root, folder)).at(-1)

const PASSWORD = 'quiet otters juggle lanterns'

describe('user edit', () => {
  it('changes what an account tells, and an empty value takes it away', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const edited = await mh(home, ['user', 'edit', '--display-name', 'Ada L.', '--email', 'ada@example.org', '--json'])
    expect(edited.json).toMatchObject({username: 'ada', displayName: 'Ada L.', email: 'ada@example.org', active: true})
    expect((await mh(home, ['user', 'edit', '--email', '', '--json'])).json.email).toBeNull()
    expect(account(home, 'ada')?.metadata).toEqual({displayName: 'Ada L.'})
    for (const args of [[], ['--email', 'nowhere'], ['--display-name', 'two\nlines']])
      expect((await mh(home, ['user', 'edit', ...args])).exitCode).toBe(2)
  })

  it('copies an avatar, and takes nothing that is no image or not theirs', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const image = join(home.home, 'me.png')
    writeFileSync(image, Buffer.from('89504e470d0a1a0a0000', 'hex'))
    const page = join(home.home, 'me.svg')
    writeFileSync(page, '<svg/>')
    expect((await mh(home, ['user', 'edit', '--avatar', image, '--json'])).json.avatar).toBe('persona/avatar.png')
    const kept = join(home.root, 'profiles/ada/persona/avatar.png')
    expect(readFileSync(kept)).toEqual(readFileSync(image))
    expect((await mh(home, ['user', 'edit', '--avatar', page, '--json'])).json.error.code).toBe('INVALID_AVATAR')
    const stolen = await mh(home, ['user', 'edit', '--avatar', kept, '-u', 'bob', '--json'])
    expect([stolen.exitCode, stolen.json.error.code]).toEqual([4, 'ACCESS_DENIED'])
    expect((await mh(home, ['user', 'edit', '--avatar', '', '--json'])).json.avatar).toBeNull()
    expect(existsSync(kept)).toBe(false)
  })

  it('loses nothing where twenty write at once', async () => {
    const home = temporaryHome()
    await people(home, 'ada', ...Array.from({length: 4}, (_, index) => `user${index}`))
    const names = ['ada', 'user0', 'user1', 'user2', 'user3']
    const outcomes = await Promise.all(
      Array.from({length: 20}, (_, index) =>
        index < 10
          ? mh(home, [
              'user',
              'edit',
              names[index % 5] as string,
              index < 5 ? '--email' : '--display-name',
              `${index}@x`
            ])
          : mh(home, ['user', 'create', `new${index}`])
      )
    )
    expect(outcomes.map(({exitCode}) => exitCode)).toEqual(Array(20).fill(0))
    const {users} = accounts(home)
    expect(users).toHaveLength(15)
    for (const [index, name] of names.entries())
      expect(account(home, name)?.metadata).toEqual({email: `${index}@x`, displayName: `${index + 5}@x`})
    verifiedTrail(join(home.root, 'logs/audit'))
  })
})

describe('user role', () => {
  it('counts at the next command, and an owner is always left', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    expect((await mh(home, ['user', 'role', 'ada', 'member', '--json'])).json.error.code).toBe('LAST_OWNER')
    expect((await mh(home, ['user', 'role', 'bob', 'owner', '--json'])).json.role).toBe('owner')
    expect((await mh(home, ['user', 'role', 'ada', 'guest', '-u', 'bob'])).exitCode).toBe(0)
    expect((await mh(home, ['capture', 'x', '-u', 'ada'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'role', 'ada', 'owner', '-u', 'ada'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'role', 'bob', 'king', '-u', 'bob'])).exitCode).toBe(2)
    expect(lastOf(home, 'profiles/ada/logs/audit')).toMatchObject({
      event: 'access_refused',
      level: 'warn',
      actor: 'ada'
    })
  })

  it('that is not known stays written as it is, until another one is given', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const path = join(home.root, 'persona/users.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"member"', '"standard"'))
    expect((await mh(home, ['user', 'show', 'bob', '--json'])).json.role).toBe('member')
    await mh(home, ['user', 'edit', 'bob', '--email', 'b@x'])
    expect(account(home, 'bob')?.role).toBe('standard')
    await mh(home, ['user', 'role', 'bob', 'member'])
    expect(account(home, 'bob')?.role).toBe('member')
  })
})

describe('ADMIN_USERS', () => {
  it('names further administrators, in the environment or in .env', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob', 'eve')
    expect((await mh(home, ['user', 'show', 'ada', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'show', 'ada', '-u', 'bob'], {env: {ADMIN_USERS: 'x, BOB'}})).exitCode).toBe(0)
    writeFileSync(join(home.root, '.env'), '# who\nADMIN_USERS="eve,zoe"\n')
    expect((await mh(home, ['user', 'show', 'ada', '-u', 'eve'])).exitCode).toBe(0)
    // A name of the list that nobody has is not free for the taking.
    expect((await mh(home, ['user', 'rename', 'bob', 'zoe', '-u', 'bob', '--json'])).json.error.code).toBe(
      'NOT_ADMINISTRATOR'
    )
    expect((await mh(home, ['user', 'create', 'zoe', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'rename', 'bob', 'zoe'])).exitCode).toBe(0)
  })
})

describe('user rename', () => {
  it('moves account and folder, keeps memories, and stays who is active', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'kept'])
    writeFileSync(
      join(home.root, 'config.json'),
      JSON.stringify({
        ...JSON.parse(readFileSync(join(home.root, 'config.json'), 'utf8')),
        models: {keyGrants: {ada: ['K']}}
      })
    )
    const renamed = await mh(home, ['user', 'rename', 'ada', 'lovelace', '--json'])
    expect(renamed.json).toMatchObject({username: 'lovelace', active: true})
    expect(readdirSync(join(home.root, 'profiles')).sort()).toEqual(['bob', 'lovelace'])
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
    expect(JSON.parse(readFileSync(join(home.root, 'config.json'), 'utf8')).models.keyGrants).toEqual({lovelace: ['K']})
    expect(lastOf(home, 'profiles/lovelace/logs/audit')).toMatchObject({event: 'user_renamed'})
    expect((await mh(home, ['user', 'rename', 'lovelace', 'bob'])).exitCode).toBe(5)
    expect((await mh(home, ['user', 'rename', 'lovelace', 'A b'])).exitCode).toBe(2)
    mkdirSync(join(home.root, 'profiles/stray'))
    expect((await mh(home, ['user', 'rename', 'lovelace', 'stray', '--json'])).json.error.code).toBe('PROFILE_EXISTS')
    expect((await mh(home, ['user', 'rename', 'lovelace', 'x2', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'rename', 'bob', 'robert', '-u', 'bob'])).exitCode).toBe(0)
  })

  it.each(['account-journal', 'account-profile', 'rename:2', 'account-users', 'audit-line', 'audited:2'])(
    'killed at "%s" leaves folder and account with one name',
    async (point) => {
      const home = temporaryHome()
      await people(home, 'ada')
      await mh(home, ['capture', 'kept'])
      const killed = await mh(home, ['user', 'rename', 'ada', 'eve'], {env: {MH_FAULT: point}})
      expect(killed.signal).toBe('SIGKILL')
      const {json} = await mh(home, ['memory', 'list', '--json'])
      expect(json.total).toBe(1)
      const [user] = accounts(home).users
      expect(readdirSync(join(home.root, 'profiles'))).toEqual([user?.username])
      expect(existsSync(join(home.root, 'logs/run/account-journal.json'))).toBe(false)
      expect((await mh(home, ['capture', 'more'])).exitCode).toBe(0)
      verifiedTrail(join(home.root, 'logs/audit'))
      verifiedTrail(join(home.root, `profiles/${user?.username}/logs/audit`))
    }
  )

  it.each(['account-journal=EIO', 'account-profile=EIO', 'write:2=ENOSPC', 'rename:2=EIO'])(
    'that fails with "%s" changes nothing, and says so',
    async (fault) => {
      const home = temporaryHome()
      await people(home, 'ada')
      const failed = await mh(home, ['user', 'rename', 'ada', 'eve', '--json'], {env: {MH_FAULT: fault}})
      expect([failed.exitCode, failed.json.error.message === '']).toEqual([1, false])
      expect(accounts(home).users[0]?.username).toBe('ada')
      expect(readdirSync(join(home.root, 'profiles'))).toEqual(['ada'])
      expect((await mh(home, ['user', 'rename', 'ada', 'eve'])).exitCode).toBe(0)
    }
  )
})

describe('user password', () => {
  it('is kept as argon2id, without the final newline, and shown nowhere', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const set = await mh(home, ['user', 'password', '--password-stdin', '--json'], {input: `${PASSWORD}\n`})
    expect(set.json).toMatchObject({username: 'ada'})
    expect(set.stdout).not.toContain('argon')
    const hash = String(account(home, 'ada')?.passwordHash)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const {verifyPassword} = await import('../../src/core/users/passwords.ts')
    expect(await verifyPassword(hash, PASSWORD)).toBe(true)
    expect(await verifyPassword(hash, `${PASSWORD}\n`)).toBe(false)
    const made = await mh(home, ['user', 'create', 'eve', '--password-stdin'], {input: PASSWORD})
    expect([made.exitCode, String(account(home, 'eve')?.passwordHash).slice(0, 10)]).toEqual([0, '$argon2id$'])
    for (const folder of ['logs/audit', 'profiles/ada/logs/audit'])
      expect(JSON.stringify(verifiedTrail(join(home.root, folder)))).not.toMatch(/otters|argon2/)
  })

  it.each([
    ['short', 'fewer than 8'],
    ['password1', 'used password'],
    ['ada.ada.ada', 'weak'],
    ['', 'no password']
  ])('refuses %j and says why, without repeating it', async (password, reason) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {exitCode, stderr} = await mh(home, ['user', 'password', '--password-stdin'], {input: password})
    expect(exitCode).toBe(2)
    expect(stderr).toContain(reason)
    if (password !== '') expect(stderr).not.toContain(password)
    expect(account(home, 'ada')?.passwordHash).toBeUndefined()
  })

  it('is set for others by administrators only, and asked of nobody without a terminal', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const others = await mh(home, ['user', 'password', 'ada', '-u', 'bob', '--password-stdin'], {input: PASSWORD})
    expect(others.exitCode).toBe(4)
    expect((await mh(home, ['user', 'password', 'bob', '--password-stdin'], {input: PASSWORD})).exitCode).toBe(0)
    const asked = await mh(home, ['user', 'password'])
    expect(asked.exitCode).toBe(2)
    expect(asked.stderr).toContain('--password-stdin')
  })
})

describe('user delete', () => {
  it('keeps a backup and the trail, and gives nothing of it to the next person of that name', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'the secret of bob', '-u', 'bob'])
    await mh(home, ['remember', 'secret', '-u', 'bob'])
    await mh(home, ['task', 'add', 'another secret of bob', '-u', 'bob'])
    const {id} = (await mh(home, ['user', 'show', 'bob', '--json'])).json
    expect((await mh(home, ['user', 'delete', 'bob'])).exitCode).toBe(2)
    const deleted = await mh(home, ['user', 'delete', 'bob', '--yes', '--json'])
    expect(deleted.json).toEqual({username: 'bob', backup: expect.stringContaining(join(home.root, 'backups'))})
    expect(existsSync(join(home.root, 'profiles/bob'))).toBe(false)
    expect(readdirSync(join(home.root, 'cache/index')).filter((name) => name.startsWith(id))).toEqual([])
    expect(verifiedTrail(join(home.root, 'logs/audit/archive', id)).at(-1)).toMatchObject({event: 'user_deleted'})
    const {verifyArchive} = await import('../../src/core/backup/verify.ts')
    expect(await verifyArchive(deleted.json.backup)).toEqual([])
    await people(home, 'bob')
    expect((await mh(home, ['memory', 'list', '-u', 'bob', '--json'])).json.total).toBe(0)
    expect((await mh(home, ['remember', 'secret', '-u', 'bob', '--json'])).json.results).toEqual([])
    expect(verifiedTrail(join(home.root, 'profiles/bob/logs/audit'))[0]?.event).toBe('user_created')
    for (const copy of readdirSync(join(home.root, 'logs/run/accounts')))
      expect(readFileSync(join(home.root, 'logs/run/accounts', copy), 'utf8')).not.toContain(id)
  })

  it('is refused for the last owner, for others to members, and for guests', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['user', 'create', 'eve', '--role', 'guest'])
    expect((await mh(home, ['user', 'delete', 'ada', '--yes', '--json'])).json.error.code).toBe('LAST_OWNER')
    expect((await mh(home, ['user', 'delete', 'ada', '--yes', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'delete', 'eve', '--yes', '-u', 'eve'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'delete', 'ghost', '--yes'])).exitCode).toBe(3)
    expect((await mh(home, ['user', 'delete', 'bob', '--yes', '-u', 'bob'])).exitCode).toBe(0)
    expect((await mh(home, ['user', 'list', '--json'])).json).toHaveLength(2)
  })

  it('works where the folder is gone already', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    rmSync(join(home.root, 'profiles/bob'), {recursive: true})
    expect((await mh(home, ['user', 'delete', 'bob', '--yes'])).exitCode).toBe(0)
  })

  it.each(['account-backup', 'account-journal', 'rename:2'])('killed at "%s" has deleted nothing', async (point) => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'kept', '-u', 'bob'])
    const killed = await mh(home, ['user', 'delete', 'bob', '--yes'], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    expect((await mh(home, ['memory', 'list', '-u', 'bob', '--json'])).json.total).toBe(1)
    expect((await mh(home, ['user', 'delete', 'bob', '--yes'])).exitCode).toBe(0)
  })

  it.each(['account-users', 'account-profile', 'account-archived', 'account-removed', 'audit-line', 'audited:2'])(
    'killed at "%s" is carried to its end by the next command',
    async (point) => {
      const home = temporaryHome()
      await people(home, 'ada', 'bob')
      const {id} = (await mh(home, ['user', 'show', 'bob', '--json'])).json
      const killed = await mh(home, ['user', 'delete', 'bob', '--yes'], {env: {MH_FAULT: point}})
      expect(killed.signal).toBe('SIGKILL')
      expect((await mh(home, ['user', 'list', '--json'])).json).toHaveLength(1)
      expect(readdirSync(join(home.root, 'profiles'))).toEqual(['ada'])
      expect(readdirSync(join(home.root, '.tmp')).filter((name) => name.startsWith('deleted'))).toEqual([])
      expect(verifiedTrail(join(home.root, 'logs/audit/archive', id)).at(-1)).toMatchObject({event: 'user_deleted'})
      expect(verifiedTrail(join(home.root, 'logs/audit')).some(({event}) => event === 'user_deleted')).toBe(true)
      expect((await mh(home, ['user', 'create', 'bob'])).exitCode).toBe(0)
    }
  )

  it.each(['write=ENOSPC', 'account-journal=EIO', 'rename:2=EIO'])(
    'that fails with "%s" leaves everything as it was',
    async (fault) => {
      const home = temporaryHome()
      await people(home, 'ada', 'bob')
      await mh(home, ['capture', 'kept', '-u', 'bob'])
      const failed = await mh(home, ['user', 'delete', 'bob', '--yes', '--json'], {env: {MH_FAULT: fault}})
      expect(failed.exitCode).toBe(1)
      expect(failed.json).toHaveProperty('error.code')
      expect((await mh(home, ['memory', 'list', '-u', 'bob', '--json'])).json.total).toBe(1)
    }
  )
})

describe('user list --long', () => {
  it('shows administrators how much everybody has, and is noted', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'one', '--at', '2026-03-01T10:00:00Z', '-u', 'bob'])
    const {json} = await mh(home, ['user', 'list', '--long', '--json'])
    expect(json[1]).toMatchObject({username: 'bob', memories: 1, lastActivity: '2026-03-01T10:00:00.000Z'})
    expect(json[1].bytes).toBeGreaterThan(100)
    expect(lastOf(home, 'profiles/bob/logs/audit')).toMatchObject({event: 'user_viewed', actor: 'ada'})
    expect((await mh(home, ['user', 'list', '--long', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'list', '-u', 'bob'])).exitCode).toBe(0)
  })
})

it.each([
  {action: 'create', id: '/../../profiles/bob', username: 'x'},
  {action: 'create', id: 'x', username: '../profiles/bob'},
  {action: 'rename', id: 'x', from: 'ada', to: '../bob'},
  {action: 'delete', id: 'x', username: 'bob', backup: '', archive: '../../../profiles/ada'},
  {action: 'sell', id: 'x', username: 'bob'}
])('a journal that no change of an account wrote (%j) is told, and nothing is done by it', async (journal) => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const path = join(home.root, 'logs/run/account-journal.json')
  writeFileSync(path, JSON.stringify(journal))
  const {exitCode, stderr} = await mh(home, ['user', 'create', 'eve'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(path)
  expect(readdirSync(join(home.root, 'profiles')).sort()).toEqual(['ada', 'bob'])
})
