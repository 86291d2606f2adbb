import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import type {AgentRun} from '../../src/agents/run-result.ts'
import type {UserContext} from '../../src/core/context.ts'
import {asked, gate, remember, thoughtful, useModelForAll} from '../support/agents.ts'
import {verifiedTrail} from '../support/audit.ts'
import {homeOfTwo, serve} from '../support/chat.ts'
import {inTemporaryHome, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {CTRL_C, openTerminal} from '../support/terminal.ts'

/** Every JSON file below a folder, parsed. */
function recordsBelow(folder: string): {userId?: string; content?: string; type?: string}[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((file) => file.isFile() && file.name.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(file.parentPath, file.name), 'utf8')))
}

describe('mh agents run --all-users', () => {
  it('works for twenty people: seventeen are done, one is skipped, two fail, and nobody sees what is another’s', async () => {
    const home = inTemporaryHome()
    const names = Array.from({length: 20}, (_, index) => `person-${index}`)
    const made = await makePeople(...names)
    const server = await serve({reply: thoughtful})
    const down = await serve()
    await down.close()
    const secretOf = (name: string): string => `secret of ${name}.`
    for (const [index, person] of Object.values(made).entries()) {
      await remember(
        person,
        ...['Rowed', 'Sailed', 'Swam'].map((deed) => `${deed} with the ${secretOf(person.username)}`)
      )
      if (index % 2 === 0) useModelForAll(person, server)
    }
    const [damaged, emulating, unanswered] = [made['person-3'], made['person-7'], made['person-12']] as UserContext[]
    setDocument(damaged as UserContext, 'models', '{"defaults": {,')
    setDocument(emulating as UserContext, 'cognitiveMode', {currentMode: 'emulation'})
    useModelForAll(unanswered as UserContext, down)

    const {exitCode, json, stderr} = await mh(home, [
      'agents',
      'run',
      'organizer',
      'reflector',
      '--all-users',
      '--concurrency',
      '4',
      '--json'
    ])
    const {runs} = json as {runs: AgentRun[]}
    expect(exitCode).toBe(1)
    expect(stderr).toBe('')
    expect(runs.map(({agent}) => agent)).toEqual(['organizer', 'reflector'])
    for (const {users} of runs) {
      expect(users.map(({username}) => username)).toEqual(names)
      const failed = users.filter(({status}) => status === 'failed')
      expect(failed.map(({username}) => username)).toEqual(['person-3', 'person-12'])
      expect(failed.map(({error}) => error)).toEqual([
        expect.stringMatching(/models\.json cannot be read: line 1/),
        expect.stringMatching(/does not answer/)
      ])
      expect(users.filter(({status}) => status === 'skipped')).toMatchObject([
        {username: 'person-7', reason: 'person-7 is in emulation mode', error: null}
      ])
      expect(users.filter(({status}) => status === 'ok')).toHaveLength(17)
    }
    const done = runs[0]?.users.filter(({status}) => status === 'ok')
    expect(done?.every(({processed}) => processed === 3)).toBe(true)

    const others = (name: string): string[] => names.filter((other) => other !== name).map(secretOf)
    for (const [name, {userId}] of Object.entries(made)) {
      const records = recordsBelow(join(home.root, 'profiles', name, 'memory/episodic'))
      expect(records.every((record) => record.userId === userId)).toBe(true)
      const texts = JSON.stringify(records)
      expect(others(name).filter((secret) => texts.includes(secret))).toEqual([])
      const thoughts = records.filter(({type}) => type === 'reflection')
      expect(thoughts).toHaveLength(['person-3', 'person-7', 'person-12'].includes(name) ? 0 : 1)
    }
    expect(server.chats.length).toBeGreaterThan(9 * 3)
    for (const {body} of server.requests) {
      const prompt = JSON.stringify(body)
      expect(names.filter((name) => prompt.includes(secretOf(name))).length).toBeLessThanOrEqual(1)
    }
    const told = await mh(home, ['agents', 'run', 'organizer', '--all-users'])
    expect(told.exitCode).toBe(1)
    expect(told.stderr).toContain('Failed: organizer for person-3, organizer for person-12')
    expect(told.stdout).toContain('organizer\tperson-7\tskipped\t0\t0\tperson-7 is in emulation mode')
  }, 240_000)

  it('is refused to members, and noted in both trails for an owner', async () => {
    const home = await homeOfTwo()
    const refused = await mh(home, ['agents', 'run', '--all-users', '-u', 'bob', '--json'])
    expect([refused.exitCode, refused.json.error.code]).toEqual([4, 'NOT_ADMINISTRATOR'])
    expect((await mh(home, ['agents', 'run', '--all-users', '--json'])).exitCode).toBe(0)
    for (const folder of ['logs/audit', 'profiles/bob/logs/audit']) {
      const noted = verifiedTrail(join(home.root, folder)).filter(({event}) => event === 'agents_run')
      expect(noted).toMatchObject([{actor: 'ada', category: 'security', details: {of: 'bob'}}])
    }
  })

  it('lets a model have a key only where an administrator granted it; one’s own run needs no grant', async () => {
    const home = await homeOfTwo()
    const server = await serve({reply: thoughtful})
    for (const name of ['ada', 'bob']) {
      await mh(home, ['capture', 'Rowed', '-u', name])
      writeFileSync(
        join(home.root, 'profiles', name, 'etc/models.json'),
        JSON.stringify({
          defaults: {curator: 'lab'},
          models: {
            lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL, apiKeyEnv: 'ADAS_KEY'}
          }
        })
      )
    }
    const env = {ADAS_KEY: 'sesame-1234'}
    await mh(home, ['config', 'set', 'models.keyGrants', '{"ada": ["ADAS_KEY"]}'])
    const all = await mh(home, ['agents', 'run', 'organizer', '--all-users', '--json'], {env})
    expect(all.exitCode).toBe(1)
    expect(all.json.runs[0].users).toMatchObject([
      {username: 'ada', status: 'ok', processed: 1},
      {username: 'bob', status: 'failed', error: expect.stringContaining('may not use the variable ADAS_KEY')}
    ])
    expect(server.chats).toHaveLength(1)
    expect(all.stdout).not.toContain('sesame')
    const own = await mh(home, ['agents', 'run', 'organizer', '-u', 'bob', '--json'], {env})
    expect(own.json.runs[0].users).toMatchObject([{username: 'bob', status: 'ok', processed: 1}])
    const logs = JSON.stringify(
      readdirSync(join(home.root), {recursive: true, withFileTypes: true})
        .filter((file) => file.isFile() && /\.(?:json|ndjson|md)$/.test(file.name))
        .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    )
    expect(logs).not.toContain('sesame')
  })
})

