import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

interface Finding {
  severity: string
  code: string
  message: string
  path: string | null
  hint: string | null
  fixed: boolean
}

const doctor = async (home: Home, ...args: string[]): Promise<{exitCode: number; ok: boolean; findings: Finding[]}> => {
  const {exitCode, json} = await mh(home, ['doctor', '--json', ...args])
  return {exitCode, ...json}
}

async function withPeople(): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', 'kept'])
  return home
}

it('finds nothing where all is well, also before anybody is there', async () => {
  const home = temporaryHome()
  expect(await doctor(home)).toEqual({exitCode: 0, ok: true, findings: []})
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', 'kept'])
  expect(await doctor(home)).toEqual({exitCode: 0, ok: true, findings: []})
  expect(await doctor(home, '-u', 'bob')).toEqual({exitCode: 0, ok: true, findings: []})
})

describe('what is mended', () => {
  it.each<[string, string, (root: string) => string | undefined, (root: string) => boolean]>([
    [
      'a folder that others can read',
      'PERMISSIONS',
      (root) => {
        chmodSync(join(root, 'profiles/ada/memory'), 0o755)
        return join(root, 'profiles/ada/memory')
      },
      (root) => (statSync(join(root, 'profiles/ada/memory')).mode & 0o777) === 0o700
    ],
    [
      'a file of accounts that others can read',
      'PERMISSIONS',
      (root) => {
        chmodSync(join(root, 'persona/users.json'), 0o644)
        return join(root, 'persona/users.json')
      },
      (root) => (statSync(join(root, 'persona/users.json')).mode & 0o777) === 0o600
    ],
    [
      'unfinished files of dead processes',
      'TEMPORARY_FILES',
      (root) => {
        writeFileSync(join(root, 'profiles/ada/.tmp/event.4194304.abc'), '')
        writeFileSync(join(root, `profiles/ada/.tmp/event.${process.pid}.abc`), '')
        return join(root, 'profiles/ada/.tmp')
      },
      (root) => readdirSync(join(root, 'profiles/ada/.tmp')).join() === `event.${process.pid}.abc`
    ],
    [
      'a service that died',
      'DEAD_PROCESS',
      (root) => {
        writeFileSync(join(root, 'logs/run/agents.pid'), '4194304\n')
        return join(root, 'logs/run/agents.pid')
      },
      (root) => !existsSync(join(root, 'logs/run/agents.pid'))
    ],
    [
      'a profile that was begun',
      'UNFINISHED_PROFILE',
      (root) => {
        mkdirSync(join(root, '.tmp/profile-1234'))
        return undefined
      },
      (root) => !existsSync(join(root, '.tmp/profile-1234'))
    ],
    [
      'an index of somebody who is gone',
      'INDEX_WITHOUT_ACCOUNT',
      (root) => {
        writeFileSync(join(root, 'cache/index/1234-5678.db'), 'their words', {mode: 0o600})
        return join(root, 'cache/index/1234-5678.db')
      },
      (root) => !existsSync(join(root, 'cache/index/1234-5678.db'))
    ]
  ])('%s', async (_what, code, harm, healed) => {
    const home = await withPeople()
    const path = harm(home.root)
    const found = await doctor(home)
    expect([found.exitCode, found.ok]).toEqual([1, false])
    expect(found.findings).toHaveLength(1)
    expect(found.findings[0]).toMatchObject({code, fixed: false, ...(path === undefined ? {} : {path})})
    expect(found.findings[0]?.hint).toContain('mh doctor --fix')
    expect(healed(home.root)).toBe(false)
    // Not theirs to mend.
    expect((await doctor(home, '--fix', '-u', 'bob')).findings[0]?.fixed).toBe(false)
    const mended = await doctor(home, '--fix')
    expect(mended.findings[0]).toMatchObject({code, fixed: true})
    expect([mended.exitCode, healed(home.root)]).toEqual([0, true])
    expect(await doctor(home)).toMatchObject({ok: true, findings: []})
    expect(verifiedTrail(join(home.root, 'logs/audit')).at(-1)).toMatchObject({
      event: 'doctor_fixed',
      details: {fixed: [code]}
    })
  })

  it.each(['create', 'rename', 'delete'])('a %s of an account that was interrupted', async (action) => {
    const home = await withPeople()
    const words = {create: ['eve'], rename: ['bob', 'eve'], delete: ['bob', '--yes']}[action] ?? []
    const killed = await mh(home, ['user', action, ...words], {
      env: {MH_FAULT: action === 'delete' ? 'account-users' : 'account-profile'}
    })
    expect(killed.signal).toBe('SIGKILL')
    expect((await doctor(home)).findings.map(({code}) => code)).toContain('INTERRUPTED_CHANGE')
    expect((await doctor(home, '--fix')).ok).toBe(true)
    expect(await doctor(home)).toMatchObject({ok: true, findings: []})
    const names = (await mh(home, ['user', 'list', '--json'])).json.map(({username}: {username: string}) => username)
    expect(readdirSync(join(home.root, 'profiles')).sort()).toEqual(names.sort())
  })

  it('a damaged users.json, from its newest copy, with the damaged one kept', async () => {
    const home = await withPeople()
    await mh(home, ['user', 'edit', '--email', 'ada@x'])
    const path = join(home.root, 'persona/users.json')
    const good = readFileSync(path, 'utf8')
    writeFileSync(path, good.slice(0, 100))
    const found = await doctor(home)
    expect(found.findings[0]).toMatchObject({code: 'UNREADABLE_ACCOUNTS', severity: 'error', path, fixed: false})
    expect(found.findings[0]?.hint).toContain('ada, bob')
    expect(readFileSync(path, 'utf8')).toBe(good.slice(0, 100))
    expect((await mh(home, ['capture', 'x'])).exitCode).toBe(1)
    expect((await doctor(home, '--fix')).ok).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe(good)
    const kept = readdirSync(join(home.root, 'persona')).find((name) => name.startsWith('users.json.damaged')) ?? ''
    expect(readFileSync(join(home.root, 'persona', kept), 'utf8')).toBe(good.slice(0, 100))
    expect((await mh(home, ['capture', 'x'])).exitCode).toBe(0)
  })

  it('and never by an empty store, where there is no copy', async () => {
    const home = await withPeople()
    const path = join(home.root, 'persona/users.json')
    writeFileSync(path, 'damaged')
    rmSync(join(home.root, 'logs/run/accounts'), {recursive: true})
    expect((await doctor(home, '--fix')).exitCode).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe('damaged')
  })
})

