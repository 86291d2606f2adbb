import {spawn} from 'node:child_process'
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import {askForRun} from '../../src/agents/ask.ts'
import {disableAgent, enableAgent} from '../../src/agents/enable.ts'
import {listAgents} from '../../src/agents/list.ts'
import {runAgents} from '../../src/agents/runner.ts'
import {runStore} from '../../src/core/agents/runs.ts'
import {setAgentsPaused} from '../../src/core/agents/settings.ts'
import {enterContext} from '../../src/core/backend.ts'
import {getUserContext, type UserContext} from '../../src/core/context.ts'
import {withAgentLock, withProfileLock} from '../../src/core/locks.ts'
import {everybody, requireUser} from '../../src/core/users/accounts.ts'
import {createUser} from '../../src/core/users/create.ts'
import {contextOf} from '../../src/core/users/identify.ts'
import {setRole} from '../../src/core/users/role.ts'
import {asked, gate, memoriesOf, remember, runFor, thoughtful, turnFor, useModelForAll} from '../support/agents.ts'
import {systemTrail, trailOf} from '../support/audit.ts'
import {serve} from '../support/chat.ts'
import {type Home, inTemporaryHome} from '../support/home.ts'
import {itOverFiles} from '../support/over-files.ts'
import {makePeople, setDocument} from '../support/profile.ts'

let home: Home
let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  home = inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
})

const everybodys = (agents: string[], more: object = {}) =>
  enterContext(ada, () => askForRun({agents, ...more}, {everybodys: true}))

describe('who is worked for', () => {
  it.each([
    ['dual', false, 'ok', 'ok'],
    ['agent', false, 'ok', 'skipped'],
    ['agent', true, 'ok', 'ok'],
    ['emulation', false, 'skipped', 'skipped'],
    ['emulation', true, 'skipped', 'skipped']
  ] as const)('in %s mode, forced: %s, organizer is %s and reflector %s', async (mode, force, organizer, reflector) => {
    await remember(ada, 'one', 'two', 'three')
    await setDocument(ada, 'cognitiveMode', {currentMode: mode})
    const runs = await runFor(ada, ['organizer', 'reflector'], {force})
    expect(runs.map(({users}) => users[0]?.status)).toEqual([organizer, reflector])
    for (const {users} of runs)
      if (users[0]?.status === 'skipped') expect(users[0].reason).toContain(`ada is in ${mode} mode`)
  })

  it('guests are skipped, and so is whoever disabled the agent, also where it is named and forced', async () => {
    await enterContext(ada, () => setRole('bob', 'guest'))
    await enterContext(ada, () => disableAgent('organizer'))
    const [run] = await everybodys(['organizer'], {force: true})
    expect(run?.users).toMatchObject([
      {username: 'ada', status: 'skipped', reason: 'ada has disabled organizer', error: null},
      {username: 'bob', status: 'skipped', reason: 'bob is a guest'}
    ])
    await enterContext(ada, () => enableAgent('organizer'))
    expect(await turnFor(ada, 'organizer')).toMatchObject({status: 'ok'})
    await expect(enterContext(ada, () => enableAgent('organiser'))).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      hint: 'Did you mean organizer?'
    })
  })

  it("a pause holds for what others start, and not for one's own", async () => {
    await enterContext(bob, () => setAgentsPaused(true))
    await enterContext(ada, () => setAgentsPaused(true))
    const [run] = await everybodys(['organizer'])
    expect(run?.users.map(({status}) => status)).toEqual(['ok', 'skipped'])
    const [scheduled] = await runAgents({agents: ['organizer'], users: await everybody()})
    expect(scheduled?.users.map(({reason}) => reason)).toEqual([
      'ada has paused their agents',
      'bob has paused their agents'
    ])
    await enterContext(bob, () => setAgentsPaused(false))
    expect(await turnFor(bob, 'organizer')).toMatchObject({status: 'ok'})
  })

  it('everybody is for administrators, and without a name the agents of scope user run in their order', async () => {
    await expect(enterContext(bob, () => askForRun({}, {everybodys: true}))).rejects.toMatchObject({
      code: 'NOT_ADMINISTRATOR'
    })
    const runs = await enterContext(bob, () => askForRun({}, {everybodys: false}))
    expect(runs.map(({agent}) => agent)).toEqual(['ingestor', 'organizer', 'reflector', 'dreamer'])
    expect(runs.map(({users}) => users.map(({username}) => username))).toEqual(Array(4).fill(['bob']))
  })
})

