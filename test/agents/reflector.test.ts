import {describe, expect, it} from 'vitest'
import type {AgentContext} from '../../src/agents/agent.ts'
import {seeded} from '../../src/agents/random.ts'
import {associate} from '../../src/agents/reflector/associate.ts'
import {enterContext} from '../../src/core/backend.ts'
import {editMemory} from '../../src/core/memory/edit.ts'
import {memoryStore} from '../../src/core/memory/memories.ts'
import {asked, elsewhere, gate, memoriesOf, remember, thoughtful, turnFor, useModelForAll} from '../support/agents.ts'
import {serve} from '../support/chat.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople, setDocument} from '../support/profile.ts'

const NOW = Date.parse('2026-05-30T12:00:00Z')
const daysAgo = (days: number): string => new Date(NOW - days * 86_400_000).toISOString()
const GRACE = [
  {content: 'Met Grace at the harbour', entities: ['Grace'], tags: ['harbour'], timestamp: daysAgo(3)},
  {content: 'Grace repaired the bicycle', entities: ['Grace'], tags: ['bicycle'], timestamp: daysAgo(2)},
  {content: 'Rode along the harbour', entities: [], tags: ['harbour', 'bicycle'], timestamp: daysAgo(1)}
]
const clock = (): number => NOW

describe('the reflector', () => {
  it('keeps a reflection with recall, and a summary that is linked to it', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const events = await remember(ada, ...GRACE)
    await remember(bob, 'Zoe', 'Zoe', 'Zoe')
    const turn = await turnFor(ada, 'reflector', {clock})
    expect(turn).toMatchObject({status: 'ok', processed: 3, created: 2})
    const made = await memoriesOf(ada)
    const reflection = made.find(({type}) => type === 'reflection')
    const summary = made.find(({type}) => type === 'reflection_summary')
    expect(reflection?.links.map(({target}) => target).sort()).toEqual(events.map(({id}) => id).sort())
    expect(reflection).toMatchObject({
      timestamp: new Date(NOW).toISOString(),
      entities: ['Grace'],
      userId: ada.userId,
      metadata: {engine: 'recall', model: null, run: turn.id, processed: true, madeBy: {agent: 'reflector'}}
    })
    for (const {content} of GRACE) expect(reflection?.content).toContain(content)
    expect(reflection?.content).not.toContain('Zoe')
    expect(summary).toMatchObject({links: [{type: 'summarizes', target: reflection?.id}]})
    expect(summary?.content).toMatch(/^Grace, .*in 3 memories from 27 May 2026 to 29 May 2026\.$/)
  })

  it('asks the persona and the summarizer, and nobody again while nothing is new', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    await remember(ada, ...GRACE)
    expect(await turnFor(ada, 'reflector', {clock})).toMatchObject({status: 'ok', created: 2})
    expect(server.chats).toHaveLength(2)
    expect(server.chats[0]?.body.messages[0]?.content).toContain('the persona of ada')
    const reflection = (await memoriesOf(ada)).find(({type}) => type === 'reflection')
    expect(reflection).toMatchObject({
      content: 'It all comes back to the harbour.',
      metadata: {engine: 'openai-compatible', model: 'llama3:8b'}
    })
    expect(await turnFor(ada, 'reflector')).toMatchObject({
      status: 'ok',
      created: 0,
      reason: 'nothing new since the last reflection'
    })
    expect(server.chats).toHaveLength(2)
    await remember(ada, 'Sold the bicycle')
    expect(await turnFor(ada, 'reflector')).toMatchObject({created: 2})
    expect(await turnFor(ada, 'reflector', {force: true})).toMatchObject({created: 2})
  })

  it('drops the thought where a memory is edited or deleted while it thinks', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const [first] = await remember(ada, ...GRACE)
    const changes: (() => Promise<unknown>)[] = [
      () => editMemory(first?.id ?? '', {content: 'Met nobody'}),
      () => editMemory(first?.id ?? '', {content: 'Met Grace at the harbour'}),
      () => memoryStore().trash([first?.id ?? ''])
    ]
    for (const change of changes) {
      const {opened, open} = gate()
      const server = await serve({reply: thoughtful, after: opened})
      await useModelForAll(ada, server)
      const turn = turnFor(ada, 'reflector', {clock})
      await asked(server, 1)
      await enterContext(ada, change)
      open()
      expect(await turn).toMatchObject({status: 'ok', created: 0, reason: expect.stringContaining('changed')})
    }
    expect((await memoriesOf(ada)).map(({type}) => type)).toEqual(['observation', 'observation'])
  })

  it('shows private memories to no model elsewhere, and keeps what is made of them private', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await remember(ada, ...GRACE, {content: 'The operation of Grace', entities: ['Grace'], private: true})
    await useModelForAll(ada, elsewhere(server))
    await turnFor(ada, 'reflector')
    await turnFor(ada, 'reflector', {force: true})
    expect(server.chats).toHaveLength(4)
    expect(JSON.stringify(server.requests.map(({body}) => body))).not.toContain('operation')
    const open = await memoriesOf(ada)
    expect(open.filter(({type, metadata}) => type.startsWith('reflection') && metadata.private === true)).toEqual([])
    // One that is here may have them; what it says of them stays here.
    await enterContext(ada, () => memoryStore().trash(open.map(({id}) => id)))
    await remember(ada, {content: 'A secret', private: true}, 'Met Grace', 'Grace went home')
    await setDocument(ada, 'models', {
      defaults: {persona: 'near', summarizer: 'far'},
      models: {
        near: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL},
        far: {provider: 'openai-compatible', model: 'llama3:8b', ...elsewhere(server)}
      }
    })
    const before = server.chats.length
    expect(await turnFor(ada, 'reflector', {force: true})).toMatchObject({status: 'ok', created: 2})
    // The summarizer is elsewhere: recall took its place.
    expect(server.chats).toHaveLength(before + 1)
    const [summary, reflection] = await memoriesOf(ada)
    expect([reflection?.metadata.private, summary?.metadata.private]).toEqual([true, true])
    expect(summary?.metadata.engine).toBe('recall')
  })

  it('keeps the reflection where only the summary fails, and tells that', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({
      reply: (body) => (JSON.stringify(body).includes('You summarize') ? 'nonsense' : thoughtful(body))
    })
    await useModelForAll(ada, server)
    await remember(ada, ...GRACE)
    expect(await turnFor(ada, 'reflector', {clock})).toMatchObject({
      status: 'failed',
      created: 1,
      failed: 1,
      error: expect.stringContaining('summary')
    })
    expect(await turnFor(ada, 'reflector', {clock})).toMatchObject({status: 'ok', created: 0})
  })

  it('needs three memories, and counts no thoughts among them', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, 'one', 'two', {content: 'an old one', type: 'reflection'})
    expect(await turnFor(ada, 'reflector')).toMatchObject({
      status: 'ok',
      created: 0,
      reason: expect.stringContaining('fewer than 3')
    })
  })

  it('says in a dry run what it would think about, and asks no model', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    await remember(ada, ...GRACE)
    expect(await turnFor(ada, 'reflector', {dryRun: true})).toMatchObject({
      processed: 3,
      created: 0,
      reason: 'would reflect on 3 memories'
    })
    expect(server.requests).toEqual([])
    expect(await memoriesOf(ada)).toHaveLength(3)
  })
})

