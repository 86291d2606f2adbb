import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {manifestOf, readTar, type TarEntry, treeOf, withManifest, writeTar} from '../support/archives.ts'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, type Outcome, people} from '../support/mh.ts'
import {smallDisk} from '../support/small-disk.ts'

const PASSPHRASE = 'quiet otters juggle lanterns\n'

const backup = (home: Home, args: string[], input?: string): Promise<Outcome> =>
  mh(home, ['backup', ...args, '--json'], input === undefined ? {} : {input})

const profile = (home: Home, username = 'ada'): string => join(home.root, 'profiles', username)
const trail = (home: Home, username: string) => verifiedTrail(join(profile(home, username), 'logs/audit'))

async function contents(home: Home, username = 'ada'): Promise<string[]> {
  const {json} = await mh(home, ['memory', 'list', '-n', '500', '--json', '-u', username])
  return json.memories.map(({content}: {content: string}) => content).sort()
}

/** Two people with something each, made once; a test works on a copy. */
let prepared: Home

beforeAll(async () => {
  prepared = temporaryHome(afterAll)
  await people(prepared, 'ada', 'bob')
  await mh(prepared, ['capture', 'first of ada'])
  await mh(prepared, ['capture', 'first of bob', '-u', 'bob'])
  await mh(prepared, ['task', 'add', 'a task of ada'])
})

function copied(): Home {
  const home = temporaryHome()
  cpSync(prepared.root, home.root, {recursive: true, preserveTimestamps: true})
  return home
}