describe('what is told, with its place and its remedy', () => {
  it.each<[string, string, (root: string) => string]>([
    [
      'a document that cannot be read',
      'UNREADABLE_FILE',
      (root) => {
        writeFileSync(join(root, 'profiles/ada/etc/agents.json'), '{')
        return join(root, 'profiles/ada/etc/agents.json')
      }
    ],
    [
      'a memory that cannot be read',
      'UNREADABLE_MEMORY',
      (root) => {
        writeFileSync(join(root, 'profiles/ada/memory/episodic/torn.json'), '{"id"')
        return join(root, 'profiles/ada/memory/episodic/torn.json')
      }
    ],
    [
      'an unknown mode',
      'UNKNOWN_MODE',
      (root) => {
        writeFileSync(join(root, 'profiles/ada/etc/cognitive-mode.json'), '{"mode": "environment"}')
        return join(root, 'profiles/ada/etc/cognitive-mode.json')
      }
    ],
    [
      'an unknown role',
      'UNKNOWN_ROLE',
      (root) => {
        const path = join(root, 'persona/users.json')
        writeFileSync(path, readFileSync(path, 'utf8').replace('"member"', '"wizard"'), {mode: 0o600})
        return path
      }
    ],
    [
      'an account without a profile',
      'PROFILE_MISSING',
      (root) => {
        rmSync(join(root, 'profiles/bob'), {recursive: true})
        return join(root, 'profiles/bob')
      }
    ],
    [
      'a profile without an account',
      'PROFILE_WITHOUT_ACCOUNT',
      (root) => {
        mkdirSync(join(root, 'profiles/zoe'), {mode: 0o700})
        return join(root, 'profiles/zoe')
      }
    ],
    [
      'data of a single-user system',
      'LEGACY_DATA',
      (root) => {
        mkdirSync(join(root, 'memory/episodic'), {recursive: true})
        return join(root, 'memory')
      }
    ],
    [
      'a clock that went back',
      'CLOCK_WENT_BACK',
      (root) => {
        const path = join(root, 'logs/audit/head.json')
        const later = Date.now() / 1000 + 3600
        utimesSync(path, later, later)
        return path
      }
    ],
    [
      'a model that does not answer',
      'MODEL_UNREACHABLE',
      (root) => {
        const path = join(root, 'profiles/ada/etc/models.json')
        const model = {provider: 'openai-compatible', model: 'm', baseURL: 'http://127.0.0.1:9/v1'}
        writeFileSync(path, JSON.stringify({defaults: {persona: 'local'}, models: {local: model}}))
        return path
      }
    ],
    [
      'an edited audit trail',
      'AUDIT_BROKEN',
      (root) => {
        const folder = join(root, 'profiles/ada/logs/audit')
        const path = join(folder, readdirSync(folder).find((name) => name.endsWith('.ndjson')) ?? '')
        writeFileSync(path, readFileSync(path, 'utf8').replace('memory_captured', 'memory_improved'))
        return path
      }
    ]
  ])('%s', async (_what, code, harm) => {
    const home = await withPeople()
    const path = harm(home.root)
    const {exitCode, ok, findings} = await doctor(home, '--fix')
    expect([exitCode, ok]).toEqual([1, false])
    expect(findings).toEqual([
      {
        severity: expect.stringMatching(/^(error|warning)$/),
        code,
        message: expect.any(String),
        path,
        hint: expect.stringMatching(/./),
        fixed: false
      }
    ])
    const {stdout} = await mh(home, ['doctor'])
    expect(stdout).toContain(code)
    expect(stdout).toContain(path)
  })

  it('once, where it keeps several looks from ending', async () => {
    const home = await withPeople()
    rmSync(join(home.root, 'profiles/ada'), {recursive: true})
    const {findings} = await doctor(home)
    const codes = findings.map(({code}: {code: string}) => code)
    expect(codes).toContain('PROFILE_MISSING')
    expect(codes.filter((code: string) => code === 'PROFILE_GONE')).toHaveLength(1)
    const refused = (await mh(home, ['status', '--json'])).json.error
    expect(refused).toMatchObject({code: 'PROFILE_GONE', hint: expect.stringContaining('mh doctor')})
  })

  it('an index that fell behind is brought up to date', async () => {
    const home = await withPeople()
    const folder = join(home.root, 'profiles/ada/memory/episodic')
    const file = readdirSync(folder, {recursive: true, encoding: 'utf8'}).find((name) => name.endsWith('.json')) ?? ''
    await mh(home, ['memory', 'list'])
    // Written in place: the folder does not show it.
    const path = join(folder, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace('kept', 'changed by hand'))
    const {ok, findings} = await doctor(home, '--fix')
    expect([ok, findings.map(({code, fixed}) => [code, fixed])]).toEqual([true, [['INDEX_DRIFT', true]]])
    expect((await mh(home, ['remember', 'changed', '--json'])).json.results).toHaveLength(1)
  })
})
