import {createServer, request} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {expect, it, onTestFinished} from 'vitest'
import {verifyAudit} from '../../src/core/audit/verify.ts'
import {backend, enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import type {EpisodicEvent} from '../../src/core/memory/event.ts'
import {memoryStore} from '../../src/core/memory/memories.ts'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {createToken} from '../../src/core/users/tokens.ts'
import {thoughtful, useModelForAll} from '../support/agents.ts'
import {trailOf} from '../support/audit.ts'
import {serve} from '../support/chat.ts'
import {inTemporaryHome, temporaryHome} from '../support/home.ts'
import {describeWithPostgres, startedServer} from '../support/postgres.ts'
import {asSuperuser} from '../support/postgres-server.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {startMh} from '../support/running.ts'
import {type Served, startServe} from '../support/serve.ts'

/** `npm run test:scale` is the whole of it; a short form is part of every run of the tests. */
const WHOLE = process.env.MH_SCALE === 'whole'
const PEOPLE = WHOLE ? 50 : 6
const SECONDS = WHOLE ? 120 : 12
const SERVERS = 3
const WORKERS = WHOLE ? 4 : 2

/** A person with what only theirs may hold, and what was acknowledged to them. */
interface Person {
  user: UserContext
  marker: string
  token: string
  kept: string[]
  /** Asked for without an answer: kept once, or not at all. */
  unknown: Set<string>
}

describeWithPostgres('servers, workers and people', () => {
  it('lose nothing that was acknowledged, double nothing and mix nobody up, whatever is killed', {
    timeout: (SECONDS + 180) * 1000
  }, async () => {
    const store = await startedServer()
    // A job that was at work when the database went away is tried again at once, and not half a minute and more later.
    await asSuperuser(store.address, 'UPDATE mh_jobs.queue SET retry_delay = 0, retry_backoff = false')
    inTemporaryHome()
    process.env.MH_STORE = store.address
    onTestFinished(async () => {
      delete process.env.MH_STORE
      await closeStore()
    })
    await openStore()
    const model = await serve({reply: thoughtful, delayMs: 20})
    const people = await peopleOf(model)
    const servers = await Promise.all(
      Array.from({length: SERVERS}, () => startServe(temporaryHome(), ['-u', 'person-0']))
    )
    const workers = Array.from({length: WORKERS}, () => start('worker', '--concurrency', '2'))
    const scheduler = start('start', '--foreground')
    // Whoever finds no database when they start ends, as they should.
    await Promise.all([scheduler, ...workers].map(begun))
    const proxy = await startProxy(servers)

    const end = Date.now() + SECONDS * 1000
    const working = people.map((person) => live(person, proxy, end, people))
    await sleep((SECONDS * 1000) / 4)
    await servers[0]?.end('SIGKILL')
    workers[0]?.kill('SIGKILL')
    await sleep((SECONDS * 1000) / 4)
    store.stop()
    await sleep(500)
    store.start()
    await Promise.all(working)

    // Whatever the killed worker left is taken up, and everything is organised in the end.
    const all = () => Promise.all(people.map(({user}) => memoriesOf(user)))
    const isDone = async () => (await all()).flat().every(({metadata}) => metadata.processed !== false)
    while (!(await isDone()) || ((await (await backend()?.jobs())?.counts())?.active ?? 0) > 0) await sleep(250)
    scheduler.kill('SIGTERM')
    for (const worker of workers) worker.kill('SIGTERM')
    const codes = await Promise.all([scheduler, ...workers.slice(1)].map(async (one) => (await one).exitCode))
    expect(codes).toEqual(codes.map(() => 0))
    for (const server of servers.slice(1)) expect((await server.end()).exitCode).toBe(0)

    let acknowledged = 0
    for (const [at, memories] of (await all()).entries()) {
      const {user, marker, kept, unknown} = people[at] as Person
      const mine = memories.filter(({content}) => content.startsWith(marker))
      const contents = mine.map(({content}) => content)
      expect(new Set(contents).size).toBe(contents.length)
      expect(kept.filter((content) => !contents.includes(content))).toEqual([])
      expect(contents.filter((content) => !kept.includes(content) && !unknown.has(content))).toEqual([])
      acknowledged += kept.length
      expect(kept.length).toBeGreaterThan(0)
      const text = JSON.stringify(memories)
      for (const other of people) if (other.marker !== marker) expect(text.includes(other.marker)).toBe(false)
      // Each memory was organised once.
      const organised = (await trailOf(user)).filter(({event}) => event === 'memories_organized')
      const done = organised.reduce((sum, {details}) => sum + Number((details as {count: number}).count), 0)
      expect(done).toBe(memories.filter(({metadata}) => metadata.processed === true).length)
    }
    expect(acknowledged).toBeGreaterThan(PEOPLE * 3)
    // What the model was sent was of one person each time.
    for (const {body} of model.chats) {
      const sent = JSON.stringify(body)
      expect(people.filter(({marker}) => sent.includes(marker)).length).toBeLessThanOrEqual(1)
    }
    expect(await enterContext((people[0] as Person).user, () => verifyAudit(true))).toMatchObject({broken: []})
    if (WHOLE) process.stderr.write(`${acknowledged} captures and answers were acknowledged\n`)
  })
})

async function peopleOf(model: {baseURL: string}): Promise<Person[]> {
  const names = Array.from({length: PEOPLE}, (_, at) => `person-${at}`)
  const contexts = await makePeople(...names)
  const people: Person[] = []
  for (const name of names) {
    const user = contexts[name] as UserContext
    await useModelForAll(user, model)
    await setDocument(user, 'agents', {agents: {organizer: {schedule: {type: 'interval', seconds: 2}}}})
    const {token} = await enterContext(user, () => createToken({name: 'test'}))
    // No marker is part of another one.
    people.push({user, marker: `<${name}>`, token, kept: [], unknown: new Set()})
  }
  return people
}

/** What somebody does until the end: notes, questions and looks, one after another. */
async function live(person: Person, url: string, end: number, people: readonly Person[]): Promise<void> {
  const {marker, token, kept, unknown} = person
  const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'}
  const seen = (text: string): void => {
    for (const other of people) if (other !== person) expect(text.includes(other.marker)).toBe(false)
  }
  for (let turn = 0; Date.now() < end; turn++) {
    const content = `${marker} ${turn % 3 === 0 ? 'asks' : 'notes'} ${turn}`
    unknown.add(content)
    try {
      const chats = turn % 3 === 0
      const response = await fetch(`${url}/api/${chats ? 'chat' : 'capture'}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(chats ? {message: content} : {content})
      })
      const text = await response.text()
      seen(text)
      if (chats ? text.includes('event: done') : response.status === 201) {
        kept.push(content)
        unknown.delete(content)
      }
      const listed = await fetch(`${url}/api/memories?n=5`, {headers})
      seen(await listed.text())
    } catch (error) {
      // The server that had it was killed, or is not there any more.
      if (!(error instanceof TypeError)) throw error
      await sleep(50)
    }
  }
}

const memoriesOf = (user: UserContext): Promise<EpisodicEvent[]> =>
  enterContext(user, async () => (await memoryStore().list({filter: {}, limit: 100_000})).map(({event}) => event))

/** `mh agents …`, as on a machine of its own. */
const start = (...args: string[]) => startMh(temporaryHome(), 'agents', ...args, '-u', 'person-0')

/** Resolves when a scheduler or a worker says that it is at work. */
const begun = ({stderr}: ReturnType<typeof start>): Promise<void> =>
  new Promise((resolve, reject) => {
    let told = ''
    stderr.on('data', (text) => {
      told += text
      if (/Waiting for jobs|are scheduled/.test(told)) resolve()
    })
    stderr.on('end', () => reject(new Error(`It ended before it was at work: ${told}`)))
  })

/** Gives each request to the next server in turn, and to the one after where nobody listens. @returns its address */
async function startProxy(servers: readonly Served[]): Promise<string> {
  let turn = 0
  const proxy = createServer((asked, answer) => {
    const tryNext = (left: number): void => {
      const {url} = servers[turn++ % servers.length] as Served
      const {hostname, port} = new URL(url)
      const passed = request(
        {
          hostname,
          port,
          path: asked.url,
          method: asked.method,
          headers: {...asked.headers, host: `${hostname}:${port}`}
        },
        (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers)
          response.pipe(answer)
          response.on('error', () => answer.destroy())
        }
      )
      passed.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' && left > 0) tryNext(left - 1)
        else answer.destroy()
      })
      answer.on('close', () => passed.destroy())
      body.then(
        (bytes) => passed.end(bytes),
        () => passed.destroy()
      )
    }
    const body = asked.toArray().then((chunks) => Buffer.concat(chunks))
    tryNext(servers.length)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}
