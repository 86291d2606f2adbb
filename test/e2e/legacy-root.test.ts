import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {hash} from 'bcryptjs'
import {beforeAll, describe, expect, it} from 'vitest'
import {openAttempts} from '../../src/core/users/attempts.ts'
import {verifyPassword} from '../../src/core/users/passwords.ts'
import {checkCredentials} from '../../src/core/users/sign-in.ts'
import {type Home, inTemporaryHome, temporaryHome} from '../support/home.ts'
import {makeLegacy} from '../support/legacy.ts'
import {mh} from '../support/mh.ts'

const PASSWORD = 'quiet otters juggle lanterns'
let passwordHash = ''

beforeAll(async () => {
  passwordHash = await hash(PASSWORD, 10)
})

/** A folder of several people as the older system left it: accounts with bcrypt and its own roles, profiles, and no settings of ours. */
function makeRoot({root}: Home): void {
  makeLegacy(join(root, 'profiles/grace'), {who: 'Grace', memories: 30})
  makeLegacy(join(root, 'profiles/alice'), {
    who: 'Alice',
    memories: 12,
    mode: {path: 'etc', document: {currentMode: 'environment', lastChanged: '2025-11-01T00:00:00Z', history: ['kept']}}
  })
  const account = (id: string, username: string, role: string): object => ({
    id,
    username,
    passwordHash,
    role,
    createdAt: '2025-11-01T00:00:00.000Z',
    lastLogin: '2025-11-05T00:00:00.000Z',
    recoveryCodes: ['one', 'two'],
    metadata: {displayName: username.toUpperCase(), profileVisibility: 'private'}
  })
  mkdirSync(join(root, 'persona'))
  writeFileSync(
    join(root, 'persona/users.json'),
    JSON.stringify({users: [account('u-1', 'grace', 'owner'), account('u-2', 'alice', 'standard')], schema: 2})
  )
  mkdirSync(join(root, 'brain/agents'), {recursive: true})
  writeFileSync(join(root, 'brain/agents/organizer.ts'), '// theirs\n')
}

function legacyRoot(): Home {
  const home = temporaryHome()
  makeRoot(home)
  return home
}

const accountsOf = (home: Home): {users: Record<string, unknown>[]; schema: number} =>
  JSON.parse(readFileSync(join(home.root, 'persona/users.json'), 'utf8'))

function fileOf(home: Home, username: string, ending: string): string {
  const folder = join(home.root, 'profiles', username, 'memory')
  const name = readdirSync(folder, {recursive: true, encoding: 'utf8'}).find((path) => path.endsWith(ending)) ?? ''
  return join(folder, name)
}

describe('a folder of the older system with accounts and profiles', () => {
  it('works as a data root as it is: its people, their roles, memories, tasks and personas', async () => {
    const home = legacyRoot()
    const {json: users} = await mh(home, ['user', 'list', '--json'])
    expect(users.map(({username, role}: {username: string; role: string}) => [username, role])).toEqual([
      ['grace', 'owner'],
      ['alice', 'member']
    ])
    const nobody = await mh(home, ['memory', 'list', '--json'])
    expect([nobody.exitCode, nobody.json.error.hint]).toEqual([2, expect.stringContaining('mh user switch')])
    await mh(home, ['user', 'switch', 'grace'])
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(30)
    const alices = await mh(home, ['memory', 'list', '-u', 'alice', '--json'])
    expect(alices.json.total).toBe(12)
    expect(JSON.stringify(alices.json)).not.toContain('Grace')
    const {results} = (await mh(home, ['remember', 'orchard', '--json'])).json
    expect(results.length).toBeGreaterThan(0)
    expect(results.every(({content}: {content: string}) => content.includes('Grace'))).toBe(true)
    expect((await mh(home, ['persona', 'show', '--json'])).json.identity.name).toBe("Grace's mirror")
    expect((await mh(home, ['task', 'list', '--json'])).json).toMatchObject([{id: 'task-20251104-plumber'}])
    expect(
      (await mh(home, ['audit', '--json'])).json.some(({event}: {event: string}) => event === 'memory_saved')
    ).toBe(true)
    expect((await mh(home, ['capture', 'still here'])).exitCode).toBe(0)
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true, unchained: 12})
    expect(readFileSync(join(home.root, 'brain/agents/organizer.ts'), 'utf8')).toBe('// theirs\n')
  })

  it('keeps every key of accounts that are changed, and the role as it was written', async () => {
    const home = legacyRoot()
    const before = accountsOf(home)
    await mh(home, ['user', 'switch', 'grace'])
    await mh(home, ['user', 'edit', 'alice', '--email', 'alice@example.org'])
    const after = accountsOf(home)
    expect(after).toMatchObject({schema: 2})
    expect(after.users[0]).toEqual(before.users[0])
    expect(after.users[1]).toEqual({
      ...before.users[1],
      metadata: {displayName: 'ALICE', profileVisibility: 'private', email: 'alice@example.org'}
    })
  })

  it('reads the mode "environment" as emulation, and doctor tells it', async () => {
    const home = legacyRoot()
    await mh(home, ['user', 'switch', 'alice'])
    expect((await mh(home, ['mode', '--json'])).json.mode).toBe('emulation')
    expect((await mh(home, ['capture', 'x', '--json'])).json.error.code).toBe('NOT_ALLOWED_IN_MODE')
    const {findings} = (await mh(home, ['doctor', '--json'])).json
    expect(findings).toContainEqual(
      expect.objectContaining({code: 'UNKNOWN_MODE', message: expect.stringContaining('environment')})
    )
    expect(findings.map(({code}: {code: string}) => code)).not.toContain('UNKNOWN_ROLE')
    await mh(home, ['mode', 'set', 'dual'])
    expect((await mh(home, ['capture', 'x'])).exitCode).toBe(0)
    const mode = JSON.parse(readFileSync(join(home.root, 'profiles/alice/etc/cognitive-mode.json'), 'utf8'))
    expect(mode).toMatchObject({currentMode: 'dual', history: ['kept', {from: 'environment', mode: 'dual'}]})
  })
})

