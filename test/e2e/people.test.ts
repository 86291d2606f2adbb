import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

describe('user create', () => {
  it('makes the first person owner and active, later ones members', async () => {
    const home = temporaryHome()
    const {json: ada, exitCode} = await mh(home, [
      'user',
      'create',
      'ada',
      '--display-name',
      'Ada L.',
      '--role',
      'guest',
      '--json'
    ])
    expect(exitCode).toBe(0)
    expect(ada).toMatchObject({
      username: 'ada',
      role: 'owner',
      displayName: 'Ada L.',
      lastLogin: null,
      profilePath: join(home.root, 'profiles/ada'),
      active: true
    })
    expect(Object.keys(ada).sort()).toEqual([
      'active',
      'createdAt',
      'displayName',
      'id',
      'lastLogin',
      'profilePath',
      'role',
      'username'
    ])
    const {json: bob} = await mh(home, ['user', 'create', 'bob', '--json'])
    expect(bob).toMatchObject({role: 'member', active: false})
  })

  it('makes folders 0700 and files 0600, whatever the umask', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const work =
      'capture x|memory edit @last --add-tag y|task add z|chat what was x|agents run|backup create|training export'
    for (const words of work.split('|')) expect((await mh(home, words.split(' '))).exitCode).toBe(0)
    for (const name of ['.', ...readdirSync(home.root, {recursive: true, encoding: 'utf8'})]) {
      const stat = statSync(join(home.root, name))
      expect([name, (stat.mode & 0o777).toString(8)]).toEqual([name, stat.isDirectory() ? '700' : '600'])
    }
    for (const folder of [
      'persona/facets',
      'memory/inbox/_archive',
      'memory/tasks/active',
      'memory/trash',
      'memory/history',
      'memory/procedural/overnight',
      'logs/decisions',
      'out/adapters',
      'etc'
    ]) {
      expect(existsSync(join(home.root, 'profiles/ada', folder))).toBe(true)
    }
  })

  it('needs an administrator once there is somebody', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const refused = await mh(home, ['user', 'create', 'eve', '-u', 'bob', '--json'])
    expect(refused.exitCode).toBe(4)
    expect(refused.json.error.code).toBe('NOT_ADMINISTRATOR')
    expect((await mh(home, ['user', 'create', 'eve', '-u', 'bob'], {env: {ADMIN_USERS: 'x, Bob'}})).exitCode).toBe(0)
  })

  it.each([
    ['a', 'shorter than 2'],
    ['a'.repeat(33), '33 characters'],
    ['Ada', 'capital letters'],
    ['-ada', 'begin with'],
    ['_ada', 'begin with'],
    ['a.b', '"."'],
    ['a/../b', '"/"'],
    ['ädä', 'begin with'],
    ['adä', '"ä"'],
    ['system', 'reserved'],
    ['guest', 'reserved'],
    ['anonymous', 'reserved'],
    ['com1', 'device'],
    ['', 'shorter than 2']
  ])('refuses the name %j and says which rule it breaks', async (name, rule) => {
    const home = temporaryHome()
    const {exitCode, json} = await mh(home, ['user', 'create', '--json', '--', name])
    expect([exitCode, json.error.code]).toEqual([2, 'INVALID_USERNAME'])
    expect(json.error.message).toContain(rule)
    expect(existsSync(join(home.root, 'profiles'))).toBe(false)
  })

  it('refuses a name that is taken, or a folder without an account', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['user', 'create', 'ada', '--json'])).json.error.code).toBe('USER_EXISTS')
    mkdirSync(join(home.root, 'profiles/bob'))
    writeFileSync(join(home.root, 'profiles/bob/diary'), 'mine')
    const {exitCode, json} = await mh(home, ['user', 'create', 'bob', '--json'])
    expect([exitCode, json.error.code]).toEqual([5, 'PROFILE_EXISTS'])
    expect(readFileSync(join(home.root, 'profiles/bob/diary'), 'utf8')).toBe('mine')
  })

  it('loses nobody where ten are made at once', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const made = await Promise.all(Array.from({length: 10}, (_, index) => mh(home, ['user', 'create', `user${index}`])))
    expect(made.map(({exitCode}) => exitCode)).toEqual(Array(10).fill(0))
    expect((await mh(home, ['user', 'list', '--json'])).json).toHaveLength(11)
    verifiedTrail(join(home.root, 'logs/audit'))
  })
})