describe('what is written of a run', () => {
  it('are the cycle in the system’s trail, the turn in the person’s own, and a record', async () => {
    await remember(ada, 'Tea in London')
    await remember(bob, 'Coffee in Paris')
    const [run] = await everybodys(['organizer'])
    const details = {run: run?.id, agent: 'organizer'}
    const cycle = (await systemTrail()).filter(({event}) => event.startsWith('agent_cycle'))
    expect(cycle).toMatchObject([
      {event: 'agent_cycle_started', actor: 'system', userId: null, details: {...details, people: 2, askedBy: 'ada'}},
      {event: 'agent_cycle_completed', actor: 'system', details: {...details, ok: 2, failed: 0, skipped: 0}}
    ])
    const ofBob = (await trailOf(bob)).filter(({event}) => event.startsWith('agent') || event === 'memories_organized')
    expect(ofBob).toMatchObject([
      {event: 'agents_run', category: 'security', actor: 'ada', details: {of: 'bob'}},
      {event: 'memories_organized', actor: 'bob', details: {...details, count: 1}},
      {event: 'agent_ran', actor: 'bob', details: {...details, status: 'ok', processed: 1}}
    ])
    expect((await trailOf(ada)).filter(({event}) => event === 'agents_run')).toEqual([])
    expect((await systemTrail()).filter(({event}) => event === 'agents_run')).toHaveLength(1)
    expect(JSON.stringify([...(await systemTrail()), ...(await trailOf(bob))])).not.toContain('Paris')
    const records = await enterContext(bob, () => runStore().list(10))
    expect(records).toMatchObject([{id: run?.id, agent: 'organizer', status: 'ok', processed: 1, undoneAt: null}])
  })

  it('is nothing in a dry run but that others were looked at, and only the last where nothing was to do', async () => {
    await everybodys(['organizer'], {dryRun: true})
    expect((await systemTrail()).filter(({event}) => event.startsWith('agent_cycle'))).toEqual([])
    expect((await trailOf(bob)).map(({event}) => event)).toContain('agents_run')
    await enterContext(ada, async () => {
      expect(await runStore().last()).toEqual({})
      await turnFor(ada, 'organizer')
      expect(await runStore().list(10)).toEqual([])
      expect(await runStore().last()).toMatchObject({organizer: {status: 'ok', processed: 0}})
    })
    const listed = await enterContext(ada, listAgents)
    expect(listed.find(({name}) => name === 'organizer')).toMatchObject({
      enabled: true,
      schedule: {type: 'interval', seconds: 900},
      lastRun: expect.any(String)
    })
    expect((await enterContext(bob, listAgents)).every(({lastRun}) => lastRun === null)).toBe(true)
  })

  it('keeps no word of a model’s server', async () => {
    const server = await serve({status: 400, error: {error: {message: 'you said: Tea in London'}}})
    await useModelForAll(ada, server)
    await remember(ada, 'Tea in London')
    const result = await turnFor(ada, 'organizer')
    expect(result.error).toContain('Tea in London')
    const kept = await enterContext(ada, () => runStore().list(1))
    expect(kept).toMatchObject([{status: 'failed', error: 'ITEMS_FAILED'}])
    expect(JSON.stringify(await trailOf(ada))).not.toContain('London')
  })
})