describe('backup create', () => {
  it('puts a whole profile into one private archive, and nothing of anybody else', async () => {
    const home = copied()
    symlinkSync('/etc/hostname', join(profile(home), 'out/link'))
    const {json, exitCode, stderr} = await backup(home, ['create'])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json).toMatchObject({users: ['ada'], encrypted: false, removed: []})
    expect(json.path).toBe(join(home.root, 'backups', `${json.id}.tar.gz`))
    expect(json.bytes).toBe(statSync(json.path).size)
    expect(statSync(json.path).mode & 0o777).toBe(0o600)
    const entries = await readTar(json.path)
    const manifest = manifestOf(entries)
    expect(manifest.files).toHaveLength(json.files)
    expect(entries.slice(1).map(({header}) => header.name)).toEqual(
      manifest.files.map(({path}: {path: string}) => path)
    )
    expect(entries.slice(1).every(({header}) => header.name.startsWith('profiles/ada/'))).toBe(true)
    for (const [path, hash] of Object.entries(treeOf(profile(home))))
      expect(manifest.files).toContainEqual(expect.objectContaining({path: `profiles/ada/${path}`, sha256: hash}))
    expect(manifest.files).toContainEqual(
      expect.objectContaining({path: 'profiles/ada/out/link', link: '/etc/hostname'})
    )
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
    expect(trail(home, 'ada').at(-1)).toMatchObject({event: 'backup_created', details: {id: json.id}})
    expect((await backup(home, ['verify', json.id])).json).toEqual({id: json.id, ok: true, broken: []})
  })

  it('backs up everybody for administrators; members see and check what is theirs of it', async () => {
    const home = copied()
    const {json} = await backup(home, ['create', '--all-users'])
    expect(json.users.sort()).toEqual(['ada', 'bob'])
    for (const name of ['ada', 'bob'])
      expect(trail(home, name).at(-1)).toMatchObject({event: 'backup_created', details: {id: json.id}})
    expect((await backup(home, ['create', '--all-users', '-u', 'bob'])).json.error.code).toBe('NOT_ADMINISTRATOR')
    await backup(home, ['create'])
    const ofBob = (await backup(home, ['list', '-u', 'bob'])).json
    expect(ofBob).toEqual([expect.objectContaining({id: json.id, users: ['bob']})])
    expect(ofBob[0].files).toBeLessThan(json.files)
    expect((await backup(home, ['list'])).json).toHaveLength(2)
    expect((await backup(home, ['verify', '@last', '-u', 'bob'])).json.id).toBe(json.id)
    const own = (await backup(home, ['list'])).json[0].id
    expect((await backup(home, ['verify', own, '-u', 'bob'])).json.error.code).toBe('BACKUP_NOT_FOUND')
    expect((await backup(home, ['restore', own, '--yes', '-u', 'bob'])).exitCode).toBe(3)
  })

  it('keeps so many of the same people, and never touches those of others or from before a deletion', async () => {
    const home = copied()
    await people(home, 'eve')
    await mh(home, ['user', 'delete', 'eve', '--yes'])
    const ids = []
    for (let count = 0; count < 4; count++) ids.push((await backup(home, ['create', '--keep', '9'])).json.id)
    const ofBob = (await backup(home, ['create', '-u', 'bob'])).json.id
    const all = (await backup(home, ['create', '--all-users', '--keep', '1'])).json
    expect(all.removed).toEqual([])
    const last = (await backup(home, ['create', '--keep', '2'])).json
    expect(last.removed.sort()).toEqual(ids.slice(0, 3).sort())
    const left = (await backup(home, ['list'])).json.map(({id}: {id: string}) => id)
    expect(left).toEqual(expect.arrayContaining([last.id, ids[3], ofBob, all.id]))
    expect(left).toHaveLength(5)
    await mh(home, ['config', 'set', 'backupKeep', '1'])
    expect((await backup(home, ['create'])).json.removed).toHaveLength(2)
    expect((await backup(home, ['create', '--keep', '0'])).json.error.code).toBe('INVALID_KEEP')
  })

  it('says who has no profile, and removes no backup that may be the last of theirs', async () => {
    const home = copied()
    const before = (await backup(home, ['create', '--all-users'])).json
    rmSync(profile(home, 'bob'), {recursive: true})
    const {json, stderr, exitCode} = await backup(home, ['create', '--all-users', '--keep', '1'])
    expect([exitCode, json.users, json.removed]).toEqual([0, ['ada'], []])
    expect(stderr).toContain('bob has no profile, and is not in the backup')
    expect((await backup(home, ['restore', before.id, '--of', 'bob', '--as', 'bob', '--yes'])).exitCode).toBe(0)
    expect(await contents(home, 'bob')).toEqual(['first of bob'])
    const {removed} = (await backup(home, ['create', '--all-users', '--keep', '1'])).json
    expect(removed.sort()).toEqual([before.id, json.id].sort())
  })

  it('leaves nothing, and every older backup, where the disk fails', async () => {
    const home = copied()
    await backup(home, ['create'])
    const before = treeOf(home.root)
    const {exitCode, json} = await mh(home, ['backup', 'create', '--keep', '1', '--json'], {
      env: {MH_FAULT: 'folder-synced=EIO'}
    })
    expect(exitCode).toBe(1)
    expect(json).toHaveProperty('error.code')
    expect(Object.keys(treeOf(home.root))).toEqual(expect.arrayContaining(Object.keys(before)))
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
  })
})

