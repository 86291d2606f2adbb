import {setTimeout as sleep} from 'node:timers/promises'
import {beforeAll, beforeEach, expect, it, onTestFinished} from 'vitest'
import {JobProcesses} from '../../src/agents/scheduler/processes.ts'
import {backend} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {memoriesOf, remember, thoughtful, useModelForAll} from '../support/agents.ts'
import {trailOf} from '../support/audit.ts'
import {serve} from '../support/chat.ts'
import {temporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {
  describeWithPostgres,
  inTemporaryStore,
  startedServer,
  type TestDatabase,
  testDatabase
} from '../support/postgres.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {startMh} from '../support/running.ts'

const jobs = () => {
  const store = backend()
  if (store === undefined) throw new Error('There is no store')
  return store.jobs()
}

describeWithPostgres('workers', () => {
  let database: TestDatabase
  let ada: UserContext
  let bob: UserContext
  let eve: UserContext

  beforeAll(async () => {
    database = await testDatabase()
    // What is to be tried again is tried again at once.
    await database.query('UPDATE mh_jobs.queue SET retry_delay = 0, retry_backoff = false, heartbeat_seconds = 10')
  })
  beforeEach(async () => {
    await inTemporaryStore(database)
    await database.query('DELETE FROM mh_jobs.job')
    ;({ada, bob, eve} = await makePeople('ada', 'bob', 'eve'))
  })

  const until = async (what: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await what())) await sleep(50)
  }

  it('take each job once, and one person is worked on by one at a time', async () => {
    const queue = await jobs()
    const people = [ada, bob, eve]
    const keys = people.flatMap(({userId}) => Array.from({length: 5}, (_, at) => ({userId, agent: `agent-${at}`})))
    await Promise.all(keys.map((job) => queue.add(job)))
    // The same again while it waits.
    for (const job of keys) await queue.add(job)
    expect((await queue.counts()).waiting).toBe(keys.length)
    const done: string[] = []
    const working = new Map<string, number>()
    let most = 0
    const stop = new AbortController()
    await queue.work(
      6,
      async ({userId, agent}) => {
        working.set(userId, (working.get(userId) ?? 0) + 1)
        expect(working.get(userId)).toBe(1)
        most = Math.max(most, [...working.values()].filter((count) => count > 0).length)
        await sleep(200)
        working.set(userId, 0)
        done.push(`${userId} ${agent}`)
        if (done.length === keys.length) stop.abort()
      },
      stop.signal
    )
    expect(done.sort()).toEqual(keys.map(({userId, agent}) => `${userId} ${agent}`).sort())
    expect(most).toBe(people.length)
    expect(await queue.counts()).toEqual({waiting: 0, active: 0, dead: 0})
  })

  it('try a job that fails again, and give it up after the third time', async () => {
    const queue = await jobs()
    await queue.add({agent: 'organizer', userId: ada.userId})
    await queue.add({agent: 'organizer', userId: bob.userId})
    expect(await queue.counts()).toEqual({waiting: 2, active: 0, dead: 0})
    const tries: string[] = []
    const stop = new AbortController()
    const working = queue.work(
      2,
      async ({userId}) => {
        tries.push(userId)
        if (userId === ada.userId) throw new Error('no')
      },
      stop.signal
    )
    await until(async () => (await queue.counts()).dead === 1)
    stop.abort()
    await working
    expect(tries.filter((userId) => userId === ada.userId)).toHaveLength(3)
    expect(tries.filter((userId) => userId === bob.userId)).toHaveLength(1)
  })

  /** `mh agents worker`, as on a machine of its own. */
  const startWorker = (concurrency = 1) => start('worker', '--concurrency', String(concurrency))

  const start = (...args: string[]) => startMh(temporaryHome(), 'agents', ...args, '-u', 'ada')

  it('that are killed leave their job to another, and nothing is doubled', {timeout: 120_000}, async () => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const server = await serve({reply: thoughtful, after: opened})
    for (const person of [ada, bob]) await useModelForAll(person, server)
    await remember(bob, 'Met Grace at the harbour')
    const first = startWorker()
    await (await jobs()).add({agent: 'organizer', userId: bob.userId})
    await until(() => server.chats.length === 1)
    first.kill('SIGKILL')
    await first
    open()
    const second = startWorker(2)
    await until(async () => (await memoriesOf(bob)).every(({metadata}) => metadata.processed === true))
    await until(async () => (await (await jobs()).counts()).active === 0)
    second.kill('SIGTERM')
    expect((await second).exitCode).toBe(0)
    expect(await memoriesOf(bob)).toMatchObject([{tags: ['boats', 'harbour'], userId: bob.userId}])
    expect((await trailOf(bob)).filter(({event}) => event === 'memories_organized')).toHaveLength(1)
    expect(await (await jobs()).counts()).toEqual({waiting: 0, active: 0, dead: 0})
  })

  it('do what a scheduler put into the queue, which the status shows', {timeout: 120_000}, async () => {
    await remember(bob, 'Met Grace at the harbour')
    await setDocument(bob, 'agents', {agents: {organizer: {schedule: {type: 'interval', seconds: 10}}}})
    const service = start('start', '--foreground')
    await until(async () => (await (await jobs()).counts()).waiting > 0)
    const {json} = await mh(temporaryHome(), ['agents', 'status', '--json', '-u', 'ada'])
    expect(json.queue.waiting).toBeGreaterThan(0)
    expect((await memoriesOf(bob))[0]?.metadata.processed).toBe(false)
    const worker = startWorker(2)
    await until(async () => (await memoriesOf(bob))[0]?.metadata.processed === true)
    worker.kill('SIGTERM')
    service.kill('SIGTERM')
    expect([(await worker).exitCode, (await service).exitCode]).toEqual([0, 0])
  })

  it('whose process was started while the database was away do jobs when it is back', async () => {
    const server = await startedServer()
    process.env.MH_STORE = server.address
    await openStore()
    const {ada: person} = await makePeople('ada')
    await closeStore()
    server.stop()
    const processes = new JobProcesses()
    onTestFinished(() => processes.close())
    await processes.start(1)
    const run = () => processes.run({agent: 'organizer', userId: person.userId}, new AbortController().signal)
    expect(await run()).toMatchObject({status: 'failed', error: expect.stringContaining('cannot be reached')})
    server.start()
    expect(await run()).toMatchObject({status: 'ok', reason: 'nothing is unprocessed'})
  })

  it('are for administrators, and need a database', async () => {
    const home = temporaryHome()
    expect((await mh(home, ['agents', 'worker', '-u', 'bob', '--json'])).json.error.code).toBe('NOT_ALLOWED_FOR_ROLE')
    const files = temporaryHome()
    const env = {MH_STORE: 'files'}
    await mh(files, ['user', 'create', 'ada'], {env})
    expect((await mh(files, ['agents', 'worker', '--json'], {env})).json.error).toMatchObject({
      code: 'NO_STORE',
      hint: expect.stringContaining('mh agents start')
    })
  })
})
