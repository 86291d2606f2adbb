/**
 * `node questions.ts COUNT [--plain FILE]`: asks 300 questions among COUNT made memories, which the active profile has, by the code behind
 * `mh remember`, with the index kept open as a server, a conversation and MCP keep it; with --plain also of a plain full-text table made
 * there (any of the words, `ORDER BY bm25()`). Prints milliseconds as JSON.
 */
import {DatabaseSync} from 'node:sqlite'
import {parseArgs} from 'node:util'
import {withUserContext} from '../../src/core/context.ts'
import {holdIndexesOpen} from '../../src/core/file-index/held.ts'
import {searchMemories} from '../../src/core/memory/memories.ts'
import {wordsOf} from '../../src/core/memory/text/tokenize.ts'
import {listUsers} from '../../src/core/users/accounts.ts'
import {contextOf} from '../../src/core/users/identify.ts'
import {memories, NEWEST, questions} from './corpus.ts'

const {
  values: {plain},
  positionals: [count = '1000']
} = parseArgs({
  allowPositionals: true,
  options: {plain: {type: 'string'}}
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
  if (user === undefined) throw new Error('there is nobody to ask')
  const closeIndexes = holdIndexesOpen()
  try {
    return await withUserContext(contextOf(user), () => timed((question) => searchMemories(question, {now: NEWEST})))
  } finally {
    closeIndexes()
  }
}

/** Any word of the question, ranked by bm25(): what a full-text table gives without more. */
async function plainOr(path: string): Promise<number[]> {
  const database = new DatabaseSync(path)
  database.exec("CREATE VIRTUAL TABLE plain USING fts5 (text, tokenize = 'porter unicode61')")
  const insert = database.prepare('INSERT INTO plain (text) VALUES (?)')
  database.exec('BEGIN')
  for (const {content, response = ''} of memories(Number(count))) insert.run(`${content} ${response}`)
  database.exec('COMMIT')
  const select = database.prepare('SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain) LIMIT 10')
  return timed((question) =>
    select.all(
      wordsOf(question)
        .map((word) => `"${word}"`)
        .join(' OR ')
    )
  )
}

console.log(JSON.stringify({ours: await ours(), plain: plain === undefined ? [] : await plainOr(plain)}))