describe('mh agents run', () => {
  it('runs everything for one person, says what each did, and is found again in runs, list and status', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    for (const text of ['Tea with Grace in London', 'Grace sold the boat in London', 'I love the boat'])
      await mh(home, ['capture', text])
    const run = await mh(home, ['agents', 'run'])
    expect([run.exitCode, run.stderr]).toEqual([0, ''])
    expect(run.stdout.split('\n').map((line) => line.split('\t').slice(0, 5).join(' '))).toEqual([
      'ingestor ada ok 0 0',
      'organizer ada ok 3 0',
      'reflector ada ok 3 2',
      'dreamer ada ok 3 1',
      ''
    ])
    const runs = (await mh(home, ['agents', 'runs', '--json'])).json
    expect(runs).toMatchObject([
      {agent: 'dreamer', status: 'ok', processed: 3, created: 1},
      {agent: 'reflector', created: 2},
      {agent: 'organizer', processed: 3}
    ])
    const list = (await mh(home, ['agents', 'list', '--json'])).json as {name: string; lastRun: string | null}[]
    expect(list.map(({name}) => name).slice(0, 4)).toEqual(['ingestor', 'organizer', 'reflector', 'dreamer'])
    expect(list.find(({name}) => name === 'dreamer')?.lastRun).toBe(runs[0].startedAt)
    const status = await mh(home, ['status', '--json'])
    expect(status.json.agents[0]).toMatchObject({name: 'dreamer', status: 'ok', created: 1})
    expect((await mh(home, ['status'])).stdout).toContain('dreamer just now')
    const undone = await mh(home, ['agents', 'undo', runs[1].id.slice(-8)])
    expect(undone.stdout).toContain(`Took back ${runs[1].id}: 2 memories are in the trash`)
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(4)
    expect((await mh(home, ['agents', 'undo', 'none-such'])).exitCode).toBe(3)
  })

  it('changes nothing in a dry run', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    for (const text of ['one', 'two', 'three']) await mh(home, ['capture', text])
    const before = snapshot(home.root)
    const {exitCode, json} = await mh(home, ['agents', 'run', '--dry-run', '--json'])
    expect(exitCode).toBe(0)
    expect(json.runs.slice(1).map(({users}: AgentRun) => users[0]?.reason)).toEqual([
      'would organize 3',
      'would reflect on 3 memories',
      'would dream of 3 memories'
    ])
    expect(snapshot(home.root)).toEqual(before)
  })

  it('says in whose settings something is wrong with a name that nobody has', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const wrong = await mh(home, ['agents', 'run', 'organiser', '--json'])
    expect([wrong.exitCode, wrong.json.error.code, wrong.json.error.hint]).toEqual([
      3,
      'AGENT_NOT_FOUND',
      'Did you mean organizer?'
    ])
    expect((await mh(home, ['agents', 'run', '--concurrency', '0'])).exitCode).toBe(2)
  })

  it('ends at Ctrl-C with 130, and tells what was done', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve([{reply: thoughtful}, {reply: thoughtful, after: opened}])
    useModelForAll(ada, server)
    await remember(ada, 'one', 'two', 'three')
    const terminal = openTerminal(home, ['agents', 'run', 'organizer', 'dreamer'])
    await asked(server, 2)
    terminal.type(CTRL_C)
    await terminal.sees('Interrupted. What was done stays done.')
    expect(await terminal.exitCode).toBe(130)
    open()
    expect(terminal.output()).toMatch(/organizer\s+ada\s+failed\s+1\s+0\s+It was interrupted/)
    expect(server.chats).toHaveLength(2)
    expect((await mh(home, ['memory', 'stats', '--json'])).json.unprocessed).toBe(2)
  })

  it('can go on at once after it was killed, and what the killed run did can be taken back', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve([{reply: thoughtful}, {reply: thoughtful, after: opened}])
    useModelForAll(ada, server)
    await remember(ada, 'one', 'two', 'three')
    const killed = execa(process.execPath, [BIN, 'agents', 'run', 'organizer'], {
      env: environment(home),
      extendEnv: false,
      reject: false,
      stdin: 'ignore'
    })
    await asked(server, 2)
    killed.kill('SIGKILL')
    await killed
    open()
    const [cut] = (await mh(home, ['agents', 'runs', '--json'])).json
    expect(cut).toMatchObject({agent: 'organizer', status: 'running'})
    const again = await mh(home, ['agents', 'run', 'organizer', '--json'])
    expect(again.json.runs[0].users).toMatchObject([{status: 'ok', processed: 2}])
    const undone = await mh(home, ['agents', 'undo', cut.id, '--json'])
    expect(undone.json).toMatchObject({run: cut.id, restored: [expect.any(String)], kept: []})
    expect((await mh(home, ['memory', 'stats', '--json'])).json).toMatchObject({total: 3, unprocessed: 1})
  })

  it('is offered by the shell: names of agents, and ids of runs', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'Tea'])
    const {id} = (await mh(home, ['agents', 'run', 'organizer', '--json'])).json.runs[0]
    expect((await mh(home, ['complete', '--', 'agents', 'run', 'org'])).stdout).toMatch(/^organizer\t/)
    expect((await mh(home, ['complete', '--', 'agents', 'undo', ''])).stdout).toMatch(
      new RegExp(`^${id.slice(-8)}\torganizer`)
    )
  })
})