describe('several people at once', () => {
  it('are each in their own context, at most as many as were asked for', async () => {
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    for (const person of [ada, bob]) {
      await useModelForAll(person, server)
      await remember(person, `only ${person.username} knows this`)
    }
    const running = everybodys(['organizer'], {concurrency: 2})
    // Both are asked about before either is answered.
    await asked(server, 2)
    open()
    const [run] = await running
    expect(run?.users).toMatchObject([
      {username: 'ada', processed: 1},
      {username: 'bob', processed: 1}
    ])
    for (const {body} of server.chats) {
      const prompt = JSON.stringify(body)
      expect(prompt.includes('only ada') && prompt.includes('only bob')).toBe(false)
    }
    expect(getUserContext()).toBeUndefined()
    for (const person of [ada, bob])
      expect((await memoriesOf(person))[0]).toMatchObject({userId: person.userId, tags: ['boats', 'harbour']})
  })
})

describe('one agent for one person', () => {
  it('is at work once, in this process and in others, and other agents and people do not wait', async () => {
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    await useModelForAll(ada, server)
    await remember(ada, 'one')
    const first = turnFor(ada, 'organizer')
    await asked(server, 1)
    expect(await turnFor(ada, 'organizer')).toMatchObject({
      status: 'skipped',
      reason: 'organizer is at work for ada already'
    })
    expect(await turnFor(bob, 'organizer')).toMatchObject({status: 'ok'})
    expect(await turnFor(ada, 'dreamer')).toMatchObject({status: 'ok'})
    open()
    expect(await first).toMatchObject({processed: 1})
    expect(await turnFor(ada, 'organizer')).toMatchObject({status: 'ok'})
  })

  it('is free again as soon as its holder is killed', async () => {
    const script = join(home.home, 'hold.ts')
    const core = join(import.meta.dirname, '../../src/core')
    writeFileSync(
      script,
      `import {withAgentLock} from ${JSON.stringify(join(core, 'locks.ts'))}
       import {openStore} from ${JSON.stringify(join(core, 'open-store.ts'))}
       await openStore()
       await withAgentLock('organizer', ${JSON.stringify(ada.userId)}, async () => {
         process.stdout.write('held')
         await new Promise((resolve) => setTimeout(resolve, 60_000))
       })`
    )
    const holder = spawn(process.execPath, [script], {stdio: ['ignore', 'pipe', 'inherit']})
    const ended = new Promise((resolve) => holder.once('exit', resolve))
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    expect(await turnFor(ada, 'organizer')).toMatchObject({status: 'skipped'})
    holder.kill('SIGKILL')
    await ended
    expect(await turnFor(ada, 'organizer')).toMatchObject({status: 'ok'})
  })

  it('never waits for the lock inside a lock of writes', async () => {
    await expect(
      withProfileLock(ada.userId, () => withAgentLock('organizer', ada.userId, async () => {}))
    ).rejects.toMatchObject({code: 'LOCK_ORDER'})
  })
})

itOverFiles("one person's damage is theirs: it is told, and the others are done", async () => {
  const {dora} = await makePeopleBeside('carl', 'dora')
  await setDocument(bob, 'agents', '{"agents": ')
  await remember(dora, 'Tea in London')
  rmSync(join(home.root, 'profiles/carl'), {recursive: true})
  const [run] = await everybodys(['organizer'])
  expect(run?.users).toMatchObject([
    {username: 'ada', status: 'ok'},
    {username: 'bob', status: 'failed', error: expect.stringContaining('agents.json cannot be read: line 1')},
    {username: 'carl', status: 'failed', error: expect.stringContaining('is gone')},
    {username: 'dora', status: 'ok', processed: 1}
  ])
})

/** More people, made by ada. */
async function makePeopleBeside<Name extends string>(...names: Name[]): Promise<Record<Name, UserContext>> {
  const made: Partial<Record<Name, UserContext>> = {}
  for (const username of names) {
    await enterContext(ada, () => createUser({username}))
    made[username] = contextOf(await requireUser(username))
  }
  return made as Record<Name, UserContext>
}
