import {cpSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

/** Who tries: an owner and members in each mode, and a guest. */
const SUBJECTS = ['owner', 'member', 'agent', 'emulation', 'guest'] as const

const ALL = 'owner member agent emulation guest'
const CHANGES = 'owner member agent'
const NOT_GUESTS = 'owner member agent emulation'
const OWNER = 'owner'

/** What stands for the name of whoever tries. */
const SELF = '{self}'
/** A folder with a persona and settings, as a single-user system had them. */
const STARTER = join(import.meta.dirname, '../../profiles/starter')
const PASSWORD = 'quiet otters juggle lanterns\n'

/** Every command, with words by which it changes or reads something, and who may. "of fay" is done to somebody else. */
const TABLE: [command: string, words: string[], allowed: string][] = [
  ['adapter:list', [], ALL],
  ['adapter:use', ['none', '--model', 'lab'], NOT_GUESTS],
  ['agents:disable', ['dreamer'], CHANGES],
  ['agents:enable', ['dreamer'], CHANGES],
  ['agents:list', [], ALL],
  ['agents:logs', [], ALL],
  ['agents:pause', [], CHANGES],
  ['agents:resume', [], CHANGES],
  ['agents:run', ['organizer'], ALL],
  ['agents:run', ['--all-users', '--dry-run'], OWNER],
  ['agents:runs', [], ALL],
  ['agents:start', [], OWNER],
  ['agents:status', [], ALL],
  ['agents:stop', [], OWNER],
  ['agents:undo', ['@last'], CHANGES],
  ['agents:worker', [], OWNER],
  ['audit', [], ALL],
  ['audit', ['--for', SELF], ALL],
  ['audit', ['--for', 'fay'], OWNER],
  ['audit', ['--all-users'], OWNER],
  ['audit:verify', [], ALL],
  ['audit:verify', ['--all-users'], OWNER],
  ['autocomplete', ['bash'], ALL],
  ['backup:create', [], ALL],
  ['backup:create', ['--all-users'], OWNER],
  ['backup:list', [], ALL],
  ['backup:restore', ['@last', '--yes'], CHANGES],
  ['backup:restore', ['@last', '--as', 'fay', '--yes'], OWNER],
  ['backup:restore', ['@last', '--as', 'zoe', '--yes'], OWNER],
  ['backup:restore', ['@last', '--all-users', '--yes'], OWNER],
  ['backup:verify', ['@last'], ALL],
  ['capture', ['x'], CHANGES],
  ['capture', ['--batch'], CHANGES],
  ['chat', ['what happened?'], ALL],
  ['chat:sessions', [], ALL],
  ['chat:show', ['1234'], ALL],
  ['complete', [], ALL],
  ['config:get', ['theme'], ALL],
  ['config:get', ['backupKeep'], OWNER],
  ['config:list', [], ALL],
  ['config:path', [], ALL],
  ['config:set', ['theme', 'dark'], NOT_GUESTS],
  ['config:set', ['backupKeep', '3'], OWNER],
  ['config:unset', ['theme'], NOT_GUESTS],
  ['config:unset', ['backupKeep'], OWNER],
  ['doctor', [], ALL],
  ['doctor', ['--fix'], ALL],
  ['facet:create', ['pirate'], CHANGES],
  ['facet:list', [], ALL],
  ['facet:show', ['poet'], ALL],
  ['facet:use', ['poet'], CHANGES],
  ['help', [], ALL],
  ['home', [], ALL],
  ['mcp', [], ALL],
  ['memory:delete', ['@last'], CHANGES],
  ['memory:duplicates', [], ALL],
  ['memory:edit', ['@last', '--content', 'y'], CHANGES],
  ['memory:export', [], ALL],
  ['memory:forget', ['@last', '--yes'], CHANGES],
  ['memory:history', ['@last'], ALL],
  ['memory:import', ['{file}'], CHANGES],
  ['memory:list', [], ALL],
  ['memory:reindex', [], ALL],
  ['memory:restore', ['{deleted}'], CHANGES],
  ['memory:search', ['happened'], ALL],
  ['memory:show', ['@last'], ALL],
  ['memory:stats', [], ALL],
  ['memory:supersede', ['@last', 'z'], CHANGES],
  ['memory:today', [], ALL],
  ['memory:trash', [], ALL],
  ['memory:trash', ['--empty', '--yes'], CHANGES],
  ['memory:undo', ['@last'], CHANGES],
  ['migrate', ['--username', SELF, '--from', STARTER], CHANGES],
  ['migrate', ['--username', 'fay', '--from', STARTER], OWNER],
  ['migrate', ['--username', 'zoe', '--from', STARTER, '--dry-run'], OWNER],
  ['migrate', ['--username', SELF, '--yes'], OWNER],
  ['migrate:rollback', ['1234'], CHANGES],
  ['mode', [], ALL],
  ['mode:set', ['dual'], NOT_GUESTS],
  ['mode:show', [], ALL],
  ['model:add', ['other', '--provider', 'ollama', '--model', 'm'], NOT_GUESTS],
  ['model:discover', [], ALL],
  ['model:list', [], ALL],
  ['model:remove', ['other'], NOT_GUESTS],
  ['model:test', [], ALL],
  ['model:usage', [], ALL],
  ['model:usage', ['--all-users'], OWNER],
  ['model:use', ['recall'], NOT_GUESTS],
  ['persona:edit', ['--file', '{file}'], CHANGES],
  ['persona:history', [], ALL],
  ['persona:restore', ['1234'], CHANGES],
  ['persona:set', ['identity.name', 'Ada'], CHANGES],
  ['persona:show', [], ALL],
  ['persona:trust', [], ALL],
  ['persona:trust', ['observe'], CHANGES],
  ['quickstart', ['--yes'], ALL],
  ['remember', ['happened'], ALL],
  ['serve', ['--host', '0.0.0.0'], ALL],
  ['store:copy', ['--to', 'postgres://nobody@127.0.0.1:1/nothing'], OWNER],
  ['store:status', [], ALL],
  ['store:upgrade', [], ALL],
  ['status', [], ALL],
  ['task:add', ['x'], CHANGES],
  ['task:block', ['@last'], CHANGES],
  ['task:cancel', ['@last'], CHANGES],
  ['task:delete', ['@last'], CHANGES],
  ['task:done', ['@last'], CHANGES],
  ['task:edit', ['@last', '--title', 'y'], CHANGES],
  ['task:list', [], ALL],
  ['task:restore', ['@last'], CHANGES],
  ['task:show', ['@last'], ALL],
  ['task:start', ['@last'], CHANGES],
  ['token:create', [], NOT_GUESTS],
  ['token:list', [], ALL],
  ['token:revoke', ['1234'], ALL],
  ['training:export', [], NOT_GUESTS],
  ['training:run', [], NOT_GUESTS],
  ['training:status', [], ALL],
  ['user:create', ['zoe'], OWNER],
  ['user:delete', [SELF, '--yes'], NOT_GUESTS],
  ['user:delete', ['fay', '--yes'], OWNER],
  ['user:edit', ['--email', 'x@y'], NOT_GUESTS],
  ['user:edit', ['fay', '--email', 'x@y'], OWNER],
  ['user:invite', [], OWNER],
  ['user:export', [SELF, '--output', '/dev/null'], ALL],
  ['user:export', ['fay', '--output', '/dev/null'], OWNER],
  ['user:import', ['{file}'], OWNER],
  ['user:import', ['{export}', '--on-conflict', 'merge'], CHANGES],
  ['user:import', ['{export}', '--as', 'fay', '--on-conflict', 'merge'], OWNER],
  ['user:list', [], ALL],
  ['user:list', ['--long'], OWNER],
  ['user:password', ['--password-stdin'], ALL],
  ['user:password', ['fay', '--password-stdin'], OWNER],
  ['user:rename', [SELF, 'zoe'], NOT_GUESTS],
  ['user:rename', ['fay', 'zoe'], OWNER],
  ['user:role', [SELF, 'owner'], OWNER],
  ['user:role', ['fay', 'guest'], OWNER],
  ['user:sessions', [], ALL],
  ['user:sessions', ['fay', '--revoke', 'all'], OWNER],
  ['user:show', [SELF], ALL],
  ['user:show', ['fay'], OWNER],
  ['user:switch', ['fay'], ALL],
  ['user:whoami', [], ALL]
]

const {commands}: {commands: Record<string, unknown>} = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../oclif.manifest.json'), 'utf8')
)

