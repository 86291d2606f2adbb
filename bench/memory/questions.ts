/**
 * `node questions.ts COUNT [--index FILE]`: asks 300 questions among COUNT made memories, and the same of a plain full-text table (any of the words,
 * `ORDER BY bm25()`). Over the active profile's memories by the code behind `mh remember`; with --index over an index alone, which is made first.
 * Prints milliseconds as JSON.
 */
import {existsSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {parseArgs} from 'node:util'
import {withUserContext} from '../../src/core/context.ts'
import {type IndexEntry, MemoryIndex} from '../../src/core/memory/index/index.ts'
import {searchMemories} from '../../src/core/memory/memories.ts'
import {search} from '../../src/core/memory/search/search.ts'
import {wordsOf} from '../../src/core/memory/text/tokenize.ts'
import {listUsers} from '../../src/core/users/accounts.ts'
import {contextOf} from '../../src/core/users/identify.ts'
import {type Made, memories, NEWEST, questions} from './corpus.ts'

const {
  values: {index: file, plain},
  positionals: [count = '1000']
} = parseArgs({
  allowPositionals: true,
  options: {index: {type: 'string'}, plain: {type: 'string'}}
})
const ASKED = 300
const asked = questions(ASKED, Number(count))
const [user] = listUsers()

async function timed(ask: (question: string) => unknown): Promise<number[]> {
  for (const question of asked.slice(0, 20)) await ask(question)
  const times: number[] = []
  for (const question of asked) {
    const start = performance.now()
    await ask(question)
    times.push(performance.now() - start)
  }
  return times
}

async function ours(): Promise<number[]> {
  if (file !== undefined) {
    const made = indexOf(file)
    return timed((question) => made.search(search, question, {limit: 10, now: NEWEST, zone: 'UTC'}))
  }
  if (user === undefined) throw new Error('there is nobody to ask')
  return withUserContext(contextOf(user), () => timed((question) => searchMemories(question, {now: NEWEST})))
}

function indexOf(path: string): MemoryIndex {
  const options = {language: 'en', owner: 'ada'}
  if (existsSync(path)) return MemoryIndex.open(path, options)
  const index = MemoryIndex.create(path, options)
  for (const some of chunks(Number(count))) index.put(some.map(entryOf))
  return index
}

function entryOf({id, timestamp, type, content, response, tags, metadata}: Made): IndexEntry {
  return {
    id,
    timestamp: Date.parse(timestamp),
    type,
    content,
    ...(response === undefined ? {} : {response}),
    ...(metadata === undefined ? {} : {session: metadata.sessionId}),
    tags,
    processed: false,
    folder: timestamp.slice(0, 7),
    name: `${id}.json`,
    mtimeMs: 0,
    size: 0
  }
}

/** Any word of the question, ranked by bm25(): what a full-text table gives without more. */
async function plainOr(path: string): Promise<number[]> {
  const database = new DatabaseSync(path)
  if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'plain'").get() === undefined) {
    database.exec("CREATE VIRTUAL TABLE plain USING fts5 (text, tokenize = 'porter unicode61')")
    const insert = database.prepare('INSERT INTO plain (text) VALUES (?)')
    for (const some of chunks(Number(count))) {
      database.exec('BEGIN')
      for (const {content, response = ''} of some) insert.run(`${content} ${response}`)
      database.exec('COMMIT')
    }
  }
  const select = database.prepare('SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain) LIMIT 10')
  return timed((question) =>
    select.all(
      wordsOf(question)
        .map((word) => `"${word}"`)
        .join(' OR ')
    )
  )
}

function* chunks(of: number): Generator<Made[]> {
  let some: Made[] = []
  for (const memory of memories(of)) {
    if (some.push(memory) < 512) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}

console.log(JSON.stringify({ours: await ours(), plain: plain === undefined ? [] : await plainOr(plain)}))