describe('who acts', () => {
  it('is the flag, else MH_USER, else the active person', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob', 'eve')
    const who = async (args: string[], env = {}): Promise<unknown> => {
      const {json} = await mh(home, ['user', 'whoami', '--json', ...args], {env})
      return [json.username, json.source]
    }
    expect(await who([])).toEqual(['ada', 'active'])
    expect(await who([], {MH_USER: 'bob'})).toEqual(['bob', 'env'])
    expect(await who(['-u', 'eve'], {MH_USER: 'bob'})).toEqual(['eve', 'flag'])
    expect(await who(['--user', 'BOB'])).toEqual(['bob', 'flag'])
    expect((await mh(home, ['-u', 'bob', 'user', 'whoami'])).stdout).toBe('bob\n')
  })

  it('is told where there is nobody, nobody active, or nobody of that name', async () => {
    const home = temporaryHome()
    const nobody = await mh(home, ['user', 'whoami'])
    expect(nobody).toMatchObject({exitCode: 2, stdout: ''})
    expect(nobody.stderr).toContain('mh quickstart')
    expect((await mh(home, ['user', 'list', '--json'])).json).toEqual([])
    await people(home, 'adam', 'barbara')
    const typo = await mh(home, ['user', 'whoami', '-u', 'barbera'])
    expect(typo).toMatchObject({exitCode: 3, stdout: ''})
    expect(typo.stderr).toContain('Did you mean barbara?')
    expect((await mh(home, ['capture', 'x'], {env: {MH_USER: 'adem'}})).exitCode).toBe(3)
    writeFileSync(join(home.root, 'config.json'), '{}')
    const inactive = await mh(home, ['user', 'whoami'])
    expect(inactive.exitCode).toBe(2)
    expect(inactive.stderr).toContain('mh user switch')
    writeFileSync(join(home.root, 'config.json'), '{"activeUser": "gone"}')
    expect((await mh(home, ['user', 'whoami'])).exitCode).toBe(3)
    expect((await mh(home, ['user', 'switch', 'barbara'])).exitCode).toBe(0)
  })

  it('leaves profile_assumed in both trails: with every change, for reading once an hour', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const assumed = (folder: string): number =>
      verifiedTrail(join(home.root, folder)).filter(({event}) => event === 'profile_assumed').length
    for (let reads = 0; reads < 3; reads++) await mh(home, ['memory', 'list', '-u', 'bob'])
    expect([assumed('logs/audit'), assumed('profiles/bob/logs/audit')]).toEqual([1, 1])
    for (let changes = 0; changes < 2; changes++) await mh(home, ['capture', 'x', '-u', 'bob'])
    expect([assumed('logs/audit'), assumed('profiles/bob/logs/audit')]).toEqual([3, 3])
    expect(
      verifiedTrail(join(home.root, 'profiles/bob/logs/audit')).find(({event}) => event === 'profile_assumed')
    ).toMatchObject({
      category: 'security',
      actor: 'bob',
      details: {activeUser: 'ada', via: 'flag'}
    })
    await mh(home, ['capture', 'mine', '-u', 'ada'])
    expect(assumed('profiles/ada/logs/audit')).toBe(0)
  })
})

describe('user switch', () => {
  it('stays for later commands, and "-" goes back', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    expect((await mh(home, ['user', 'switch', 'bob', '--json'])).json).toEqual({username: 'bob', previous: 'ada'})
    expect((await mh(home, ['user', 'whoami'])).stdout).toBe('bob\n')
    expect((await mh(home, ['user', 'switch', '-', '--json'])).json).toEqual({username: 'ada', previous: 'bob'})
    expect((await mh(home, ['user', 'switch', '-', '--json'])).json).toEqual({username: 'bob', previous: 'ada'})
    expect((await mh(home, ['user', 'switch', 'nobody'])).exitCode).toBe(3)
  })

  it('keeps other settings of config.json, and asks nobody without a terminal', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const path = join(home.root, 'config.json')
    writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), own: {a: 1}}))
    await mh(home, ['user', 'switch', 'bob'])
    expect(JSON.parse(readFileSync(path, 'utf8')).own).toEqual({a: 1})
    const asked = await mh(home, ['user', 'switch'])
    expect(asked).toMatchObject({exitCode: 2, stdout: ''})
  })
})

describe('user show', () => {
  it('is for oneself, and of others for administrators, noted in both trails', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    expect((await mh(home, ['user', 'show', '-u', 'bob', '--json'])).json.username).toBe('bob')
    expect((await mh(home, ['user', 'show', 'bob', '-u', 'bob', '--json'])).json.username).toBe('bob')
    expect((await mh(home, ['user', 'show', 'ada', '-u', 'bob', '--json'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'show', 'ghost', '-u', 'bob', '--json'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'show', 'ghost', '--json'])).exitCode).toBe(3)
    expect((await mh(home, ['user', 'show', 'bob', '--json'])).json.username).toBe('bob')
    for (const folder of ['logs/audit', 'profiles/bob/logs/audit']) {
      expect(verifiedTrail(join(home.root, folder)).at(-1)).toMatchObject({
        event: 'user_viewed',
        actor: 'ada',
        details: {target: 'bob'}
      })
    }
  })
})

describe('damaged files of the system', () => {
  it.each([
    ['persona/users.json', '{\n  "version": 1,\n  "users": [,]\n}', 'line 3'],
    ['persona/users.json', '', 'line 1'],
    ['persona/users.json', '[]', '"users"'],
    ['persona/users.json', '{"users": [{"id": "1", "username": "../ada"}]}', '../ada'],
    ['config.json', '{\n"activeUser": \n}', 'line 3'],
    ['config.json', '{"activeUser": 7}', 'activeUser']
  ])('%s holding %j stops the command with path and place, and stays', async (file, text, place) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const path = join(home.root, file)
    writeFileSync(path, text)
    for (const args of [
      ['user', 'whoami'],
      ['capture', 'x'],
      ['user', 'create', 'bob'],
      ['user', 'switch', 'ada']
    ]) {
      const {exitCode, stdout, stderr} = await mh(home, args)
      expect([args, exitCode, stdout]).toEqual([args, 1, ''])
      expect(stderr).toContain(path)
      expect(stderr).toContain(place)
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
  })

  it('and a data root that is a file, or below one', async () => {
    const home = temporaryHome()
    writeFileSync(home.root, '')
    const {exitCode, stderr} = await mh(home, ['user', 'create', 'ada'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(home.root)
    expect(stderr).toContain('MH_HOME')
  })

  it.skipIf(process.getuid?.() === 0)('and a data root that cannot be written', async () => {
    const home = temporaryHome()
    mkdirSync(home.root)
    chmodSync(home.root, 0o500)
    const {exitCode, stderr} = await mh(home, ['user', 'create', 'ada'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('permission denied')
  })
})
