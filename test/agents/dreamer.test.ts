import {describe, expect, it} from 'vitest'
import {dreamOfRecall} from '../../src/agents/dreamer/dream-of-recall.ts'
import {seeded} from '../../src/agents/random.ts'
import {atMostWords} from '../../src/agents/thoughts.ts'
import {undoRun} from '../../src/agents/undo.ts'
import {enterContext} from '../../src/core/backend.ts'
import {changeProfile} from '../../src/core/change.ts'
import type {UserContext} from '../../src/core/context.ts'
import {fetchProfileText, listProfileNames, writeProfileFile} from '../../src/core/documents.ts'
import {PROFILE_LAYOUT} from '../../src/core/paths.ts'
import {asked, elsewhere, gate, memoriesOf, remember, thoughtful, turnFor, useModelForAll} from '../support/agents.ts'
import {serve} from '../support/chat.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople, setDocument} from '../support/profile.ts'

const NOW = Date.parse('2026-05-30T03:00:00Z')
const clock = (): number => NOW
const before = (days: number): string => new Date(NOW - days * 86_400_000).toISOString()
const WEEK = [
  {content: 'I love the smell of the harbour. Grace laughed.', timestamp: before(1)},
  {content: 'I never drink coffee after five', timestamp: before(2)},
  {content: 'Always call before the shop closes', timestamp: before(3)},
  {content: 'Too old for a dream', timestamp: before(9)}
]

/** The learnings of a person, by their files' names. */
const learnings = (person: UserContext): Promise<Record<string, string>> =>
  enterContext(person, async () => {
    const found: Record<string, string> = {}
    for (const name of await listProfileNames(PROFILE_LAYOUT.overnight))
      found[name] = (await fetchProfileText(`${PROFILE_LAYOUT.overnight}/${name}`)) ?? ''
    return found
  })

