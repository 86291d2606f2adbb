import {expect, it, onTestFinished} from 'vitest'
import {agentLog} from '../../../src/core/agents/log.ts'
import {scheduleStore} from '../../../src/core/agents/schedule-store.ts'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {fetchProfileText, listProfileNames} from '../../../src/core/documents.ts'
import {addToInbox} from '../../../src/core/inbox/add.ts'
import {capture, memoryStore} from '../../../src/core/memory/memories.ts'
import {PROFILE_LAYOUT} from '../../../src/core/paths.ts'
import {localTime} from '../../../src/core/time.ts'
import {requireUser} from '../../../src/core/users/accounts.ts'
import {createUser} from '../../../src/core/users/create.ts'
import {deleteUser} from '../../../src/core/users/delete.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {scheduleHours, zoneOfEvening} from '../../support/night.ts'
import {itOverFiles} from '../../support/over-files.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

const DAY = [
  'Met Grace at the harbour, and we talked about sailing to Bergen.',
  'I prefer tea to coffee in the evening.',
  'The boiler broke; the plumber comes on Friday.',
  'I always check the weather before I sail.'
]

const dreamsOf = (user: UserContext): Promise<string[]> =>
  enterContext(user, async () =>
    (await memoryStore().list({filter: {type: 'dream'}, limit: 50})).map(({event}) => event.id)
  )

it('a night: ingestor, organizer and dreamer in their order, not too many dreams, and what was learned cites what is there', {
  timeout: 90_000
}, async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const start = Date.now()
  const zone = zoneOfEvening(start)
  const seldom = {schedule: {type: 'interval', seconds: 7200}}
  for (const user of [ada, bob]) {
    await setDocument(user, 'profile', {timezone: zone, language: 'en'})
    await setDocument(user, 'agents', {agents: {ingestor: seldom, organizer: seldom}})
  }
  await setDocument(ada, 'sleep', {
    enabled: true,
    window: {start: '02:00', end: '06:00'},
    minimumIdleMinutes: 15,
    maxDreamsPerNight: 2
  })
  for (const content of DAY) await enterContext(ada, () => capture({content}))
  let letters = 0
  const ran = await scheduleHours(10, {
    start,
    // Something new comes in before each time that the service looks, so that each has something to dream of.
    before: async ({agent, userId}) => {
      if (agent !== 'sleep-service' || userId !== ada.userId) return
      const letter = `Letter ${++letters}: the harbour was full of boats.`
      await enterContext(ada, () => addToInbox(`letter-${letters}.txt`, Buffer.from(letter)))
    }
  })

  const nights = ran.filter(({agent, userId}) => agent === 'sleep-service' && userId === ada.userId)
  expect(nights.length).toBeGreaterThanOrEqual(2)
  for (const {at, runs} of nights) {
    expect(runs.map(({agent}) => agent)).toEqual(['sleep-service', 'ingestor', 'organizer', 'dreamer'])
    expect(runs.flatMap(({users}) => users.map(({status}) => status))).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(localTime(at, zone).slice(11) >= '02:00' && localTime(at, zone).slice(11) < '06:00').toBe(true)
  }
  expect(letters).toBe(nights.length)

  expect(await dreamsOf(ada)).toHaveLength(2)
  expect(await dreamsOf(bob)).toEqual([])
  await enterContext(ada, async () => {
    const [learned = '', ...more] = await listProfileNames(PROFILE_LAYOUT.overnight)
    expect(more).toEqual([])
    const text = (await fetchProfileText(`${PROFILE_LAYOUT.overnight}/${learned}`)) ?? ''
    const cited = [...new Set(text.match(/evt-[\w-]+/g))]
    expect(cited.length).toBeGreaterThan(0)
    expect(await memoryStore().getAll(cited)).toHaveLength(cited.length)
    expect(await memoryStore().count({unprocessed: true})).toBeLessThanOrEqual(2)
  })
  expect(await enterContext(bob, () => memoryStore().counts())).toMatchObject({total: 0})

  const {dreamer} = await scheduleStore().read(ada.userId)
  expect(dreamer).toMatchObject({result: 'ok', lastRun: expect.any(Number)})
})

