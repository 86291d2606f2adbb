import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BATCH_POINTS} from '../support/kill-points.ts'
import {mh, people} from '../support/mh.ts'
import {startServe} from '../support/serve.ts'

const trail = (home: Home, username: string): string => join(home.root, 'profiles', username, 'logs/audit')

function memoryFiles(home: Home, username: string): string[] {
  const episodic = join(home.root, 'profiles', username, 'memory/episodic')
  return readdirSync(episodic, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(episodic, name))
}

/** Whatever was on the disk when the process died is found afterwards, once; nothing blocks, and the trail holds. */
async function expectAgreement(home: Home, username: string): Promise<string[]> {
  const files = memoryFiles(home, username)
  const contents = files.map((path) => JSON.parse(readFileSync(path, 'utf8')).content as string).sort()
  const {json, stderr} = await mh(home, ['memory', 'list', '-n', '500', '--json', '-u', username])
  expect(stderr).toBe('')
  expect(json.memories.map(({content}: {content: string}) => content).sort()).toEqual(contents)
  expect(json.total).toBe(files.length)
  return contents
}

describe('a capture that is killed', () => {
  const before = ['write', 'sync', 'staged', 'locked', 'rename']
  const after = ['renamed', 'folder-synced', 'audit-line', 'audited', 'indexed', 'committed']

  it.each(before)('at "%s" has kept nothing and blocks nothing', async (point) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const killed = await mh(home, ['capture', 'lost'], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    expect(killed.stdout).toBe('')
    expect(await expectAgreement(home, 'ada')).toEqual([])
    expect((await mh(home, ['capture', 'next'])).exitCode).toBe(0)
    expect(await expectAgreement(home, 'ada')).toEqual(['next'])
    verifiedTrail(trail(home, 'ada'))
  })

  it.each(after)('at "%s" is found whole at the next look', async (point) => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'first'])
    await mh(home, ['memory', 'list'])
    const killed = await mh(home, ['capture', 'second kept'], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    expect(await expectAgreement(home, 'ada')).toEqual(['first', 'second kept'])
    const {json} = await mh(home, ['remember', 'kept', '--json'])
    expect(json.results[0].content).toBe('second kept')
    expect((await mh(home, ['capture', 'third'])).exitCode).toBe(0)
    expect(await expectAgreement(home, 'ada')).toEqual(['first', 'second kept', 'third'])
    verifiedTrail(trail(home, 'ada'))
  })
})

describe('the first entry of a trail', () => {
  const begun = async (fault: string) => {
    const home = temporaryHome()
    await people(home, 'ada')
    rmSync(trail(home, 'ada'), {recursive: true})
    const failed = await mh(home, ['capture', 'begun'], {env: {MH_FAULT: fault}})
    return {home, failed}
  }

  it.each(['audit-line', 'audited'])(
    'that is killed at "%s" does not look as if lines were taken away',
    async (point) => {
      const {home, failed} = await begun(point)
      expect(failed.signal).toBe('SIGKILL')
      expect((await mh(home, ['audit', 'verify', '--json'])).json).toMatchObject({ok: true, broken: []})
      expect((await mh(home, ['capture', 'next'])).exitCode).toBe(0)
      const captured = verifiedTrail(trail(home, 'ada')).filter(({event}) => event === 'memory_captured')
      expect(captured).toHaveLength(2)
    }
  )

  it('that finds no room leaves a trail that holds', async () => {
    const {home, failed} = await begun('audit-line=ENOSPC')
    expect(failed.exitCode).toBe(1)
    expect((await mh(home, ['audit', 'verify', '--json'])).json).toMatchObject({ok: true, broken: []})
    expect((await mh(home, ['capture', 'next'])).exitCode).toBe(0)
    expect((await mh(home, ['audit', 'verify', '--json'])).json).toMatchObject({ok: true, broken: []})
  })
})

