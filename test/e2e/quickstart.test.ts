import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

const snapshot = (home: Home): string[] =>
  readdirSync(home.root, {recursive: true, encoding: 'utf8'})
    .filter((name) => statSync(join(home.root, name)).isFile() && !/^cache|\.lock$/.test(name))
    .map((name) => `${name} ${readFileSync(join(home.root, name), 'utf8')}`)
    .sort()

it('makes the first profile, keeps a memory, answers from it and says what is next', async () => {
  const home = temporaryHome()
  const {json, exitCode, stderr} = await mh(home, ['quickstart', '--yes', '--name', 'ada', '--json'])
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(Object.keys(json)).toEqual(['user', 'memory', 'answer', 'next'])
  expect(json.user).toMatchObject({username: 'ada', role: 'owner', active: true})
  expect(json.answer).toContain(json.memory.content)
  expect(json.next.length).toBeGreaterThan(2)
})

it('run again changes nothing, whatever name it is given', async () => {
  const home = temporaryHome()
  await mh(home, ['quickstart', '--yes', '--name', 'ada'])
  const before = snapshot(home)
  const {json, exitCode} = await mh(home, ['quickstart', '--yes', '--name', 'bob', '--json'])
  expect(exitCode).toBe(0)
  expect(json.user.username).toBe('ada')
  expect(snapshot(home)).toEqual(before)
})

it('needs a name where nobody can be asked', async () => {
  const home = temporaryHome()
  const {exitCode, stderr} = await mh(home, ['quickstart'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--name')
})

it('refuses a name that cannot be one, and leaves nothing', async () => {
  const home = temporaryHome()
  expect((await mh(home, ['quickstart', '--name', 'Ada!'])).exitCode).toBe(2)
  expect((await mh(home, ['user', 'list', '--json'])).json).toEqual([])
})

it('status tells where one stands, each of two people for themselves', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['capture', 'x'])
  expect((await mh(home, ['status', '--json'])).json).toMatchObject({
    user: {username: 'ada'},
    persona: {name: 'ada', facet: 'default'},
    mode: 'dual',
    model: {engine: 'recall', model: null, reachable: null},
    memories: {total: 1, unprocessed: 1},
    tasks: {open: 0},
    profilePath: join(home.root, 'profiles/ada')
  })
  expect((await mh(home, ['status', '--json', '-u', 'bob', '--check'])).json).toMatchObject({
    user: {username: 'bob'},
    memories: {total: 0, unprocessed: 0},
    model: {reachable: true}
  })
  const model = {provider: 'ollama', model: 'llama3:8b', baseURL: 'http://127.0.0.1:9/v1', roles: ['persona']}
  writeFileSync(
    join(home.root, 'profiles/bob/etc/models.json'),
    JSON.stringify({defaults: {persona: 'mine'}, models: {mine: model}})
  )
  expect((await mh(home, ['status', '--json', '-u', 'bob', '--check'])).json.model).toEqual({
    engine: 'ollama',
    model: 'llama3:8b',
    reachable: false
  })
})
