import {join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {BIN, environment} from '../support/mh.ts'

/** The same commands over oclif as published: bin/dev.js runs the sources, with nothing bundled, patched or replaced. */
const UNBUNDLED = join(BIN, '..', 'dev.js')

describe('the bundled oclif does what the published one does', () => {
  it.each([
    ['a version', ['--version']],
    ['help', ['--help']],
    ['no word at all', []],
    ['help of a group', ['memory']],
    ['help of a command in a group', ['memory', 'search', '--help']],
    ['help of a command with many flags', ['capture', '--help']],
    ['an unknown word', ['frobnicate']],
    ['a word that is nearly a command', ['user', 'swich', 'bob']],
    ['an unknown word, as JSON', ['remembr', '--json']],
    ['an unknown flag', ['capture', '--nonsense']],
    ['an unknown flag, as JSON', ['user', 'list', '--nonsense', '--json']],
    ['a flag without its value', ['memory', 'list', '-n']],
    ['a missing argument', ['user', 'create']],
    ['an argument too many', ['user', 'create', 'ada', 'bob']],
    ['a word behind a command that takes none', ['user', 'list', 'bob']],
    ['a word behind a command of one word', ['status', 'swich']],
    ['words in the wrong order', ['agents', 'user', 'list']],
    ['a command that is a group too', ['chat', 'sessions', '--json']],
    ['a flag of every command before its name', ['--json', 'user', 'list']],
    ['a value that is not offered', ['user', 'create', 'ada', '--role', 'king']],
    ['an error of ours', ['user', 'show', 'nobody']],
    ['an error of ours, as JSON', ['user', 'show', 'nobody', '--json']],
    ['an empty list, as JSON', ['user', 'list', '--json']]
  ])('%s', async (_, args) => {
    const [bundled, published] = await Promise.all([run(BIN, args), run(UNBUNDLED, args)])
    expect(bundled).toEqual(published)
  })

  it('with DEBUG too', async () => {
    const {stdout, stderr, exitCode} = await run(BIN, ['user', 'list', '--json'], {DEBUG: 'oclif:*'})
    expect(JSON.parse(stdout)).toEqual([])
    expect(stderr).toContain('oclif:config')
    expect(exitCode).toBe(0)
  })
})

describe('words that are no command', () => {
  it('are answered with the nearest ones and exit code 2', async () => {
    const {stdout, stderr, exitCode} = await run(BIN, ['user', 'swich', 'bob'])
    expect(stderr).toBe('Error: "user swich" is not a command\nDid you mean mh user switch?\n')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it('are answered as JSON on stdout where that was asked for', async () => {
    const {stdout, stderr, exitCode} = await run(BIN, ['remembr', 'coffee', '--json'])
    expect(JSON.parse(stdout).error).toMatchObject({code: 'COMMAND_NOT_FOUND', hint: 'Did you mean mh remember?'})
    expect(stderr).toBe('')
    expect(exitCode).toBe(2)
  })

  it('that resemble none are answered with where to look', async () => {
    const {stderr, exitCode} = await run(BIN, ['xyzzyplugh'])
    expect(stderr).toBe('Error: "xyzzyplugh" is not a command\nSee mh --help\n')
    expect(exitCode).toBe(2)
  })
})

interface Ran {
  stdout: string
  stderr: string
  exitCode: number | undefined
}

async function run(bin: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const home = temporaryHome()
  const options = {env: environment(home, env), extendEnv: false, reject: false, stripFinalNewline: false} as const
  const {stdout, stderr, exitCode} = await execa(process.execPath, [bin, ...args], {...options, stdin: 'ignore'})
  const anonymous = (text: string): string => text.replaceAll(home.root, '<root>').replaceAll(home.home, '<home>')
  return {stdout: anonymous(stdout), stderr: anonymous(stderr), exitCode}
}