let prepared: Home
const deleted: Record<string, string> = {}

beforeAll(async () => {
  prepared = temporaryHome(afterAll)
  await people(prepared, ...SUBJECTS.map(nameOf), 'fay')
  await Promise.all(
    SUBJECTS.map(async (subject) => {
      const as = ['-u', nameOf(subject)]
      const {id} = (await mh(prepared, ['capture', 'this was deleted', '--json', ...as])).json
      await mh(prepared, ['memory', 'delete', id, ...as])
      deleted[subject] = id
      await mh(prepared, ['capture', 'this happened', ...as])
      await mh(prepared, ['memory', 'edit', '@last', '--content', 'this happened here', ...as])
      await mh(prepared, ['task', 'add', 'to do', ...as])
      await mh(prepared, ['user', 'export', nameOf(subject), '--output', exportOf(subject), ...as])
      if (subject === 'agent' || subject === 'emulation') await mh(prepared, ['mode', 'set', subject, ...as])
    })
  )
  await mh(prepared, ['user', 'role', nameOf('guest'), 'guest'])
})

it('the table has every command that exists', () => {
  expect([...new Set(TABLE.map(([command]) => command))].sort()).toEqual(Object.keys(commands).sort())
})

it.each(TABLE)('%s %j is for %s, and nobody else', async (command, words, allowed) => {
  const outcomes = await Promise.all(
    SUBJECTS.map(async (subject) => {
      const home = temporaryHome()
      cpSync(prepared.root, home.root, {recursive: true, preserveTimestamps: true})
      const given = words.map((word) =>
        word
          .replace(SELF, nameOf(subject))
          .replace('{deleted}', deleted[subject] ?? '')
          .replace('{file}', join(import.meta.dirname, '../../package.json'))
          .replace('{export}', exportOf(subject))
      )
      const args = [...command.split(':'), ...given, '-u', nameOf(subject), '--json']
      const {exitCode, json} = await mh(home, args, {input: PASSWORD})
      if (command === 'agents:start') await mh(home, ['agents', 'stop'])
      if (exitCode === 4) {
        expect(json.error.message).toMatch(/guest|member|emulation|agent|administrator/)
        return `${subject} no`
      }
      return `${subject} yes`
    })
  )
  expect(outcomes).toEqual(
    SUBJECTS.map((subject) => `${subject} ${allowed.split(' ').includes(subject) ? 'yes' : 'no'}`)
  )
})

function exportOf(subject: string): string {
  return join(prepared.home, `${subject}.tar.gz`)
}

function nameOf(subject: string): string {
  return `an-${subject}`
}
