import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

const events = async (home: Home, ...args: string[]): Promise<string[]> =>
  (await mh(home, ['audit', '--json', ...args])).json.map(({event}: {event: string}) => event)

const dayOf = (home: Home, folder: string): string => {
  const day = readdirSync(join(home.root, folder)).filter((name) => name.endsWith('.ndjson'))
  return join(home.root, folder, day.sort().at(-1) ?? '')
}

describe('mh audit', () => {
  it('shows the own trail, as a list, as lines and filtered', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'a secret text'])
    const id = (await mh(home, ['capture', 'another', '--json'])).json.id
    await mh(home, ['user', 'password', '--password-stdin'], {input: 'quiet otters juggle lanterns'})
    await mh(home, ['capture', 'of bob', '-u', 'bob'])
    const {json, stdout} = await mh(home, ['audit', '--json'])
    expect(json.map(({event}: {event: string}) => event)).toEqual([
      'user_created',
      'memory_captured',
      'memory_captured',
      'password_changed'
    ])
    expect(json[2]).toMatchObject({level: 'info', category: 'data', actor: 'ada', trail: 'ada', details: {id}})
    expect(stdout).not.toMatch(/secret|otters|argon/)
    expect(await events(home, '--category', 'security')).toEqual(['user_created', 'password_changed'])
    expect(await events(home, '--level', 'warn')).toEqual([])
    expect(await events(home, '--since', 'tomorrow')).toEqual([])
    expect(await events(home, '--until', 'yesterday')).toEqual([])
    expect(await events(home, '--since', '2020-01-01', '--until', 'tomorrow')).toHaveLength(4)
    const lines = (await mh(home, ['audit'])).stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]?.split('\t').slice(1, 6)).toEqual(['info', 'data', 'memory_captured', 'ada', 'ada'])
    expect((await mh(home, ['audit', '--level', 'loud'])).exitCode).toBe(2)
  })

  it("shows others' to administrators only, and both trails tell of it", async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'x', '-u', 'bob'])
    expect(await events(home, '--for', 'bob')).toContain('memory_captured')
    for (const folder of ['logs/audit', 'profiles/bob/logs/audit'])
      expect(verifiedTrail(join(home.root, folder)).at(-1)).toMatchObject({event: 'audit_viewed', actor: 'ada'})
    expect((await mh(home, ['audit', '--for', 'ada', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['audit', '--all-users', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['audit', '--for', 'ghost'])).exitCode).toBe(3)
    const {json} = await mh(home, ['audit', '--all-users', '--json'])
    expect(new Set(json.map(({trail}: {trail: string}) => trail))).toEqual(new Set(['system', 'ada', 'bob']))
    const times = json.map(({timestamp}: {timestamp: string}) => timestamp)
    expect(times).toEqual([...times].sort())
    expect(await events(home, '--for', 'bob', '--level', 'warn')).toEqual(['access_refused', 'access_refused'])
  })

  it('still has the trail of somebody who was deleted', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const {id} = (await mh(home, ['user', 'show', 'bob', '--json'])).json
    await mh(home, ['user', 'delete', 'bob', '--yes'])
    const {json} = await mh(home, ['audit', '--all-users', '--json'])
    expect(json.filter(({trail}: {trail: string}) => trail === `archive/${id}`).length).toBeGreaterThan(1)
  })

  it('follows what is added', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const following = execa(process.execPath, [BIN, 'audit', '-f'], {
      env: environment(home),
      extendEnv: false,
      reject: false
    })
    let seen = ''
    following.stdout.on('data', (chunk) => {
      seen += chunk
    })
    const sees = async (text: string): Promise<void> => {
      while (!seen.includes(text)) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await sees('user_created')
    await mh(home, ['capture', 'x'])
    await sees('memory_captured')
    following.kill('SIGINT')
    expect((await following).exitCode).toBe(130)
    expect(seen.trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('mh audit verify', () => {
  it('says that all is whole, and which line is not', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    for (const text of ['a', 'b', 'c']) await mh(home, ['capture', text])
    const good = await mh(home, ['audit', 'verify', '--json'])
    expect([good.exitCode, good.json]).toEqual([
      0,
      {ok: true, files: 2, entries: expect.any(Number), unchained: 0, torn: 0, broken: []}
    ])
    const path = dayOf(home, 'profiles/ada/logs/audit')
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [lines[0], lines[1], ...lines.slice(3)].join('\n'))
    const bad = await mh(home, ['audit', 'verify', '--json'])
    expect([bad.exitCode, bad.json.ok, bad.json.broken[0]]).toEqual([
      1,
      false,
      {file: path, line: 3, reason: expect.stringContaining('removed')}
    ])
    expect((await mh(home, ['audit', 'verify'])).stdout).toContain(`${path}:3`)
    expect((await mh(home, ['audit', 'verify', '-u', 'bob'])).exitCode).toBe(0)
    expect((await mh(home, ['audit', 'verify', '--all-users', '-u', 'bob'])).exitCode).toBe(4)
    expect((await mh(home, ['audit', 'verify', '--all-users'])).exitCode).toBe(1)
  })

  it('holds where many write at once', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await Promise.all(
      Array.from({length: 20}, (_, index) => mh(home, ['capture', `${index}`, '-u', index % 2 === 0 ? 'ada' : 'bob']))
    )
    expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true, torn: 0})
  })
})
