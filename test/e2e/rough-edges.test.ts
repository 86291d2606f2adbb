import {chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'
import {openTerminal} from '../support/terminal.ts'

/** Runs the program with its output going to a device or file. */
const shell = (home: {home: string; root: string}, line: string) =>
  execa('sh', ['-c', line.replaceAll('MH ', `'${process.execPath}' '${BIN}' `)], {
    env: environment(home),
    extendEnv: false,
    reject: false,
    timeout: 20_000
  })

describe('a data root that cannot be used', () => {
  it('below /proc is refused, and not waited for', async () => {
    const home = {...temporaryHome(), root: '/proc/nope/mh'}
    const {exitCode, stderr} = await shell(home, 'MH user create ada')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/Cannot write \/proc\/nope/)
  })

  it.skipIf(process.getuid?.() !== 0)('that may be read only says so, in reading commands too', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'something'])
    const copy = join(home.home, 'copy')
    cpSync(home.root, copy, {recursive: true})
    await execa('chmod', ['-R', 'a+rX', home.home, join(home.home, '..')])
    for (const command of ['remember something', 'memory list', 'capture x', 'user create bob']) {
      const {exitCode, stderr} = await shell(
        {home: '/nonexistent', root: copy},
        `exec setpriv --reuid=65534 --regid=65534 --clear-groups MH ${command}`
      )
      expect([command, exitCode]).toEqual([command, 1])
      expect(stderr).toMatch(/^Error: Cannot write .*: permission denied\n/)
    }
  })

  it('whose profile folder is gone is not taken for an empty one', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'something'])
    renameSync(join(home.root, 'profiles/ada'), join(home.root, 'elsewhere'))
    for (const args of [
      ['memory', 'list'],
      ['remember', 'something'],
      ['capture', 'x'],
      ['memory', 'stats'],
      ['task', 'list'],
      ['persona', 'show'],
      ['mode'],
      ['chat', 'hello', '--no-save']
    ]) {
      const {exitCode, json} = await mh(home, [...args, '--json'])
      expect([args, exitCode, json.error.code]).toEqual([args, 5, 'PROFILE_GONE'])
    }
    expect(existsSync(join(home.root, 'profiles/ada'))).toBe(false)
  })
})

describe('a batch', () => {
  it('goes on behind a line that is far too long or no text, and tells both', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const input = Buffer.concat([
      Buffer.from('first\n'),
      Buffer.alloc(7_000_000, 'q'),
      Buffer.from('\n'),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from('last')
    ])
    const {json, exitCode} = await mh(home, ['capture', '--batch', '--json'], {input})
    expect(exitCode).toBe(1)
    expect(json).toMatchObject({
      captured: 2,
      failed: [
        {line: 2, reason: expect.stringContaining('7000000 bytes')},
        {line: 3, reason: expect.stringContaining('UTF-8')}
      ]
    })
  })

  it('takes back what mh itself shows, and names the key that is wrong', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'shown', '-t', 'x'])
    const {json: list} = await mh(home, ['memory', 'list', '--json'])
    const line = JSON.stringify(list.memories[0])
    expect((await mh(home, ['capture', '--batch', '--json'], {input: line})).json).toMatchObject({
      captured: 0,
      skipped: 1,
      failed: []
    })
    expect((await mh(home, ['capture', '--batch', '--json', '-u', 'bob'], {input: line})).json).toMatchObject({
      captured: 1
    })
    const {json} = await mh(home, ['capture', '--batch', '--json'], {
      input: '{"content": "x", "contnet": 1}\n{"content": "x", "importance": "high"}'
    })
    expect(json.failed[0].reason).toContain('contnet')
    expect(json.failed[1].reason).toMatch(/^importance: .*number/)
  })
})