describe('an encrypted backup', () => {
  it('tells whose it is and nothing more, and opens with its passphrase only', async () => {
    const home = copied()
    const made = (await backup(home, ['create', '--passphrase-stdin'], PASSPHRASE)).json
    expect(made).toMatchObject({encrypted: true, users: ['ada']})
    const bytes = readFileSync(made.path)
    for (const secret of ['first of ada', 'episodic', 'core.json', 'quiet otters'])
      expect(bytes.includes(secret)).toBe(false)
    expect((await backup(home, ['list'])).json).toEqual([expect.objectContaining({id: made.id, files: made.files})])
    expect((await backup(home, ['list', '-u', 'bob'])).json).toEqual([])
    expect((await backup(home, ['verify', made.id, '--passphrase-stdin'], PASSPHRASE)).json.ok).toBe(true)
    const before = treeOf(home.root)
    for (const [args, input, code] of [
      [['restore', made.id, '--yes', '--passphrase-stdin'], 'another passphrase\n', 'WRONG_PASSPHRASE'],
      [['restore', made.id, '--yes'], undefined, 'PASSPHRASE_MISSING'],
      [['verify', made.id, '--passphrase-stdin'], '\n', 'PASSPHRASE_MISSING'],
      [['create', '--passphrase-stdin'], 'short\n', 'WEAK_PASSPHRASE']
    ] as const) {
      const {exitCode, json} = await backup(home, [...args], input)
      expect([exitCode, json.error.code]).toEqual([2, code])
    }
    expect(treeOf(home.root)).toEqual(before)
    await mh(home, ['capture', 'second of ada'])
    const restored = await backup(home, ['restore', made.id, '--yes', '--passphrase-stdin'], PASSPHRASE)
    expect(restored.json.users).toEqual(['ada'])
    expect(await contents(home)).toEqual(['first of ada'])
    // A byte of what is encrypted.
    bytes[bytes.length - 1536] = (bytes[bytes.length - 1536] ?? 0) ^ 1
    writeFileSync(made.path, bytes)
    const damaged = await backup(home, ['verify', made.id, '--passphrase-stdin'], PASSPHRASE)
    expect(damaged.exitCode).toBe(1)
  }, 240_000)
})

