import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import {dirname, join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

const list = async (home: Home, args: string[] = []): Promise<string[]> =>
  (await mh(home, ['memory', 'list', '-n', '500', '--json', ...args])).json.memories.map(
    ({content}: {content: string}) => content
  )

const total = async (home: Home): Promise<number> => (await mh(home, ['memory', 'list', '--json'])).json.total

const capture = async (home: Home, ...args: string[]): Promise<{id: string; path: string}> =>
  (await mh(home, ['capture', ...args, '--json'])).json

const profile = (home: Home, name = 'ada'): string => join(home.root, 'profiles', name)

describe('what is on the disk is found', () => {
  it('after a look that was killed while it built the index', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const lines = Array.from({length: 1500}, (_, index) =>
      JSON.stringify({content: `n ${index}`, timestamp: `20${10 + (index % 12)}-0${1 + (index % 9)}-05T10:00:00Z`})
    )
    await mh(home, ['capture', '--batch'], {input: lines.join('\n')})
    for (let locks = 2; locks < 12; locks += 3) {
      rmSync(join(home.root, 'cache'), {recursive: true})
      expect((await mh(home, ['memory', 'list'], {env: {MH_FAULT: `locked:${locks}`}})).signal).toBe('SIGKILL')
      expect(await total(home)).toBe(1500)
    }
  })

  it('after a file that was torn for a moment is whole again, also where it is mended in place', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {path} = await capture(home, 'mended')
    expect(await list(home)).toEqual(['mended'])
    const text = readFileSync(path, 'utf8')
    for (let round = 0; round < 2; round++) {
      writeFileSync(path, text.slice(0, 40))
      expect(await list(home)).toEqual([])
      writeFileSync(path, text)
      expect(await list(home)).toEqual(['mended'])
    }
    const added = join(dirname(path), 'added.json')
    writeFileSync(added, '{"id": "added-1", ')
    expect((await mh(home, ['memory', 'list'])).stderr).toContain('added.json')
    writeFileSync(added, '{"id": "added-1", "timestamp": "2024-01-01", "content": "whole now"}')
    expect(await list(home)).toEqual(['mended', 'whole now'])
  })

  it('when the file of a memory that had a copy goes', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {path} = await capture(home, 'copied')
    const copies = join(profile(home), 'memory/episodic/copies')
    mkdirSync(copies)
    copyFileSync(path, join(copies, 'copy.json'))
    expect(await list(home)).toEqual(['copied'])
    unlinkSync(path)
    expect(await list(home)).toEqual(['copied'])
  })

  it('when another tool adds a file while a write goes on', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {path} = await capture(home, 'first')
    await list(home)
    const input = Array.from({length: 450}, (_, index) => `number ${index} ${'long '.repeat(200)}`).join('\n')
    const batch = mh(home, ['capture', '--batch'], {input})
    const folder = dirname(path)
    while (readdirSync(folder).length < 20) await new Promise((resolve) => setTimeout(resolve, 2))
    writeFileSync(join(folder, 'foreign.json'), '{"id": "foreign-1", "timestamp": "2024-01-01", "content": "foreign"}')
    expect((await batch).exitCode).toBe(0)
    expect(await total(home)).toBe(452)
  })
})

