import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it, onTestFinished} from 'vitest'
import type {AgentStatus} from '../../src/agents/scheduler/status.ts'
import {verifiedTrail} from '../support/audit.ts'
import {serve, useModel} from '../support/chat.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

/** Waits until something is so. @throws after half a minute, with what was seen last */
async function until<T>(look: () => Promise<T> | T, isSo: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 25_000; ; await sleep(100)) {
    const seen = await look()
    if (isSo(seen)) return seen
    if (Date.now() > end) throw new Error(`It never came to be; at last: ${JSON.stringify(seen)}`)
  }
}

/** A home with these people, whose scheduler is ended with the test. */
async function homeOf(...names: string[]): Promise<Home> {
  const home = temporaryHome()
  await people(home, ...names)
  onTestFinished(async () => {
    await mh(home, ['agents', 'stop'])
  })
  return home
}

/** Has those agents run at once and again in a day, and no others. */
function onlyAgents(home: Home, username: string, ...names: string[]): void {
  const all = [
    'ingestor',
    'organizer',
    'reflector',
    'dreamer',
    'boredom-service',
    'sleep-service',
    'greeter',
    'crasher'
  ]
  const agents = Object.fromEntries(
    all.map((name) => [name, {enabled: names.includes(name), schedule: {type: 'interval', seconds: 86_400}}])
  )
  writeFileSync(join(home.root, 'profiles', username, 'etc/agents.json'), JSON.stringify({agents}))
}

const drop = (home: Home, username: string, text: string): void =>
  writeFileSync(join(home.root, 'profiles', username, 'memory/inbox/note.txt'), text)

const contentsOf = async (home: Home, username: string): Promise<string[]> =>
  (await mh(home, ['memory', 'list', '--json', '-u', username])).json.memories.map(
    ({content}: {content: string}) => content
  )

const agentsOf = async (home: Home, ...more: string[]): Promise<AgentStatus[]> =>
  (await mh(home, ['agents', 'status', '--json', ...more])).json.agents

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

/** Ids of the processes that a process has started. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

/** The scheduler in the foreground, with what it said. */
async function inForeground(home: Home, env: Record<string, string> = {}): Promise<ChildProcess & {pid: number}> {
  const child = spawn(process.execPath, [BIN, 'agents', 'start', '--foreground'], {
    env: environment(home, env),
    stdio: ['ignore', 'ignore', 'pipe']
  }) as ChildProcess & {pid: number}
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  await until(
    () => said,
    (text) => text.includes('scheduled by this process')
  )
  return child
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.on('exit', (code) => resolve(code)))
    : Promise.resolve(child.exitCode)

