import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {isPersonal, legacyAudit, makeLegacy, treeOf} from '../support/legacy.ts'
import {mh, people} from '../support/mh.ts'

interface Move {
  from: string
  to: string
  bytes: number
  kind: string
}

const inPlace = ['migrate', '--username', 'ada', '--yes', '--json']
const files = (tree: Record<string, string>): string[] =>
  Object.keys(tree).filter((path) => !tree[path]?.startsWith('folder'))
const hashOf = (entry: string | undefined): string | undefined => entry?.split(' ')[0]
const codes = async (home: Home): Promise<string[]> =>
  (await mh(home, ['doctor', '--json'])).json.findings.map(({code}: {code: string}) => code)

function legacyHome(options: Parameters<typeof makeLegacy>[1] = {}): Home {
  const home = temporaryHome()
  mkdirSync(home.root)
  makeLegacy(home.root, options)
  return home
}

/** Every file of the old system is in the profile as it was. */
function expectMoved(home: Home, before: Record<string, string>, username = 'ada'): void {
  const after = treeOf(join(home.root, 'profiles', username))
  const lost = files(before).filter((path) => hashOf(after[path]) !== hashOf(before[path]))
  expect(lost).toEqual([])
}

describe('a folder elsewhere', () => {
  it('is copied into a new profile and not touched; whoever was there first keeps what is theirs', async () => {
    const home = temporaryHome()
    await people(home, 'bob')
    await mh(home, ['capture', 'the garden is mine'])
    const bobs = treeOf(join(home.root, 'profiles/bob/memory'))
    const old = join(home.home, 'old')
    makeLegacy(old, {memories: 40})
    const before = treeOf(old)
    const {exitCode, json, stderr} = await mh(home, ['migrate', '--username', 'ada', '--from', old, '--json'])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json).toMatchObject({
      username: 'ada',
      from: old,
      conflicts: [],
      verified: true,
      memories: 40,
      tasks: 3,
      unreadable: []
    })
    expect(treeOf(old)).toEqual(before)
    expectMoved(home, Object.fromEntries(Object.entries(before).filter(([path]) => isPersonal(path))))
    expect(treeOf(join(home.root, 'profiles/bob/memory'))).toEqual(bobs)
    expect((await mh(home, ['user', 'show', 'ada', '--json'])).json).toMatchObject({role: 'member', active: false})
    const as = ['-u', 'ada', '--json']
    expect((await mh(home, ['memory', 'list', ...as])).json.total).toBe(40)
    expect((await mh(home, ['remember', 'garden', ...as])).json.results.length).toBeGreaterThan(0)
    expect((await mh(home, ['remember', 'garden', '--json'])).json.results).toHaveLength(1)
    expect((await mh(home, ['task', 'list', ...as])).json).toMatchObject([{title: 'Call the plumber', estimate: '2h'}])
    expect((await mh(home, ['persona', 'show', ...as])).json.identity).toMatchObject({
      role: 'twin',
      favouriteColour: 'teal'
    })
    expect((await mh(home, ['backup', 'verify', json.backup, '--json'])).json).toMatchObject({ok: true})
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
  })

  it('or into an account that has nothing yet; a rollback takes out what it put in, and keeps what came since in a backup', async () => {
    const home = temporaryHome()
    await people(home, 'bob', 'ada')
    const profile = join(home.root, 'profiles/ada')
    const kept = (path: string): boolean => !/^(?:logs|\.tmp)/.test(path)
    const before = treeOf(profile, kept)
    const old = join(home.home, 'old')
    makeLegacy(old)
    const source = treeOf(old)
    const {backup} = (await mh(home, ['migrate', '--username', 'ada', '--from', old, '--json'])).json
    expect((await mh(home, ['audit', 'verify', '-u', 'ada', '--json'])).json).toMatchObject({ok: true, unchained: 6})
    await mh(home, ['capture', 'written since', '-u', 'ada'])
    const back = await mh(home, ['migrate', 'rollback', backup, '--json'])
    expect(back.json).toMatchObject({username: 'ada', backup, restored: 0, accountRemoved: false})
    const after = treeOf(profile, kept)
    const since = files(after).filter((path) => before[path] === undefined)
    expect(since).toHaveLength(1)
    expect(Object.fromEntries(files(before).map((path) => [path, after[path]]))).toEqual(
      Object.fromEntries(files(before).map((path) => [path, before[path]]))
    )
    expect(treeOf(old)).toEqual(source)
    expect((await mh(home, ['memory', 'list', '-u', 'ada', '--json'])).json.total).toBe(1)
    expect((await mh(home, ['backup', 'verify', back.json.previous, '--json'])).json).toMatchObject({ok: true})
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true, unchained: 0})
  })

  it('that is no such folder, or lies in the data root, is refused', async () => {
    const home = temporaryHome()
    await people(home, 'bob')
    mkdirSync(join(home.home, 'etc/deep'), {recursive: true})
    writeFileSync(join(home.home, 'etc/passwd'), 'x')
    writeFileSync(join(home.home, 'a file'), 'x')
    const tried = async (from: string): Promise<[number, string]> => {
      const {exitCode, json} = await mh(home, ['migrate', '--username', 'ada', '--from', from, '--json'])
      return [exitCode, json.error.code]
    }
    expect(await tried(join(home.home, 'nowhere'))).toEqual([3, 'SOURCE_NOT_FOUND'])
    expect(await tried(home.home)).toEqual([3, 'NOTHING_TO_MIGRATE'])
    makeLegacy(join(home.home, 'several/profiles/zoe'))
    mkdirSync(join(home.home, 'several/persona'))
    writeFileSync(join(home.home, 'several/persona/users.json'), '{"users": []}')
    expect(await tried(join(home.home, 'several'))).toEqual([3, 'NOTHING_TO_MIGRATE'])
    expect(await tried(join(home.home, 'a file'))).toEqual([2, 'NOT_A_FOLDER'])
    expect(await tried(home.root)).toEqual([2, 'SOURCE_IN_DATA_ROOT'])
    expect(await tried(join(home.root, 'profiles/bob'))).toEqual([2, 'SOURCE_IN_DATA_ROOT'])
    expect((await mh(home, ['user', 'list', '--json'])).json).toHaveLength(1)
  })

  it('does not let a member into a profile of somebody else, nor at what lies at the data root', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    makeLegacy(home.root)
    const before = treeOf(home.root, isPersonal)
    const tried = async (...args: string[]): Promise<[number, string]> => {
      const {exitCode, json} = await mh(home, ['migrate', ...args, '--json', '-u', 'bob'])
      return [exitCode, json.error.code]
    }
    expect(await tried('--username', 'bob', '--yes')).toEqual([4, 'NOT_ADMINISTRATOR'])
    expect(await tried('--username', 'bob', '--from', join(home.root, 'profiles/ada'))).toEqual([4, 'PATH_NOT_ALLOWED'])
    expect(await tried('--username', 'ada', '--from', home.home)).toEqual([4, 'NOT_ADMINISTRATOR'])
    expect(await tried('--username', 'zoe', '--from', home.home)).toEqual([4, 'NOT_ADMINISTRATOR'])
    expect(treeOf(home.root, isPersonal)).toEqual(before)
  })
})