describe('what is acknowledged can be read again', () => {
  it('or is refused: texts that JSON makes longer than a memory may be', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const escaped = await mh(home, ['capture', '--json'], {input: `w ${'\u0001'.repeat(1_200_000)}`})
    expect([escaped.exitCode, escaped.json.error.code]).toEqual([2, 'INPUT_TOO_LARGE'])
    const {json} = await mh(home, ['capture', '--batch', '--json'], {
      input: `${JSON.stringify({content: 'x', response: '中'.repeat(2_000_000)})}\nkept`
    })
    expect(json).toMatchObject({captured: 1, failed: [{line: 1}]})
    expect(await list(home)).toEqual(['kept'])
    expect(readdirSync(join(profile(home), '.tmp'))).toEqual([])
  })

  it('though the index cannot be written', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'first')
    for (const fault of ['indexed=EIO', 'indexed=ENOSPC']) {
      const {exitCode, stderr, json} = await mh(home, ['capture', `with ${fault}`, '--json'], {env: {MH_FAULT: fault}})
      expect([fault, exitCode]).toEqual([fault, 0])
      expect(stderr).toContain('The memory is kept')
      expect(existsSync(json.path)).toBe(true)
    }
    expect(
      (await mh(home, ['memory', 'edit', '@last', '--content', 'edited'], {env: {MH_FAULT: 'indexed=EIO'}})).exitCode
    ).toBe(0)
    expect(await list(home)).toEqual(['edited', 'with indexed=EIO', 'first'])
  })

  it('a task too', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    for (const args of [
      ['add', 'Call Grace'],
      ['done', '@last']
    ]) {
      const {exitCode, stderr} = await mh(home, ['task', ...args, '--json'], {env: {MH_FAULT: 'indexed=ENOSPC'}})
      expect([args, exitCode]).toEqual([args, 0])
      expect(stderr).toContain('The task is kept')
    }
    const {json} = await mh(home, ['task', 'list', '--all', '--json'])
    expect(json).toMatchObject([{title: 'Call Grace', status: 'done'}])
  })

  it('one odd record stops nobody', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const lines = [
      '{"content": "surrogates", "tags": ["\\ud800", "\\ud801"]}',
      `{"content": "deep", "metadata": {"x": ${deep}}}`,
      `{"content": "long id", "id": "${':'.repeat(128)}"}`,
      'plain'
    ]
    const {json} = await mh(home, ['capture', '--batch', '--json'], {input: lines.join('\n')})
    expect(json).toMatchObject({captured: 3, failed: [{line: 2}]})
    expect((await list(home)).sort()).toEqual(['long id', 'plain', 'surrogates'])
    expect((await mh(home, ['memory', 'show', ':'.repeat(128), '--json'])).json.content).toBe('long id')
  })
})

describe('the audit chain', () => {
  /** Makes today's trail yesterday's. */
  function ageTrail(home: Home): string {
    const folder = join(profile(home), 'logs/audit')
    const [day = ''] = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
    renameSync(join(folder, day), join(folder, '2020-01-01.ndjson'))
    const head = JSON.parse(readFileSync(join(folder, 'head.json'), 'utf8'))
    writeFileSync(join(folder, 'head.json'), JSON.stringify({...head, file: '2020-01-01.ndjson'}))
    return join(folder, day)
  }

  it('holds over a crash at the first entry of a day, whole or torn', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'one')
    const today = ageTrail(home)
    expect((await mh(home, ['capture', 'two'], {env: {MH_FAULT: 'audit-line'}})).signal).toBe('SIGKILL')
    await capture(home, 'three')
    expect(verifiedTrail(dirname(today)).filter(({event}) => event === 'memory_captured')).toHaveLength(3)
    rmSync(today)
    const head = join(dirname(today), 'head.json')
    rmSync(head)
    writeFileSync(today, '{"timest')
    await capture(home, 'four')
    expect(verifiedTrail(dirname(today)).at(-1)).toMatchObject({event: 'memory_captured'})
    expect(readdirSync(dirname(today)).filter((name) => name.endsWith('.torn'))).toHaveLength(1)
  })

  it('is not carried on from a line that does not belong to it', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'one')
    const folder = join(profile(home), 'logs/audit')
    const [day = ''] = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
    const forged = '0'.repeat(64)
    appendFileSync(join(folder, day), `{"forged":true,"prev":"x","hash":"${forged}"}\n`)
    await capture(home, 'two')
    const lines = readFileSync(join(folder, day), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.at(-1).prev).toBe(lines.at(-3).hash)
  })
})

