import {readFileSync, writeFileSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {beforeEach, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {deleteMemories} from '../../../src/core/memory/deleting.ts'
import {capture, memoryStore, searchMemories} from '../../../src/core/memory/memories.ts'
import {embedMissing} from '../../../src/core/memory/vectors/embed.ts'
import {openEngine} from '../../../src/core/models/engine.ts'
import {onNotice} from '../../../src/core/notices.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {type ModelServer, startModelServer} from '../../support/model-server.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

/** A model of three meanings: animals, music, food. What it does not know is near to nothing. */
const MEANINGS = [/dog|puppy|hound|terrier/i, /song|piano|melody|concert/i, /bread|soup|dinner/i]
const embedding = (text: string): number[] => [...MEANINGS.map((words) => (words.test(text) ? 1 : 0)), 0.1]

let server: ModelServer
let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  inTemporaryHome()
  server = await startModelServer(['nomic'], {embedding})
  onTestFinished(() => server.close())
  ;({ada, bob} = await makePeople('ada', 'bob'))
  await setModel(ada, server.baseURL)
})

const setModel = (user: UserContext, baseURL: string): Promise<void> =>
  setDocument(user, 'models', {
    defaults: {embedding: 'near'},
    models: {near: {provider: 'openai-compatible', model: 'nomic', baseURL}}
  })
const asAda = <T>(fn: () => Promise<T>): Promise<T> => enterContext(ada, fn)
const contents = async (...search: Parameters<typeof searchMemories>): Promise<string[]> =>
  (await searchMemories(...search)).results.map(({content}) => content)
const sent = (): string[] =>
  server.requests.filter(({path}) => path === '/v1/embeddings').flatMap(({body}) => body.input as string[])
const engine = async () => (await openEngine({role: 'embedding'})).engine

it('finds by meaning what shares no word with the question', () =>
  asAda(async () => {
    await capture({content: 'Walked the terrier by the canal'})
    await capture({content: 'The concert was long'})
    await capture({content: 'Baked bread'})
    expect(await contents('my puppy', {mode: 'lexical'})).toEqual([])
    expect((await contents('my puppy', {mode: 'semantic'}))[0]).toBe('Walked the terrier by the canal')
    const {mode, results} = await searchMemories('my puppy')
    expect(mode).toBe('hybrid')
    expect(results[0]).toMatchObject({
      content: 'Walked the terrier by the canal',
      ranks: {semantic: {rank: 1}}
    })
  }))

it('fuses both lists by their ranks', () =>
  asAda(async () => {
    await capture({content: 'The dog has a new bowl'})
    await capture({content: 'Bought a bowl'})
    await capture({content: 'A hound ran by'})
    const {results} = await searchMemories('dog bowl', {mode: 'hybrid', explain: true})
    expect(results[0]).toMatchObject({
      content: 'The dog has a new bowl',
      score: 2 / 61,
      ranks: {lexical: {rank: 1}, semantic: {rank: 1}}
    })
    expect(results.map(({content}) => content)).toContain('A hound ran by')
  }))

it('keeps to filters by meaning, too', () =>
  asAda(async () => {
    await capture({content: 'A dog barked', type: 'dream', timestamp: '2023-01-01T00:00:00.000Z'})
    await capture({content: 'A puppy slept', tags: ['home'], timestamp: '2024-01-01T00:00:00.000Z'})
    const semantic = {mode: 'semantic'} as const
    expect(await contents('hound', {...semantic, type: 'dream'})).toEqual(['A dog barked'])
    expect(await contents('hound', {...semantic, tag: 'home'})).toEqual(['A puppy slept'])
    expect(await contents('hound', {...semantic, until: Date.UTC(2023, 5, 1)})).toEqual(['A dog barked'])
  }))

it('sends each text once, and again only where it changed', () =>
  asAda(async () => {
    const {id} = await capture({content: 'The dog barked'})
    await searchMemories('hound')
    await searchMemories('hound')
    expect(sent().filter((text) => text === 'The dog barked')).toHaveLength(1)
    const audit = () => ({category: 'data', event: 'tested'}) as const
    await memoryStore().update(id, {change: (event) => ({...event, tags: ['seen']}), audit})
    await searchMemories('hound')
    expect(sent().filter((text) => text === 'The dog barked')).toHaveLength(1)
    await memoryStore().update(id, {change: (event) => ({...event, content: 'The piano'}), audit})
    expect(await contents('melody', {mode: 'semantic'})).toEqual(['The piano'])
    expect(sent().filter((text) => text === 'The piano')).toHaveLength(1)
  }))

