import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {type AgentLogEntry, agentLog} from '../../../src/core/agents/log.ts'
import {systemPaths} from '../../../src/core/system-paths.ts'
import {inTemporaryHome} from '../../support/home.ts'

const entry = (message: string, agent = 'organizer', second = 0): AgentLogEntry => ({
  timestamp: new Date(second * 1000).toISOString(),
  agent,
  userId: 'id',
  username: 'ada',
  level: 'info',
  message
})

const messages = async (agent?: string): Promise<string[]> => (await agentLog().read(agent)).map(({message}) => message)

it('each agent has a log, and all of them are one in the order of their times', async () => {
  inTemporaryHome()
  await agentLog().add(entry('a', 'organizer', 1))
  await agentLog().add(entry('c', 'organizer', 3))
  await agentLog().add(entry('b', 'dreamer', 2))
  expect(await messages()).toEqual(['a', 'b', 'c'])
  expect(await messages('dreamer')).toEqual(['b'])
  expect(await messages('reflector')).toEqual([])
  await expect(agentLog().read('../../persona/users')).rejects.toThrow('no agent')
})

it('a log that is long becomes a former one, and only a few of those are kept', async () => {
  inTemporaryHome()
  const long = 'x'.repeat(300_000)
  for (let number = 0; number < 26; number++) await agentLog().add(entry(`${number} ${long}`))
  const folder = join(systemPaths.run, 'agents')
  expect(readdirSync(folder).sort()).toEqual([
    'organizer.1.ndjson',
    'organizer.2.ndjson',
    'organizer.3.ndjson',
    'organizer.4.ndjson',
    'organizer.ndjson'
  ])
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(1_400_000)
  const kept = (await messages()).map((message) => Number.parseInt(message, 10))
  expect(kept).toEqual(Array.from({length: kept.length}, (_, at) => 26 - kept.length + at))
  expect(kept.length).toBeGreaterThanOrEqual(16)
})

it('is followed from its latest entries on, over a rotation, with nothing left out or told twice', async () => {
  inTemporaryHome()
  for (const message of ['1', '2', '3']) await agentLog().add(entry(message))
  const stop = new AbortController()
  const long = 'x'.repeat(600_000)
  const seen: string[] = []
  for await (const {message} of agentLog().follow(undefined, 2, stop.signal)) {
    seen.push(message.slice(0, 9))
    if (message === '3') {
      for (const more of ['4', `5 ${long}`, `6 ${long}`, '7']) await agentLog().add(entry(more))
      await agentLog().add(entry('8', 'dreamer', 1))
    }
    if (seen.length === 7) stop.abort()
  }
  expect(seen).toEqual(['2', '3', '4', '5 xxxxxxx', '6 xxxxxxx', '7', '8'])
})