describe('links and doubled accounts', () => {
  it.each(['memory/episodic', '.tmp', 'logs/audit'])(
    '%s that is a link into another profile is refused, and nothing gets there',
    async (folder) => {
      const home = temporaryHome()
      await people(home, 'ada', 'bob')
      await capture(home, 'of ada')
      const before = readdirSync(profile(home), {recursive: true}).length
      rmSync(join(profile(home, 'bob'), folder), {recursive: true})
      symlinkSync(join(profile(home), folder), join(profile(home, 'bob'), folder))
      const captured = await mh(home, ['capture', 'of bob', '-u', 'bob', '--json'])
      expect([captured.exitCode, captured.json.error.code]).toEqual([4, 'ACCESS_DENIED'])
      for (const args of [
        ['memory', 'list'],
        ['remember', 'ada']
      ]) {
        const {stdout} = await mh(home, [...args, '-u', 'bob'])
        expect(stdout).not.toContain('of ada')
      }
      expect(readdirSync(profile(home), {recursive: true}).length).toBe(before)
    }
  )

  it('a profile that is a link to another one is refused', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await capture(home, 'of ada')
    rmSync(profile(home, 'bob'), {recursive: true})
    symlinkSync(profile(home), profile(home, 'bob'))
    for (const args of [
      ['memory', 'list'],
      ['remember', 'ada'],
      ['status'],
      ['capture', 'x'],
      ['chat', 'ada?', '--no-save']
    ]) {
      const {exitCode, stdout} = await mh(home, [...args, '-u', 'bob', '--json'])
      expect([args, exitCode]).toEqual([args, 4])
      expect(stdout).not.toContain('of ada')
    }
  })

  it('two accounts with one id stop everything that needs accounts', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const path = join(home.root, 'persona/users.json')
    const file = JSON.parse(readFileSync(path, 'utf8'))
    file.users[1].id = file.users[0].id.toUpperCase()
    writeFileSync(path, JSON.stringify(file))
    const {exitCode, stderr} = await mh(home, ['remember', 'x', '-u', 'bob'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('is taken')
  })
})

it("a password in a model's address is neither used nor shown", async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  writeFileSync(
    join(profile(home), 'etc/models.json'),
    JSON.stringify({
      defaults: {persona: 'm'},
      models: {m: {provider: 'openai-compatible', model: 'x', baseURL: 'http://user:hunter2pass@127.0.0.1:9/v1'}}
    })
  )
  const {exitCode, stderr, stdout} = await mh(home, ['chat', 'hi'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('apiKeyEnv')
  expect(stderr + stdout).not.toContain('hunter2')
})

it('an index that goes while people work is never their problem', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  const removing = setInterval(
    () => rmSync(join(home.root, 'cache'), {recursive: true, force: true, maxRetries: 9}),
    100
  )
  const outcomes = await Promise.all(
    Array.from({length: 20}, (_, index) =>
      mh(home, index % 3 ? ['capture', `number ${index}`] : [index % 2 ? 'memory' : 'task', 'list'])
    )
  )
  clearInterval(removing)
  expect(outcomes.filter(({exitCode}) => exitCode !== 0).map(({stderr}) => stderr)).toEqual([])
  expect(await total(home)).toBe(13)
})

it('file names and texts of errors do not steer a terminal', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  writeFileSync(join(profile(home), 'memory/episodic', '\u001b]0;pwn\u0007.json'), '\u001b]0;pwn\u0007')
  const {stdout} = await execa(
    'script',
    [
      '-qec',
      `'${process.execPath}' '${BIN}' memory list; '${process.execPath}' '${BIN}' user whoami -u "$(printf '\\033]0;pwn\\007')"`,
      '/dev/null'
    ],
    {env: environment(home), extendEnv: false, reject: false, stdin: 'ignore'}
  )
  expect(stdout).toContain('left as it is')
  expect(stdout).not.toContain('\u001b]0;')
})
