import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BATCH_POINTS} from '../support/kill-points.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'
import {CTRL_C, openTerminal} from '../support/terminal.ts'

/** A file of JSON lines with so many memories. @returns its path */
function lines(home: Home, count: number): string {
  const path = join(home.home, 'lines.jsonl')
  writeFileSync(path, Array.from({length: count}, (_, number) => `{"content":"line ${number}"}\n`).join(''))
  return path
}

const total = async (home: Home, username = 'ada'): Promise<number> =>
  (await mh(home, ['memory', 'list', '-u', username, '-n', '1', '--json'])).json.total

describe('mh memory import', () => {
  it('says what it did, tells on stderr what failed, and then ends with 1', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    mkdirSync(join(home.home, 'notes'))
    writeFileSync(join(home.home, 'notes/a.md'), 'a note')
    const good = await mh(home, ['memory', 'import', 'notes'], {cwd: home.home})
    expect(good).toMatchObject({exitCode: 0, stderr: '', stdout: 'Imported 1, skipped 0, failed 0\n'})
    const bad = await mh(home, ['memory', 'import', 'notes', 'gone', '--json'], {cwd: home.home})
    expect([bad.exitCode, bad.stderr]).toEqual([1, ''])
    expect(bad.json).toMatchObject({
      imported: 0,
      skipped: 1,
      failed: [{source: 'gone', reason: 'there is no such file or folder'}]
    })
    const told = await mh(home, ['memory', 'import', 'gone'], {cwd: home.home})
    expect(told).toMatchObject({exitCode: 1, stderr: 'gone: there is no such file or folder\n'})
    expect([await total(home), await total(home, 'bob')]).toEqual([1, 0])
  })

  it('without a path, or with an unknown format, is wrong usage', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['memory', 'import'])).exitCode).toBe(2)
    expect((await mh(home, ['memory', 'import', 'x', '--format', 'evernote'])).exitCode).toBe(2)
  })

  it('takes what another person exports from a pipe', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'one', '--tag', 'x'])
    await mh(home, ['capture', 'two'])
    const {stdout} = await mh(home, ['memory', 'export'])
    const first = await mh(home, ['memory', 'import', '-', '-u', 'bob'], {input: stdout})
    expect(first.stdout).toBe('Imported 2, skipped 0, failed 0\n')
    expect((await mh(home, ['memory', 'import', '-', '-u', 'bob'], {input: stdout})).stdout).toBe(
      'Imported 0, skipped 2, failed 0\n'
    )
    expect((await mh(home, ['memory', 'show', '@last', '-u', 'bob', '--json'])).json).toMatchObject({content: 'two'})
  })

  it.each(BATCH_POINTS)('that is killed at "%s" is finished by the next run, with nothing twice', async (point) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const path = lines(home, 700)
    const killed = await mh(home, ['memory', 'import', path], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    const {json, exitCode} = await mh(home, ['memory', 'import', path, '--json'])
    expect([exitCode, json.failed, json.imported + json.skipped]).toEqual([0, [], 700])
    expect(await total(home)).toBe(700)
    expect((await mh(home, ['memory', 'import', path, '--json'])).json).toMatchObject({imported: 0, skipped: 700})
    verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
  })

  it('that waits for a pipe ends at Ctrl-C with what it has', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const path = lines(home, 600)
    const child = execa(process.execPath, [BIN, 'memory', 'import', '-'], {
      env: environment(home),
      extendEnv: false,
      reject: false
    })
    child.stdin.write(readFileSync(path))
    while ((await total(home)) === 0) await sleep(50)
    child.kill('SIGINT')
    expect(await child).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('Interrupted after 512 memories')
    })
    expect(await total(home)).toBe(512)
    expect((await mh(home, ['memory', 'import', path])).stdout).toBe('Imported 88, skipped 512, failed 0\n')
  })

  it('shows at a terminal how far it is, and can be stopped there', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const terminal = openTerminal(home, ['memory', 'import', lines(home, 60_000)])
    await terminal.sees('a second')
    await terminal.sees('s left')
    terminal.type(CTRL_C)
    expect(await terminal.exitCode).toBe(130)
    expect(terminal.output()).toContain('The same command goes on from there')
  })
})

describe('mh memory export', () => {
  it('prints JSON lines, one JSON array, or Markdown', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    expect((await mh(home, ['memory', 'export'])).stdout).toBe('')
    expect((await mh(home, ['memory', 'export', '--json'])).json).toEqual([])
    await mh(home, ['capture', 'one'])
    await mh(home, ['capture', 'two', '--tag', 'x'])
    await mh(home, ['capture', 'of bob', '-u', 'bob'])
    const plain = await mh(home, ['memory', 'export'])
    const parsed = plain.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(parsed).toMatchObject([{content: 'two', tags: ['x']}, {content: 'one'}])
    expect((await mh(home, ['memory', 'export', '--json'])).json).toEqual(parsed)
    expect((await mh(home, ['memory', 'export', '--format', 'markdown', '--tag', 'x'])).stdout).toMatch(
      /^---\nid: evt-[\s\S]*\n---\n\ntwo\n/
    )
    expect(await mh(home, ['memory', 'export', '--format', 'markdown', '--json'])).toMatchObject({
      exitCode: 2,
      json: {error: {code: 'MARKDOWN_IS_NO_JSON'}}
    })
  })

  it('writes a file and says how many', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'one'])
    const path = join(home.home, 'x.jsonl')
    expect((await mh(home, ['memory', 'export', '-o', 'x.jsonl', '--json'], {cwd: home.home})).json).toEqual({
      exported: 1,
      path
    })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({content: 'one'})
    const again = await mh(home, ['memory', 'export', '-o', 'x.jsonl', '--since', '2020-01-01'], {cwd: home.home})
    expect(again.stdout).toBe('Exported 1 memory to x.jsonl\n')
    expect(existsSync(join(home.home, 'x.jsonl'))).toBe(true)
  })

  it('is silent where nobody reads to the end', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['memory', 'import', lines(home, 3000)])
    const {stdout, stderr, exitCode} = await execa({
      shell: '/bin/bash',
      env: environment(home),
      extendEnv: false
    })`set -o pipefail; ${process.execPath} ${BIN} memory export | head -n 1`
    expect([stdout.split('\n').length, stderr, exitCode]).toEqual([1, '', 0])
  })
})
