import {statSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {describe, expect, it} from 'vitest'
import {IndexUnusable, MemoryIndex} from '../../../../src/core/memory/index/index.ts'
import {ask, emptyIndex, folder, note, OPTIONS} from './entries.ts'

describe('opening', () => {
  it('finds again what an earlier process wrote', async () => {
    const file = join(folder(), 'index.db')
    const first = MemoryIndex.create(file, OPTIONS)
    first.put([note('a', 'green kayak')])
    first.close()
    const second = MemoryIndex.open(file, OPTIONS)
    expect(await ask(second, 'kayak')).toEqual(['a'])
    second.close()
  })

  it('makes the file readable for its owner only', () => {
    const file = join(folder(), 'index.db')
    MemoryIndex.create(file, OPTIONS).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['missing', () => {}],
    ['empty', (file: string) => writeFileSync(file, '')],
    ['no database', (file: string) => writeFileSync(file, 'x'.repeat(5000))],
    [
      'of another version',
      (file: string) => {
        const database = new DatabaseSync(file)
        database.exec('PRAGMA user_version = 9999')
        database.close()
      }
    ]
  ])('says that an index is unusable that is %s', (_, prepare) => {
    const file = join(folder(), 'index.db')
    prepare(file)
    expect(() => MemoryIndex.open(file, OPTIONS)).toThrow(IndexUnusable)
  })

  it('says so as well where the damage shows only later', async () => {
    const file = join(folder(), 'index.db')
    const whole = MemoryIndex.create(file, OPTIONS)
    whole.put(Array.from({length: 400}, (_, i) => note(`n${i}`, `word${i} kayak`, i)))
    whole.close()
    truncateSync(file, 8192)
    const look = async (): Promise<void> => {
      const damaged = MemoryIndex.open(file, OPTIONS)
      try {
        await ask(damaged, 'kayak')
        damaged.list({}, 500)
      } finally {
        damaged.close()
      }
    }
    await expect(look()).rejects.toThrow(IndexUnusable)
  })
})

describe('put and remove', () => {
  it('replaces what it knew of the same file', async () => {
    const index = emptyIndex()
    index.put([note('a', 'green kayak', 0, {tags: ['boats', 'boats']})])
    index.put([note('a', 'red bicycle', 0, {tags: ['bikes']})])
    expect(index.counts().total).toBe(1)
    expect(await ask(index, 'kayak')).toEqual([])
    expect(await ask(index, 'bicycle')).toEqual(['a'])
    expect(index.tally().tags).toEqual({bikes: 1})
  })

  it('replaces it where the file has another id now', () => {
    const index = emptyIndex()
    index.put([note('a', 'green kayak', 0, {name: 'x.json'})])
    expect(index.put([note('b', 'red bicycle', 0, {name: 'x.json'})])).toEqual({conflicts: []})
    expect(index.locate('a')).toBeUndefined()
    expect(index.locate('b')?.name).toBe('x.json')
  })

  it('keeps the first of two files with one id, and tells the other', async () => {
    const index = emptyIndex()
    index.put([note('a', 'green kayak')])
    const copy = note('a', 'red bicycle', 0, {folder: 'copies'})
    expect(index.put([copy])).toEqual({conflicts: [{id: 'a', folder: 'copies', name: 'a.json'}]})
    expect(index.locate('a')?.folder).toBe('2024/01')
    expect(await ask(index, 'bicycle')).toEqual([])
  })

  it('forgets the words of what is removed', async () => {
    const index = emptyIndex()
    index.put([note('a', 'green kayak', 0, {tags: ['t']}), note('b', 'green bicycle')])
    index.remove(['a', 'unknown'])
    expect(await ask(index, 'kayak')).toEqual([])
    expect(await ask(index, 'green')).toEqual(['b'])
    expect(index.counts().total).toBe(1)
    expect(index.tally().tags).toEqual({})
  })

  it('removes a folder with what lies below it, and nothing beside it', () => {
    const index = emptyIndex()
    index.put(
      ['2024', '2024/01', '2024/01/x', '2024-old', ''].map((path, i) => note(`n${i}`, 'kayak', i, {folder: path}))
    )
    for (const path of ['2024', '2024/01', '2024-old']) index.setFolder({path, mtimeMs: 1, names: 1, notedMs: 1})
    index.removeFolder('2024')
    expect(index.list({}, 10).map(({id}) => id)).toEqual(['n4', 'n3'])
    expect(index.folders().map(({path}) => path)).toEqual(['2024-old'])
    index.removeFolder('')
    expect(index.counts().total).toBe(0)
    expect(index.folders()).toEqual([])
  })

  it('changes all or nothing', () => {
    const index = emptyIndex()
    expect(() =>
      index.transaction(() => {
        index.put([note('a', 'kayak')])
        throw new Error('no')
      })
    ).toThrow('no')
    expect(index.counts().total).toBe(0)
    expect(index.transaction(() => index.put([note('a', 'kayak')]))).toEqual({conflicts: []})
    expect(index.counts().total).toBe(1)
  })

  it('finds words of any script, and emoji', async () => {
    const index = emptyIndex()
    index.put([
      note('a', 'Caf\u00e9 \u6771\u4eac 👩‍🔬', 0),
      note('b', '\u043f\u0440\u0438\u0432\u0435\u0442 naïve', 90),
      note('c', '', 180)
    ])
    for (const [word, id] of [
      ['cafe', 'a'],
      ['東京', 'a'],
      ['👩‍🔬', 'a'],
      ['Привет', 'b'],
      ['naive', 'b']
    ] as const) {
      expect(await ask(index, word), word).toEqual([id])
    }
  })
})

describe('looking up', () => {
  it('locates by id, by unique ending, and the newest', () => {
    const index = emptyIndex()
    index.put([note('evt-1-aa', 'x', 5), note('evt-2-aa', 'y', 9), note('evt-3-bb', 'z', 9)])
    expect(index.locate('evt-1-aa')).toEqual({
      id: 'evt-1-aa',
      timestamp: Date.UTC(2024, 0, 1, 0, 5),
      type: 'observation',
      folder: '2024/01',
      name: 'evt-1-aa.json',
      mtimeMs: 1.5,
      size: 100
    })
    expect(
      index
        .endingWith('aa', 10)
        .map(({id}) => id)
        .sort()
    ).toEqual(['evt-1-aa', 'evt-2-aa'])
    expect(index.endingWith('1-aa', 10)).toHaveLength(1)
    expect(index.endingWith('aa', 1)).toHaveLength(1)
    expect(index.endingWith('%', 10)).toEqual([])
    expect(index.newest()?.id).toBe('evt-3-bb')
  })

  it('knows the files of exactly one folder, and its mark', () => {
    const index = emptyIndex()
    index.put([note('a', 'x'), note('b', 'y', 0, {folder: '2024/01/sub'})])
    expect(index.files('2024/01')).toEqual(new Map([['a.json', {id: 'a', mtimeMs: 1.5, size: 100}]]))
    index.setFolder({path: '2024/01', mtimeMs: 10.25, names: 3, notedMs: 20})
    index.setFolder({path: '2024/01', mtimeMs: 11.25, names: 4, notedMs: 21})
    expect(index.folder('2024/01')).toEqual({path: '2024/01', mtimeMs: 11.25, names: 4, notedMs: 21})
    expect(index.folder('2024')).toBeUndefined()
  })

  it('lists newest first, by every filter, in pages, and counts the same', () => {
    const index = emptyIndex()
    index.put(
      Array.from({length: 24}, (_, i) =>
        note(`n${String(i).padStart(2, '0')}`, 'kayak', Math.floor(i / 2), {
          type: i % 3 === 0 ? 'journal' : 'observation',
          tags: i % 4 === 0 ? ['boats', 'x'] : [],
          processed: i % 5 !== 0,
          ...(i % 6 === 0 ? {session: 's'} : {})
        })
      )
    )
    const at = (minutes: number) => Date.UTC(2024, 0, 1) + minutes * 60_000
    const numbers = (filter: Parameters<MemoryIndex['list']>[0]) =>
      index.list(filter, 100).map(({id}) => Number(id.slice(1)))
    const all = Array.from({length: 24}, (_, i) => 23 - i)
    expect(numbers({})).toEqual(all)
    expect(numbers({type: 'journal'})).toEqual(all.filter((i) => i % 3 === 0))
    expect(numbers({tag: 'boats'})).toEqual(all.filter((i) => i % 4 === 0))
    expect(numbers({unprocessed: true})).toEqual(all.filter((i) => i % 5 === 0))
    expect(numbers({session: 's'})).toEqual(all.filter((i) => i % 6 === 0))
    expect(numbers({since: at(2), until: at(4)})).toEqual([9, 8, 7, 6, 5, 4])
    expect(numbers({tag: 'boats', type: 'journal', since: at(1)})).toEqual([12])
    for (const filter of [
      {},
      {type: 'journal'},
      {tag: 'boats'},
      {unprocessed: true},
      {session: 's'},
      {tag: 'boats', until: at(6)}
    ]) {
      expect(index.count(filter)).toBe(index.list(filter, 100).length)
      const paged: string[] = []
      for (let before: {timestamp: number; id: string} | undefined; ; before = index.locate(paged.at(-1) ?? '')) {
        const page = index.list(filter, 5, before)
        paged.push(...page.map(({id}) => id))
        if (page.length < 5) break
      }
      expect(paged).toEqual(index.list(filter, 100).map(({id}) => id))
    }
    expect(index.newestSession()).toBe('s')
    expect(index.counts()).toEqual({total: 24, unprocessed: 5, speakers: []})
    expect(index.tally()).toEqual({types: {journal: 8, observation: 16}, tags: {boats: 6, x: 6}})
  })
})