describe('what lies at the data root', () => {
  it('is listed by --dry-run, every file with its size, kind and place, and nothing is changed', async () => {
    const home = legacyHome()
    const before = treeOf(home.root)
    const {exitCode, json} = await mh(home, ['migrate', '--username', 'ada', '--dry-run', '--json'])
    expect(exitCode).toBe(0)
    expect(treeOf(home.root)).toEqual(before)
    const moves: Move[] = json.moves
    expect(moves.map(({from}) => from.slice(home.root.length + 1)).sort()).toEqual(
      files(before)
        .filter((path) => isPersonal(path))
        .sort()
    )
    expect(json.bytes).toBe(moves.reduce((sum, {bytes}) => sum + bytes, 0))
    const kinds = Object.fromEntries(moves.map(({from, kind}) => [from.slice(home.root.length + 1), kind]))
    expect(kinds).toMatchObject({
      'persona/core.json': 'persona',
      'memory/tasks/active/task-20251104-plumber.json': 'task',
      'memory/inbox/todo.txt': 'inbox',
      'etc/models.json': 'settings',
      'logs/audit/2025-11-04.ndjson': 'audit',
      'logs/actions/2025-11-05.ndjson': 'log',
      'out/adapters/latest': 'link',
      'out/datasets/2025-11-05.jsonl': 'output'
    })
    expect(moves.find(({kind}) => kind === 'memory')?.to).toContain(join(home.root, 'profiles/ada/memory/episodic/'))
  })

  it('is moved, verified, and comes back byte for byte: 5,000 memories and every kind of file', async () => {
    const home = legacyHome({memories: 5000})
    const before = treeOf(home.root, isPersonal)
    expect(await codes(home)).toContain('LEGACY_DATA')
    const {exitCode, json, stderr} = await mh(home, inPlace)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json).toMatchObject({verified: true, memories: 5000, tasks: 3, unreadable: [], conflicts: []})
    expectMoved(home, before)
    expect(files(treeOf(home.root, isPersonal))).toEqual([])
    expect(existsSync(join(home.root, 'memory'))).toBe(false)
    expect(readFileSync(join(home.root, 'logs/run/scheduler.pid'), 'utf8')).toBe('999999\n')
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(5000)
    expect(await codes(home)).not.toContain('LEGACY_DATA')
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true, unchained: 6})
    const back = await mh(home, ['migrate', 'rollback', '@last', '--json'])
    expect(back.json).toMatchObject({backup: json.backup, restored: files(before).length, accountRemoved: true})
    expect(treeOf(home.root, (path) => isPersonal(path) && before[path] !== undefined)).toEqual(before)
    expect(readdirSync(join(home.root, 'profiles'))).toEqual([])
    expect((await mh(home, ['user', 'list', '--json'])).json).toEqual([])
  }, 300_000)

  it('can be taken back twice, and migrated again', async () => {
    const home = legacyHome()
    const before = treeOf(home.root, isPersonal)
    const {backup} = (await mh(home, inPlace)).json
    for (let times = 0; times < 2; times++) {
      expect((await mh(home, ['migrate', 'rollback', backup])).exitCode).toBe(0)
      expect(treeOf(home.root, (path) => isPersonal(path) && before[path] !== undefined)).toEqual(before)
    }
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true, memories: 30})
    expectMoved(home, before)
  })

  it('is left where it is without --yes where nobody can be asked', async () => {
    const home = legacyHome()
    const before = treeOf(home.root)
    const {exitCode, json} = await mh(home, ['migrate', '--username', 'ada', '--json'])
    expect([exitCode, json.error.code]).toEqual([2, 'CONFIRMATION_MISSING'])
    expect(treeOf(home.root)).toEqual(before)
  })

  it('leaves the accounts, settings, other profiles and everything else of the system where they are', async () => {
    const home = legacyHome()
    await people(home, 'root', 'bob')
    await mh(home, ['capture', "bob's own", '-u', 'bob'])
    writeFileSync(join(home.root, '.env'), 'ADMIN_USERS=root\n')
    mkdirSync(join(home.root, 'agents'))
    writeFileSync(join(home.root, 'agents/own.mjs'), 'export default {}\n')
    mkdirSync(join(home.root, 'brain'))
    writeFileSync(join(home.root, 'brain/code.ts'), '// code\n')
    const others = (path: string): boolean =>
      !isPersonal(path) && !/^(?:\.tmp|cache|backups|logs|profiles\/ada|persona|profiles\/\w+\/logs)/.test(path)
    const before = treeOf(home.root, others)
    const ids = (await mh(home, ['user', 'list', '--json'])).json.map(({id}: {id: string}) => id)
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true})
    expect(treeOf(home.root, others)).toEqual(before)
    const users = (await mh(home, ['user', 'list', '--json'])).json
    expect(users.map(({username}: {username: string}) => username)).toEqual(['root', 'bob', 'ada'])
    expect(users.slice(0, 2).map(({id}: {id: string}) => id)).toEqual(ids)
    expect((await mh(home, ['memory', 'list', '--json', '-u', 'bob'])).json.total).toBe(1)
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json.ok).toBe(true)
    await mh(home, ['migrate', 'rollback', '@last'])
    expect(treeOf(home.root, others)).toEqual(before)
    expect((await mh(home, ['memory', 'list', '--json', '-u', 'bob'])).json.total).toBe(1)
  })

  it('is not put into a profile that holds something: exit 5 with the conflicts', async () => {
    const home = legacyHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'here already'])
    await mh(home, ['persona', 'set', 'identity.role', 'captain'])
    const before = treeOf(home.root, (path) => !path.startsWith('cache'))
    const dry = await mh(home, ['migrate', '--username', 'ada', '--dry-run', '--json'])
    const conflicts: string[] = dry.json.conflicts.map(({path}: {path: string}) => path)
    expect(conflicts).toContain(join(home.root, 'profiles/ada/persona/core.json'))
    expect(conflicts.some((path) => path.includes('memory/episodic'))).toBe(true)
    const {exitCode, json} = await mh(home, inPlace)
    expect([exitCode, json.error.code]).toEqual([5, 'PROFILE_NOT_EMPTY'])
    expect(json.error.message).toContain('persona/core.json')
    expect(treeOf(home.root, (path) => !path.startsWith('cache'))).toEqual(before)
  })

  it('gives an account that has no profile its profile', async () => {
    const home = legacyHome()
    const hash = '$2b$10$abcdefghijklmnopqrstuuLsM8Vd3VtXb3zOqBnYkLr6qTg1R2a3C'
    const user = {
      id: 'user-1',
      username: 'ada',
      passwordHash: hash,
      role: 'owner',
      createdAt: '2025-10-01T00:00:00Z',
      recoveryCodes: ['x']
    }
    writeFileSync(join(home.root, 'persona/users.json'), JSON.stringify({users: [user]}))
    const before = treeOf(home.root, isPersonal)
    await mh(home, ['user', 'switch', 'ada'])
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true})
    expectMoved(home, before)
    const {users} = JSON.parse(readFileSync(join(home.root, 'persona/users.json'), 'utf8'))
    expect(users).toEqual([user])
    expect((await mh(home, ['migrate', 'rollback', '@last', '--json'])).json).toMatchObject({accountRemoved: false})
    expect(treeOf(home.root, (path) => isPersonal(path) && before[path] !== undefined)).toEqual(before)
    expect(existsSync(join(home.root, 'profiles/ada'))).toBe(false)
  })
})

