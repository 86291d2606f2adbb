import {execFileSync, spawn} from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import {join, relative} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import type {UserContext} from '../../../src/core/context.ts'
import {withUserContext} from '../../../src/core/context.ts'
import {requireUserByName} from '../../../src/core/users/accounts.ts'
import {contextOf} from '../../../src/core/users/identify.ts'
import {type FileAccess, getSecurityPolicy, type PathOrigin} from '../../../src/core/users/policy.ts'
import {setRole} from '../../../src/core/users/role.ts'
import {type Home, inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'

let home: Home
let ada: UserContext
let bob: UserContext
let profile: (path: string) => string
let theirs: string

beforeEach(async () => {
  home = inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
  profile = (path) => join(home.root, 'profiles/bob', path)
  theirs = join(home.root, 'profiles/ada/persona/diary.md')
  writeFileSync(theirs, 'the diary of ada')
  writeFileSync(profile('persona/mine.md'), 'mine')
  writeFileSync(join(home.home, 'outside.txt'), 'outside')
})

interface Asked {
  user?: UserContext
  access?: FileAccess
  origin?: PathOrigin
  target?: string
}

/** What opening it gives: the text, or the code of the refusal. */
function open(path: string, {user = bob, access = 'read', origin = 'named', target}: Asked = {}): string {
  try {
    const file = getSecurityPolicy(user, target).requireFileAccess(path, access, origin)
    try {
      return readFileSync(file.descriptor, 'utf8')
    } finally {
      file.close()
    }
  } catch (error) {
    return (error as {code: string}).code
  }
}

describe('who may open what', () => {
  it.each<[string, 'own' | 'other' | 'system' | 'outside', Partial<Record<string, string>>]>([
    ['the own profile', 'own', {member: 'read write', guest: 'read'}],
    ["another's profile", 'other', {}],
    ["the system's files", 'system', {owner: 'read write'}],
    ['what lies outside', 'outside', {owner: 'named', member: 'named', guest: 'named'}]
  ])('%s', async (_what, kind, expected) => {
    const paths = {
      own: profile('persona/mine.md'),
      other: theirs,
      system: join(home.root, 'config.json'),
      outside: join(home.home, 'outside.txt')
    }
    for (const role of ['member', 'guest', 'owner'] as const) {
      await withUserContext(ada, () => setRole('bob', role))
      const user = contextOf(requireUserByName('bob'))
      const allowed = expected[role] ?? (kind === 'own' ? 'read write' : '')
      for (const access of ['read', 'write'] as const)
        for (const origin of ['named', 'reference'] as const) {
          const may = allowed.includes(kind === 'outside' ? origin : access)
          expect([kind, role, access, origin, open(paths[kind], {user, access, origin}) === 'ACCESS_DENIED']).toEqual([
            kind,
            role,
            access,
            origin,
            !may
          ])
        }
    }
  })

  it("administrators open another's file through a target only", () => {
    const mine = profile('persona/mine.md')
    expect(open(mine, {user: ada})).toBe('ACCESS_DENIED')
    expect(open(mine, {user: ada, target: bob.userId})).toBe('mine')
    expect(open(theirs, {target: ada.userId})).toBe('ACCESS_DENIED')
  })
})

describe('a path that leads elsewhere', () => {
  it('by dots, or written in another way', () => {
    process.chdir(home.home)
    for (const path of [
      theirs,
      profile('../ada/persona/diary.md'),
      profile('persona/../../ada/persona/diary.md'),
      `${profile('persona')}//..//..//ada/./persona/diary.md`,
      relative(process.cwd(), theirs)
    ])
      expect([path, open(path), open(path, {origin: 'reference'})]).toEqual([path, 'ACCESS_DENIED', 'ACCESS_DENIED'])
  })

  it('by a link, to a file or a folder, also one outside the data root', () => {
    symlinkSync(theirs, profile('persona/link.md'))
    symlinkSync(join(home.root, 'profiles/ada'), profile('persona/folder'))
    symlinkSync(theirs, join(home.home, 'link.md'))
    symlinkSync(join(home.home, 'outside.txt'), profile('persona/out.md'))
    for (const path of [
      profile('persona/link.md'),
      profile('persona/folder/persona/diary.md'),
      join(home.home, 'link.md')
    ])
      for (const access of ['read', 'write'] as const)
        expect(open(path, {access})).toMatch(/ACCESS_DENIED|FILE_NOT_READABLE/)
    expect(open(profile('persona/out.md'), {origin: 'reference'})).toBe('ACCESS_DENIED')
    expect(open(profile('persona/out.md'))).toBe('outside')
    expect(readFileSync(theirs, 'utf8')).toBe('the diary of ada')
  })

  it('by a hard link, in the profile or outside', () => {
    linkSync(theirs, profile('persona/hard.md'))
    linkSync(theirs, join(home.home, 'hard.md'))
    for (const path of [profile('persona/hard.md'), join(home.home, 'hard.md')])
      for (const access of ['read', 'write'] as const) expect(open(path, {access})).toBe('ACCESS_DENIED')
  })

  it('by another case or another Unicode form of a name', () => {
    for (const path of [
      join(home.root, 'profiles/ADA/persona/diary.md'),
      join(home.root, 'PROFILES/ada/persona/diary.md'),
      join(home.root, 'profiles/ａda/persona/diary.md'),
      join(home.root, 'profiles/a\u0301da/persona/diary.md')
    ])
      expect(open(path)).toMatch(/ACCESS_DENIED|FILE_NOT_READABLE/)
    mkdirSync(join(home.root, 'profiles/BOB'))
    writeFileSync(join(home.root, 'profiles/BOB/x'), 'of nobody')
    expect(open(join(home.root, 'profiles/BOB/x'))).toBe('ACCESS_DENIED')
  })

  it.skipIf(process.platform !== 'linux')('by way of /proc', () => {
    for (const path of [
      `/proc/self/root${theirs}`,
      `/proc/${process.pid}/root${theirs}`,
      `/proc/self/cwd/${relative(process.cwd(), theirs)}`
    ])
      expect([path, open(path)]).toEqual([path, 'ACCESS_DENIED'])
    expect(open('/proc/self/environ', {origin: 'reference'})).toBe('ACCESS_DENIED')
  })

  it('or that is no path at all', () => {
    expect(open('')).toBe('INVALID_PATH')
    expect(open(`${profile('persona/mine.md')}\0.png`)).toBe('INVALID_PATH')
    expect(open(profile(`persona/${'x'.repeat(300)}`))).toBe('FILE_NOT_READABLE')
    expect(open(`/${'x/'.repeat(5000)}`)).toBe('FILE_NOT_READABLE')
    expect(open(profile('persona'))).toBe('FILE_NOT_READABLE')
    expect(open(profile('persona/nothing'))).toBe('FILE_NOT_READABLE')
  })

  it.skipIf(process.platform === 'win32')('or a pipe, which a reference would wait for', () => {
    execFileSync('mkfifo', [profile('persona/pipe')])
    expect(open(profile('persona/pipe'), {origin: 'reference'})).toBe('FILE_NOT_READABLE')
  })
})

describe('a write', () => {
  it('makes a file for its owner only, and nothing where it is refused', () => {
    const file = getSecurityPolicy(bob).requireFileAccess(profile('out/new.md'), 'write')
    file.close()
    expect(statSync(profile('out/new.md')).mode & 0o777).toBe(0o600)
    const refused = [join(home.root, 'profiles/ada/new.md'), join(home.root, 'new.md')]
    for (const path of refused) {
      expect(open(path, {access: 'write'})).toBe('ACCESS_DENIED')
      expect(existsSync(path)).toBe(false)
    }
    expect(open(join(home.home, 'new.md'), {access: 'write', origin: 'reference'})).toBe('ACCESS_DENIED')
    expect(readdirSync(home.home)).toEqual(['outside.txt'])
  })
})

it('a link that is exchanged while it is opened never gives what may not be read', async () => {
  const link = profile('persona/swapped.md')
  const script = `
    const fs = require('node:fs')
    const [link, ours, theirs] = process.argv.slice(1)
    for (let round = 0; ; round++) {
      fs.symlinkSync(round % 2 ? theirs : ours, link + '.new')
      fs.renameSync(link + '.new', link)
    }`
  const swapper = spawn(process.execPath, ['-e', script, link, profile('persona/mine.md'), theirs])
  try {
    while (!existsSync(link)) await new Promise((resolve) => setTimeout(resolve, 5))
    const seen = new Set<string>()
    for (let round = 0; round < 5000; round++) seen.add(open(link, {origin: 'reference'}))
    expect([...seen].sort()).toEqual(['ACCESS_DENIED', 'mine'])
  } finally {
    swapper.kill('SIGKILL')
  }
})

it('a profile that is a link to another disk is still its own', () => {
  const elsewhere = join(home.home, 'synced')
  renameSync(join(home.root, 'profiles/bob'), elsewhere)
  symlinkSync(elsewhere, join(home.root, 'profiles/bob'))
  expect(open(profile('persona/mine.md'), {origin: 'reference'})).toBe('mine')
  expect(open(join(elsewhere, 'persona/mine.md'), {user: ada})).toBe('ACCESS_DENIED')
  unlinkSync(join(home.root, 'profiles/bob'))
})
