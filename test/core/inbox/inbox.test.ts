import {beforeEach, expect, it} from 'vitest'
import type {PersonResult} from '../../../src/agents/run-result.ts'
import {runAgents} from '../../../src/agents/runner.ts'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {addToInbox, LARGEST_ADDED} from '../../../src/core/inbox/add.ts'
import {inbox} from '../../../src/core/inbox/inbox.ts'
import {setMode} from '../../../src/core/persona/set-mode.ts'
import {requireUser} from '../../../src/core/users/accounts.ts'
import {memoriesOf} from '../../support/agents.ts'
import {trailOf} from '../../support/audit.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'
import {startWeb} from '../../support/web.ts'

let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
})

const put = (user: UserContext, name: string, text: string) =>
  enterContext(user, () => addToInbox(name, Buffer.from(text)))
const waiting = (user: UserContext): Promise<string[]> =>
  enterContext(user, async () => (await inbox().list()).map(({name}) => name))
const contentsOf = async (user: UserContext): Promise<string[]> =>
  (await memoriesOf(user)).map(({content}) => content).sort()

async function ingest(...people: UserContext[]): Promise<PersonResult[]> {
  const users = await Promise.all(people.map(({username}) => requireUser(username)))
  return (await runAgents({agents: ['ingestor'], users}))[0]?.users ?? []
}

it('becomes memories of whose inbox it is, linked to their source, and waits no more', async () => {
  await put(ada, 'notes.md', '# Monday\nWe swam.\n\nThen it rained.')
  await put(bob, 'notes.md', 'Of bob.')
  expect(await ingest(ada, bob)).toMatchObject([
    {username: 'ada', status: 'ok', processed: 1, created: 2},
    {username: 'bob', status: 'ok', processed: 1, created: 1}
  ])
  expect(await contentsOf(ada)).toEqual(['# Monday\n\nWe swam.', 'Then it rained.'])
  expect(await contentsOf(bob)).toEqual(['Of bob.'])
  const memories = await memoriesOf(ada)
  expect(memories.every(({metadata}) => (metadata.import as {source: string}).source === 'notes.md')).toBe(true)
  expect(await waiting(ada)).toEqual([])
  expect(await ingest(ada)).toMatchObject([{processed: 0, reason: 'there is nothing new in the inbox'}])
})

it('gives a name that is taken another one, and of what grew takes only what is new', async () => {
  expect((await put(ada, 'a.txt', 'One.\n\nTwo.')).name).toBe('a.txt')
  expect((await put(ada, 'a.txt', 'Three.')).name).toBe('a-2.txt')
  expect(await waiting(ada)).toEqual(['a-2.txt', 'a.txt'])
  await ingest(ada)
  expect(await contentsOf(ada)).toEqual(['One.', 'Three.', 'Two.'])
  await put(ada, 'a.txt', 'One.\n\nTwo.\n\nFour.')
  await ingest(ada)
  expect(await contentsOf(ada)).toEqual(['Four.', 'One.', 'Three.', 'Two.'])
})

it('sets aside what cannot be read, and keeps nothing else waiting', async () => {
  await put(ada, 'a.json', '{"a":')
  await put(ada, 'b.png', 'x')
  await put(ada, 'c.txt', 'Good.')
  const [result] = await ingest(ada)
  expect(result).toMatchObject({status: 'failed', processed: 1, created: 1, failed: 2})
  expect(result?.error).toMatch('a.json: it is not JSON')
  expect(await contentsOf(ada)).toEqual(['Good.'])
  expect(await waiting(ada)).toEqual([])
})

it('takes plain names only, and nothing in emulation mode', async () => {
  for (const name of ['', '../x.txt', 'a/b.txt', 'a\\b.txt', '.hidden', 'a\nb.txt', 'x'.repeat(201)])
    await expect(put(ada, name, 'x')).rejects.toMatchObject({code: 'INVALID_NAME', exitCode: 2})
  await expect(
    enterContext(ada, () => addToInbox('big.txt', new Uint8Array(16 * 1024 * 1024 + 1)))
  ).rejects.toMatchObject({code: 'INPUT_TOO_LARGE'})
  await enterContext(ada, () => setMode('emulation'))
  await expect(put(ada, 'a.txt', 'x')).rejects.toMatchObject({code: 'NOT_ALLOWED_IN_MODE', exitCode: 4})
  expect(await waiting(ada)).toEqual([])
})

it('is filled over HTTP, by text or by bytes, each person their own', async () => {
  const web = await startWeb()
  const [hers, his] = [await web.as(ada), await web.as(bob)]
  const send = (name: string, what: object) => hers.ask('/api/inbox', {json: {name, ...what}})
  expect(await send('a.txt', {content: 'Schöne Grüße.'})).toMatchObject({status: 201, json: {name: 'a.txt', bytes: 16}})
  expect((await send('b.txt', {base64: Buffer.from('In bytes.').toString('base64')})).status).toBe(201)
  for (const wrong of [{}, {content: 'x', base64: 'eA=='}, {base64: '!'}, {content: 7}])
    expect([422, 400]).toContain((await send('c.txt', wrong)).status)
  expect((await web.browser().ask('/api/inbox', {json: {name: 'd.txt', content: 'x'}})).status).toBe(401)
  await his.ask('/api/inbox', {json: {name: 'a.txt', content: 'Of bob.'}})
  await ingest(ada, bob)
  expect(await contentsOf(ada)).toEqual(['In bytes.', 'Schöne Grüße.'])
  expect(await contentsOf(bob)).toEqual(['Of bob.'])
  const trail = await trailOf(ada)
  expect(trail.filter(({event}) => event === 'inbox_added')).toHaveLength(2)
  expect(JSON.stringify(trail)).not.toMatch(/Gr|In bytes/)
})

it('takes files over HTTP that are larger than whatever else is sent, up to a bound', async () => {
  const hers = await (await startWeb()).as(ada)
  const send = (bytes: number) =>
    hers.ask('/api/inbox', {json: {name: 'book.pdf', base64: Buffer.alloc(bytes).toString('base64')}})
  expect((await send(LARGEST_ADDED)).json).toEqual({name: 'book.pdf', bytes: LARGEST_ADDED})
  expect((await send(LARGEST_ADDED + 1)).json.error.code).toBe('INPUT_TOO_LARGE')
  expect((await send(1.2 * LARGEST_ADDED)).status).toBe(413)
  expect(await waiting(ada)).toEqual(['book.pdf'])
  expect(await waiting(bob)).toEqual([])
})
