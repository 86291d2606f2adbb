import {setTimeout as sleep} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {startServe} from '../support/serve.ts'
import {agree} from './agree.ts'
import {of, readFacts} from './facts.ts'

/** A thirtieth of what is killed elsewhere: a server is busy all the time, and each kill strikes it in the midst of writes. */
const KILLS = Math.ceil(Number(process.env.MH_KILLS ?? 30) / 30)
const PEOPLE = ['ada', 'bob']
/** Requests of each person at the same moment. */
const LANES = 6

/** What was asked for, and of that what was acknowledged, by the keys of facts. */
interface Asked {
  wanted: Set<string>
  kept: Set<string>
}

it(`a server that is killed ${KILLS} times while people write has everything that it acknowledged, once`, {
  timeout: 60_000 + KILLS * 10_000
}, async () => {
  const home = temporaryHome()
  await people(home, ...PEOPLE)
  const tokens = await Promise.all(
    PEOPLE.map(async (name) => (await mh(home, ['token', 'create', '--json', '-u', name])).json.token as string)
  )
  const asked: Asked = {wanted: new Set(), kept: new Set()}
  for (let kill = 0; kill < KILLS; kill++) {
    const before = asked.kept.size
    const server = await startServe(home)
    const busy = PEOPLE.flatMap((name, at) =>
      Array.from({length: LANES}, (_, lane) => write(server.url, tokens[at] ?? '', name, `${kill}.${lane}`, asked))
    )
    while (asked.kept.size < before + 20) await sleep(5)
    await sleep(Math.random() * 300)
    await server.end('SIGKILL')
    await Promise.all(busy)
    await expectAllOnce(home, asked)
  }
})

/** Notes and tasks, one after the other, until nobody answers. */
async function write(url: string, token: string, name: string, lane: string, {wanted, kept}: Asked): Promise<void> {
  const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'}
  for (let turn = 0; ; turn++) {
    const text = `written ${lane}.${turn} of ${name}`
    const [path, body, key] =
      turn % 4 === 3
        ? ['/api/tasks', {title: text}, `${name}|task|${text}`]
        : ['/api/capture', {content: text}, `${name}|episodic|${text}`]
    wanted.add(key)
    try {
      const {status} = await fetch(url + path, {method: 'POST', headers, body: JSON.stringify(body)})
      expect(status).toBe(201)
      kept.add(key)
    } catch (error) {
      if (error instanceof TypeError) return
      throw error
    }
  }
}

async function expectAllOnce(home: Home, {wanted, kept}: Asked): Promise<void> {
  expect((await mh(home, ['user', 'list'])).exitCode).toBe(0)
  // Reading them throws where a text is there twice.
  const facts = readFacts(home)
  expect([...kept].filter((key) => !facts.has(key))).toEqual([])
  for (const name of PEOPLE) {
    const there = [...of(facts, `${name}|episodic|`), ...of(facts, `${name}|task|`)].map(([key]) => key)
    expect(there.filter((key) => !wanted.has(key))).toEqual([])
    await agree(home, facts, name)
    verifiedTrail(`${home.root}/profiles/${name}/logs/audit`)
  }
}
