import {chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {allAgents} from '../../src/agents/registry.ts'
import type {PersonResult} from '../../src/agents/run-result.ts'
import {runAgents} from '../../src/agents/runner.ts'
import {grantOwnAgent} from '../../src/core/agents/own-files.ts'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {capture, memoryStore} from '../../src/core/memory/memories.ts'
import {systemPaths} from '../../src/core/system-paths.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {systemTrail} from '../support/audit.ts'
import {serve} from '../support/chat.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople, setDocument} from '../support/profile.ts'

const COUNTER = `
export default {
  description: 'Counts what you noted',
  schedule: {type: 'interval', seconds: 60},
  proactive: false,
  async run({memories, person, did}) {
    const notes = await memories.list({type: 'observation'})
    await memories.create([{content: person.username + ' noted ' + notes.length, type: 'summary', from: notes}])
    did(notes.length)
  }
}
`

function write(name: string, code: string): string {
  mkdirSync(systemPaths.agents, {recursive: true, mode: 0o700})
  const path = join(systemPaths.agents, `${name}.js`)
  writeFileSync(path, code, {mode: 0o600})
  return path
}

const grant = (user: UserContext, name: string) => enterContext(user, () => grantOwnAgent(name))

async function run(name: string, ...users: string[]): Promise<PersonResult[]> {
  const [ran] = await runAgents({agents: [name], users: await Promise.all(users.map(requireUser))})
  return ran?.users ?? []
}

const blockedOf = async (name: string): Promise<string | undefined> =>
  (await allAgents()).find((agent) => agent.name === name)?.blocked

describe('an own agent', () => {
  it('is listed, and not even loaded, until an administrator enables it; then it works for each person on their own', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    write('counter', `globalThis.counterWasLoaded = true;${COUNTER}`)
    expect(await blockedOf('counter')).toBe('no administrator has enabled it')
    expect(await run('counter', 'ada')).toMatchObject([
      {status: 'skipped', reason: expect.stringMatching('no administrator has enabled it')}
    ])
    expect('counterWasLoaded' in globalThis).toBe(false)
    await expect(grant(bob, 'counter')).rejects.toMatchObject({code: 'NOT_ALLOWED_FOR_ROLE'})

    await grant(ada, 'counter')
    expect((await allAgents()).at(-1)).toMatchObject({
      name: 'counter',
      description: 'Counts what you noted',
      schedule: {type: 'interval', seconds: 60}
    })
    for (const user of [ada, ada, bob]) await enterContext(user, () => capture({content: `Of ${user.username}.`}))
    expect(await run('counter', 'ada', 'bob')).toMatchObject([
      {username: 'ada', status: 'ok', processed: 2, created: 1},
      {username: 'bob', status: 'ok', processed: 1, created: 1}
    ])
    const summary = await enterContext(bob, () => memoryStore().list({filter: {type: 'summary'}, limit: 9}))
    expect(summary.map(({event}) => [event.content, event.userId])).toEqual([['bob noted 1', bob.userId]])
    expect((await systemTrail()).map(({event}) => event)).toContain('own_agent_enabled')
  })

  it('that has changed is off again, and so is one that others may write or that is a link', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const path = write('counter', COUNTER)
    await grant(ada, 'counter')
    expect(await blockedOf('counter')).toBeUndefined()

    writeFileSync(path, COUNTER.replace('noted', 'wrote'))
    expect(await blockedOf('counter')).toBe('its file has changed since an administrator enabled it')
    expect(await run('counter', 'ada')).toMatchObject([{status: 'skipped'}])

    await grant(ada, 'counter')
    chmodSync(path, 0o622)
    expect(await blockedOf('counter')).toMatch('others may write its file')
    await expect(grant(ada, 'counter')).rejects.toMatchObject({code: 'OWN_AGENT_UNSAFE'})
    chmodSync(path, 0o600)
    chmodSync(systemPaths.agents, 0o777)
    expect(await blockedOf('counter')).toMatch('others may write its folder')
    chmodSync(systemPaths.agents, 0o700)
    expect(await blockedOf('counter')).toBeUndefined()

    writeFileSync(join(home.home, 'elsewhere.js'), COUNTER)
    symlinkSync(join(home.home, 'elsewhere.js'), join(systemPaths.agents, 'linked.js'))
    expect(await blockedOf('linked')).toMatch('it is a link')
    await expect(grant(ada, 'nobody')).rejects.toMatchObject({code: 'AGENT_NOT_FOUND'})
  })

  it.each([
    ['export default 7', 'its default export is no object'],
    ['export default {run() {}}', 'it has no description'],
    ['export default {description: "x"}', 'it has no function run'],
    ['export default {name: "other", description: "x", run() {}}', 'it calls itself "other"'],
    ['export default {description: "x", schedule: {type: "never"}, run() {}}', 'its schedule is none that mh knows'],
    ['import "./counter.js"; export default {description: "x", run() {}}', 'it cannot be loaded'],
    ['this is no code', 'it cannot be loaded']
  ])('%s is told: %s', async (code, reason) => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    write('strange', code)
    await grant(ada, 'strange')
    expect(await blockedOf('strange')).toMatch(reason)
  })

  it("that fails is that person's failure; one with the name of mh's own stays off", async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    write(
      'picky',
      "export default {description: 'x', async run({person}) { if (person.username === 'ada') throw new Error('no') }}"
    )
    write('organizer', COUNTER)
    await grant(ada, 'picky')
    await grant(ada, 'organizer')
    expect(await run('picky', 'ada', 'bob')).toMatchObject([
      {username: 'ada', status: 'failed', error: 'no'},
      {username: 'bob', status: 'ok'}
    ])
    expect((await allAgents()).filter(({name}) => name === 'organizer').map(({blocked}) => blocked)).toEqual([
      undefined,
      expect.stringMatching('the name of one of')
    ])
    await setDocument(bob, 'agents', {agents: {picky: {enabled: false}}})
    expect(await run('picky', 'bob')).toMatchObject([{status: 'skipped', reason: 'bob has disabled picky'}])
  })

  it('of the documentation works, with recall and with a model', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const text = readFileSync(join(import.meta.dirname, '../../docs/agents.md'), 'utf8')
    const code = /```js\n(.*?)```/s.exec(text)?.[1] ?? ''
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(21)
    write('weekly', code)
    await grant(ada, 'weekly')
    expect(await run('weekly', 'ada')).toMatchObject([{status: 'ok', reason: 'there is little to sum up'}])
    for (const content of ['One.', 'Two.', 'Three.']) await enterContext(ada, () => capture({content}))
    expect(await run('weekly', 'ada')).toMatchObject([{status: 'ok', processed: 3, created: 1}])
    const server = await serve({reply: '{"summary": "A quiet week."}'})
    await setDocument(ada, 'models', {
      defaults: {summarizer: 'lab'},
      models: {lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL}}
    })
    expect(await run('weekly', 'ada')).toMatchObject([{status: 'ok', created: 1}])
    const summaries = await enterContext(ada, () => memoryStore().list({filter: {type: 'summary'}, limit: 9}))
    expect(summaries.map(({event}) => [event.content, event.metadata.engine])).toEqual([
      ['A quiet week.', 'openai-compatible'],
      [expect.stringMatching(/^- /), 'recall']
    ])
  })
})
