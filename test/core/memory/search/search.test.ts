import {describe, expect, it} from 'vitest'
import {search} from '../../../../src/core/memory/search/search.ts'
import {ask, emptyIndex, note} from '../index/entries.ts'

const HOUR = 60
const DAY = 24 * HOUR
/** Memories of a dialogue, a minute apart. */
const dialogue = (turns: string[], start = 0, type = 'conversation') =>
  turns.map((content, i) => note(`d${start}-${String(i).padStart(2, '0')}`, content, start + i, {type}))

describe('search', () => {
  it('finds nothing in an empty index, and nothing for words that nobody wrote', async () => {
    const index = emptyIndex()
    expect(await ask(index, 'kayak')).toEqual([])
    index.put([note('a', 'green kayak')])
    expect(await ask(index, 'xyzzyq')).toEqual([])
    expect(await ask(index, '')).toEqual([])
    expect(await ask(index, '?!')).toEqual([])
    expect(await ask(index, 'kayak', {limit: 0})).toEqual([])
  })

  it('finds by word form, irregular form, misspelling, near word, kind and compound', async () => {
    const index = emptyIndex()
    index.put(
      [
        'We hiked to the hut',
        'Bought skis',
        'The lighthouse opened',
        'Saw a film',
        'A week in Portugal',
        'Strawberry icecream'
      ].map((content, i) => note(`n${i}`, content, i * DAY))
    )
    expect((await ask(index, 'hiking'))[0]).toBe('n0')
    expect((await ask(index, 'what did I buy'))[0]).toBe('n1')
    expect((await ask(index, 'lihgthouse'))[0]).toBe('n2')
    expect((await ask(index, 'movie'))[0]).toBe('n3')
    expect((await ask(index, 'which country'))[0]).toBe('n4')
    expect((await ask(index, 'ice cream'))[0]).toBe('n5')
  })

  it('prefers what the person named says', async () => {
    const index = emptyIndex()
    index.put(dialogue(['Caroline: I bought a kayak', 'Bob: Great choice of colour', 'Bob: I bought a kayak as well']))
    expect((await ask(index, 'What did Caroline buy?'))[0]).toBe('d0-00')
    expect((await ask(index, 'What did Bob buy?'))[0]).toBe('d0-02')
  })

  it('takes dialogues captured as plain notes for dialogues, once there is enough of them', async () => {
    const index = emptyIndex()
    const chat = Array.from({length: 50}, (_, i) => `${i % 2 === 0 ? 'Caroline' : 'Bob'}: small talk number ${i}`)
    index.put(dialogue([...chat, 'Caroline: I bought a kayak', 'Bob: I bought a kayak as well'], 0, 'observation'))
    expect([...index.counts().speakers].sort()).toEqual(['bob', 'caroline'])
    expect((await ask(index, 'What did Bob buy?'))[0]).toBe('d0-51')
  })

  it('takes no label of a note for a speaker', async () => {
    const index = emptyIndex()
    index.put([note('a', 'Dentist: small crack', 0), note('b', 'Met the dentist in the park', DAY)])
    expect(index.counts().speakers).toEqual([])
    expect(await ask(index, 'What did my dentist find?')).toEqual(expect.arrayContaining(['a', 'b']))
  })

  it('means the person by “I”, and by their name', async () => {
    const index = emptyIndex()
    index.put([
      ...dialogue(['Bob: I bought a red kayak']),
      note('mine', 'Bought a red kayak, paid 300', 3 * HOUR),
      ...dialogue(['Bob: my kayak is red'], 6 * HOUR)
    ])
    expect((await ask(index, 'What colour is my kayak?'))[0]).toBe('mine')
    expect((await ask(index, 'What kayak did Ada buy?'))[0]).toBe('mine')
    expect((await ask(index, 'What kayak did Bob buy?'))[0]).toBe('d0-00')
  })

  it('gives the answer to a question the question’s words', async () => {
    const index = emptyIndex()
    index.put(
      dialogue([
        'Caroline: What is the name of your kayak?',
        'Bob: Biscuit.',
        'Caroline: Lovely.',
        'Bob: Weather is nice.'
      ])
    )
    expect((await ask(index, 'What is the kayak called?'))[0]).toBe('d0-01')
  })

  it('searches what the persona answered as well', async () => {
    const index = emptyIndex()
    index.put([note('c', 'What grows well here?', 0, {type: 'conversation', response: 'Lavender likes dry soil.'})])
    expect(await ask(index, 'lavender')).toEqual(['c'])
  })

  it('lends words to neighbours in a conversation of the same sitting or session, and to nobody else', async () => {
    const index = emptyIndex()
    const [first, second, later] = dialogue(['Ann: Rented a kayak', 'Ann: It was wobbly', 'Ann: Dinner at home'])
    if (first === undefined || second === undefined || later === undefined) throw new Error('three turns')
    index.put([first, second, {...later, timestamp: later.timestamp + HOUR * 60_000}])
    expect(await ask(index, 'kayak')).toEqual([first.id, second.id])
    index.put([
      note('x', 'The piano arrived', DAY, {session: 's'}),
      note('y', 'Four men carried it', DAY + 5 * HOUR, {session: 's'}),
      note('z', 'Tea', DAY + 10 * HOUR, {session: 't'})
    ])
    expect(await ask(index, 'piano')).toEqual(['x', 'y'])
  })

  it('does not take a note for an answer because another was written just before it', async () => {
    const index = emptyIndex()
    index.put([note('a', 'Rented a kayak', 0), note('b', 'Bought milk', 1)])
    expect(await ask(index, 'kayak')).toEqual(['a'])
  })

  it('answers for a named time, with words or without', async () => {
    const index = emptyIndex()
    index.put(
      Array.from({length: 160}, (_, i) => note(`n${String(i).padStart(3, '0')}`, `Ran along the canal`, i * DAY))
    )
    index.put([note('y', 'Fixed the gate', 160 * DAY), note('t', 'Quiet day', 161 * DAY)])
    // 2024-01-01 + 160 days is 2024-06-09: yesterday.
    expect((await ask(index, 'What did I do yesterday?'))[0]).toBe('y')
    expect((await ask(index, 'What was on 9 June 2024?'))[0]).toBe('y')
    expect((await ask(index, 'When did I run on 5 March?'))[0]).toBe('n064')
    expect((await ask(index, 'Did I run last week?'))[0]).toMatch(/^n15[4-9]$/)
  })

  it('takes named days in the person’s zone', async () => {
    const index = emptyIndex()
    index.put([
      note('a', 'Ran along the canal', 151 * DAY + 23 * HOUR),
      note('b', 'Ran along the canal', 147 * DAY),
      note('c', 'Ran along the canal', 153 * DAY)
    ])
    // 31 May 2024 23:00 UTC is 1 June in Berlin.
    const best = async (zone: string) =>
      (
        await index.search(search, 'Did I run on 1 June?', {
          limit: 3,
          now: Date.UTC(2024, 5, 10),
          zone,
          explain: true
        })
      ).find(({id}) => id === 'a')?.explain?.factors.date
    expect(await best('Europe/Berlin')).toBe(2.5)
    expect(await best('UTC')).toBe(1)
  })

  it('is the same whatever order memories came in', async () => {
    const entries = [
      ...dialogue(['Ann: Any news of the kayak?', 'Bob: Sold.', 'Ann: Good price?', 'Bob: Yes, 200 for the kayak']),
      note('n', 'Kayak sold', DAY)
    ]
    const forward = emptyIndex()
    forward.put(entries)
    const backward = emptyIndex()
    for (const entry of [...entries].reverse()) backward.put([entry])
    expect(await ask(backward, 'Who sold the kayak?')).toEqual(await ask(forward, 'Who sold the kayak?'))
  })

  it('explains what a place is made of', async () => {
    const index = emptyIndex()
    index.put(dialogue(['Caroline: We bought a green kayak in Porto', 'Bob: Nice']))
    const [best] = await index.search(search, 'Where did Caroline buy the green kayak?', {
      limit: 1,
      now: 0,
      zone: 'UTC',
      explain: true
    })
    expect(Object.keys(best?.explain?.terms ?? {})).toEqual([
      'carolin',
      'bui',
      'green',
      'kayak',
      'bui green',
      'green kayak'
    ])
    expect(best?.explain?.factors).toMatchObject({speaker: 1.6, kind: 1.4, date: 1, asking: 1})
    expect(best?.score).toBeGreaterThan(best?.explain?.sitting ?? Number.POSITIVE_INFINITY)
    expect((await index.search(search, 'kayak', {limit: 1, now: 0}))[0]).not.toHaveProperty('explain')
  })
})

