import {beforeEach, describe, expect, it} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import {type UserContext, withUserContext} from '../../src/core/context.ts'
import {AccessDeniedError, NoUserContextError} from '../../src/core/errors.ts'
import {inbox} from '../../src/core/inbox/inbox.ts'
import type {EpisodicEvent} from '../../src/core/memory/event.ts'
import {newEvent} from '../../src/core/memory/memories.ts'
import {changedByAgent, madeByAgent} from '../../src/core/memory/provenance.ts'
import type {MemoryStore, SearchRequest} from '../../src/core/memory/store.ts'
import {addTask} from '../../src/core/tasks/tasks.ts'

/** What a store needs to be tested: two people who are there, and the store. */
export interface StoreUnderTest {
  store: MemoryStore
  people: [ada: UserContext, bob: UserContext]
}

const audit = () => ({category: 'data', event: 'tested'}) as const
const contents = (memories: readonly {event: EpisodicEvent}[]): string[] => memories.map(({event}) => event.content)
const asking = (filter: SearchRequest['filter'] = {}): SearchRequest => ({
  limit: 10,
  filter,
  zone: 'UTC',
  now: Date.UTC(2024, 5, 1)
})

/** The behaviour that every store of memories has, whatever it keeps them in. */
export function describeMemoryStore(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`the memory store over ${name}`, () => {
    let store: MemoryStore
    let ada: UserContext
    let bob: UserContext
    const asAda = <T>(fn: () => Promise<T>): Promise<T> => enterContext(ada, fn)
    const asBob = <T>(fn: () => Promise<T>): Promise<T> => enterContext(bob, fn)
    const note = (id: string, content: string, more: Partial<EpisodicEvent> = {}): EpisodicEvent => ({
      ...newEvent({content}, id, '2024-05-01T10:00:00.000Z'),
      ...more
    })
    const add = (...events: EpisodicEvent[]) => store.add(events, audit)

    beforeEach(async () => {
      const made = await prepare()
      store = made.store
      ;[ada, bob] = made.people
    })

    it("works in a person's context only", async () => {
      await expect(store.counts()).rejects.toThrow(NoUserContextError)
      const nobody: UserContext = {userId: 'anonymous', username: 'anonymous', role: 'anonymous'}
      await expect(withUserContext(nobody, () => store.list({filter: {}, limit: 1}))).rejects.toThrow(AccessDeniedError)
    })

    it('gives back what was added, whole, with keys that it does not know', () =>
      asAda(async () => {
        const event = note('evt-1', 'Met Grace', {
          tags: ['a'],
          entities: ['Grace'],
          importance: 0.9,
          links: [{type: 'about', target: 'x', odd: 1}],
          odd: {kept: true}
        })
        const [added] = await add(event)
        expect(added).toMatchObject({memory: {event}})
        expect((await store.get('evt-1'))?.event).toEqual(event)
        expect(await store.get('evt-2')).toBeUndefined()
      }))

    it('adds an id once, and gives back what is there', () =>
      asAda(async () => {
        await add(note('evt-1', 'first'))
        const results = await add(note('evt-1', 'second'), note('evt-2', 'third'), note('evt-2', 'fourth'))
        expect(results).toMatchObject([
          {existing: {content: 'first'}},
          {memory: {event: {content: 'third'}}},
          {existing: {content: 'third'}}
        ])
        expect(await store.counts()).toMatchObject({total: 2})
      }))

    it('lists from new to old, from a place on, and counts by the same filter', () =>
      asAda(async () => {
        await add(
          ...Array.from({length: 9}, (_, index) =>
            note(`evt-${index}`, `number ${index}`, {
              timestamp: `2024-05-0${index + 1}T10:00:00.000Z`,
              type: index % 3 ? 'observation' : 'journal',
              tags: index % 2 ? ['odd'] : []
            })
          )
        )
        const page = await store.list({filter: {}, limit: 4})
        expect(contents(page)).toEqual(['number 8', 'number 7', 'number 6', 'number 5'])
        const last = page.at(-1)?.event
        const next = await store.list({
          filter: {},
          limit: 3,
          before: {timestamp: Date.parse(last?.timestamp ?? ''), id: last?.id ?? ''}
        })
        expect(contents(next)).toEqual(['number 4', 'number 3', 'number 2'])
        for (const filter of [
          {type: 'journal'},
          {tag: 'odd'},
          {type: 'journal', tag: 'odd'},
          {since: Date.UTC(2024, 4, 3), until: Date.UTC(2024, 4, 6)},
          {unprocessed: true}
        ]) {
          expect(await store.count(filter)).toBe((await store.list({filter, limit: 100})).length)
        }
        expect(await store.count({type: 'journal', tag: 'odd'})).toBe(1)
        expect((await store.newest())?.event.content).toBe('number 8')
      }))

    it('finds ids by their ending, and sessions by their newest turn', () =>
      asAda(async () => {
        await add(
          note('evt-aa11', 'a'),
          note('evt-bb11', 'b', {metadata: {sessionId: 's1'}}),
          note('evt-cc22', 'c', {metadata: {sessionId: 's2'}, timestamp: '2024-05-02T10:00:00.000Z'})
        )
        expect((await store.endingWith('11', 5)).sort()).toEqual(['evt-aa11', 'evt-bb11'])
        expect(await store.endingWith('11', 1)).toHaveLength(1)
        expect(await store.newestSession()).toBe('s2')
        expect(contents(await store.session('s1'))).toEqual(['b'])
        expect(await store.session('s3')).toEqual([])
      }))

    it('searches within a filter, best first', () =>
      asAda(async () => {
        await add(
          note('evt-1', 'The boiler was serviced by the plumber'),
          note('evt-2', 'The plumber came', {tags: ['x']}),
          note('evt-3', 'Sunshine')
        )
        expect(contents(await store.search('boiler plumber', asking()))[0]).toBe(
          'The boiler was serviced by the plumber'
        )
        expect(contents(await store.search('plumber', asking({tag: 'x'})))).toEqual(['The plumber came'])
        expect(await store.search('nothing of the kind', asking())).toEqual([])
      }))

    it('updates under a version, keeps versions where it is asked to, and undoes', () =>
      asAda(async () => {
        const [added] = await add(note('evt-1', 'one'))
        const version = added !== undefined && 'memory' in added ? added.memory.version() : ''
        const to = (content: string) => ({change: (event: EpisodicEvent) => ({...event, content}), audit})
        expect((await store.update('evt-1', {...to('two'), version, history: 'keep'}))?.event.content).toBe('two')
        await expect(store.update('evt-1', {...to('three'), version})).rejects.toMatchObject({code: 'STALE_VERSION'})
        await store.update('evt-1', to('three'))
        expect((await store.history('evt-1')).map(({event}) => event.content)).toEqual(['one'])
        expect(contents(await store.search('three', asking()))).toEqual(['three'])
        expect((await store.undo('evt-1'))?.event.content).toBe('one')
        expect(await store.undo('evt-1')).toBeUndefined()
        expect(await store.update('evt-9', to('x'))).toBeUndefined()
      }))

    it('a change that fails changes nothing', () =>
      asAda(async () => {
        await add(note('evt-1', 'one'))
        const failing = store.update('evt-1', {
          change: () => {
            throw new Error('no')
          },
          audit
        })
        await expect(failing).rejects.toThrow('no')
        expect((await store.get('evt-1'))?.event.content).toBe('one')
        await add(note('evt-2', 'two'))
      }))

    it('moves to the trash and back, and empties it', () =>
      asAda(async () => {
        await add(note('evt-1', 'one'), note('evt-2', 'two'))
        expect(await store.trash(['evt-1', 'evt-9'])).toEqual(['evt-1'])
        expect(contents(await store.list({filter: {}, limit: 10}))).toEqual(['two'])
        expect(contents(await store.trashed())).toEqual(['one'])
        expect(await store.restore(['evt-1'])).toEqual(['evt-1'])
        expect(await store.trashed()).toEqual([])
        await store.trash(['evt-1'])
        expect(await store.emptyTrash()).toBe(1)
        expect(await store.restore(['evt-1'])).toEqual([])
      }))

    it('forgets for good', () =>
      asAda(async () => {
        await add(note('evt-1', 'a swordfish story'), note('evt-2', 'two'))
        await store.trash(['evt-2'])
        expect(await store.forget(['evt-1', 'evt-2', 'evt-9'])).toEqual({
          forgotten: expect.arrayContaining(['evt-1', 'evt-2']),
          remaining: []
        })
        expect(await store.counts()).toMatchObject({total: 0})
        expect(await store.trashed()).toEqual([])
        expect(await store.search('swordfish', asking())).toEqual([])
      }))

    it('names what else of the person still says what was forgotten', () =>
      asAda(async () => {
        await add(note('evt-1', 'a swordfish story'))
        const {id} = await addTask({title: 'Write down a swordfish story'})
        await inbox().add('fish.txt', Buffer.from('It was a swordfish story.'))
        await asBob(() => inbox().add('fish.txt', Buffer.from('It was a swordfish story.')))
        const {remaining} = await store.forget(['evt-1'])
        expect(remaining.map(({path}) => path).sort()).toEqual([
          expect.stringMatching(/ada\/memory\/inbox\/fish\.txt$/),
          expect.stringContaining(id)
        ])
      }))

    it('counts what lies between moments, each first one included and the last one not', () =>
      asAda(async () => {
        const at = (hour: number): number => Date.UTC(2024, 4, 1, hour)
        await add(
          ...[9, 10, 10, 12].map((hour, index) =>
            note(`evt-${index}`, 'x', {timestamp: new Date(at(hour)).toISOString()})
          )
        )
        expect(await store.countBetween([at(9), at(10), at(11), at(12)])).toEqual([1, 2, 0])
        expect(await asBob(() => store.countBetween([at(0), at(24)]))).toEqual([0])
      }))

    it('tells numbers by type and tag', () =>
      asAda(async () => {
        await add(
          note('evt-1', 'one', {tags: ['x'], metadata: {processed: true}}),
          note('evt-2', 'two', {type: 'journal', tags: ['x', 'y']})
        )
        expect(await store.statistics()).toMatchObject({
          total: 2,
          unprocessed: 1,
          byType: {journal: 1, observation: 1},
          byTag: {x: 2, y: 1}
        })
        expect((await store.terms()).map(({id}) => id).sort()).toEqual(['evt-1', 'evt-2'])
        expect(await store.reindex({full: true})).toMatchObject({unreadable: []})
        expect(await store.counts()).toMatchObject({total: 2})
      }))

    it('changes many memories as one, and passes over what is gone or is to stay as it is', () =>
      asAda(async () => {
        await add(...Array.from({length: 6}, (_, index) => note(`evt-${index}`, `number ${index}`)))
        await store.trash(['evt-1'])
        const entries: number[] = []
        const changed = await store.updateMany(
          ['evt-0', 'evt-1', 'evt-2', 'evt-3', 'evt-none'].map((id) => ({
            id,
            change: (event) =>
              id === 'evt-3'
                ? undefined
                : id === 'evt-2'
                  ? event
                  : {...event, tags: ['seen'], metadata: {processed: true}}
          })),
          (events) => {
            entries.push(events.length)
            return audit()
          }
        )
        expect(changed.map(({event}) => event.id)).toEqual(['evt-0'])
        expect(entries).toEqual([1])
        expect(await store.count({tag: 'seen'})).toBe(1)
        expect(await store.counts()).toMatchObject({total: 5, unprocessed: 4})
        expect(changed[0]?.version()).toBe((await store.get('evt-0'))?.version())
        expect(await store.history('evt-0')).toEqual([])
        expect(await store.updateMany([], audit)).toEqual([])
      }))

    it('changes each of many memories once, however many do so at the same time', () =>
      asAda(async () => {
        const ids = Array.from({length: 20}, (_, index) => `evt-${index}`)
        await add(...ids.map((id) => note(id, 'shared')))
        await Promise.all(
          Array.from({length: 5}, (_, by) =>
            store.updateMany(
              ids.map((id) => ({id, change: (event) => ({...event, tags: [...event.tags, `t${by}`]})})),
              audit
            )
          )
        )
        for (const {event} of await store.getAll(ids))
          expect(event.tags.toSorted()).toEqual(['t0', 't1', 't2', 't3', 't4'])
      }))

    it('finds what a run of an agent made and changed', () =>
      asAda(async () => {
        const by = {agent: 'tester', run: 'run-1'}
        await add(
          madeByAgent(note('evt-1', 'made'), by),
          madeByAgent(note('evt-2', 'made by another run'), {...by, run: 'run-11'}),
          note('evt-3', 'changed')
        )
        await store.updateMany(
          [{id: 'evt-3', change: (event) => changedByAgent(event, {tags: ['t'], entities: []}, by, event.timestamp)}],
          audit
        )
        const found = await store.list({filter: {run: 'run-1'}, limit: 10})
        expect(contents(found).sort()).toEqual(['changed', 'made'])
        expect(await store.count({run: 'run-1'})).toBe(2)
        expect(await store.count({run: 'run-1', tag: 't'})).toBe(1)
        expect(await store.count({run: 'run-2'})).toBe(0)
        await store.reindex({full: true})
        expect(await store.count({run: 'run-1'})).toBe(2)
        expect(await asBob(() => store.count({run: 'run-1'}))).toBe(0)
      }))

    it("never gives one person what is another's, also where ids are the same", async () => {
      await asAda(() => add(note('evt-same', 'of ada'), note('evt-ada1', 'only of ada')))
      await asBob(() => add(note('evt-same', 'of bob')))
      await asBob(async () => {
        expect((await store.get('evt-same'))?.event.content).toBe('of bob')
        expect(await store.get('evt-ada1')).toBeUndefined()
        expect(await store.endingWith('ada1', 5)).toEqual([])
        expect(contents(await store.search('ada', asking()))).toEqual([])
        expect(await store.trash(['evt-ada1'])).toEqual([])
        expect((await store.forget(['evt-ada1'])).forgotten).toEqual([])
        expect(await store.update('evt-ada1', {change: (event) => ({...event, content: 'x'}), audit})).toBeUndefined()
        expect(await store.trash(['evt-same'])).toEqual(['evt-same'])
      })
      await asAda(async () => {
        expect(contents(await store.list({filter: {}, limit: 10})).sort()).toEqual(['of ada', 'only of ada'])
        expect(await store.trashed()).toEqual([])
      })
    })

    it('keeps every one of many changes at the same time', () =>
      asAda(async () => {
        await add(note('evt-1', 'shared'))
        await Promise.all(
          Array.from({length: 12}, (_, index) =>
            store.update('evt-1', {change: (event) => ({...event, tags: [...event.tags, `t${index}`]}), audit})
          )
        )
        expect((await store.get('evt-1'))?.event.tags).toHaveLength(12)
        await Promise.all(Array.from({length: 12}, (_, index) => add(note(`evt-many-${index}`, `number ${index}`))))
        expect(await store.counts()).toMatchObject({total: 13})
      }))
  })
}