describe('the dreamer', () => {
  it('weaves the last week into a dream with recall, and learns what was said outright', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await setDocument(ada, 'profile', {timezone: 'America/New_York'})
    const [smell, coffee, shop, old] = await remember(ada, ...WEEK)
    await remember(bob, ...WEEK.map((memory) => ({...memory, content: 'I love Zoe'})))
    const turn = await turnFor(ada, 'dreamer', {clock})
    expect(turn).toMatchObject({status: 'ok', processed: 3, created: 1})
    const [dream] = await memoriesOf(ada)
    expect(dream).toMatchObject({type: 'dream', metadata: {engine: 'recall', model: null, run: turn.id}})
    expect(dream?.links.map(({target}) => target)).not.toContain(old?.id)
    expect(dream?.content.split(/\s+/).length).toBeLessThanOrEqual(200)
    // There it is still the evening before.
    const text = (await learnings(ada))['overnight-learnings-20260529.md']
    expect(text).toContain(`## Preferences\n\n- Says: "I love the smell of the harbour." [${smell?.id}]`)
    expect(text).toContain(`## Avoidances\n\n- Says: "I never drink coffee after five" [${coffee?.id}]`)
    expect(text).toContain(`## Heuristics\n\n- Says: "Always call before the shop closes" [${shop?.id}]`)
    expect(await learnings(bob)).toEqual({})
  })

  it('takes a dream and learnings from a model, and of these only what names a memory that it was given', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await useModelForAll(ada, server)
    const events = await remember(ada, ...WEEK)
    await turnFor(ada, 'dreamer', {clock})
    const text = (await learnings(ada))['overnight-learnings-20260530.md'] ?? ''
    const cited = [...text.matchAll(/\[(evt-[^\]]+)\]/g)].map(([, id]) => id)
    expect(cited).toHaveLength(2)
    for (const id of cited) expect(events.map((event) => event.id)).toContain(id)
    expect(text).toContain('- Likes boats [')
    expect(text).not.toContain('Invented')
    expect(text).toContain('- Avoids the rain -- > <! -- x [')
    expect((await memoriesOf(ada))[0]).toMatchObject({type: 'dream', content: 'Boats without water.'})
  })

  it('dreams no oftener than it may in a night, and not twice of the same', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await setDocument(ada, 'sleep', {maxDreamsPerNight: 2})
    await remember(ada, ...WEEK)
    expect(await turnFor(ada, 'dreamer', {clock})).toMatchObject({created: 1})
    expect(await turnFor(ada, 'dreamer', {clock})).toMatchObject({
      created: 0,
      reason: 'nothing new since the last dream'
    })
    await remember(ada, {content: 'Heard an owl', timestamp: before(0.01)})
    expect(await turnFor(ada, 'dreamer', {clock})).toMatchObject({created: 1})
    expect(await turnFor(ada, 'dreamer', {clock, force: true})).toMatchObject({
      created: 0,
      reason: expect.stringContaining('2 dreams tonight')
    })
    const nextNight = (): number => NOW + 20 * 3_600_000
    expect(await turnFor(ada, 'dreamer', {clock: nextNight, force: true})).toMatchObject({created: 1})
    expect(Object.keys(await learnings(ada))).toEqual(['overnight-learnings-20260530.md'])
  })

  it('has fewer than three memories to dream of', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, ...WEEK.slice(2))
    expect(await turnFor(ada, 'dreamer', {clock})).toMatchObject({
      status: 'ok',
      created: 0,
      reason: expect.stringContaining('fewer than 3')
    })
  })

  it('shows private memories to no model elsewhere, and writes nothing of them into the learnings', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const server = await serve({reply: thoughtful})
    await remember(ada, ...WEEK, {content: 'I love a secret', timestamp: before(0.1), private: true})
    await useModelForAll(ada, elsewhere(server))
    await turnFor(ada, 'dreamer', {clock})
    expect(JSON.stringify(server.requests.map(({body}) => body))).not.toContain('secret')
    await setDocument(ada, 'models', {})
    await turnFor(ada, 'dreamer', {clock, force: true})
    const dreams = (await memoriesOf(ada)).filter(({type}) => type === 'dream')
    expect(dreams.map(({metadata}) => metadata.private).sort()).toEqual([true, undefined])
    expect(JSON.stringify(await learnings(ada))).not.toContain('secret')
  })

  it('keeps nothing of a dream whose memory was deleted meanwhile', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {opened, open} = gate()
    const server = await serve({reply: thoughtful, after: opened})
    await useModelForAll(ada, server)
    const [first] = await remember(ada, ...WEEK)
    const turn = turnFor(ada, 'dreamer', {clock})
    await asked(server, 1)
    const {memoryStore} = await import('../../src/core/memory/memories.ts')
    await enterContext(ada, () => memoryStore().trash([first?.id ?? '']))
    open()
    expect(await turn).toMatchObject({status: 'ok', created: 0})
    expect(await learnings(ada)).toEqual({})
  })

  it('is taken back with what it wrote down, unless that was edited', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, ...WEEK)
    const first = await turnFor(ada, 'dreamer', {clock})
    const second = await turnFor(ada, 'dreamer', {clock, force: true})
    const third = await turnFor(ada, 'dreamer', {clock, force: true})
    const name = 'overnight-learnings-20260530.md'
    expect(await enterContext(ada, () => undoRun(second.id))).toMatchObject({learnings: 'taken back'})
    expect((await learnings(ada))[name]).toContain(first.id)
    expect((await learnings(ada))[name]).not.toContain(second.id)
    expect((await learnings(ada))[name]).toContain(third.id)
    const edited = ((await learnings(ada))[name] ?? '').replace('I love', 'I really love')
    await enterContext(ada, () =>
      changeProfile((change) => writeProfileFile(change, `${PROFILE_LAYOUT.overnight}/${name}`, edited))
    )
    expect(await enterContext(ada, () => undoRun(first.id))).toMatchObject({learnings: 'edited', kept: []})
    expect((await learnings(ada))[name]).toContain('I really love')
    expect((await memoriesOf(ada)).filter(({type}) => type === 'dream')).toHaveLength(1)
  })
})

it('a dream of recall is the same for the same seed, and holds no more than fragments', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  const events = await remember(ada, ...Array.from({length: 15}, (_, index) => `${'word '.repeat(300)}${index}`))
  const dream = (seed: string): string => dreamOfRecall(events, {random: seeded(seed)}).dream
  expect(dream('a')).toBe(dream('a'))
  expect(dream('a')).not.toBe(dream('b'))
  expect(dream('a').split(' ').length).toBeLessThanOrEqual(200)
})

it.each([
  ['One two. Three four five.', 9, 'One two. Three four five.'],
  ['One two three. Four five.', 4, 'One two three.'],
  ['One. Two three four five six', 5, 'One. Two three four five …'],
  ['  one two  ', 2, 'one two']
])('%s cut to %d words', (text, most, cut) => {
  expect(atMostWords(text, most)).toBe(cut)
})
