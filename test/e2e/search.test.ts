import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {startModelServer} from '../support/model-server.ts'
import {openTerminal} from '../support/terminal.ts'

let home: Home

beforeEach(async () => {
  home = temporaryHome()
  await people(home, 'ada', 'bob')
})

const capture = (text: string, ...flags: string[]) => mh(home, ['capture', text, ...flags])
const contents = async (...args: string[]): Promise<string[]> =>
  (await mh(home, ['remember', ...args, '--json'])).json.results.map(({content}: {content: string}) => content)

describe('text of every script is found as a person expects', () => {
  it.each([
    ['cafe', 'Tea at the Café Zoë'],
    ['CAFÉ', 'Tea at the cafe'],
    ['café', 'Tea at the cafe\u0301 (written with a combining accent)'],
    ['東京', '昨日は東京でラーメンを食べた'],
    ['ラーメン', '昨日は東京でラーメンを食べた'],
    ['北京', '我昨天去了北京的一家书店'],
    ['🎉', 'We won 🎉 at last'],
    ['👩‍💻', 'A good day 👩‍💻'],
    ['שלום', 'אמרתי שלום לשכן'],
    ['القهوة', 'شربت القهوة مع جدتي'],
    ['Größe', 'Die GRÖSSE stimmt nicht'],
    ['Москва', 'Поезд в Москва ушёл'],
    ['กาแฟ', 'ฉันชอบดื่มกาแฟตอนเช้า'],
    ["d'accord", 'Elle est d’accord']
  ])('%s finds %s', async (query, text) => {
    await capture('Something else altogether')
    await capture(text)
    expect((await contents(query))[0]).toBe(text)
  })
})

it('follows the language of the profile, also when it changes', async () => {
  await capture('Die alten Häuser am Hafen')
  expect(await contents('Haus')).toEqual([])
  const path = join(home.root, 'profiles', 'ada', 'etc', 'profile.json')
  writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), language: 'de'}))
  expect(await contents('Welches Haus?')).toEqual(['Die alten Häuser am Hafen'])
  await capture('Das Haus der Großmutter')
  expect(await contents('Häusern')).toHaveLength(2)
})

it('says so where every word of the question is too common to be searched for', async () => {
  await capture('Who came after that')
  const {stdout, stderr, exitCode} = await mh(home, ['remember', 'who', 'after'])
  expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 0})
  expect(stderr).toContain('too common')
})

it('explains which words of a memory gave which score, in lines and as JSON', async () => {
  await capture('Met Grace at the pier')
  const {results} = (await mh(home, ['remember', 'meeting Grace', '--explain', '--json'])).json
  expect(results[0].why).toMatchObject({
    terms: expect.arrayContaining([{term: 'grace', score: expect.any(Number), words: ['grace'], fields: ['content']}]),
    score: results[0].score
  })
  const {stdout} = await mh(home, ['remember', 'meeting Grace', '--explain'])
  expect(stdout.trimEnd().split('\t')).toHaveLength(5)
  expect(stdout).toMatch(/grace \d+\.\d\d \(content\)/)
})

it('highlights what was found on a terminal, and says how long ago it was', async () => {
  await capture(`A long walk ${'through the town '.repeat(8)}to the bakery`, '--at', 'yesterday')
  const terminal = openTerminal(home, ['remember', 'bakeries'])
  await terminal.exitCode
  expect(terminal.output()).toContain('\u001b[33mbakery\u001b[39m')
  expect(terminal.output()).toContain('yesterday')
  const plain = openTerminal(home, ['remember', 'bakeries'], {NO_COLOR: '1'})
  await plain.exitCode
  expect(plain.output()).toContain('to the bakery')
  expect(plain.output()).not.toContain('\u001b[33m')
})

describe('with an embedding model', () => {
  const embedding = (text: string): number[] => [/bark|puppy/.test(text) ? 1 : 0, /bread/.test(text) ? 1 : 0, 0.1]
  const setModel = (user: string, baseURL: string): void =>
    writeFileSync(
      join(home.root, 'profiles', user, 'etc', 'models.json'),
      JSON.stringify({defaults: {embedding: 'm'}, models: {m: {provider: 'openai-compatible', model: 'near', baseURL}}})
    )

  it('searches by words and meaning both, and reindex gives vectors to what has none', async () => {
    await using server = await startModelServer(['near'], {embedding})
    await capture('The puppy sleeps')
    await capture('Baked bread')
    setModel('ada', server.baseURL)
    expect((await mh(home, ['memory', 'reindex', '--json'])).json).toMatchObject({embedded: 2})
    const {json} = await mh(home, ['remember', 'barking', '--json'])
    expect(json).toMatchObject({
      mode: 'hybrid',
      results: [{content: 'The puppy sleeps', ranks: {semantic: {rank: 1}}}, {}]
    })
    expect((await mh(home, ['remember', 'barking', '--explain'])).stdout).toContain('by meaning no. 1')
    expect(await contents('barking', '--mode', 'lexical')).toEqual([])
    expect(await contents('barking', '-u', 'bob')).toEqual([])
  })

  it('answers by words with a note where the server is down, and ends with 6 where meaning was asked for', async () => {
    const server = await startModelServer(['near'], {embedding})
    setModel('ada', server.baseURL)
    await server.close()
    await capture('The dog sleeps')
    const answer = await mh(home, ['remember', 'dog', '--json'])
    expect(answer.json.results).toHaveLength(1)
    expect(answer.stderr).toContain('Searched by words alone')
    for (const mode of ['hybrid', 'semantic']) {
      const failed = await mh(home, ['remember', 'dog', '--mode', mode, '--json'])
      expect(failed).toMatchObject({exitCode: 6, json: {error: {code: 'ENGINE_UNREACHABLE'}}})
    }
  })
})

it('says what to do where meaning is asked for without a model', async () => {
  const failed = await mh(home, ['remember', 'dog', '--mode', 'semantic', '--json'])
  expect(failed).toMatchObject({
    exitCode: 2,
    json: {error: {code: 'NO_EMBEDDING_MODEL', hint: expect.stringContaining('mh model use')}}
  })
})