describe('the audit trail', () => {
  it('is split where a day holds lines of both systems, and is put together again by a rollback', async () => {
    const home = legacyHome()
    await people(home, 'root')
    const today =
      readdirSync(join(home.root, 'logs/audit')).find((name) => name > '2025-11-06' && name.endsWith('.ndjson')) ?? ''
    const day = join(home.root, 'logs/audit', today)
    const ours = readFileSync(day, 'utf8')
    const theirs = legacyAudit(today.slice(0, 10), 5)
      .split('\n')
      .map((line) => `${line}\n`)
    writeFileSync(day, [...theirs.slice(0, 2), ours, ...theirs.slice(2, 5)].join(''))
    const mixed = readFileSync(day, 'utf8')
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true})
    const left = readFileSync(day, 'utf8')
    expect(left.startsWith(ours)).toBe(true)
    expect(left).not.toContain('memory_saved')
    const moved = readFileSync(join(home.root, 'profiles/ada/logs/audit', today), 'utf8')
    expect(moved.startsWith(theirs.slice(0, 5).join(''))).toBe(true)
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({
      ok: true,
      unchained: 11,
      torn: 0
    })
    await mh(home, ['user', 'edit', '--email', 'root@x'])
    await mh(home, ['migrate', 'rollback', '@last'])
    expect(readFileSync(day, 'utf8').startsWith(mixed)).toBe(true)
    expect(readFileSync(day, 'utf8').match(/memory_saved/g)).toHaveLength(5)
  })

  it('of days after the profile began lies beside it, where it breaks no chain', async () => {
    const home = legacyHome()
    await people(home, 'ada')
    const folder = join(home.root, 'profiles/ada/logs/audit')
    const later = `${new Date().getUTCFullYear() + 1}-01-01`
    writeFileSync(join(home.root, `logs/audit/${later}.ndjson`), legacyAudit(later, 2))
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true})
    expect(readFileSync(join(folder, 'unchained', `${later}.ndjson`), 'utf8')).toBe(legacyAudit(later, 2))
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true, unchained: 6})
    await mh(home, ['migrate', 'rollback', '@last'])
    expect(readFileSync(join(home.root, `logs/audit/${later}.ndjson`), 'utf8')).toBe(legacyAudit(later, 2))
    expect(existsSync(join(folder, 'unchained', `${later}.ndjson`))).toBe(false)
  })
})

