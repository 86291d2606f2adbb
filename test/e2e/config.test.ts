import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

const config = async (home: Home, args: string[], env: Record<string, string> = {}) =>
  mh(home, ['config', ...args, '--json'], {env})

it('a setting is what the environment says, else the profile, else the data root, else the default', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const editor = async (args: string[] = [], env = {}) => {
    const {value, origin} = (await config(home, ['get', 'editor', ...args], env)).json
    return [value, origin]
  }
  expect(await editor()).toEqual(['vi', 'default'])
  const root = join(home.root, 'config.json')
  writeFileSync(root, JSON.stringify({...JSON.parse(readFileSync(root, 'utf8')), editor: 'nano'}))
  expect(await editor()).toEqual(['nano', 'root'])
  expect((await config(home, ['set', 'editor', 'code --wait'])).json).toEqual({
    key: 'editor',
    value: 'code --wait',
    origin: 'profile'
  })
  expect(await editor()).toEqual(['code --wait', 'profile'])
  expect(await editor(['-u', 'bob'])).toEqual(['nano', 'root'])
  expect(await editor([], {EDITOR: 'ed'})).toEqual(['ed', 'environment'])
  expect(await editor([], {EDITOR: 'ed', VISUAL: 'emacs'})).toEqual(['emacs', 'environment'])
  expect((await config(home, ['unset', 'editor'])).json).toEqual({key: 'editor', value: 'nano', origin: 'root'})
})

it('the own zone changes what times mean, and other keys of the file stay', async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const path = join(home.root, 'profiles/ada/etc/profile.json')
  writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), own: 1}))
  expect((await config(home, ['set', 'timezone', 'Asia/Tokyo'])).exitCode).toBe(0)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({timezone: 'Asia/Tokyo', own: 1})
  const at = async (args: string[]) =>
    (await mh(home, ['capture', 'x', '--at', '2026-05-04T12:00', '--json', ...args])).json.timestamp
  expect(await at([])).toBe('2026-05-04T03:00:00.000Z')
  expect(await at(['-u', 'bob'])).toBe('2026-05-04T12:00:00.000Z')
  expect(verifiedTrail(join(home.root, 'profiles/ada/logs/audit')).some(({event}) => event === 'setting_changed')).toBe(
    true
  )
})

describe('keys of the data root', () => {
  it('are for administrators, and nested where they have a dot', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    expect((await config(home, ['set', 'backupKeep', '3', '-u', 'bob'])).exitCode).toBe(4)
    expect((await config(home, ['get', 'backupKeep', '-u', 'bob'])).exitCode).toBe(4)
    expect((await config(home, ['list', '-u', 'bob'])).json.map(({key}: {key: string}) => key)).not.toContain(
      'backupKeep'
    )
    expect((await config(home, ['set', 'backupKeep', '3'])).json).toEqual({key: 'backupKeep', value: 3, origin: 'root'})
    await config(home, ['set', 'models.keyGrants', '{"bob": ["OPENAI_API_KEY"]}'])
    const file = JSON.parse(readFileSync(join(home.root, 'config.json'), 'utf8'))
    expect(file).toMatchObject({backupKeep: 3, models: {keyGrants: {bob: ['OPENAI_API_KEY']}}})
    expect(file).toHaveProperty('activeUser')
    expect((await config(home, ['unset', 'backupKeep'])).json).toEqual({key: 'backupKeep', value: 7, origin: 'default'})
    const {stdout} = await mh(home, ['config', 'list', '--show-origin'])
    expect(stdout).toContain('models.keyGrants\t{"bob":["OPENAI_API_KEY"]}\troot\n')
  })

  it('may be set before anybody has an account', async () => {
    const home = temporaryHome()
    expect((await config(home, ['set', 'registration', 'closed'])).exitCode).toBe(0)
    expect((await config(home, ['set', 'timezone', 'UTC'])).exitCode).toBe(4)
    await people(home, 'ada')
    expect((await config(home, ['get', 'registration'])).json.value).toBe('closed')
  })
})

it('an unknown key names the nearest, and a wrong value what may stand there', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  const unknown = await config(home, ['set', 'timezne', 'UTC'])
  expect([unknown.exitCode, unknown.json.error.hint]).toEqual([2, 'Did you mean timezone?'])
  for (const [key, value] of [
    ['timezone', 'Nowhere/Atlantis'],
    ['theme', 'blue'],
    ['notifications', 'maybe'],
    ['sessionHours', '0'],
    ['backupKeep', '1.5'],
    ['models.keyGrants', '{"ada": "X"}'],
    ['language', 'klingon!']
  ] as const) {
    const {exitCode, json} = await config(home, ['set', key, value])
    expect([key, exitCode, json.error.code]).toEqual([key, 2, 'INVALID_VALUE'])
  }
})

it('config path needs nobody', async () => {
  const home = temporaryHome()
  expect((await mh(home, ['config', 'path'])).stdout).toBe(`${join(home.root, 'config.json')}\n`)
  await people(home, 'ada')
  writeFileSync(join(home.root, 'persona/users.json'), 'damaged')
  expect((await mh(home, ['config', 'path'])).exitCode).toBe(0)
})

it('guests change no settings', async () => {
  const home = temporaryHome()
  await people(home, 'ada')
  await mh(home, ['user', 'create', 'eve', '--role', 'guest'])
  expect((await config(home, ['set', 'theme', 'dark', '-u', 'eve'])).exitCode).toBe(4)
  expect((await config(home, ['get', 'theme', '-u', 'eve'])).exitCode).toBe(0)
})