it('whoever is idle is given something to think about once, and nobody in quiet hours or who has paused', async () => {
  inTemporaryHome()
  const {ada, bob, eve} = await makePeople('ada', 'bob', 'eve')
  const start = Date.now()
  const zone = zoneOfEvening(start)
  for (const user of [ada, bob, eve]) {
    await setDocument(user, 'profile', {timezone: zone, language: 'en'})
    await setDocument(user, 'sleep', {enabled: false})
    for (const content of DAY) await enterContext(user, () => capture({content}))
  }
  // The service alone: without a schedule of their own for agents.
  const agents = Object.fromEntries(['ingestor', 'organizer', 'dreamer'].map((name) => [name, {enabled: false}]))
  await setDocument(ada, 'agents', {agents: {...agents, reflector: {schedule: {type: 'timeOfDay', at: '12:00'}}}})
  await setDocument(bob, 'agents', {
    globalSettings: {quietHours: {enabled: true, start: '21:00', end: '07:00'}},
    agents
  })
  await setDocument(eve, 'agents', {globalSettings: {paused: true}, agents})
  const ran = await scheduleHours(4, {start})
  expect(ran.map(({agent, userId}) => [agent, userId])).toEqual([['boredom-service', ada.userId]])
  expect(ran[0]?.runs.map(({agent}) => agent)).toEqual(['boredom-service', 'reflector'])
  expect((ran[0]?.at ?? 0) - start).toBeGreaterThanOrEqual(15 * 60_000 - 5000)
  expect(await enterContext(ada, () => memoryStore().count({type: 'reflection'}))).toBe(1)
})

it('people who come and go meanwhile, and one whose settings are damaged, keep nobody else waiting', async () => {
  inTemporaryHome()
  const {ada, bob, eve} = await makePeople('ada', 'bob', 'eve')
  await setDocument(bob, 'agents', '{"agents":')
  for (const user of [ada, eve]) await enterContext(user, () => capture({content: 'Met Grace.'}))
  let changed = false
  const ran = await scheduleHours(1, {
    before: async () => {
      if (changed) return
      changed = true
      await enterContext(ada, () => createUser({username: 'fay'}))
      await enterContext(ada, () => deleteUser('eve'))
    }
  })
  const fay = await requireUser('fay')
  const ranFor = new Set(ran.flatMap(({runs}) => runs.flatMap(({users}) => users.map(({username}) => username))))
  expect(ranFor.has('ada')).toBe(true)
  expect(ranFor.has('bob')).toBe(false)
  expect(ran.some(({userId, agent}) => userId === ada.userId && agent === 'organizer')).toBe(true)
  expect(await scheduleStore().read(fay.id)).toMatchObject({ingestor: {result: 'ok'}})
  expect(await scheduleStore().read(eve.userId)).toEqual({})
  const told = (await agentLog().read('scheduler')).filter(({userId}) => userId === bob.userId)
  expect(told.map(({message}) => message)).toEqual([expect.stringMatching(/agents\.json cannot be read/)])
})

itOverFiles('a full disk costs what was to be written meanwhile, and afterwards everything goes on', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  await setDocument(ada, 'agents', {agents: {organizer: {schedule: {type: 'interval', seconds: 600}}}})
  await enterContext(ada, () => capture({content: 'Met Grace in London.'}))
  onTestFinished(() => {
    delete process.env.MH_FAULT
  })
  process.env.MH_FAULT = 'write=ENOSPC'
  let tries = 0
  const ran = await scheduleHours(2, {
    before: ({agent}) => {
      if (agent === 'organizer' && ++tries === 3) delete process.env.MH_FAULT
    }
  })
  const organized = ran.filter(({agent}) => agent === 'organizer').map(({runs}) => runs[0]?.users[0]?.status)
  expect(organized.slice(0, 3)).toEqual(['failed', 'failed', 'ok'])
  expect(await enterContext(ada, () => memoryStore().counts())).toMatchObject({total: 1, unprocessed: 0})
  expect(await scheduleStore().read(ada.userId)).toMatchObject({organizer: {result: 'ok'}})
})

itOverFiles(
  'a clock that was put back by a year costs no run: what is due by the new one runs, and not twice',
  async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await setDocument(ada, 'profile', {timezone: 'UTC', language: 'en'})
    await setDocument(ada, 'sleep', {enabled: false})
    await setDocument(ada, 'agents', {
      agents: {
        organizer: {schedule: {type: 'interval', seconds: 3600}},
        ingestor: {schedule: {type: 'timeOfDay', at: '03:00'}},
        reflector: {enabled: false},
        dreamer: {enabled: false}
      }
    })
    await enterContext(ada, () => capture({content: 'Met Grace in London.'}))
    await enterContext(ada, () => addToInbox('letter.txt', Buffer.from('The harbour was full of boats.')))
    const start = Date.parse('2030-05-04T00:30:00Z')
    const inAYear = Date.parse('2031-05-04T00:30:00Z')
    for (const agent of ['organizer', 'ingestor'])
      await scheduleStore().note(ada.userId, agent, {firstSeen: inAYear, lastRun: inAYear, result: 'ok'})
    const ran = await scheduleHours(4, {start})
    const timesOf = (name: string): string[] =>
      ran.filter(({agent}) => agent === name).map(({at}) => new Date(at).toISOString().slice(11, 16))
    // What the ingestor makes at three is organized within the hour.
    expect(timesOf('organizer')).toEqual(['01:30', '03:30'])
    expect(timesOf('ingestor')).toEqual(['03:00'])
  }
)
