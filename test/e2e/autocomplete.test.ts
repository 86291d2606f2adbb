import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

async function seeded(): Promise<Home & {memory: string; task: string}> {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const memory = (await mh(home, ['capture', 'Met Grace\tfor tea', '-t', 'friends', '--json'])).json.id
  await mh(home, ['capture', '-u', 'bob', 'Secret', '-t', 'opera'])
  const task = (await mh(home, ['task', 'add', 'Call the plumber', '-t', 'house', '--json'])).json.id
  await mh(home, ['task', 'add', 'Put away'])
  await mh(home, ['task', 'delete', '@last'])
  return {...home, memory, task}
}

/** What `mh complete` offers for a line; the last word is the one that is being typed. */
async function offered(home: Home, ...words: string[]): Promise<string[]> {
  const {stdout, stderr, exitCode} = await mh(home, ['complete', '--', ...words])
  expect([exitCode, stderr]).toEqual([0, ''])
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] ?? '')
}

describe('completion', () => {
  it('offers commands and topics, then what is in them', async () => {
    const home = temporaryHome()
    const first = await offered(home, '')
    expect(first).toEqual(expect.arrayContaining(['capture', 'memory', 'task', 'user', 'help']))
    expect(first).not.toContain('complete')
    expect(await offered(home, 'rem')).toEqual(['remember'])
    expect(await offered(home, 'task', 're')).toEqual(['restore'])
    expect(await offered(home, '--json', 'task', 're')).toEqual(['restore'])
    expect(await offered(home, 'help', 'memory', 'sho')).toEqual(['show'])
    expect(await offered(home, 'no-such', '')).toEqual([])
  })

  it('offers flags that are not given yet, and the words that a flag takes', async () => {
    const home = temporaryHome()
    expect(await offered(home, 'task', 'add', 'Paint', '--d')).toEqual(['--description', '--due', '--depends'])
    expect(await offered(home, 'task', 'add', '--due', 'friday', '--d')).toEqual(['--description', '--depends'])
    expect(await offered(home, 'task', 'add', '--priority', '')).toEqual(['P0', 'P1', 'P2', 'P3'])
    expect(await offered(home, 'task', 'list', '--status', 'in')).toEqual(['in_progress'])
    expect(await offered(home, 'autocomplete', 'f')).toEqual(['fish'])
    expect(await offered(home, 'task', 'add', '--', '--d')).toEqual([])
    expect(await offered(home, '--us')).toEqual(['--user'])
  })

  it('offers usernames, ids, tags and facets, each person their own', async () => {
    const home = await seeded()
    expect(await offered(home, 'user', 'switch', '')).toEqual(['ada', 'bob'])
    expect(await offered(home, 'capture', 'x', '-u', 'b')).toEqual(['bob'])
    expect(await offered(home, 'memory', 'show', '')).toEqual([home.memory.slice(-8)])
    expect(await offered(home, 'memory', 'delete', home.memory.slice(-8), '')).toEqual([home.memory.slice(-8)])
    expect(await offered(home, 'task', 'done', '')).toEqual([home.task.slice(-8)])
    expect(await offered(home, 'task', 'restore', '')).toHaveLength(1)
    expect(await offered(home, 'capture', '-t', '')).toEqual(['friends'])
    expect(await offered(home, 'task', 'list', '--tag', '')).toEqual(['house'])
    expect(await offered(home, 'chat', '--facet', 'p')).toEqual(['poet'])
    expect(await offered(home, '-u', 'bob', 'capture', '--tag', '')).toEqual(['opera'])
    for (const bob of [['-u', 'bob'], ['-ubob'], ['--user=bob']])
      expect(await offered(home, 'memory', 'list', ...bob, '--tag', '')).toEqual(['opera'])
    expect(verifiedTrail(join(home.root, 'profiles/bob/logs/audit')).map(({event}) => event)).toContain(
      'profile_assumed'
    )
  })

  it('is silent where something is wrong', async () => {
    const home = await seeded()
    expect(await offered(home, '-u', 'ghost', 'memory', 'show', '')).toEqual([])
    expect(await offered(temporaryHome(), 'memory', 'show', '')).toEqual([])
  })
})

/** The environment of a shell that finds mh by its name. */
function withMh(home: Home): Record<string, string | undefined> {
  const bin = join(home.home, 'bin')
  mkdirSync(bin)
  symlinkSync(BIN, join(bin, 'mh'))
  symlinkSync(process.execPath, join(bin, 'node'))
  return {...environment(home), PATH: `${bin}:${process.env.PATH}`}
}

describe('the script', () => {
  it('of bash completes at Tab, with mh found by its name', async () => {
    const home = await seeded()
    const env = withMh(home)
    const tab = (...words: string[]): string[] => {
      const line = ['mh', ...words].map((word) => `'${word}'`).join(' ')
      const script = `eval "$(mh autocomplete bash)"; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _mh_complete; printf '%s\\n' "\${COMPREPLY[@]}"`
      return execFileSync('bash', ['-c', script], {env, encoding: 'utf8'})
        .split('\n')
        .filter((word) => word !== '')
    }
    expect(tab('memo')).toEqual(['memory'])
    expect(tab('user', 'switch', '')).toEqual(['ada', 'bob'])
    expect(tab('memory', 'show', '')).toEqual([home.memory.slice(-8)])
    expect(tab('memory', 'show', 'zzz')).toEqual([])
  })

  it.skipIf(spawnSync('fish', ['--version']).error !== undefined)(
    'of fish completes what mh knows, and files where it knows nothing',
    async () => {
      const home = await seeded()
      const script =
        "mh autocomplete fish | source; for line in 'mh task add --priority ' 'mh memory import /et'; complete -C $line; end"
      const found = execFileSync('fish', ['-c', script], {env: withMh(home), encoding: 'utf8'})
      expect(found.split('\n')).toEqual(['P0', 'P1', 'P2', 'P3', '/etc/', ''])
    }
  )

  it.each(['bash', 'zsh', 'fish'])('of %s is one that the shell itself can read', async (shell) => {
    const home = temporaryHome()
    const {stdout, exitCode} = await mh(home, ['autocomplete', shell])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('complete --')
    const file = join(home.home, 'completion')
    writeFileSync(file, stdout)
    const parsed = spawnSync(shell, ['-n', file], {encoding: 'utf8'})
    // A shell that is not on this machine has nothing to say.
    if (parsed.error === undefined) expect([parsed.status, parsed.stderr]).toEqual([0, ''])
  })

  it('of another shell is refused', async () => {
    const refused = await mh(temporaryHome(), ['autocomplete', 'tcsh', '--json'])
    expect([refused.exitCode, refused.json.error.code]).toEqual([2, 'USAGE'])
  })
})