describe('the mode', () => {
  it.each([
    ['persona', {mode: 'agent'}, 'agent'],
    ['persona', {currentMode: 'dual', lastChanged: '2025-11-01T00:00:00Z'}, 'dual'],
    ['etc', {currentMode: 'agent', history: []}, 'agent'],
    ['etc', {mode: 'environment'}, 'emulation']
  ] as const)('is found in %s as %j and reads as %s', async (path, document, mode) => {
    const home = legacyHome({mode: {path, document}})
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true})
    expect((await mh(home, ['mode', '--json'])).json.mode).toBe(mode)
    expect(existsSync(join(home.root, 'profiles/ada/persona/cognitive-mode.json'))).toBe(false)
    if (mode === 'emulation') {
      expect(await codes(home)).toContain('UNKNOWN_MODE')
      // Whoever administers takes a migration back in any mode.
      expect((await mh(home, ['migrate', 'rollback', '@last'])).exitCode).toBe(0)
    }
  })

  it('is the newer one where there are two, and the other is kept', async () => {
    const home = legacyHome({mode: {path: 'etc', document: {currentMode: 'dual', lastChanged: '2025-01-01T00:00:00Z'}}})
    const newer = JSON.stringify({mode: 'agent', lastChanged: '2025-06-01T00:00:00Z'})
    writeFileSync(join(home.root, 'persona/cognitive-mode.json'), newer)
    await mh(home, inPlace)
    expect((await mh(home, ['mode', '--json'])).json.mode).toBe('agent')
    expect(readFileSync(join(home.root, 'profiles/ada/persona/cognitive-mode.json'), 'utf8')).toContain('2025-01-01')
    await mh(home, ['migrate', 'rollback', '@last'])
    expect(readFileSync(join(home.root, 'persona/cognitive-mode.json'), 'utf8')).toBe(newer)
  })
})

