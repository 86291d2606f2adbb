import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

interface Manifest {
  commands: Record<
    string,
    {summary?: string; examples?: string[]; enableJsonFlag?: boolean; flags: Record<string, unknown>}
  >
}

const {commands}: Manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../oclif.manifest.json'), 'utf8'))

/** What to give each command so that it has something to do. */
const WORDS: Record<string, string[]> = {
  capture: ['something'],
  chat: ['what happened?', '--no-save'],
  'memory:delete': ['@last'],
  'memory:edit': ['@last', '--add-tag', 'x'],
  'memory:forget': ['@last', '--yes'],
  'memory:history': ['@last'],
  'memory:restore': ['@last'],
  'memory:search': ['something'],
  'memory:show': ['@last'],
  'memory:supersede': ['@last', 'something else'],
  'memory:trash': [],
  'memory:undo': ['@last'],
  quickstart: ['--yes', '--name', 'ada'],
  remember: ['something'],
  'user:create': ['carl'],
  'user:switch': ['ada']
}

describe.each(Object.entries(commands))('%s', (id, command) => {
  it('has a summary, examples and the flags of every command', () => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/)
    expect(command.examples?.length).toBeGreaterThan(1)
    expect(command.enableJsonFlag).toBe(true)
    expect(Object.keys(command.flags)).toEqual(expect.arrayContaining(['json', 'user', 'no-input']))
  })

  it('prints exactly one JSON value, for success and for failure, and nothing else', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'something was deleted'])
    await mh(home, ['memory', 'delete', '@last'])
    await mh(home, ['capture', 'something happened'])
    await mh(home, ['memory', 'edit', '@last', '--content', 'something happened here'])
    const good = await mh(home, [...id.split(':'), ...(WORDS[id] ?? []), '--json'])
    expect([good.exitCode, good.stderr]).toEqual([0, ''])
    expect(good.json).not.toHaveProperty('error')
    const bad = await mh(home, [...id.split(':'), '--user', 'ghost', ...(WORDS[id] ?? []), '--json'])
    expect([bad.exitCode, bad.stderr]).toEqual([3, ''])
    expect(bad.json).toEqual({error: {code: 'USER_NOT_FOUND', message: expect.any(String), hint: expect.any(String)}})
    const wrong = await mh(home, [...id.split(':'), '--no-such-flag', '--json'])
    expect([wrong.exitCode, wrong.stderr, wrong.json.error.code]).toEqual([2, '', 'USAGE'])
  })
})
