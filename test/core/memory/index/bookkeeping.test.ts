import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import fc from 'fast-check'
import {expect, it} from 'vitest'
import {MemoryIndex} from '../../../../src/core/memory/index/index.ts'
import {folder, note, OPTIONS} from './entries.ts'

const words = fc
  .array(fc.constantFrom('kayak', 'lake', 'green', 'Ada:', 'piano', 'snow'), {maxLength: 6})
  .map((list) => list.join(' '))
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      put: fc.array(
        fc.record({id: fc.constantFrom('a', 'b', 'c', 'd'), file: fc.constantFrom('a', 'b', 'c'), content: words}),
        {maxLength: 4}
      )
    })
  },
  {weight: 1, arbitrary: fc.record({remove: fc.constantFrom('a', 'b', 'c', 'd')})}
)

it('keeps frequencies and totals that a recount would give, whatever is put and removed', () => {
  fc.assert(
    fc.property(fc.array(step, {maxLength: 12}), (steps) => {
      const file = join(folder(), 'index.db')
      const index = MemoryIndex.create(file, OPTIONS)
      for (const one of steps) {
        if ('put' in one)
          index.put(
            one.put.map(({id, file: name, content}) =>
              note(id, content, 0, {name, type: 'conversation', tags: [content.slice(0, 3)]})
            )
          )
        else index.remove([one.remove])
      }
      index.close()
      const database = new DatabaseSync(file, {readOnly: true})
      const rows = database.prepare('SELECT row, terms, speaker FROM memory').all() as {
        row: number
        terms: string
        speaker: string
      }[]
      const counted = new Map<string, number>()
      let length = 0
      for (const {row, terms} of rows) {
        const list = terms === '' ? [] : terms.split(' ')
        length += list.length
        for (const term of new Set(list)) counted.set(term, (counted.get(term) ?? 0) + 1)
        for (const term of list)
          expect(
            database
              .prepare('SELECT rowid FROM words WHERE words MATCH ? AND rowid = CAST(? AS INTEGER)')
              .all(`"${term}"`, row)
          ).toHaveLength(1)
      }
      const stored = database.prepare('SELECT term, frequency FROM vocabulary ORDER BY term').all() as {
        term: string
        frequency: number
      }[]
      expect(stored.map(({term, frequency}) => [term, frequency])).toEqual(
        [...counted].sort(([a], [b]) => (a < b ? -1 : 1))
      )
      expect({...database.prepare('SELECT memories, terms FROM totals').get()}).toEqual({
        memories: rows.length,
        terms: length
      })
      const speaking = database.prepare('SELECT coalesce(sum(memories), 0) AS n FROM speaker').get() as {n: number}
      expect(speaking.n).toBe(rows.filter(({speaker}) => speaker !== '').length)
      const tagged = database
        .prepare('SELECT count(*) AS n FROM tag WHERE row NOT IN (SELECT row FROM memory)')
        .get() as {n: number}
      expect(tagged.n).toBe(0)
      database.close()
    }),
    {numRuns: 40}
  )
})