describe('backup restore', () => {
  it('brings a profile back, keeps what was there as a backup, and rolls no trail back', async () => {
    const home = copied()
    const old = join(profile(home), 'persona/core.json')
    utimesSync(old, new Date('2026-01-02T03:04:05.678Z'), new Date('2026-01-02T03:04:05.678Z'))
    // Larger than what is held as a whole.
    writeFileSync(join(profile(home), 'out/adapters/large.bin'), Buffer.alloc(9 * 1024 * 1024, 'abc'))
    const {id, files} = (await backup(home, ['create'])).json
    const before = treeOf(profile(home))
    const bobs = treeOf(profile(home, 'bob'))
    await mh(home, ['capture', 'second of ada'])
    await mh(home, ['memory', 'edit', '@last', '--content', 'second, edited'])
    await mh(home, ['persona', 'set', 'identity.role', 'guru'])
    await mh(home, ['task', 'done', '@last'])
    const after = treeOf(profile(home))
    const entries = trail(home, 'ada').length
    const restored = await backup(home, ['restore', id, '--yes'])
    expect(restored.stderr).toBe('')
    expect(restored.json).toEqual({id, users: ['ada'], files, previous: expect.stringContaining('-ada-')})
    expect(treeOf(profile(home))).toEqual(before)
    expect(statSync(old).mtime.toISOString()).toBe('2026-01-02T03:04:05.678Z')
    expect(statSync(old).mode & 0o777).toBe(0o600)
    expect(treeOf(profile(home, 'bob'))).toEqual(bobs)
    expect(await contents(home)).toEqual(['first of ada'])
    expect((await mh(home, ['remember', 'second', '--json'])).json.results).toEqual([])
    expect((await mh(home, ['task', 'list', '--json'])).json).toHaveLength(1)
    expect(trail(home, 'ada')).toHaveLength(entries + 1)
    expect(trail(home, 'ada').at(-1)).toMatchObject({
      event: 'backup_restored',
      details: {backup: id, previous: restored.json.previous}
    })
    expect(verifiedTrail(join(profile(home), 'logs/restored', id, 'audit')).length).toBeLessThan(entries)
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json.ok).toBe(true)
    // And there again.
    expect((await backup(home, ['restore', restored.json.previous, '--yes'])).exitCode).toBe(0)
    expect(treeOf(profile(home))).toEqual(after)
    expect(readdirSync(join(profile(home), 'logs/restored')).sort()).toEqual([id, restored.json.previous].sort())
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
  }, 90_000)

  it('asks first, and works on the own part only', async () => {
    const home = copied()
    const {id} = (await backup(home, ['create', '--all-users'])).json
    expect((await backup(home, ['restore', id])).json.error.code).toBe('CONFIRMATION_MISSING')
    await mh(home, ['capture', 'second of ada'])
    await mh(home, ['capture', 'second of bob', '-u', 'bob'])
    expect((await backup(home, ['restore', id, '--yes', '-u', 'bob'])).json.users).toEqual(['bob'])
    expect(await contents(home, 'bob')).toEqual(['first of bob'])
    expect(await contents(home)).toEqual(['first of ada', 'second of ada'])
    for (const args of [['--as', 'ada'], ['--as', 'zoe'], ['--all-users']])
      expect((await backup(home, ['restore', id, '--yes', ...args, '-u', 'bob'])).json.error.code).toBe(
        'NOT_ADMINISTRATOR'
      )
    await mh(home, ['mode', 'set', 'emulation', '-u', 'bob'])
    expect((await backup(home, ['restore', id, '--yes', '-u', 'bob'])).json.error.code).toBe('NOT_ALLOWED_IN_MODE')
    expect((await backup(home, ['restore', id, '--yes', '--all-users'])).json.users.sort()).toEqual(['ada', 'bob'])
    expect(await contents(home)).toEqual(['first of ada'])
    expect(trail(home, 'bob').at(-1)).toMatchObject({event: 'backup_restored', actor: 'ada'})
  })

  it('brings a deleted person back, and makes another one under another name', async () => {
    const home = copied()
    const bob = (await mh(home, ['user', 'show', 'bob', '--json'])).json
    await mh(home, ['user', 'password', 'bob', '--password-stdin'], {input: PASSPHRASE})
    const deleted = (await mh(home, ['user', 'delete', 'bob', '--yes', '--json'])).json.backup
    await people(home, 'bob')
    // The next person of that name is somebody else.
    expect((await backup(home, ['list', '-u', 'bob'])).json).toEqual([])
    const taken = await backup(home, ['restore', '@last', '--as', 'bob', '--yes'])
    expect([taken.exitCode, taken.json.error.code]).toEqual([5, 'USER_EXISTS'])
    expect((await backup(home, ['restore', '@last', '--yes'])).json.error.code).toBe('NOT_IN_BACKUP')
    const back = await backup(home, ['restore', '@last', '--as', 'robert'])
    expect(back.json).toMatchObject({users: ['robert'], previous: null})
    expect((await mh(home, ['user', 'show', 'robert', '--json'])).json).toMatchObject({id: bob.id, role: 'member'})
    expect(JSON.parse(readFileSync(join(home.root, 'persona/users.json'), 'utf8')).users.at(-1)).toHaveProperty(
      'passwordHash'
    )
    expect(await contents(home, 'robert')).toEqual(['first of bob'])
    expect(await contents(home, 'bob')).toEqual([])
    // As a copy, by the path of the archive.
    const elsewhere = join(home.home, 'copy.tar.gz')
    cpSync(deleted, elsewhere)
    expect((await backup(home, ['restore', elsewhere, '--as', 'rob'])).json.users).toEqual(['rob'])
    const {json} = await mh(home, ['memory', 'list', '--json', '-u', 'rob'])
    const rob = (await mh(home, ['user', 'show', 'rob', '--json'])).json
    expect(rob.id).not.toBe(bob.id)
    expect(json.memories[0]).toMatchObject({content: 'first of bob', userId: rob.id})
    expect(trail(home, 'rob')[0]).toMatchObject({event: 'backup_restored', actor: 'ada'})
    const {findings} = (await mh(home, ['doctor', '--json'])).json
    const wrong = findings.filter(
      // A copied data root is open to others; what was restored into it is not.
      ({severity, code, path}: Record<string, string>) =>
        severity !== 'info' && (code !== 'PERMISSIONS' || /rob/.test(path ?? ''))
    )
    expect(wrong).toEqual([])
  }, 90_000)

  it('brings a profile back whose folder is lost', async () => {
    const home = copied()
    const {id} = (await backup(home, ['create'])).json
    rmSync(profile(home), {recursive: true})
    expect((await backup(home, ['restore', id, '--yes'])).exitCode).toBe(0)
    expect(await contents(home)).toEqual(['first of ada'])
  })

  it('leaves a link out that leads out of the profile, and says so', async () => {
    const home = copied()
    symlinkSync('../../bob/persona', join(profile(home), 'out/theirs'))
    symlinkSync('datasets', join(profile(home), 'out/mine'))
    const {id} = (await backup(home, ['create'])).json
    const {stderr} = await mh(home, ['backup', 'restore', id, '--yes'])
    expect(stderr).toContain('out/theirs')
    expect(readdirSync(join(profile(home), 'out')).sort()).toEqual(['adapters', 'datasets', 'mine'])
  })
})