/** Every file of a data root with its text; what is derived is left out. */
function snapshot(root: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root, {recursive: true, withFileTypes: true})
      .filter((file) => file.isFile() && !/[\\/](?:cache|locks)(?:[\\/]|$)/.test(file.parentPath))
      .map((file) => {
        const path = join(file.parentPath, file.name)
        return [path, readFileSync(path, 'latin1')]
      })
  )
}

describe('a run that is killed while it writes', () => {
  it.each(['staged', 'renamed', 'renamed:300', 'folder-synced', 'audit-line', 'indexed', 'committed', 'renamed:560'])(
    'at %s loses nothing, and the next one finishes it',
    async (point) => {
      const home = inTemporaryHome()
      const {ada} = await makePeople('ada')
      await remember(ada, ...Array.from({length: 600}, (_, index) => `The boat number ${index} is at the harbour`))
      const killed = await mh(home, ['agents', 'run', 'organizer'], {env: {MH_FAULT: point}})
      expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', `fault: killed at ${point.split(':')[0]}\n`])
      const again = await mh(home, ['agents', 'run', 'organizer', '--json'])
      expect([again.exitCode, again.stderr]).toEqual([0, ''])
      const stats = (await mh(home, ['memory', 'stats', '--json'])).json
      expect(stats).toMatchObject({total: 600, unprocessed: 0, byTag: {boat: 600, harbour: 600}})
      expect((await mh(home, ['audit', 'verify', '--json'])).json).toMatchObject({ok: true, broken: []})
      // What either of the two runs did can be taken back.
      const runs = (await mh(home, ['agents', 'runs', '--json'])).json as {id: string}[]
      for (const {id} of runs) expect((await mh(home, ['agents', 'undo', id])).exitCode).toBe(0)
      const texts = recordsBelow(join(home.root, 'profiles/ada/memory/episodic')) as {tags?: string[]}[]
      expect(texts.filter(({tags}) => tags?.length !== 0)).toEqual([])
      expect(texts).toHaveLength(600)
    },
    120_000
  )
})
