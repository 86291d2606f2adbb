import {mkdirSync, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {spawn} from '@lydell/node-pty'
import {expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN} from '../support/mh.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** Runs one line of a shell at a terminal of 80 columns, and gives what stood on it. */
function record({home}: Home, line: string): Promise<string> {
  const bin = join(home, 'bin')
  const env = {PATH: `${bin}:${process.env.PATH}`, HOME: home, TZ: 'UTC', TERM: 'xterm', NO_COLOR: '1'}
  const child = spawn('sh', ['-c', line], {cols: 80, rows: 50, env, cwd: home})
  let output = ''
  child.onData((data) => {
    output += data
  })
  return new Promise((resolve) =>
    child.onExit(() => resolve(stripVTControlCharacters(output).replaceAll('\r', '').trimEnd()))
  )
}

/** What differs from one run to the next: ids, times, scores and the home directory. */
const normalized = (text: string, home: string): string =>
  text
    .replaceAll(home, '/home/ada')
    .replaceAll(/(?:evt|task)-[0-9a-f-]{36}/g, '<id>')
    .replaceAll(/^[0-9a-f]{8} /gm, '<id> ')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<time>')
    .replaceAll(/^This week .*$/gm, '<week>')
    .replaceAll(/\d+ [MGT]B free/g, '<disk>')
    .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, '<day>')
    .replaceAll(/\d{1,2} [A-Z][a-z]+ 20\d\d/g, '<day>')
    .replaceAll(/\b\d+\.\d\d\b/g, '<score>')
    .replaceAll(/\b(?:just now|yesterday|\d+ (?:seconds?|minutes?|hours?|days?) ago)\b/g, '<ago>')
    .replaceAll(/ {2,}/g, '  ')
    .replaceAll(/ +$/gm, '')

it('the session that the README shows is what happens', async () => {
  const session = /```console\n([\s\S]*?)```/.exec(README)?.[1] ?? ''
  const steps = session.split(/^\$ /m).slice(1)
  expect(steps.length).toBeGreaterThan(5)
  const home = temporaryHome()
  mkdirSync(join(home.home, 'bin'))
  symlinkSync(BIN, join(home.home, 'bin/mh'))
  symlinkSync(process.execPath, join(home.home, 'bin/node'))
  for (const step of steps) {
    const [line = '', ...shown] = step.split('\n')
    const output = await record(home, line)
    expect(`${line}\n${normalized(output, home.home)}`).toBe(
      `${line}\n${normalized(shown.join('\n').trimEnd(), '/home/ada')}`
    )
  }
})
