import {cpSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {manifestOf, readTar, treeOf, withManifest, writeTar} from '../support/archives.ts'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

const profile = (home: Home, username: string): string => join(home.root, 'profiles', username)
const account = (home: Home, username: string) =>
  JSON.parse(readFileSync(join(home.root, 'persona/users.json'), 'utf8')).users.find(
    (user: {username: string}) => user.username === username
  )

async function contents(home: Home, username: string): Promise<string[]> {
  const {json} = await mh(home, ['memory', 'list', '-n', '500', '--json', '-u', username])
  return json.memories.map(({content}: {content: string}) => content).sort()
}

/** Ada has something of every kind, bob a memory. Made once; a test works on a copy. */
let prepared: Home

beforeAll(async () => {
  const home = temporaryHome(afterAll)
  prepared = home
  await people(home, 'ada', 'bob')
  await mh(home, ['user', 'edit', 'ada', '--display-name', 'Ada L.', '--email', 'ada@example.org'])
  await mh(home, ['user', 'password', '--password-stdin'], {input: 'quiet otters juggle lanterns'})
  await mh(home, ['capture', 'the first'])
  await mh(home, ['memory', 'edit', '@last', '--content', 'the first, edited'])
  await mh(home, ['capture', 'the second'])
  await mh(home, ['memory', 'delete', '@last'])
  await mh(home, ['task', 'add', 'to do'])
  await mh(home, ['persona', 'set', 'identity.role', 'partner'])
  writeFileSync(join(profile(home, 'ada'), 'memory/inbox/note.json'), `{"userId": "${account(home, 'ada').id}"}`)
  writeFileSync(join(profile(home, 'ada'), 'out/datasets/umlaut ü.txt'), 'ä')
  await mh(home, ['capture', 'of bob', '-u', 'bob'])
})

function seeded(): Home {
  const home = temporaryHome()
  cpSync(prepared.root, home.root, {recursive: true, preserveTimestamps: true})
  return home
}

async function exported(home: Home, username: string, name = `${username}.tar.gz`): Promise<string> {
  const path = join(home.home, name)
  const {exitCode, stderr} = await mh(home, ['user', 'export', username, '-o', path, '--json'])
  expect([exitCode, stderr]).toEqual([0, ''])
  return path
}

describe('user export', () => {
  it('holds what a person wrote and set, and neither logs, role nor password', async () => {
    const home = seeded()
    const path = join(home.home, 'ada.tar.gz')
    const {json} = await mh(home, ['user', 'export', 'ada', '-o', path, '--json'])
    const entries = await readTar(path)
    expect(json).toEqual({path, username: 'ada', files: entries.length - 1, bytes: statSync(path).size})
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const manifest = manifestOf(entries)
    expect(manifest.account).toEqual({
      id: account(home, 'ada').id,
      username: 'ada',
      createdAt: account(home, 'ada').createdAt,
      displayName: 'Ada L.',
      email: 'ada@example.org'
    })
    const names = entries.map(({header}) => header.name)
    expect(names.slice(1)).toEqual([...names.slice(1)].sort())
    expect(names.filter((name) => !/^(?:manifest\.json$|persona\/|memory\/|etc\/|out\/)/.test(name))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['memory/inbox/note.json', 'out/datasets/umlaut ü.txt']))
    expect(entries.every(({header}) => header.mtime?.getTime() === 0)).toBe(true)
    const bytes = Buffer.concat(entries.map(({data}) => data))
    for (const secret of ['argon2', 'of bob', 'owner']) expect(bytes.includes(secret)).toBe(false)
  })

  it('gives the same bytes for the same person, whatever the clock says', async () => {
    const home = seeded()
    const first = readFileSync(await exported(home, 'ada'))
    utimesSync(join(profile(home, 'ada'), 'persona/core.json'), 1, 1)
    await mh(home, ['remember', 'first'])
    expect(readFileSync(await exported(home, 'ada', 'again.tar.gz')).equals(first)).toBe(true)
  })

  it('is for oneself and for administrators, is noted, and writes over no part of mh', async () => {
    const home = seeded()
    const path = join(home.home, 'x.tar.gz')
    expect((await mh(home, ['user', 'export', 'bob', '-o', path, '-u', 'bob'])).exitCode).toBe(0)
    expect((await mh(home, ['user', 'export', 'ada', '-o', path, '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['user', 'export', 'ghost', '-o', path])).exitCode).toBe(3)
    expect((await mh(home, ['user', 'export', 'bob', '-o', path])).exitCode).toBe(0)
    for (const folder of [join(profile(home, 'bob'), 'logs/audit'), join(home.root, 'logs/audit')])
      expect(verifiedTrail(folder).at(-1)).toMatchObject({event: 'user_exported', actor: 'ada'})
    const users = join(home.root, 'persona/users.json')
    const before = readFileSync(users)
    expect((await mh(home, ['user', 'export', 'ada', '-o', users])).exitCode).toBe(4)
    expect(readFileSync(users).equals(before)).toBe(true)
    expect((await mh(home, ['user', 'export', 'ada', '-o', home.home])).exitCode).toBe(2)
    expect((await mh(home, ['user', 'export', 'ada', '-o', '/dev/full'])).exitCode).toBe(1)
    writeFileSync(path, 'what was there')
    const failed = await mh(home, ['user', 'export', 'ada', '-o', path], {env: {MH_FAULT: 'folder-synced=EIO'}})
    expect(failed.exitCode).toBe(1)
    expect(readdirSync(home.home).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('user import', () => {
  it('makes the same person elsewhere, from whom the same bytes come', async () => {
    const home = seeded()
    const file = await exported(home, 'ada')
    const elsewhere = temporaryHome()
    const {json, stderr} = await mh(elsewhere, ['user', 'import', file, '--json'])
    expect(stderr).toBe('')
    expect(json).toEqual({username: 'ada', imported: expect.any(Number), skipped: 0, conflicts: []})
    expect(treeOf(profile(elsewhere, 'ada'))).toEqual(treeOf(profile(home, 'ada')))
    const {passwordHash: _hash, ...old} = account(home, 'ada')
    expect(account(elsewhere, 'ada')).toEqual({...old, role: 'owner'})
    expect((await mh(elsewhere, ['user', 'whoami'])).stdout).toBe('ada\n')
    expect(readFileSync(await exported(elsewhere, 'ada')).equals(readFileSync(file))).toBe(true)
    const history = async (at: Home) => (await mh(at, ['memory', 'history', '@last', '--json'])).json
    expect(await history(elsewhere)).toEqual(await history(home))
    expect(verifiedTrail(join(profile(elsewhere, 'ada'), 'logs/audit'))[0]).toMatchObject({event: 'user_imported'})
    expect((await mh(elsewhere, ['doctor', '--json'])).json.ok).toBe(true)
    // The next one is a member.
    await mh(elsewhere, ['user', 'import', await exported(home, 'bob')])
    expect(account(elsewhere, 'bob')).toMatchObject({role: 'member', id: account(home, 'bob').id})
    expect(await contents(elsewhere, 'bob')).toEqual(['of bob'])
  })

  it('makes somebody of another name who is the same but for the id', async () => {
    const home = seeded()
    const file = await exported(home, 'ada')
    const before = treeOf(profile(home, 'ada'))
    const {json} = await mh(home, ['user', 'import', file, '--as', 'eve', '--json'])
    expect(json).toMatchObject({username: 'eve', conflicts: []})
    const [ada, eve] = [account(home, 'ada'), account(home, 'eve')]
    expect(eve.id).not.toBe(ada.id)
    const [old, made] = await Promise.all([readTar(file), readTar(await exported(home, 'eve'))])
    expect(made.map(({header}) => header.name)).toEqual(old.map(({header}) => header.name))
    for (const [index, {header, data}] of old.entries()) {
      if (index === 0) continue
      // The inbox is nobody's record: what it holds stays as it came.
      const expected = header.name.startsWith('memory/inbox/') ? String(data) : String(data).replaceAll(ada.id, eve.id)
      expect([header.name, String(made[index]?.data)]).toEqual([header.name, expected])
    }
    expect(treeOf(profile(home, 'ada'))).toEqual(before)
    expect((await mh(home, ['memory', 'list', '--json', '-u', 'eve'])).json.memories[0].userId).toBe(eve.id)
  })

  it('refuses a name that somebody has, and merges where that is said', async () => {
    const home = seeded()
    const file = await exported(home, 'ada')
    const refused = await mh(home, ['user', 'import', file, '--json'])
    expect([refused.exitCode, refused.json.error.code]).toEqual([5, 'USER_EXISTS'])
    await mh(home, ['memory', 'edit', '@last', '--content', 'the first, another way'])
    await mh(home, ['task', 'edit', '@last', '--title', 'to do another way'])
    await mh(home, ['persona', 'set', 'identity.role', 'guru'])
    await mh(home, ['capture', 'the third'])
    const before = treeOf(profile(home, 'ada'))
    const {json} = await mh(home, ['user', 'import', file, '--on-conflict', 'merge', '--json'])
    expect(json.conflicts.map(({path}: {path: string}) => path.replace(/(evt|task)-.*/, '$1'))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^memory\/episodic\/\d+\/\d+\/evt$/),
        'memory/tasks/active/task',
        'persona/core.json'
      ])
    )
    expect(await contents(home, 'ada')).toEqual(['the first, another way', 'the first, edited', 'the third'])
    const titles = (await mh(home, ['task', 'list', '--json'])).json.map(({title}: {title: string}) => title)
    expect(titles.sort()).toEqual(['to do', 'to do another way'])
    // Nothing of what was there has changed.
    expect(treeOf(profile(home, 'ada'))).toMatchObject(before)
    for (const {keptAs, id} of json.conflicts)
      if (id === undefined) expect(existsSync(join(profile(home, 'ada'), keptAs))).toBe(true)
    const merged = treeOf(profile(home, 'ada'))
    const again = await mh(home, ['user', 'import', file, '--on-conflict', 'merge', '--json'])
    expect(again.json).toMatchObject({imported: 0, conflicts: []})
    expect(treeOf(profile(home, 'ada'))).toEqual(merged)
    // What is in the trash stays there.
    expect((await mh(home, ['memory', 'trash', '--json'])).json).toHaveLength(1)
  })

  it('is for administrators; members merge into what is theirs', async () => {
    const home = seeded()
    const file = await exported(home, 'ada')
    const own = await exported(home, 'bob')
    const try_ = async (...args: string[]) => (await mh(home, ['user', 'import', ...args, '-u', 'bob'])).exitCode
    expect(await try_(file, '--as', 'eve')).toBe(4)
    expect(await try_(file, '--as', 'eve', '--on-conflict', 'merge')).toBe(4)
    expect(await try_(file, '--on-conflict', 'merge')).toBe(4)
    expect(await try_(own, '--on-conflict', 'merge')).toBe(0)
    await mh(home, ['mode', 'set', 'emulation', '-u', 'bob'])
    expect(await try_(own, '--on-conflict', 'merge')).toBe(4)
    // An administrator adds to somebody else, and stands in both trails.
    expect((await mh(home, ['user', 'import', file, '--as', 'bob', '--on-conflict', 'merge'])).exitCode).toBe(0)
    expect(await contents(home, 'bob')).toEqual(['of bob', 'the first, edited'])
    for (const folder of [join(profile(home, 'bob'), 'logs/audit'), join(home.root, 'logs/audit')])
      expect(verifiedTrail(folder).at(-1)).toMatchObject({event: 'user_imported', actor: 'ada'})
    const [memory] = (await mh(home, ['memory', 'list', '--json', '-u', 'bob'])).json.memories
    expect(memory.userId).toBe(account(home, 'bob').id)
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
  })

  it.each([
    ['cut', (path: string) => truncateSync(path, statSync(path).size - 30)],
    ['no archive', (path: string) => writeFileSync(path, 'not at all')],
    [
      'a way outside',
      async (path: string) => {
        const entries = await readTar(path)
        const manifest = manifestOf(entries)
        manifest.files[0].path = 'persona/../../../evil.json'
        await writeTar(path, withManifest(entries, manifest))
      }
    ],
    [
      'one that brings logs',
      async (path: string) => {
        const entries = await readTar(path)
        const manifest = manifestOf(entries)
        manifest.files[0].path = 'logs/audit/head.json'
        await writeTar(path, withManifest(entries, manifest))
      }
    ],
    [
      'one that brings a link',
      async (path: string) => {
        const entries = await readTar(path)
        const manifest = manifestOf(entries)
        manifest.files.push({path: 'out/link', size: 0, sha256: '', link: '/etc'})
        await writeTar(path, [
          ...withManifest(entries, manifest),
          {header: {name: 'out/link', type: 'symlink', linkname: '/etc'}, data: Buffer.alloc(0)}
        ])
      }
    ],
    [
      'one of a name that cannot be',
      async (path: string) => {
        const entries = await readTar(path)
        const manifest = manifestOf(entries)
        manifest.account.username = '../ada'
        await writeTar(path, withManifest(entries, manifest))
      }
    ]
  ])('of %s leaves everything as it was', async (what, spoil) => {
    const home = seeded()
    const file = await exported(home, 'ada')
    await spoil(file)
    const before = treeOf(home.root)
    const name = what.includes('name') ? [] : ['--as', 'eve']
    const {exitCode, json} = await mh(home, ['user', 'import', file, ...name, '--json'])
    expect([exitCode, Object.keys(json)]).toEqual([2, ['error']])
    // An export has as many files as the person has memories.
    expect(json.error.message.split('; ').length).toBeLessThanOrEqual(6)
    expect(treeOf(home.root)).toEqual(before)
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
    expect(readdirSync(join(home.root, 'profiles')).sort()).toEqual(['ada', 'bob'])
  })

  it.each(['write:3', 'sync:5', 'account-journal', 'account-profile', 'account-users', 'audit-line'])(
    'killed at "%s" leaves a whole person, or nobody',
    async (point) => {
      const home = seeded()
      const file = await exported(home, 'ada')
      const killed = await mh(home, ['user', 'import', file, '--as', 'eve'], {env: {MH_FAULT: point}})
      expect(killed.signal).toBe('SIGKILL')
      const names = (await mh(home, ['user', 'list', '--json'])).json.map(({username}: {username: string}) => username)
      if (names.includes('eve')) expect(await contents(home, 'eve')).toEqual(['the first, edited'])
      else expect((await mh(home, ['user', 'import', file, '--as', 'eve'])).exitCode).toBe(0)
      await mh(home, ['doctor', '--fix'])
      expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
      expect(readdirSync(join(home.root, 'profiles')).sort()).toEqual(['ada', 'bob', 'eve'])
      expect(await contents(home, 'eve')).toEqual(['the first, edited'])
    }
  )

  it('that is killed while it merges is finished by the same command', async () => {
    const home = seeded()
    const file = await exported(home, 'ada')
    const killed = await mh(home, ['user', 'import', file, '--as', 'bob', '--on-conflict', 'merge'], {
      env: {MH_FAULT: 'renamed:4'}
    })
    expect(killed.signal).toBe('SIGKILL')
    expect((await mh(home, ['user', 'import', file, '--as', 'bob', '--on-conflict', 'merge'])).exitCode).toBe(0)
    expect(await contents(home, 'bob')).toEqual(['of bob', 'the first, edited'])
    const again = await mh(home, ['user', 'import', file, '--as', 'bob', '--on-conflict', 'merge', '--json'])
    expect(again.json.imported).toBe(0)
  })
})
