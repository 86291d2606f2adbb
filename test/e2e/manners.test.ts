import {execFile, spawn} from 'node:child_process'
import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {stripVTControlCharacters} from 'node:util'
import stringWidth from 'string-width'
import {describe, expect, it, onTestFinished} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'
import {CTRL_C, openTerminal} from '../support/terminal.ts'

/** Ada, with so many tasks. */
async function withTasks(count: number): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada')
  // What other tools put there is found as well, and is quicker to make.
  for (let number = 0; number < count; number++)
    writeFileSync(
      join(home.root, 'profiles/ada/memory/tasks/active', `task-${number}.json`),
      JSON.stringify({id: `task-number-${number}`, title: `Matter ${number} `.repeat(20), status: 'todo'})
    )
  return home
}

/** Holds Ada's write lock until the test ends, or `release` is called. */
async function holdLock(home: Home): Promise<{release: () => void}> {
  const {id} = (await mh(home, ['user', 'whoami', '--json'])).json
  const database = new DatabaseSync(join(home.root, 'logs/run/locks', `${id}.lock`))
  database.exec('BEGIN IMMEDIATE')
  let held = true
  const release = (): void => {
    if (held) database.close()
    held = false
  }
  onTestFinished(release)
  return {release}
}

const temporaryFiles = (home: Home): string[] => readdirSync(join(home.root, 'profiles/ada/.tmp'))

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('a pipe', () => {
  it.each([['task', 'list'], ['task', 'list', '--json'], ['help']])(
    'that nobody reads to its end is silent: mh %s %s',
    async (...words) => {
      const home = await withTasks(400)
      const line = `"${process.execPath}" "${BIN}" ${words.join(' ')} | head -1; echo "\${PIPESTATUS[0]}"`
      const {stdout, stderr} = await new Promise<{stdout: string; stderr: string}>((resolve, reject) =>
        execFile('bash', ['-c', line], {env: environment(home)}, (error, stdout, stderr) =>
          error === null ? resolve({stdout, stderr}) : reject(error)
        )
      )
      expect(stderr).toBe('')
      expect(stdout.trimEnd().split('\n')).toHaveLength(2)
      expect(stdout).toMatch(/\n0\n$/)
    }
  )
})

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143]
  ] as const)(
    '%s while a write waits for its lock leaves no half file and no lock, and ends with %i',
    async (signal, code) => {
      const home = temporaryHome()
      await people(home, 'ada')
      const {release} = await holdLock(home)
      const child = spawn(process.execPath, [BIN, 'capture', 'interrupted'], {env: environment(home), stdio: 'ignore'})
      const ended = new Promise((resolve) => child.on('exit', (exitCode, by) => resolve(by ?? exitCode)))
      await eventually(() => temporaryFiles(home).length > 0)
      child.kill(signal)
      expect(await ended).toBe(code)
      expect(temporaryFiles(home)).toEqual([])
      release()
      expect((await mh(home, ['capture', 'next'])).exitCode).toBe(0)
      expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
    }
  )

  it('SIGTERM ends a command that waits for its input', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const child = spawn(process.execPath, [BIN, 'capture', '--batch'], {env: environment(home)})
    const ended = new Promise((resolve) => child.on('exit', (exitCode, by) => resolve(by ?? exitCode)))
    child.stdin.write('one\n')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
    expect(temporaryFiles(home)).toEqual([])
    expect((await mh(home, ['capture', 'next'])).exitCode).toBe(0)
  })

  it('Ctrl-C leaves no spinner, and gives the cursor back', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'one'])
    const {release} = await holdLock(home)
    const terminal = openTerminal(home, ['memory', 'reindex', '--full'])
    await terminal.sees('\u001b[?25l')
    terminal.type(CTRL_C)
    await new Promise((resolve) => setTimeout(resolve, 200))
    terminal.type(CTRL_C)
    expect(await terminal.exitCode).toBe(130)
    expect(terminal.output().lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.output().lastIndexOf('\u001b[?25l'))
    release()
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
  })
})