describe('what is not as it should be', () => {
  it('a record that cannot be read is moved as it is, and told', async () => {
    const home = legacyHome()
    const torn = join(home.root, 'memory/episodic/2025/torn.json')
    writeFileSync(torn, '{"id": "evt-1", "content"')
    const {exitCode, json} = await mh(home, inPlace)
    expect([exitCode, json.verified, json.memories]).toEqual([1, false, 30])
    const path = join(home.root, 'profiles/ada/memory/episodic/2025/torn.json')
    expect(json.unreadable).toEqual([{path, reason: expect.stringContaining('JSON')}])
    expect(readFileSync(path, 'utf8')).toBe('{"id": "evt-1", "content"')
  })

  it('a link in the place of a folder, and a pipe, are in the way, and nothing is changed', async () => {
    const home = legacyHome()
    cpSync(join(home.root, 'memory/episodic'), join(home.home, 'elsewhere'), {recursive: true})
    rmSync(join(home.root, 'memory/episodic'), {recursive: true})
    symlinkSync(join(home.home, 'elsewhere'), join(home.root, 'memory/episodic'))
    const before = treeOf(home.root)
    const {exitCode, json} = await mh(home, inPlace)
    expect([exitCode, json.error.code]).toEqual([5, 'MIGRATION_CONFLICT'])
    expect(json.error.message).toContain('it is a link')
    expect(treeOf(home.root)).toEqual(before)
  })

  it('a damaged or foreign backup takes nothing back', async () => {
    const home = legacyHome()
    const {backup} = (await mh(home, inPlace)).json
    const profile = treeOf(join(home.root, 'profiles/ada'))
    const made = (await mh(home, ['backup', 'create', '--json'])).json
    expect((await mh(home, ['migrate', 'rollback', made.id, '--json'])).json.error.code).toBe('BACKUP_NOT_FOUND')
    const archive = join(home.root, 'backups', `${backup}.tar.gz`)
    const whole = readFileSync(archive)
    writeFileSync(archive, whole.subarray(0, whole.length - 2000))
    const {exitCode, json} = await mh(home, ['migrate', 'rollback', backup, '--json'])
    expect([exitCode, json.error.code]).toEqual([1, 'BACKUP_DAMAGED'])
    const after = treeOf(join(home.root, 'profiles/ada'), (path) => !path.startsWith('logs'))
    expect(after).toEqual(Object.fromEntries(Object.entries(profile).filter(([path]) => !path.startsWith('logs'))))
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
  })

  it('a rollback refuses to replace what lies at the data root by now', async () => {
    const home = legacyHome()
    await mh(home, inPlace)
    mkdirSync(join(home.root, 'etc'))
    writeFileSync(join(home.root, 'etc/models.json'), '{"mine": true}')
    const {exitCode, json} = await mh(home, ['migrate', 'rollback', '@last', '--json'])
    expect([exitCode, json.error.code]).toEqual([5, 'ROLLBACK_CONFLICT'])
    expect(readFileSync(join(home.root, 'etc/models.json'), 'utf8')).toBe('{"mine": true}')
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(30)
    unlinkSync(join(home.root, 'etc/models.json'))
    expect((await mh(home, ['migrate', 'rollback', '@last'])).exitCode).toBe(0)
  })

  it('an account that was the last owner is not taken back from under the others', async () => {
    const home = legacyHome()
    await mh(home, inPlace)
    await people(home, 'bob')
    const {exitCode, json} = await mh(home, ['migrate', 'rollback', '@last', '--json'])
    expect([exitCode, json.error.code]).toEqual([5, 'LAST_OWNER'])
    await mh(home, ['user', 'role', 'bob', 'owner'])
    expect((await mh(home, ['migrate', 'rollback', '@last'])).exitCode).toBe(0)
    expect((await mh(home, ['user', 'list', '--json', '-u', 'bob'])).json).toHaveLength(1)
  })

  it('a torn line at the end of a day stays a torn line', async () => {
    const home = legacyHome()
    appendFileSync(join(home.root, 'logs/audit/2025-11-05.ndjson'), '{"timestamp":"2025-11-05T23')
    const before = readFileSync(join(home.root, 'logs/audit/2025-11-05.ndjson'), 'utf8')
    expect((await mh(home, inPlace)).json).toMatchObject({verified: true})
    expect(readFileSync(join(home.root, 'profiles/ada/logs/audit/2025-11-05.ndjson'), 'utf8')).toBe(before)
    await mh(home, ['migrate', 'rollback', '@last'])
    expect(readFileSync(join(home.root, 'logs/audit/2025-11-05.ndjson'), 'utf8')).toBe(before)
  })
})