describe('a chain of associations', () => {
  const chainOf = async (context: Pick<AgentContext, 'memories'>, seed: string): Promise<string[]> =>
    (await associate({...context, now: clock, random: seeded(seed)})).map(({content}) => content)

  it('has 3 to 5 memories, the same for the same seed, and begins with recent ones more often', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(
      ada,
      ...Array.from({length: 30}, (_, index) => ({
        content: `note ${index}`,
        timestamp: daysAgo(index * 4),
        tags: [`t${index % 3}`]
      }))
    )
    const events = await memoriesOf(ada)
    const context = {
      memories: {list: async () => events, search: async () => []} as unknown as AgentContext['memories']
    }
    const chains = await Promise.all(Array.from({length: 60}, (_, seed) => chainOf(context, String(seed))))
    expect(await chainOf(context, '7')).toEqual(chains[7])
    for (const chain of chains) {
      expect(chain.length).toBeGreaterThanOrEqual(3)
      expect(chain.length).toBeLessThanOrEqual(5)
      expect(new Set(chain).size).toBe(chain.length)
    }
    const recent = chains.filter(([first]) => Number(first?.slice(5)) < 8).length
    expect(recent).toBeGreaterThan(40)
    const numberOf = (note: string | undefined): number => Number(note?.slice(5))
    const linked = chains.filter(([first, second]) => numberOf(first) % 3 === numberOf(second) % 3).length
    expect(linked).toBe(60)
  })
})
