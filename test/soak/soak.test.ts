import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {expect, it} from 'vitest'
import type {AgentLogEntry} from '../../src/core/agents/log.ts'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import type {EpisodicEvent} from '../../src/core/memory/event.ts'
import {memoryStore} from '../../src/core/memory/memories.ts'
import {createToken} from '../../src/core/users/tokens.ts'
import {thoughtful, useModelForAll} from '../support/agents.ts'
import {readTar} from '../support/archives.ts'
import {verifiedTrail} from '../support/audit.ts'
import {serve} from '../support/chat.ts'
import {type Home, inTemporaryHome, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {startMh} from '../support/running.ts'
import {startServe} from '../support/serve.ts'
import {ends, type Footprint, watch} from './footprint.ts'

/** `npm run test:soak` is the whole of it; a short form is part of every run of the tests. */
const WHOLE = process.env.MH_SOAK === 'whole'
const CAPTURES = WHOLE ? 200 : 40
const PEOPLE = WHOLE ? 20 : 4
const SECONDS = WHOLE ? 300 : 10
/** Agents work for everybody this often. */
const EVERY_SECONDS = WHOLE ? 20 : 10
/** The first four go by the clock, the others watch what people do. */
const AGENTS = ['ingestor', 'organizer', 'reflector', 'dreamer', 'sleep-service', 'boredom-service']
/** What is not collected yet comes and goes; what is kept for ever would show. */
const MOST_GROWTH = 1.25
const MOST_MB = 300

it(`${CAPTURES} captures that a shell starts at once are all kept, each for its own person`, {
  timeout: 240_000
}, async () => {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const owner = (at: number): string => (at % 4 === 0 ? 'bob' : 'ada')
  const captured = await Promise.all(
    Array.from({length: CAPTURES}, (_, at) => mh(home, ['capture', `${owner(at)} notes ${at}`, '-u', owner(at)]))
  )
  expect(captured.filter(({exitCode, stderr}) => exitCode !== 0 || stderr !== '')).toEqual([])
  for (const name of ['ada', 'bob']) {
    const listed = await mh(home, ['memory', 'list', '-n', '500', '--json', '-u', name])
    expect(listed).toMatchObject({exitCode: 0, stderr: ''})
    const contents = listed.json.memories.map(({content}: EpisodicEvent) => content)
    const mine = Array.from({length: CAPTURES}, (_, at) => at).filter((at) => owner(at) === name)
    expect(contents.sort()).toEqual(mine.map((at) => `${name} notes ${at}`).sort())
    verifiedTrail(join(home.root, 'profiles', name, 'logs/audit'))
  }
})

/** A person with what only theirs may hold, and what was acknowledged to them, in order. */
interface Person {
  user: UserContext
  marker: string
  headers: Record<string, string>
  kept: string[]
  /** How long their slowest request took, in milliseconds. */
  slowest: number
  /** Files that were put into their inbox. */
  dropped: string[]
}

it(`${PEOPLE} people chat and capture while agents work and a backup is taken: no error, nothing lost, memory flat`, {
  timeout: (SECONDS + 240) * 1000
}, async () => {
  const home = inTemporaryHome()
  const model = await serve({reply: (body) => (body.stream ? 'The boat is in the harbour.' : thoughtful(body))})
  const everybody = await peopleOf(model)
  const server = await startServe(home, ['-u', 'person-0'])
  const scheduler = startMh(home, 'agents', 'start', '--foreground', '-u', 'person-0')

  const end = Date.now() + SECONDS * 1000
  const living = Promise.all(everybody.map((person) => live(person, server.url, end, everybody)))
  const footprints = [watch(server.pid, living), watch(scheduler.pid ?? 0, living)]
  const dropping = drop(home, everybody, end)
  await sleep((SECONDS * 1000) / 2)
  const before = everybody.map(({kept}) => [...kept])
  const backup = await mh(home, ['backup', 'create', '--all-users', '--json', '-u', 'person-0'])
  await Promise.all([living, dropping])
  // Before the scheduler is told to end, which interrupts what is at hand.
  const logs = await logsOfAll(home)
  scheduler.kill('SIGTERM')
  expect(await scheduler).toMatchObject({exitCode: 0})
  expect(await server.end()).toEqual({exitCode: 0, stderr: ''})
  for (const seen of await Promise.all(footprints)) expectFlat(seen)

  expect(logs.filter(({level}) => level !== 'info')).toEqual([])
  // What was put into an inbox in the last moment.
  const last = await mh(home, ['agents', 'run', '--all-users', '--concurrency', '2', '-u', 'person-0'])
  expect(last).toMatchObject({exitCode: 0})

  for (const {user, marker, kept, dropped} of everybody) {
    const memories = await enterContext(user, () => memoryStore().list({filter: {}, limit: 1_000_000}))
    const contents = memories.map(({event}) => event.content).filter((content) => content.startsWith(marker))
    expect(contents.sort()).toEqual([...kept, ...dropped].sort())
    const text = JSON.stringify(memories)
    for (const other of everybody) if (other.marker !== marker) expect(text.includes(other.marker)).toBe(false)
    const reindexed = await mh(home, ['memory', 'reindex', '--json', '-u', user.username])
    expect(reindexed.json).toMatchObject({added: 0, updated: 0, removed: 0, unreadable: []})
    verifiedTrail(join(home.root, 'profiles', user.username, 'logs/audit'))
  }
  // What a model was sent was of one person each time.
  for (const {body} of model.chats) {
    const sent = JSON.stringify(body)
    expect(everybody.filter(({marker}) => sent.includes(marker)).length).toBeLessThanOrEqual(1)
  }
  await expectStateThatExisted(home, backup.json, everybody, before)
  if (WHOLE) tell(everybody, await Promise.all(footprints))
})

async function peopleOf(model: {baseURL: string}): Promise<Person[]> {
  const names = Array.from({length: PEOPLE}, (_, at) => `person-${at}`)
  const contexts = await makePeople(...names)
  const made: Person[] = []
  for (const [at, name] of names.entries()) {
    const user = contexts[name] as UserContext
    // The others have the built-in engine.
    if (at % 2 === 0) await useModelForAll(user, model)
    const schedule = {type: 'interval', seconds: EVERY_SECONDS}
    const agents = AGENTS.slice(0, 4).map((agent) => [agent, {schedule}])
    await setDocument(user, 'agents', {agents: Object.fromEntries(agents)})
    // The first is idle at once, whatever they do, and the whole day is night.
    const window = {start: '00:00', end: '23:59'}
    await setDocument(user, 'sleep', {enabled: at === 0, window, minimumIdleMinutes: 0, maxDreamsPerNight: 1000})
    await setDocument(user, 'boredom', {enabled: at === 0, idleMinutes: 0})
    const {token} = await enterContext(user, () => createToken({name: 'test'}))
    const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'}
    // No marker is part of another one.
    made.push({user, marker: `<${name}>`, headers, kept: [], slowest: 0, dropped: []})
  }
  return made
}

/** What somebody does until the end: notes, questions and looks, one after another. */
async function live(person: Person, url: string, end: number, everybody: readonly Person[]): Promise<void> {
  const {marker, headers, kept} = person
  const ask = async (path: string, status: number, body?: object): Promise<string> => {
    const sent = body === undefined ? {} : {method: 'POST', body: JSON.stringify(body)}
    const asked = performance.now()
    const response = await fetch(`${url}/api/${path}`, {headers, ...sent})
    const text = await response.text()
    person.slowest = Math.max(person.slowest, performance.now() - asked)
    expect(response.status, text).toBe(status)
    for (const other of everybody) if (other !== person) expect(text.includes(other.marker)).toBe(false)
    return text
  }
  for (let turn = 0; Date.now() < end; turn++) {
    const content = `${marker} ${turn % 3 === 0 ? 'asks' : 'notes'} number ${turn}`
    if (turn % 3 === 0) expect(await ask('chat', 200, {message: content})).toContain('event: done')
    else await ask('capture', 201, {content})
    kept.push(content)
    await ask(['memories?n=5', 'memories?query=number', 'status', 'tasks'][turn % 4] ?? '', 200)
    await sleep(200 * Math.random())
  }
}

/** What the scheduler told, once every agent had its turn: a busy machine takes its time. */
async function logsOfAll(home: Home): Promise<AgentLogEntry[]> {
  for (;;) {
    const logs = await mh(home, ['agents', 'logs', '-n', '100000', '--json', '-u', 'person-0'])
    const ran = new Set(logs.json.map(({agent}: AgentLogEntry) => agent))
    if (AGENTS.every((agent) => ran.has(agent))) return logs.json
    await sleep(500)
  }
}

/** Puts a file into everybody's inbox again and again. */
async function drop({root}: Home, everybody: readonly Person[], end: number): Promise<void> {
  for (let turn = 0; Date.now() < end; turn++) {
    for (const {user, marker, dropped} of everybody) {
      const content = `${marker} has file ${turn}`
      writeFileSync(join(root, 'profiles', user.username, 'memory/inbox', `file-${turn}.txt`), content)
      dropped.push(content)
    }
    await sleep(EVERY_SECONDS * 1000)
  }
}

function expectFlat(seen: readonly Footprint[]): void {
  expect(Math.max(...seen.map(({residentMb}) => residentMb))).toBeLessThan(MOST_MB)
  // In a few seconds a program is not warm yet.
  if (!WHOLE) return
  const memory = ends(seen.map(({residentMb}) => residentMb))
  expect(memory.late).toBeLessThan(memory.early * MOST_GROWTH)
  const files = ends(seen.map(({open}) => open))
  expect(files.late).toBeLessThan(files.early + PEOPLE)
}

/** The backup has all that was acknowledged before it began, and of what came later a beginning. */
async function expectStateThatExisted(
  home: Home,
  {id, path}: {id: string; path: string},
  everybody: readonly Person[],
  before: readonly string[][]
): Promise<void> {
  expect((await mh(home, ['backup', 'verify', id, '--json', '-u', 'person-0'])).json).toMatchObject({ok: true})
  const entries = await readTar(path)
  for (const [at, {user, marker, kept}] of everybody.entries()) {
    const contents = entries
      .filter(({header}) => header.name.startsWith(`profiles/${user.username}/memory/episodic/`))
      .map(({data}) => JSON.parse(String(data)).content as string)
      .filter((content) => content.startsWith(marker) && !content.includes('has file'))
    expect(contents.length).toBeGreaterThanOrEqual(before[at]?.length ?? 0)
    expect(contents.sort()).toEqual(kept.slice(0, contents.length).sort())
  }
}

function tell(everybody: readonly Person[], footprints: readonly Footprint[][]): void {
  const kept = everybody.reduce((sum, one) => sum + one.kept.length, 0)
  const memory = footprints.map((seen) => {
    const {early, late} = ends(seen.map(({residentMb}) => residentMb))
    return `${early.toFixed(0)} to ${late.toFixed(0)} MB`
  })
  const slowest = Math.max(...everybody.map((person) => person.slowest)) / 1000
  process.stderr.write(
    `${kept} captures and answers, the slowest request took ${slowest.toFixed(1)} s; the server held ${memory[0]}, the scheduler ${memory[1]}\n`
  )
}