describe('a restore that is killed', () => {
  const before = ['write:3', 'sync:9', 'account-backup', 'account-journal', 'restore-out']
  const after = ['restore-in', 'account-removed', 'audit-line', 'audited:2']

  it.each([...before, ...after])('at "%s" leaves one state or the other, whole', async (point) => {
    const home = copied()
    const {id} = (await backup(home, ['create'])).json
    const old = treeOf(profile(home))
    await mh(home, ['capture', 'second of ada'])
    const present = treeOf(profile(home))
    const killed = await mh(home, ['backup', 'restore', id, '--yes'], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    expect(await contents(home)).toEqual(before.includes(point) ? ['first of ada', 'second of ada'] : ['first of ada'])
    expect(treeOf(profile(home))).toEqual(before.includes(point) ? present : old)
    trail(home, 'ada')
    verifiedTrail(join(home.root, 'logs/audit'))
    expect(readdirSync(join(home.root, 'profiles')).sort()).toEqual(['ada', 'bob'])
    await mh(home, ['doctor', '--fix'])
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
    expect((await mh(home, ['capture', 'third of ada'])).exitCode).toBe(0)
    expect((await backup(home, ['restore', id, '--yes'])).exitCode).toBe(0)
    expect(await contents(home)).toEqual(['first of ada'])
  })

  it.each([
    'write:5=ENOSPC',
    'sync:7=EIO',
    'rename:1=EIO',
    'account-backup=EIO',
    'account-journal=EIO',
    'restore-out=EIO'
  ])('or that fails with "%s" says so and has changed nothing', async (fault) => {
    const home = copied()
    const {id} = (await backup(home, ['create'])).json
    await mh(home, ['capture', 'second of ada'])
    const present = treeOf(profile(home))
    const failed = await mh(home, ['backup', 'restore', id, '--yes', '--json'], {env: {MH_FAULT: fault}})
    expect([failed.exitCode, failed.json.error.code]).toEqual([1, 'NOT_WRITABLE'])
    expect(treeOf(profile(home))).toEqual(present)
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
    expect(existsSync(join(home.root, 'logs/run/account-journal.json'))).toBe(false)
    expect(await contents(home)).toEqual(['first of ada', 'second of ada'])
  })
})

describe('an archive that is no backup', () => {
  const evil = (name: string, type: 'character-device' | 'link' | 'symlink', linkname?: string): TarEntry => ({
    header: {name, mode: 0o600, size: 0, type, ...(linkname === undefined ? {} : {linkname})},
    data: Buffer.alloc(0)
  })

  /** Ways to spoil a good one. */
  const SPOILED: [string, (path: string, entries: TarEntry[]) => Promise<void> | void, RegExp][] = [
    ['is cut', (path) => truncateSync(path, statSync(path).size - 40), /read to its end/],
    [
      'is cut in its middle',
      (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
      /read to its end|cannot be used/
    ],
    [
      'has another byte',
      (path) => {
        const bytes = readFileSync(path)
        const at = bytes.length - 5
        bytes[at] = (bytes[at] ?? 0) ^ 0xff
        writeFileSync(path, bytes)
      },
      /read to its end/
    ],
    [
      'has a changed file',
      (path, entries) => {
        const last = entries.at(-1)
        if (last !== undefined) last.data = Buffer.from(String(last.data).replace(/./g, 'x'))
        return writeTar(path, entries)
      },
      /differs/
    ],
    ['lacks a file', (path, entries) => writeTar(path, entries.slice(0, -1)), /is missing/],
    ['has a file twice', (path, entries) => writeTar(path, [...entries, entries.at(-1) as TarEntry]), /is there twice/],
    [
      'has a file that its manifest does not know',
      (path, entries) =>
        writeTar(path, [...entries, {header: {name: 'profiles/ada/x', size: 1}, data: Buffer.from('x')}]),
      /not in the manifest/
    ],
    [
      'names a path outside',
      (path, entries) => {
        const manifest = manifestOf(entries)
        manifest.files[0].path = 'profiles/ada/../../../evil.json'
        return writeTar(path, withManifest(entries, manifest))
      },
      /list its files properly/
    ],
    [
      'names a path of somebody else',
      (path, entries) => {
        const manifest = manifestOf(entries)
        manifest.files[0].path = 'profiles/bob/persona/core.json'
        return writeTar(path, withManifest(entries, manifest))
      },
      /lies outside/
    ],
    [
      'has a device in place of a file',
      (path, entries) => {
        const name = entries.at(-1)?.header.name ?? ''
        return writeTar(path, [...entries.slice(0, -1), evil(name, 'character-device')])
      },
      /is no file but a character-device/
    ],
    [
      'has a hard link in place of a file',
      (path, entries) => {
        const name = entries.at(-1)?.header.name ?? ''
        return writeTar(path, [...entries.slice(0, -1), evil(name, 'link', '/etc/passwd')])
      },
      /is no file but a link/
    ],
    [
      'has a link in place of a file',
      (path, entries) => {
        const name = entries.at(-1)?.header.name ?? ''
        return writeTar(path, [...entries.slice(0, -1), evil(name, 'symlink', '/etc/passwd')])
      },
      /differs/
    ],
    [
      'says that it needs more than there is',
      (path, entries) => {
        const manifest = manifestOf(entries)
        manifest.files[0].size = 2 ** 52
        return writeTar(path, withManifest(entries, manifest))
      },
      /MiB are free/
    ],
    [
      'holds more than it says',
      (path, entries) => {
        const last = entries.at(-1)
        if (last !== undefined) {
          last.data = Buffer.alloc(20 * 1024 * 1024)
          last.header.size = last.data.length
        }
        return writeTar(path, entries)
      },
      /bytes, and not/
    ]
  ]

  it.each(SPOILED)('because it %s changes nothing', async (_what, spoil, reason) => {
    const home = copied()
    const {path} = (await backup(home, ['create'])).json
    const elsewhere = join(home.home, 'spoiled.tar.gz')
    renameSync(path, elsewhere)
    await spoil(elsewhere, await readTar(elsewhere))
    const before = treeOf(home.root)
    const {exitCode, json} = await backup(home, ['restore', elsewhere, '--yes'])
    expect(exitCode).toBe(1)
    expect(json.error.message).toMatch(reason)
    expect(treeOf(home.root)).toEqual(before)
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
    expect(existsSync(join(home.root, '..', 'evil.json'))).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['a text', 'no archive at all'],
    ['what begins like one', '\u001f\u008bno archive']
  ])('because it is %s is told', async (_what, text) => {
    const home = copied()
    mkdirSync(join(home.root, 'backups'))
    const path = join(home.root, 'backups/x.tar.gz')
    writeFileSync(path, text, 'latin1')
    const listed = await mh(home, ['backup', 'list', '--json'])
    expect([listed.exitCode, listed.json]).toEqual([0, []])
    expect(listed.stderr).toContain(path)
    expect((await mh(home, ['backup', 'list', '-u', 'bob'])).stderr).not.toContain(path)
    expect((await backup(home, ['verify', path])).json.error.code).toBe('BACKUP_DAMAGED')
  })

  it('is found by verify, which names what differs', async () => {
    const home = copied()
    const {id, path} = (await backup(home, ['create'])).json
    const entries = await readTar(path)
    await writeTar(path, entries.slice(0, -1))
    const {exitCode, json} = await backup(home, ['verify', id])
    expect(exitCode).toBe(1)
    expect(json).toEqual({id, ok: false, broken: [`${entries.at(-1)?.header.name} is missing`]})
  })
})

describe('memory forget', () => {
  it('names the backups that still hold the memory, and those that may', async () => {
    const home = copied()
    const {id} = (await mh(home, ['capture', 'the safe opens with 4711', '--json'])).json
    const holding = (await backup(home, ['create'])).json.path
    await backup(home, ['create', '-u', 'bob'])
    const sealed = (await backup(home, ['create', '--passphrase-stdin'], PASSPHRASE)).json.path
    await mh(home, ['memory', 'delete', id])
    const inTrash = (await backup(home, ['create'])).json.path
    const {json} = await mh(home, ['memory', 'forget', id, '--yes', '--json'])
    const told = json.remaining.filter(({where}: {where: string}) => where === 'backup')
    expect(told).toHaveLength(3)
    expect(told).toEqual(
      expect.arrayContaining([
        {where: 'backup', path: holding},
        {where: 'backup', path: inTrash},
        {where: 'backup', path: sealed, maybe: true}
      ])
    )
    const without = (await backup(home, ['create'])).json.path
    const later = (await mh(home, ['capture', 'x', '--at', '2020-01-01', '--json'])).json.id
    const next = await mh(home, ['memory', 'forget', later, '--yes', '--json'])
    expect(next.json.remaining).toEqual([{where: 'backup', path: sealed, maybe: true}])
    expect(existsSync(without)).toBe(true)
  }, 120_000)
})

describe('a disk that is full', () => {
  it('leaves everything as it was, during a backup and during a restore', async (context) => {
    const home = temporaryHome()
    const refused = smallDisk(home.root, '6m')
    if (refused !== undefined) return context.skip(refused)
    cpSync(prepared.root, home.root, {recursive: true, preserveTimestamps: true})
    const {id} = (await backup(home, ['create'])).json
    // No compression makes this smaller: with its archive it fits once more, and not twice.
    const noise = join(profile(home), 'out/noise.bin')
    writeFileSync(noise, Buffer.from(crypto.getRandomValues(new Uint8Array(65_536))))
    const block = readFileSync(noise)
    writeFileSync(
      noise,
      Buffer.concat(Array.from({length: 56}, (_, index) => Buffer.from(block.map((byte) => byte ^ index))))
    )
    const before = treeOf(home.root)
    const failed = await backup(home, ['create'])
    expect([failed.exitCode, failed.json.error.message]).toEqual([1, expect.stringContaining('the disk is full')])
    expect(treeOf(home.root)).toEqual(before)
    const restored = await backup(home, ['restore', id, '--yes'])
    expect([restored.exitCode, restored.json.error.message]).toEqual([1, expect.stringContaining('the disk is full')])
    expect(treeOf(home.root)).toEqual(before)
    expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
    rmSync(noise)
    expect((await backup(home, ['restore', id, '--yes'])).exitCode).toBe(0)
    expect(await contents(home)).toEqual(['first of ada'])
  })
})
