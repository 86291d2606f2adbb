import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

interface Manifest {
  commands: Record<
    string,
    {summary?: string; examples?: string[]; enableJsonFlag?: boolean; flags: Record<string, unknown>}
  >
}

const {commands}: Manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../oclif.manifest.json'), 'utf8'))

/** A folder with a persona and settings, as a single-user system had them. */
const STARTER = join(import.meta.dirname, '../../profiles/starter')

/** What to give each command so that it has something to do. */
const WORDS: Record<string, string[]> = {
  'adapter:use': ['none', '--model', 'spare'],
  'agents:disable': ['dreamer'],
  'agents:enable': ['dreamer'],
  'agents:run': ['organizer'],
  'agents:undo': ['@last'],
  autocomplete: ['bash'],
  'backup:restore': ['@last', '--yes'],
  'backup:verify': ['@last'],
  'persona:set': ['identity.role', 'partner'],
  'persona:restore': ['1'],
  'persona:edit': ['--file', join(import.meta.dirname, '../../profiles/starter/persona/core.json')],
  'model:use': ['recall'],
  'model:remove': ['spare'],
  'model:add': ['lab', '--provider', 'ollama', '--model', 'llama3:8b'],
  'mode:set': ['agent'],
  'facet:use': ['poet'],
  'facet:create': ['coach'],
  'chat:show': ['@last'],
  'config:get': ['timezone'],
  'config:set': ['timezone', 'Europe/London'],
  'config:unset': ['timezone'],
  capture: ['something'],
  chat: ['what happened?', '--no-save'],
  migrate: ['--username', 'carl', '--from', STARTER],
  'migrate:rollback': ['@last'],
  'memory:delete': ['@last'],
  'memory:edit': ['@last', '--add-tag', 'x'],
  'memory:forget': ['@last', '--yes'],
  'memory:history': ['@last'],
  'memory:import': [import.meta.filename, '--dry-run'],
  'memory:restore': ['@last'],
  'memory:search': ['something'],
  'memory:show': ['@last'],
  'memory:supersede': ['@last', 'something else'],
  'memory:trash': [],
  'memory:undo': ['@last'],
  quickstart: ['--yes', '--name', 'ada'],
  remember: ['something'],
  serve: ['--port', '0'],
  'store:copy': ['--to', 'postgres://nobody@127.0.0.1:1/nothing'],
  'task:add': ['something'],
  'task:block': ['@last'],
  'task:cancel': ['@last'],
  'task:delete': ['@last'],
  'task:done': ['@last'],
  'task:edit': ['@last', '--priority', 'P1'],
  'task:restore': ['@last'],
  'task:show': ['@last'],
  'task:start': ['@last'],
  'token:revoke': ['@last'],
  'user:create': ['carl'],
  'user:delete': ['bob', '--yes'],
  'user:edit': ['--display-name', 'Ada L.'],
  'user:export': ['bob', '--output', '/dev/null'],
  'user:import': ['{home}/bob.tar.gz', '--as', 'carl'],
  'user:password': ['--password-stdin'],
  'user:rename': ['ada', 'lovelace'],
  'user:role': ['bob', 'guest'],
  'user:switch': ['ada']
}

/** What stands on the standard input of those that read it. */
const INPUT: Record<string, string> = {'user:password': 'quiet otters juggle lanterns\n'}

/** What runs until it is ended. */
const ENDLESS = new Set(['serve'])

/** What needs a database, which the tests of PostgreSQL give it; here it says that there is none. */
const WITHOUT_DATABASE: Record<string, string> = {
  'agents:worker': 'NO_STORE',
  'store:copy': 'STORE_UNREACHABLE',
  'store:upgrade': 'NO_STORE'
}

/** What looks at nobody: the accounts may lie where they cannot be asked yet. */
const OF_NOBODY = new Set(['store:status', 'store:upgrade'])

