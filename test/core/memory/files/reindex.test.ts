import {readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {beforeEach, describe, expect, it} from 'vitest'
import {type UserContext, withUserContext} from '../../../../src/core/context.ts'
import {syncFolders} from '../../../../src/core/file-index/sync-folders.ts'
import {readEntry} from '../../../../src/core/memory/files/entry.ts'
import {memoryIndex} from '../../../../src/core/memory/files/memory-index.ts'
import {capture, memoryStore, newEvent} from '../../../../src/core/memory/memories.ts'
import {paths} from '../../../../src/core/paths.ts'
import {systemPaths} from '../../../../src/core/system-paths.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {makePeople} from '../../../support/profile.ts'

let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
  await withUserContext(bob, () => capture({content: 'Only of Bob'}))
})

const asAda = <T>(fn: () => T): T => withUserContext(ada, fn)
const indexFiles = (): string[] =>
  readdirSync(systemPaths.indexes)
    .filter((name) => name.startsWith(ada.userId))
    .map((name) => join(systemPaths.indexes, name))
const indexFile = (): string => join(systemPaths.indexes, `${ada.userId}.db`)
const full = () => memoryStore().reindex({full: true})

async function captureSome(): Promise<string[]> {
  const first = await capture({
    content: 'Grace: we met in Paris last week, 3 of us',
    tags: ['trip', 'work'],
    private: true
  })
  const second = await capture({content: '京都へ行きました', type: 'journal', metadata: {processed: true}})
  await capture({
    content: 'No, it was Rome',
    links: [{type: 'supersedes', target: first.id}],
    metadata: {sessionId: 'one', speaker: 'Grace'}
  })
  return [first.path, second.path]
}

/** What every table holds, without the numbers of rows, which the order of files decides. */
function contentsOf(file: string): unknown {
  const database = new DatabaseSync(file, {readOnly: true})
  try {
    return [
      'SELECT id, reversed, timestamp, type, folder, name, size, processed, private, session, speaker, tags, terms, asked, flags FROM memory ORDER BY id',
      'SELECT t.tag, m.id FROM tag t JOIN memory m ON m.row = t.row ORDER BY 1, 2',
      'SELECT s.target, m.id, s.at FROM superseded s JOIN memory m ON m.row = s.row',
      'SELECT * FROM vocabulary',
      'SELECT * FROM speaker',
      'SELECT * FROM counted',
      'SELECT * FROM totals',
      "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
      'PRAGMA user_version',
      'PRAGMA journal_mode'
    ].map((query) => database.prepare(query).all())
  } finally {
    database.close()
  }
}

describe('an index that is built as a whole', () => {
  it('holds the same as one that grew with its memories', () =>
    asAda(async () => {
      await captureSome()
      const grown = contentsOf(indexFile())
      expect(await full()).toMatchObject({added: 3, updated: 0, removed: 0, unreadable: []})
      expect(contentsOf(indexFile())).toEqual(grown)
    }))

  it('grows on: what is captured, changed and deleted later is counted as ever', () =>
    asAda(async () => {
      await captureSome()
      await full()
      const {id} = await capture({content: 'A fourth, of Paris', tags: ['trip']})
      await memoryStore().trash([id])
      const grown = contentsOf(indexFile())
      rmSync(indexFile())
      await memoryStore().counts()
      expect(contentsOf(indexFile())).toEqual(grown)
    }))

  it('tells files that cannot be read, and one whose id another file has', () =>
    asAda(async () => {
      const [first = ''] = await captureSome()
      writeFileSync(join(dirname(first), 'torn.json'), '{"id":')
      writeFileSync(join(dirname(first), 'zz-copy.json'), readFileSync(first))
      const {added, unreadable} = await full()
      expect(added).toBe(3)
      expect(unreadable.map(({path}) => path.split('/').at(-1)).sort()).toEqual(['torn.json', 'zz-copy.json'])
    }))

  it('leaves the present one as it is where it is stopped, and no file of its own', () =>
    asAda(async () => {
      await captureSome()
      const before = readFileSync(indexFile())
      const stop = new AbortController()
      stop.abort()
      await expect(memoryStore().reindex({full: true, signal: stop.signal})).rejects.toThrow()
      expect(readFileSync(indexFile())).toEqual(before)
      expect(readdirSync(systemPaths.temporary)).toEqual([])
    }))

  it('finds what was captured while it was built, and takes nothing of another person', () =>
    asAda(async () => {
      await captureSome()
      let captured: Promise<unknown> | undefined
      await memoryStore().reindex({
        full: true,
        onProgress: () => {
          captured ??= capture({content: 'Said in between'})
        }
      })
      await captured
      const found = await memoryStore().list({filter: {}, limit: 10})
      expect(found.map(({event}) => event.content)).toContain('Said in between')
      expect(found).toHaveLength(4)
      expect(found.every(({event}) => event.userId === ada.userId)).toBe(true)
    }))

  it('holds no word of what was removed while it was built', () =>
    asAda(async () => {
      await captureSome()
      const {id, path} = await capture({content: 'The swordfish password', tags: ['swordfish']})
      await memoryStore().reindex({
        full: true,
        onProgress: (files) => {
          if (files >= 4) rmSync(path, {force: true})
        }
      })
      for (const word of ['swordfish', id, 'Rome']) {
        const held = indexFiles().some((file) => readFileSync(file).includes(word.toLowerCase()))
        expect([word, held]).toEqual([word, word === 'Rome'])
      }
    }))

  it('is the same where there are so many that a thread reads them, and can be stopped in the middle', () =>
    asAda(async () => {
      const [first = ''] = await captureSome()
      const events = Array.from({length: 900}, (_, i) =>
        newEvent({content: `Note ${i}: Grace said "${i % 7}" in Rome`, tags: i % 3 === 0 ? ['trip'] : []})
      )
      await memoryStore().add(events, () => ({category: 'data', event: 'tested'}))
      const grown = contentsOf(indexFile())
      writeFileSync(join(dirname(first), '0-torn.json'), '{"id":')
      const stop = new AbortController()
      const stopped = memoryStore().reindex({full: true, signal: stop.signal})
      setTimeout(() => stop.abort(), 20)
      await expect(stopped).rejects.toThrow()
      const {added, unreadable} = await full()
      expect([added, unreadable.length]).toEqual([903, 1])
      rmSync(join(dirname(first), '0-torn.json'))
      expect(contentsOf(indexFile())).toEqual(grown)
    }))
})

describe('a look at the folders', () => {
  it('puts nothing into the index that was removed after it was read', () =>
    asAda(async () => {
      const [first = ''] = await captureSome()
      const file = join(dirname(first), 'zz-gone.json')
      writeFileSync(file, JSON.stringify({...JSON.parse(readFileSync(first, 'utf8')), id: 'evt-gone'}))
      utimesSync(dirname(first), 1, 1)
      const removing: typeof readEntry = (root, folder, name, userId) => {
        const read = readEntry(root, folder, name, userId)
        if (name === 'zz-gone.json') rmSync(file)
        return read
      }
      await memoryIndex.use(ada, async (index) => {
        expect(await syncFolders(ada.userId, paths.episodic, index, removing)).toMatchObject({added: 0, removed: 0})
        expect(index.locate('evt-gone')).toBeUndefined()
        expect(index.total()).toBe(3)
      })
    }))
})