describe('a question', () => {
  it.each([
    ['y\r', 0, 0],
    ['n\r', 1, 1],
    ['\r', 1, 1],
    [CTRL_C, 130, 1]
  ])('about what cannot be undone takes %j: exit %i', async (keys, exitCode, left) => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'for good?'])
    const terminal = openTerminal(home, ['memory', 'forget', '@last'])
    await terminal.sees('?')
    await terminal.sees('(y/N)')
    terminal.type(keys)
    expect(await terminal.exitCode).toBe(exitCode)
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(left)
  })
})

describe('the pager', () => {
  it('shows what does not fit on the terminal, and only that', async () => {
    const home = await withTasks(60)
    const env = {PAGER: 'sed s/Matter/Paged/'}
    const long = openTerminal(home, ['task', 'list'], env)
    expect(await long.exitCode).toBe(0)
    expect(long.output()).toContain('Paged 3')
    for (const [words, more] of [
      [['task', 'list', '-n', '3'], {}],
      [['task', 'list', '--no-input'], {}],
      [['task', 'list'], {CI: '1'}],
      [['task', 'list'], {PAGER: ''}]
    ] as const) {
      const plain = openTerminal(home, words, {...env, ...more})
      expect(await plain.exitCode).toBe(0)
      expect(plain.output()).not.toContain('Paged')
    }
    expect((await mh(home, ['task', 'list'], {env})).stdout).not.toContain('Paged')
  })

  it('is less where none is named; Ctrl-C is its own', async () => {
    const home = await withTasks(60)
    const terminal = openTerminal(home, ['task', 'list'])
    await terminal.sees('Matter 1')
    terminal.type(CTRL_C)
    // less throws away what was typed before it has seen the signal.
    await new Promise((resolve) => setTimeout(resolve, 500))
    terminal.type('q')
    expect(await terminal.exitCode).toBe(0)
    expect(terminal.output()).not.toContain('Matter 59')
  })

  it('that is not there is done without', async () => {
    const home = await withTasks(60)
    const terminal = openTerminal(home, ['task', 'list'], {PAGER: 'no-such-pager'})
    expect(await terminal.exitCode).toBe(0)
    expect(terminal.output()).toContain('Matter 59')
  })
})

describe('a table', () => {
  it('fits the terminal also with wide characters, and cuts nothing in a pipe', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const text = '記憶を書き留める👩‍👩‍👧 '.repeat(10).trim()
    await mh(home, ['task', 'add', text])
    const terminal = openTerminal(home, ['task', 'list'])
    await terminal.exitCode
    const lines = stripVTControlCharacters(terminal.output()).split(/\r?\n/)
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80)
    expect((await mh(home, ['task', 'list'])).stdout).toContain(text)
  })

  it('has colours by what NO_COLOR and FORCE_COLOR say', async () => {
    const home = await withTasks(1)
    const colours = async (env: Record<string, string>): Promise<boolean> => {
      const terminal = openTerminal(home, ['task', 'list'], env)
      await terminal.exitCode
      return terminal.output().includes('\u001b[')
    }
    expect(await colours({})).toBe(true)
    expect(await colours({NO_COLOR: '1'})).toBe(false)
    expect(await colours({NO_COLOR: '1', FORCE_COLOR: '1'})).toBe(true)
    expect(await colours({FORCE_COLOR: '0'})).toBe(false)
    expect((await mh(home, ['task', 'list'], {env: {FORCE_COLOR: '1'}})).stdout).not.toContain('\u001b[')
  })
})

describe('mh alone', () => {
  it('says how to begin where nobody has a profile, and shows the status where somebody is active', async () => {
    const home = temporaryHome()
    const first = await mh(home, [])
    expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining('mh quickstart')])
    await people(home, 'ada', 'bob')
    expect((await mh(home, [])).stdout).toContain('Person     ada')
    expect((await mh(home, ['-u', 'bob'])).stdout).toContain('Person     bob')
    expect((await mh(home, ['--json'])).json).toMatchObject({user: {username: 'ada'}})
    expect((await mh(home, ['-u', 'ghost'])).exitCode).toBe(3)
  })
})