/** What has to be there for some of them. */
const BEFORE: Record<string, string[]> = {
  'migrate:rollback': ['migrate', '--username', 'carl', '--from', STARTER],
  'agents:undo': ['agents', 'run', 'organizer'],
  'backup:restore': ['backup', 'create'],
  'backup:verify': ['backup', 'create'],
  'chat:show': ['chat', 'I moved to Lyon in May.'],
  // A copied folder is open to others, which is what it finds.
  doctor: ['doctor', '--fix'],
  'adapter:use': ['model', 'add', 'spare', '--provider', 'ollama', '--model', 'llama3:8b'],
  'training:run': ['training', 'export'],
  'model:remove': ['model', 'add', 'spare', '--provider', 'ollama', '--model', 'llama3:8b'],
  'persona:restore': ['persona', 'set', 'identity.role', 'partner'],
  'token:revoke': ['token', 'create'],
  'user:import': ['user', 'export', 'bob', '--output', '{home}/bob.tar.gz']
}

/** What ends what a command has started. */
const AFTER: Record<string, string[]> = {'agents:start': ['agents', 'stop']}

/** A data root with something in it for every command. Made once; each test works on a copy. */
const prepared: Home = {home: '', root: ''}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mh-test-'))
  Object.assign(prepared, {home: folder, root: join(folder, 'root')})
  await people(prepared, 'ada', 'bob')
  const trainer = ['-e', 'require("fs").writeFileSync(process.env.MH_OUTPUT + "/adapter", "")']
  const training = JSON.stringify({command: [process.execPath, ...trainer]})
  writeFileSync(join(prepared.root, 'profiles/ada/etc/training.json'), training)
  await mh(prepared, ['capture', 'something was deleted'])
  await mh(prepared, ['memory', 'delete', '@last'])
  await mh(prepared, ['capture', 'something happened'])
  await mh(prepared, ['memory', 'edit', '@last', '--content', 'something happened here'])
  await mh(prepared, ['task', 'add', 'something that was deleted'])
  await mh(prepared, ['task', 'delete', '@last'])
  await mh(prepared, ['task', 'add', 'something to do'])
})

afterAll(() => rmSync(prepared.home, {recursive: true, force: true}))

describe.each(Object.entries(commands))('%s', (id, command) => {
  it('has a summary, examples and the flags of every command', () => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/)
    expect(command.examples?.length).toBeGreaterThan(1)
    expect(command.enableJsonFlag).toBe(true)
    expect(Object.keys(command.flags)).toEqual(expect.arrayContaining(['json', 'user', 'no-input']))
  })

  it('prints exactly one JSON value, for success and for failure, and nothing else', async () => {
    const home = temporaryHome()
    cpSync(prepared.root, home.root, {recursive: true, preserveTimestamps: true})
    const given = (words: string[] = []): string[] => words.map((word) => word.replace('{home}', home.home))
    if (BEFORE[id] !== undefined) await mh(home, given(BEFORE[id]))
    const good = await mh(home, [...id.split(':'), ...given(WORDS[id]), '--json'], {
      ...(INPUT[id] === undefined ? {} : {input: INPUT[id]}),
      ...(ENDLESS.has(id) ? {endWith: 'SIGTERM'} : {})
    })
    if (AFTER[id] !== undefined) await mh(home, AFTER[id])
    expect(good.stderr).toBe('')
    if (WITHOUT_DATABASE[id] === undefined) expect(good.exitCode).toBe(0)
    expect(good.json.error?.code).toBe(WITHOUT_DATABASE[id])
    if (!OF_NOBODY.has(id)) {
      const bad = await mh(home, [...id.split(':'), '--user', 'ghost', ...given(WORDS[id]), '--json'])
      expect([bad.exitCode, bad.stderr]).toEqual([3, ''])
      expect(bad.json).toEqual({error: {code: 'USER_NOT_FOUND', message: expect.any(String), hint: expect.any(String)}})
    }
    const wrong = await mh(home, [...id.split(':'), '--no-such-flag', '--json'])
    expect([wrong.exitCode, wrong.stderr, wrong.json.error.code]).toEqual([2, '', 'USAGE'])
  })
})