it('leaves out a vector whose memory changed while the model worked', () =>
  asAda(async () => {
    const {id} = await capture({content: 'The dog barked'})
    const {memories} = await memoryStore().withoutVector('m', true, 10)
    const audit = () => ({category: 'data', event: 'tested'}) as const
    await memoryStore().update(id, {change: (event) => ({...event, content: 'The piano'}), audit})
    expect(
      await memoryStore().addVectors(
        'm',
        memories.map((memory) => ({memory, vector: new Float32Array([1])}))
      )
    ).toBe(0)
    expect((await memoryStore().withoutVector('m', true, 10)).count).toBe(1)
  }))

it('sends private memories to no model that is elsewhere', () =>
  asAda(async () => {
    await capture({content: 'The dog is ill', private: true})
    await capture({content: 'The puppy plays'})
    const elsewhere = {...(await engine()), mayHavePrivate: false}
    expect(await embedMissing(memoryStore(), elsewhere)).toEqual({embedded: 1, missing: 0})
    expect(sent()).toEqual(['The puppy plays'])
    expect(await embedMissing(memoryStore(), await engine())).toEqual({embedded: 1, missing: 0})
  }))

it('removes a vector with its memory', () =>
  asAda(async () => {
    const {id} = await capture({content: 'The dog barked'})
    await searchMemories('hound')
    expect(vectors(ada)).toBe(1)
    await deleteMemories([id])
    expect(vectors(ada)).toBe(0)
    expect(await contents('hound', {mode: 'semantic'})).toEqual([])
  }))

it("never finds another person's memories by meaning", async () => {
  setModel(bob, server.baseURL)
  await enterContext(bob, () => capture({content: 'The dog of Bob'}))
  await asAda(() => capture({content: 'The piano of Ada'}))
  expect(await asAda(() => contents('puppy', {mode: 'semantic'}))).toEqual(['The piano of Ada'])
  expect(sent()).not.toContain('The dog of Bob')
  expect(await enterContext(bob, () => contents('puppy'))).toEqual(['The dog of Bob'])
})

it('says that it searched by words alone where the server is down, and fails where meaning was asked for', async () => {
  const notices: string[] = []
  onTestFinished(onNotice(({code}) => notices.push(code)))
  await asAda(async () => {
    await capture({content: 'The dog barked'})
    server.behave({status: 400})
    expect(await contents('dog')).toEqual(['The dog barked'])
    expect(notices).toEqual(['WORDS_ONLY'])
    await expect(searchMemories('dog', {mode: 'hybrid'})).rejects.toMatchObject({exitCode: 6})
    await expect(searchMemories('dog', {mode: 'semantic'})).rejects.toMatchObject({exitCode: 6})
  })
})

it('asks for a model where meaning is asked for and none is set', async () => {
  await expect(enterContext(bob, () => searchMemories('dog', {mode: 'semantic'}))).rejects.toMatchObject({
    code: 'NO_EMBEDDING_MODEL',
    exitCode: 2
  })
  expect((await enterContext(bob, () => searchMemories('dog'))).mode).toBe('lexical')
})

it('searches by words, and says so, where models.json is damaged', async () => {
  const notices: string[] = []
  onTestFinished(onNotice(({code}) => notices.push(code)))
  await setDocument(ada, 'models', '{"defaults": ')
  await asAda(async () => {
    await capture({content: 'The dog barked'})
    expect(await contents('dog')).toEqual(['The dog barked'])
  })
  expect(notices).toEqual(['WORDS_ONLY'])
})

function vectors(user: UserContext): number {
  const database = new DatabaseSync(`${process.env.MH_HOME}/cache/index/${user.userId}.db`, {readOnly: true})
  try {
    return (database.prepare('SELECT count(*) AS n FROM vector').get() as {n: number}).n
  } finally {
    database.close()
  }
}

it('keeps what a model made of a text when the index is built anew, and asks only for a text that changed', () =>
  asAda(async () => {
    await capture({content: 'Walked the terrier by the canal'})
    const bread = await capture({content: 'Baked bread'})
    await embedMissing(memoryStore(), await engine())
    const file = JSON.parse(readFileSync(bread.path, 'utf8'))
    writeFileSync(bread.path, JSON.stringify({...file, content: 'Heard a song'}))
    const asked = sent().length
    expect(await memoryStore().reindex({full: true})).toMatchObject({added: 2, unreadable: []})
    await embedMissing(memoryStore(), await engine())
    expect(sent().slice(asked)).toEqual(['Heard a song'])
    expect(await contents('puppy', {mode: 'semantic'})).toHaveLength(2)
  }))