describe('standard output', () => {
  it.skipIf(!existsSync('/dev/full'))('that is full is named, and not taken for the data root', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    for (const command of [
      'capture kept',
      'capture kept --json',
      'memory list',
      'user whoami',
      'chat hello --no-save'
    ]) {
      const {exitCode, stderr} = await shell(home, `MH ${command} >/dev/full`)
      expect([command, exitCode]).toEqual([command, 1])
      expect(stderr).toMatch(/^Error: Standard output cannot be written/)
      expect(stderr).not.toMatch(/ at |MH_HOME/)
    }
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(2)
  })

  it.skipIf(!existsSync('/dev/full'))('and standard error that is full changes no exit code', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await shell(home, 'MH user whoami -u ghost 2>/dev/full')).exitCode).toBe(3)
    expect((await shell(home, 'printf x | MH capture --batch 2>/dev/full')).exitCode).toBe(0)
  })

  it('that is closed early is silent', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', '--batch'], {
      input: Array.from({length: 400}, (_, index) => `line ${index} ${'x'.repeat(500)}`).join('\n')
    })
    const {stdout, stderr} = await shell(home, 'MH memory list -n 400 | head -1')
    expect(stdout.split('\n')).toHaveLength(1)
    expect(stderr).toBe('')
  })

  it('holds nothing of the editor', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const editor = join(home.home, 'editor.sh')
    writeFileSync(editor, '#!/bin/sh\necho NOISE\necho written > "$1"\n')
    chmodSync(editor, 0o755)
    const {json, stderr} = await mh(home, ['capture', '--editor', '--json'], {env: {EDITOR: editor}})
    expect(json.content).toBe('written')
    expect(stderr).toBe('NOISE\n')
    expect((await mh(home, ['capture', '--editor', '--json'])).json.error.code).toBe('NO_EDITOR')
  })
})

describe('words', () => {
  it('behind "--" are text, also "-"', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['capture', '--json', '--', '-'], {input: 'not read'})).json.content).toBe('-')
    expect((await mh(home, ['capture', '--json', 'a', '-', '--', '-'], {input: 'read'})).json.content).toBe(
      'a -\n\nread'
    )
  })

  it('that a command does not take are named', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    for (const args of [
      ['memory', 'list', 'extra'],
      ['status', 'extra'],
      ['user', 'whoami', 'extra', 'words']
    ]) {
      const {exitCode, stderr} = await mh(home, args)
      expect([args, exitCode]).toEqual([args, 2])
      expect(stderr).toMatch(/^Error: Unexpected arguments?: extra/)
    }
    expect((await mh(home, ['memory', 'lst'])).stderr).toContain('Did you mean mh memory list?')
  })

  it('that are empty are refused where they mean something', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    for (const args of [
      ['-t', ''],
      ['--type', ''],
      ['--file', '/etc/hostname']
    ])
      expect([args, (await mh(home, ['capture', 'x', ...args])).exitCode]).toEqual([args, 2])
    expect((await mh(home, ['capture', 'x', '-t', ' spaced ', '--json'])).json.tags).toEqual(['spaced'])
    expect((await mh(home, ['memory', 'show', 'a.b'])).exitCode).toBe(3)
  })
})

describe('a terminal', () => {
  it('is not steered by what a memory says', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture'], {input: '\u001b[31mred\u0007 text\u001b]0;title\u0007'})
    const terminal = openTerminal(home, ['memory', 'show', '@last'])
    expect(await terminal.exitCode).toBe(0)
    expect(terminal.output()).toContain('red text')
    expect(terminal.output()).not.toContain('\u001b[31m')
    expect(terminal.output()).not.toContain('\u0007')
    expect((await mh(home, ['memory', 'show', '@last'])).stdout).toContain('\u001b[31m')
  })
})

describe('what recall answered', () => {
  it('is not found again in place of the memory that it quoted', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'Met Grace Hopper at the Lighthouse Cafe in Porto'])
    for (const question of ['hi', 'when did I meet Grace?', 'and where?']) await mh(home, ['chat', question])
    const {json} = await mh(home, ['remember', 'Lighthouse Cafe', '--json'])
    expect(json.results.map(({content}: {content: string}) => content)).toEqual([
      'Met Grace Hopper at the Lighthouse Cafe in Porto'
    ])
    expect((await mh(home, ['remember', 'language model quotes', '--json'])).json.results).toEqual([])
  })
})

it('a user context is asked for once: quickstart for somebody else says that nobody was made', async () => {
  const home = temporaryHome()
  mkdirSync(home.root)
  await mh(home, ['quickstart', '--yes', '--name', 'ada'])
  const {stderr, exitCode} = await mh(home, ['quickstart', '--yes', '--name', 'bob'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('mh user create bob')
  expect(readFileSync(join(home.root, 'persona/users.json'), 'utf8')).not.toContain('bob')
})