describe('the scheduler', {timeout: 60_000}, () => {
  it('runs everybody’s agents on its own, once for a data root, until it is stopped', async () => {
    const home = await homeOf('ada', 'bob')
    for (const name of ['ada', 'bob']) {
      onlyAgents(home, name, 'ingestor')
      drop(home, name, `Of ${name}.`)
    }
    expect(await mh(home, ['agents', 'start', '-u', 'bob'])).toMatchObject({exitCode: 4})
    const {pid} = (await mh(home, ['agents', 'start', '--json'])).json
    expect(isAlive(pid)).toBe(true)
    const second = await mh(home, ['agents', 'start', '--json'])
    expect(second).toMatchObject({exitCode: 5, json: {error: {code: 'SCHEDULER_RUNNING'}}})
    expect(second.json.error.message).toContain(String(pid))
    expect(await mh(home, ['agents', 'start', '--foreground'])).toMatchObject({exitCode: 5})

    const agents = await until(
      () => agentsOf(home),
      (all) => all.filter(({lastRun}) => lastRun !== null).length === 2
    )
    expect(agents).toMatchObject(
      ['ada', 'bob'].map((username) => ({
        name: 'ingestor',
        username,
        result: 'ok',
        items: 1,
        lastRun: expect.stringMatching(/^\d{4}-.*Z$/),
        nextRun: expect.stringMatching(/^\d{4}-.*Z$/)
      }))
    )
    for (const {cpuMs, peakBytes} of agents) {
      expect(cpuMs).toBeGreaterThan(0)
      expect(peakBytes).toBeGreaterThan(10_000_000)
    }
    expect((await mh(home, ['agents', 'status', '--json'])).json).toMatchObject({running: true, pid})
    expect(await contentsOf(home, 'ada')).toEqual(['Of ada.'])
    expect(await contentsOf(home, 'bob')).toEqual(['Of bob.'])

    const log = (await mh(home, ['agents', 'logs', 'ingestor', '--json'])).json
    expect(log.map(({username, level}: {username: string; level: string}) => `${username} ${level}`).sort()).toEqual([
      'ada info',
      'bob info'
    ])
    expect((await mh(home, ['agents', 'logs', '--json', '-u', 'bob'])).json).toMatchObject([{username: 'bob'}])
    expect((await agentsOf(home, '-u', 'bob')).map(({username}) => username)).toEqual(['bob'])
    expect(await mh(home, ['agents', 'logs', 'nobody'])).toMatchObject({exitCode: 3})

    expect(await mh(home, ['agents', 'stop', '-u', 'bob'])).toMatchObject({exitCode: 4})
    expect((await mh(home, ['agents', 'stop', '--json'])).json).toEqual({stopped: true})
    expect(isAlive(pid)).toBe(false)
    expect((await mh(home, ['agents', 'stop', '--json'])).json).toEqual({stopped: false})
    expect((await mh(home, ['agents', 'status', '--json'])).json).toMatchObject({running: false, pid: null})
    const events = verifiedTrail(join(home.root, 'logs/audit')).map(({event}) => event)
    expect(events.filter((event) => event.startsWith('scheduler_'))).toEqual(['scheduler_started', 'scheduler_stopped'])
    expect(statSync(join(home.root, 'logs/run/agents/ingestor.ndjson')).mode & 0o777).toBe(0o600)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('in the foreground ends with 0 at %s', async (signal) => {
    const home = await homeOf('ada')
    const child = await inForeground(home)
    child.kill(signal)
    expect(await exitOf(child)).toBe(0)
    expect((await mh(home, ['agents', 'status', '--json'])).json.running).toBe(false)
  })

  it('that is ended while an agent works ends with 0, and so does the process that the agent works in', async () => {
    const home = await homeOf('ada')
    const server = await serve({reply: '{"tags":["sea"],"entities":[]}', delayMs: 1000})
    const models = {
      defaults: {curator: 'lab'},
      models: {lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL}}
    }
    writeFileSync(join(home.root, 'profiles/ada/etc/models.json'), JSON.stringify(models))
    onlyAgents(home, 'ada', 'organizer')
    await mh(home, ['capture', '--batch'], {input: 'The sea.\nThe harbour.\nThe boats.\n'})
    const child = await inForeground(home)
    await until(
      () => server.chats.length,
      (chats) => chats > 0
    )
    const workers = childrenOf(child.pid)
    expect(workers).toHaveLength(1)
    child.kill('SIGTERM')
    expect(await exitOf(child)).toBe(0)
    await until(
      () => workers.filter(isAlive),
      (alive) => alive.length === 0
    )
    const {unprocessed, total} = (await mh(home, ['memory', 'stats', '--json'])).json
    expect(total).toBe(3)
    expect(unprocessed).toBeGreaterThan(0)
    expect(await agentsOf(home)).toMatchObject([{name: 'organizer', note: expect.stringMatching('interrupted')}])
  })

  it('that was killed can be started again at once, and nothing is done twice', async () => {
    const home = await homeOf('ada')
    onlyAgents(home, 'ada', 'ingestor')
    const child = await inForeground(home)
    await until(
      () => agentsOf(home),
      (all) => all[0]?.lastRun != null
    )
    child.kill('SIGKILL')
    await exitOf(child)
    expect((await mh(home, ['agents', 'status', '--json'])).json).toMatchObject({running: false, pid: null})
    const [before] = await agentsOf(home)
    await mh(home, ['agents', 'start'])
    await until(
      async () => (await mh(home, ['agents', 'logs', 'scheduler', '--json'])).json.length,
      (entries) => entries === 2
    )
    expect((await agentsOf(home))[0]?.lastRun).toBe(before?.lastRun)
  })

  it('takes notice of people who come and go', async () => {
    const home = await homeOf('ada', 'bob')
    for (const name of ['ada', 'bob']) onlyAgents(home, name, 'ingestor')
    await mh(home, ['agents', 'start'])
    await until(
      () => agentsOf(home),
      (all) => all.filter(({lastRun}) => lastRun !== null).length === 2
    )
    await mh(home, ['user', 'delete', 'bob', '--yes'])
    await people(home, 'fay')
    drop(home, 'fay', 'Of fay.')
    await until(
      () => agentsOf(home),
      (all) => all.some(({username, name, items}) => username === 'fay' && name === 'ingestor' && items === 1)
    )
    expect((await agentsOf(home)).some(({username}) => username === 'bob')).toBe(false)
    expect(await contentsOf(home, 'fay')).toEqual(['Of fay.'])
    expect(existsSync(join(home.root, 'profiles/bob'))).toBe(false)
    expect((await mh(home, ['agents', 'status', '--json'])).json.running).toBe(true)
  })

  it('outlives an agent that crashes', async () => {
    const home = await homeOf('ada')
    mkdirSync(join(home.root, 'agents'), {mode: 0o700})
    const agent = (run: string): string =>
      `export default {description: 'x', schedule: {type: 'interval', seconds: 86400}, ${run}}`
    const write = (name: string, text: string): void =>
      writeFileSync(join(home.root, 'agents', `${name}.js`), text, {mode: 0o600})
    write('crasher', agent('run() { process.abort() }'))
    write('greeter', agent("async run({memories}) { await memories.create([{content: 'Good morning'}]) }"))
    for (const name of ['crasher', 'greeter']) await mh(home, ['agents', 'enable', name])
    onlyAgents(home, 'ada', 'crasher', 'greeter')
    await mh(home, ['agents', 'start'])
    const agents = await until(
      () => agentsOf(home),
      (all) => all.filter(({lastRun}) => lastRun !== null).length === 2
    )
    expect(agents).toMatchObject([
      {name: 'crasher', result: 'failed', note: expect.stringMatching(/^its process ended \(SIG/)},
      {name: 'greeter', result: 'ok'}
    ])
    expect(await contentsOf(home, 'ada')).toEqual(['Good morning'])
    expect((await mh(home, ['agents', 'status', '--json'])).json.running).toBe(true)
  })

  it('sends a key only for whom it was granted', async () => {
    const home = await homeOf('ada', 'bob')
    const server = await serve({reply: '{"tags":["sea"],"entities":[]}'})
    for (const name of ['ada', 'bob']) {
      useModel(home, name, server, {apiKeyEnv: 'LAB_KEY'})
      const path = join(home.root, 'profiles', name, 'etc/models.json')
      const models = JSON.parse(readFileSync(path, 'utf8'))
      writeFileSync(path, JSON.stringify({...models, defaults: {curator: 'lab'}}))
      await mh(home, ['capture', `Of ${name}: the sea`, '-u', name])
      onlyAgents(home, name, 'organizer')
    }
    await mh(home, ['config', 'set', 'models.keyGrants', '{"ada": ["LAB_KEY"]}'])
    await inForeground(home, {LAB_KEY: 'secret-of-the-lab'})
    const agents = await until(
      () => agentsOf(home),
      (all) => all.filter(({lastRun}) => lastRun !== null).length === 2
    )
    expect(agents).toMatchObject([
      {username: 'ada', result: 'ok', items: 1},
      {username: 'bob', result: 'failed', note: expect.stringMatching('may not use the variable LAB_KEY')}
    ])
    expect(server.chats.length).toBeGreaterThan(0)
    expect(JSON.stringify(server.chats.map(({body}) => body))).not.toContain('Of bob')
    expect(JSON.stringify((await mh(home, ['agents', 'logs', '--json'])).json)).not.toContain('secret-of-the-lab')
  })

  it('shows what happens as it happens', async () => {
    const home = await homeOf('ada')
    onlyAgents(home, 'ada', 'ingestor')
    const child = spawn(process.execPath, [BIN, 'agents', 'logs', '-f'], {
      env: environment(home),
      stdio: ['ignore', 'pipe', 'ignore']
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    drop(home, 'ada', 'Of ada.')
    await mh(home, ['agents', 'start'])
    await until(
      () => said,
      (text) => /scheduler\t\tstarted/.test(text) && /ingestor\tada\tok: 1 done/.test(text)
    )
    child.kill('SIGINT')
    expect(await exitOf(child)).toBe(130)
    rmSync(join(home.root, 'logs/run/agents'), {recursive: true})
    expect((await mh(home, ['agents', 'logs'])).exitCode).toBe(0)
  })
})