describe('captures of two people at once, whose server is killed', () => {
  it.each(['renamed:12', 'audit-line:2', 'audited:2', 'indexed:2', 'committed:2'])(
    'at "%s", are kept where they were acknowledged, and else once or not',
    async (point) => {
      const home = temporaryHome()
      await people(home, 'ada', 'bob')
      const names = ['ada', 'bob'] as const
      const token = {ada: '', bob: ''}
      for (const name of names) token[name] = (await mh(home, ['token', 'create', '--json', '-u', name])).json.token
      const {url} = await startServe(home, [], {MH_FAULT: point})
      const acknowledged: Record<'ada' | 'bob', string[]> = {ada: [], bob: []}
      const capture = async (name: 'ada' | 'bob', content: string): Promise<void> => {
        const answer = await fetch(`${url}/api/capture`, {
          method: 'POST',
          headers: {authorization: `Bearer ${token[name]}`, 'content-type': 'application/json'},
          body: JSON.stringify({content})
        }).catch(() => undefined)
        if (answer?.status === 201) acknowledged[name].push(content)
      }
      await Promise.all(
        Array.from({length: 20}, (_, at) => names.map((name) => capture(name, `${name} noted ${at}`))).flat()
      )
      expect(acknowledged.ada.length + acknowledged.bob.length).toBeLessThan(40)
      for (const name of names) {
        const found = await expectAgreement(home, name)
        expect(new Set(found).size).toBe(found.length)
        expect(found).toEqual(expect.arrayContaining(acknowledged[name]))
        expect(found.every((content) => content.startsWith(`${name} noted `))).toBe(true)
        verifiedTrail(trail(home, name))
      }
    }
  )
})

