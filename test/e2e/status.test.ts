import {writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

const profile = (home: Home, username: string, path: string): string => join(home.root, 'profiles', username, path)

/** A server that counts how often anybody asks it anything. */
async function countingServer(): Promise<{baseURL: string; asked: () => number}> {
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    response.setHeader('content-type', 'application/json').end('{"data":[{"id":"m"}]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return {baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked}
}

it('shows the week day by day, today last, in the zone of the person', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  writeFileSync(profile(home, 'ada', 'etc/profile.json'), '{"timezone":"Pacific/Kiritimati"}')
  for (const at of ['today 00:01', 'yesterday noon', '6 days ago noon', '8 days ago noon'])
    await mh(home, ['capture', 'x', '--at', at])
  const {memories} = (await mh(home, ['status', '--json'])).json
  expect(memories).toMatchObject({total: 4, week: [1, 0, 0, 0, 0, 1, 1]})
  expect((await mh(home, ['status'])).stdout).toMatch(/This week {2}█····██ 3 memories/)
})

it('shows what is due, most urgent first', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  await mh(home, ['task', 'add', 'Whenever'])
  await mh(home, ['task', 'add', 'Tonight', '--due', 'today'])
  await mh(home, ['task', 'add', 'Long ago', '--due', '2020-01-01'])
  const {tasks} = (await mh(home, ['status', '--json'])).json
  expect(tasks).toMatchObject({open: 3, overdue: 1, today: 1, next: [{title: 'Long ago'}, {title: 'Tonight'}]})
  expect((await mh(home, ['status'])).stdout).toContain('3 open tasks, 1 overdue, 1 due today')
})

it('asks the network only with --check', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  const {baseURL, asked} = await countingServer()
  writeFileSync(
    profile(home, 'ada', 'etc/models.json'),
    JSON.stringify({
      defaults: {persona: 'mine'},
      models: {mine: {provider: 'openai-compatible', model: 'm', baseURL}}
    })
  )
  const model = {engine: 'openai-compatible', model: 'm'}
  expect((await mh(home, ['status', '--json'])).json.model).toEqual({...model, reachable: null})
  expect((await mh(home, [])).stdout).toContain('m (openai-compatible)')
  expect(asked()).toBe(0)
  expect((await mh(home, ['status', '--check', '--json'])).json.model).toEqual({...model, reachable: true})
  expect(asked()).toBe(1)
})

it('a document that cannot be read is a finding, and the rest is shown', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  writeFileSync(profile(home, 'ada', 'etc/models.json'), '{"defaults": ')
  writeFileSync(profile(home, 'ada', 'persona/core.json'), '[]')
  const shown = await mh(home, ['status', '--json'])
  expect(shown.exitCode).toBe(0)
  expect(shown.json).toMatchObject({persona: {name: 'ada'}, model: {model: null}, memories: {total: 0}})
  expect(shown.json.findings.map(({code}: {code: string}) => code)).toEqual(['UNREADABLE_FILE', 'UNREADABLE_FILE'])
  expect((await mh(home, ['status'])).stdout).toContain('models.json cannot be read')
  writeFileSync(profile(home, 'ada', 'etc/models.json'), '{"defaults": {"persona": "gone"}}')
  expect((await mh(home, ['status', '--json'])).json.findings[0].code).toBe('MODEL_NOT_FOUND')
})

it('of everybody is for administrators, and noted in every trail', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', '-u', 'bob', 'his'])
  const all = await mh(home, ['status', '--all-users', '--json'])
  expect(
    all.json.map(({user, memories}: {user: {username: string}; memories: {total: number}}) => [
      user.username,
      memories.total
    ])
  ).toEqual([
    ['ada', 0],
    ['bob', 1]
  ])
  for (const trail of [profile(home, 'bob', 'logs/audit'), join(home.root, 'logs/audit')])
    expect(verifiedTrail(trail).map(({event, actor}) => [event, actor])).toContainEqual(['status_read', 'ada'])
  const lines = (await mh(home, ['status', '--all-users'])).stdout.trimEnd().split('\n')
  expect(lines.map((line) => line.split('\t')[1])).toEqual(['ada', 'bob'])
  const refused = await mh(home, ['status', '--all-users', '-u', 'bob', '--json'])
  expect([refused.exitCode, refused.json.error.code]).toEqual([4, 'NOT_ADMINISTRATOR'])
})

it('of everybody tells of a profile that cannot be read, and goes on', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  writeFileSync(profile(home, 'ada', 'etc/profile.json'), '{')
  const all = await mh(home, ['status', '--all-users', '-u', 'ada', '--json'])
  expect(all.json).toHaveLength(1)
  expect(all.stderr).toContain('ada: ')
})
