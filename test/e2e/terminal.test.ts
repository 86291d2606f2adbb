import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {CTRL_C, DOWN, ENTER, openTerminal} from '../support/terminal.ts'

it('user switch without a name lets one choose, who was active last first', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob', 'eve')
  await mh(home, ['user', 'switch', 'eve'])
  const terminal = openTerminal(home, ['user', 'switch'])
  await terminal.sees('bob')
  const shown = terminal.output()
  expect([...shown.matchAll(/(eve|ada|bob)/g)].map(([name]) => name).slice(0, 3)).toEqual(['eve', 'ada', 'bob'])
  terminal.type(DOWN)
  terminal.type(ENTER)
  await terminal.sees('ada is active now')
  expect(await terminal.exitCode).toBe(0)
  expect((await mh(home, ['user', 'whoami'])).stdout).toBe('ada\n')
})

it('Ctrl-C at a question ends with 130 and changes nothing', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const terminal = openTerminal(home, ['user', 'switch'])
  await terminal.sees('bob')
  terminal.type(CTRL_C)
  expect(await terminal.exitCode).toBe(130)
  expect((await mh(home, ['user', 'whoami'])).stdout).toBe('ada\n')
})

it('--no-input asks nothing at a terminal either', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  const terminal = openTerminal(home, ['user', 'switch', '--no-input'])
  expect(await terminal.exitCode).toBe(2)
})

it('quickstart asks for the name, and says what is wrong with one', async () => {
  const home = temporaryHome()
  const terminal = openTerminal(home, ['quickstart'])
  await terminal.sees('Your username')
  terminal.type(`Not A Name${ENTER}`)
  await terminal.sees('cannot be used')
  terminal.type('\u0015')
  terminal.type(`ada${ENTER}`)
  await terminal.sees('What to do next')
  expect(await terminal.exitCode).toBe(0)
  expect((await mh(home, ['user', 'whoami'])).stdout).toBe('ada\n')
})

it('capture without a text opens the editor', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  const editor = join(home.home, 'editor.sh')
  writeFileSync(editor, '#!/bin/sh\necho "from the editor" > "$1"\n')
  chmodSync(editor, 0o755)
  const terminal = openTerminal(home, ['capture'], {VISUAL: editor})
  expect(await terminal.exitCode).toBe(0)
  expect((await mh(home, ['memory', 'show', '@last', '--json'])).json.content).toBe('from the editor')
})

it('a list fits the terminal, and what steers a terminal does not reach it', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  await mh(home, ['capture', `${'世界'.repeat(60)} end`])
  await mh(home, ['capture', 'evil \u001b]0;title\u0007\u001b[2J text'])
  const terminal = openTerminal(home, ['memory', 'list'])
  expect(await terminal.exitCode).toBe(0)
  const output = terminal.output()
  expect(output).toContain('WHEN')
  expect(output).not.toContain('\u001b]0;')
  expect(output).not.toContain('\u001b[2J')
  expect(output.split('\r\n').filter((line) => line !== '')).toHaveLength(3)
  const wide = output.split('\r\n').find((line) => line.includes('世')) ?? ''
  expect([...wide].reduce((width, character) => width + (/[世界]/.test(character) ? 2 : 1), 0)).toBeLessThanOrEqual(80)
})