describe('a record of the older system that is changed', () => {
  it('a memory keeps every key, also those that this version reads otherwise', async () => {
    const home = legacyRoot()
    await mh(home, ['user', 'switch', 'grace'])
    const path = fileOf(home, 'grace', '000007.json')
    const odd = {
      ...JSON.parse(readFileSync(path, 'utf8')),
      entities: ['Rome', {name: 'Ada', kind: 'person'}],
      links: ['evt-1', {type: 'follows', target: 'evt-2', weight: 3}],
      importance: '7 of 10'
    }
    writeFileSync(path, JSON.stringify(odd))
    const edited = await mh(home, ['memory', 'edit', odd.id, '--add-tag', 'seen', '--json'])
    expect(edited.json).toMatchObject({id: odd.id, tags: [...odd.tags, 'seen'], entities: ['Rome']})
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({...odd, tags: [...odd.tags, 'seen'], userId: 'u-1'})
    await mh(home, ['memory', 'edit', odd.id, '--content', 'rewritten by hand'])
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...odd,
      content: 'rewritten by hand',
      tags: [...odd.tags, 'seen'],
      userId: 'u-1',
      metadata: {...odd.metadata, processed: false}
    })
    expect((await mh(home, ['remember', 'rewritten', '--json'])).json.results[0].id).toBe(odd.id)
    await mh(home, ['memory', 'undo', odd.id])
    await mh(home, ['memory', 'undo', odd.id])
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({content: odd.content, entities: odd.entities})
  })

  it('and so does a task', async () => {
    const home = legacyRoot()
    await mh(home, ['user', 'switch', 'grace'])
    const path = fileOf(home, 'grace', 'task-20251104-plumber.json')
    const odd = {...JSON.parse(readFileSync(path, 'utf8')), priority: 'urgent', due: 7, tags: ['home', {colour: 'red'}]}
    writeFileSync(path, JSON.stringify(odd))
    await mh(home, ['task', 'edit', odd.id, '--title', 'Call her'])
    const {updated, userId, ...rest} = JSON.parse(readFileSync(path, 'utf8'))
    const {updated: _before, ...same} = odd
    expect(rest).toEqual({...same, title: 'Call her', description: '', dependencies: []})
    await mh(home, ['task', 'done', odd.id])
    const done = JSON.parse(readFileSync(path.replace('active', 'completed'), 'utf8'))
    expect(done).toMatchObject({status: 'done', priority: 'urgent', due: 7, tags: odd.tags, estimate: '2h'})
  })
})

describe('a password of the older system', () => {
  const from = {address: '127.0.0.1', agent: 'test'}

  it('signs in, and is then kept by our own hash; the wrong one does not', async () => {
    const home = inTemporaryHome()
    makeRoot(home)
    const desk = {attempts: await openAttempts(), later: () => {}}
    await expect(checkCredentials('grace', 'not the password', from, desk)).rejects.toMatchObject({httpStatus: 401})
    expect(accountsOf(home).users[0]?.passwordHash).toBe(passwordHash)
    expect(await checkCredentials('grace', PASSWORD, from, desk)).toMatchObject({username: 'grace'})
    const [grace, alice] = accountsOf(home).users
    expect(grace?.passwordHash).toMatch(/^\$argon2id\$/)
    expect(alice?.passwordHash).toBe(passwordHash)
    expect(grace).toMatchObject({recoveryCodes: ['one', 'two']})
    expect(await checkCredentials('grace', PASSWORD, from, desk)).toMatchObject({username: 'grace'})
    await expect(checkCredentials('grace', passwordHash, from, desk)).rejects.toMatchObject({httpStatus: 401})
    const trail = readdirSync(join(home.root, 'profiles/grace/logs/audit'))
      .filter((name) => name.endsWith('.ndjson'))
      .map((name) => readFileSync(join(home.root, 'profiles/grace/logs/audit', name), 'utf8'))
      .join('')
    expect(trail.match(/password_rehashed/g)).toHaveLength(1)
    expect(trail).not.toContain(PASSWORD)
  })

  it.each(['$2a$', '$2b$', '$2y$'])('may have the form %s', async (form) => {
    expect(await verifyPassword(passwordHash.replace(/^\$2.\$/, form), PASSWORD)).toBe(true)
    expect(await verifyPassword(passwordHash.replace(/^\$2.\$/, form), `${PASSWORD}!`)).toBe(false)
  })

  it.each(['', 'plain', '$2b$10$short', '$2b$31$abcdefghijklmnopqrstuuLsM8Vd3VtXb3zOqBnYkLr6qTg1R2a3C', '$1$md5'])(
    'that was hashed in another way (%j) is nobody’s',
    async (other) => {
      expect(await verifyPassword(other, PASSWORD)).toBe(false)
      expect(await verifyPassword(other, other)).toBe(false)
    }
  )
})