describe('a batch that is killed', () => {
  const lines = Array.from({length: 600}, (_, index) => `line number ${index}`).join('\n')

  it.each(BATCH_POINTS)('at "%s" keeps what it has acknowledged, and the rest once or not', async (point) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const killed = await mh(home, ['capture', '--batch'], {input: lines, env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    const acknowledged = killed.stdout.split('\n').filter((id) => id !== '')
    const {json} = await mh(home, ['memory', 'list', '-n', '500', '--json'])
    const files = memoryFiles(home, 'ada')
    expect(json.total).toBe(files.length)
    const ids = new Set(files.map((path) => JSON.parse(readFileSync(path, 'utf8')).id))
    for (const id of acknowledged) expect(ids.has(id)).toBe(true)
    const contents = files.map((path) => JSON.parse(readFileSync(path, 'utf8')).content)
    expect(new Set(contents).size).toBe(contents.length)
    expect((await mh(home, ['capture', 'afterwards it rained'])).exitCode).toBe(0)
    expect((await mh(home, ['remember', 'rained', '--json'])).json.results[0].content).toBe('afterwards it rained')
    verifiedTrail(trail(home, 'ada'))
  })
})

describe('a creation of an account that is killed', () => {
  it.each([
    'write',
    'rename',
    'account-journal',
    'account-profile',
    'account-active',
    'rename:15',
    'account-users',
    'audit-line',
    'audited:2'
  ])('at "%s" leaves both account and profile, or neither', async (point) => {
    const home = temporaryHome()
    const killed = await mh(home, ['user', 'create', 'ada'], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    const {json: users} = await mh(home, ['user', 'list', '--json'])
    const again = await mh(home, ['user', 'create', 'ada'])
    if (users.length === 1) {
      expect(existsSync(users[0].profilePath)).toBe(true)
      expect(users[0].active).toBe(true)
      expect(again.exitCode).toBe(5)
    } else {
      expect(again).toMatchObject({exitCode: 0})
    }
    expect((await mh(home, ['capture', 'it works'])).exitCode).toBe(0)
    expect((await mh(home, ['user', 'whoami'])).stdout).toBe('ada\n')
    expect(readdirSync(join(home.root, 'profiles'))).toEqual(['ada'])
    verifiedTrail(join(home.root, 'logs/audit'))
  })

  it.each(['write=ENOSPC', 'sync=EIO', 'rename=EIO', 'account-profile=EIO', 'account-active=EIO'])(
    'or that fails with "%s" leaves neither, and says so',
    async (fault) => {
      const home = temporaryHome()
      await people(home, 'ada')
      const failed = await mh(home, ['user', 'create', 'bob', '--json'], {env: {MH_FAULT: fault}})
      expect(failed.exitCode).toBe(1)
      expect(failed.json.error.message).not.toBe('')
      expect(existsSync(join(home.root, 'profiles/bob'))).toBe(false)
      expect((await mh(home, ['user', 'list', '--json'])).json).toHaveLength(1)
      expect(verifiedTrail(join(home.root, 'logs/audit')).at(-1)).toMatchObject({
        event: 'user_create_failed',
        level: 'error'
      })
      expect((await mh(home, ['user', 'create', 'bob'])).exitCode).toBe(0)
    }
  )
})

describe('a capture whose disk fails', () => {
  it.each(['write=ENOSPC', 'sync=EIO', 'rename=EIO', 'folder-synced=EIO', 'audit-line=ENOSPC'])(
    'with "%s" says so, acknowledges nothing and leaves nothing',
    async (fault) => {
      const home = temporaryHome()
      await people(home, 'ada')
      await mh(home, ['capture', 'first'])
      const failed = await mh(home, ['capture', 'second', '--json'], {env: {MH_FAULT: fault}})
      expect(failed.exitCode).toBe(1)
      expect(failed.json).toHaveProperty('error.code', 'NOT_WRITABLE')
      expect(await expectAgreement(home, 'ada')).toEqual(['first'])
      expect(readdirSync(join(home.root, 'profiles/ada/.tmp'))).toEqual([])
      expect((await mh(home, ['capture', 'third'])).exitCode).toBe(0)
      expect(await expectAgreement(home, 'ada')).toEqual(['first', 'third'])
      const captured = verifiedTrail(trail(home, 'ada')).filter(({event}) => event === 'memory_captured')
      expect(captured).toHaveLength(2)
    }
  )
})

describe('a change of a document that is killed', () => {
  const changes: [string, string[], string, (document: Record<string, unknown>) => unknown, unknown, unknown][] = [
    ['the mode', ['mode', 'set', 'agent'], 'etc/cognitive-mode.json', ({currentMode}) => currentMode, 'dual', 'agent'],
    [
      'the models',
      ['model', 'add', 'near', '--provider', 'ollama', '--model', 'llama3:8b'],
      'etc/models.json',
      ({models}) => Object.keys(models as object),
      [],
      ['near']
    ],
    ['the facet', ['facet', 'use', 'poet'], 'persona/facets.json', ({activeFacet}) => activeFacet, 'default', 'poet'],
    ['a setting', ['config', 'set', 'language', 'de'], 'etc/profile.json', ({language}) => language, 'en', 'de']
  ]
  const points = ['write', 'sync', 'locked', 'rename', 'renamed', 'folder-synced', 'audit-line', 'audited']

  it.each(changes)(
    'leaves %s as before or as wanted, and blocks nothing',
    async (_, args, file, read, before, wanted) => {
      for (const point of points) {
        const home = temporaryHome()
        await people(home, 'ada')
        const path = join(home.root, 'profiles/ada', file)
        const document = (): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8'))
        const others = Object.keys(document())
        expect(read(document())).toEqual(before)
        const killed = await mh(home, args, {env: {MH_FAULT: point}})
        expect(killed.signal, point).toBe('SIGKILL')
        expect([before, wanted], point).toContainEqual(read(document()))
        // A model that was added is there already, and is not replaced.
        expect([0, args[0] === 'model' ? 5 : 0], point).toContain((await mh(home, args)).exitCode)
        expect(read(document())).toEqual(wanted)
        expect(Object.keys(document())).toEqual(expect.arrayContaining(others))
        verifiedTrail(trail(home, 'ada'))
      }
    }
  )
})