describe('filters', () => {
  /** 15,000 notes with one word, in which those that pass are the oldest: more than postings are read. */
  const crowded = () => {
    const index = emptyIndex()
    const entries = Array.from({length: 15_000}, (_, i) =>
      note(`n${String(i).padStart(5, '0')}`, 'kayak', i * 40, {
        type: i < 3000 ? 'journal' : 'observation',
        tags: i < 5 ? ['first'] : [],
        ...(i === 7 ? {session: 's'} : {})
      })
    )
    for (let i = 0; i < entries.length; i += 512) index.put(entries.slice(i, i + 512))
    return index
  }

  it('are part of the query: whatever passes is found, however much does not', async () => {
    const index = crowded()
    const find = (filter: object) => index.search(search, 'kayak', {limit: 20, now: 0, zone: 'UTC', filter})
    expect((await find({tag: 'first'})).map(({id}) => id).sort()).toEqual([
      'n00000',
      'n00001',
      'n00002',
      'n00003',
      'n00004'
    ])
    expect(await find({type: 'journal'})).toHaveLength(20)
    expect((await find({type: 'journal'})).every(({type}) => type === 'journal')).toBe(true)
    const until = Date.UTC(2024, 0, 1) + 3 * 40 * 60_000
    expect((await find({until})).map(({id}) => id).sort()).toEqual(['n00000', 'n00001', 'n00002', 'n00003'])
    expect(await find({since: Date.UTC(2024, 0, 1) + 14_998 * 40 * 60_000})).toHaveLength(2)
    expect((await find({session: 's'})).map(({id}) => id)).toEqual(['n00007'])
    expect(await find({type: 'dream'})).toEqual([])
    expect(await find({})).toHaveLength(20)
  })

  it('leave out the session at hand', async () => {
    const index = emptyIndex()
    index.put([
      note('a', 'my kayak', 0, {session: 's'}),
      note('b', 'my kayak', DAY),
      note('c', 'my kayak', 2 * DAY, {session: 't'})
    ])
    expect((await ask(index, 'kayak', {excludeSession: 's'})).sort()).toEqual(['b', 'c'])
    expect(await ask(index, 'kayak', {excludeSession: 's', filter: {session: 's'}})).toEqual([])
  })

  it('keep neighbours that do not pass as context, never as a result', async () => {
    const index = emptyIndex()
    index.put([note('a', 'Rented a kayak', 0), note('b', 'It was wobbly', 5, {type: 'journal'})])
    expect(await ask(index, 'wobbly kayak', {filter: {type: 'journal'}})).toEqual(['b'])
  })

  it('spreads the results over days where several things are asked for', async () => {
    const index = emptyIndex()
    index.put([
      ...['Read a book by Austen', 'Read a book by Eliot', 'Read a book by Woolf'].map((content, i) =>
        note(`one-${i}`, content, 2 * i * HOUR)
      ),
      note('two', 'Read a book by Morrison today', 3 * DAY)
    ])
    const place = async (question: string): Promise<number> => (await ask(index, question)).indexOf('two')
    expect(await place('which books did I read')).toBeLessThan(await place('the book I read'))
  })
})
