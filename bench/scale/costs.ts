import {enterContext} from '../../src/core/backend.ts'
import {capture, listMemories, searchMemories} from '../../src/core/memory/memories.ts'
import {memories, NEWEST, questions} from '../memory/corpus.ts'
import {type Filled, within} from './search.ts'
import type {Say} from './server.ts'

const TIMES = 300

/** What a person and a request cost: rows, bytes, CPU. */
export async function costs({database, store, person, people, memories: each}: Filled, say: Say): Promise<void> {
  const {query} = database
  const tables = await query<{name: string; heap: number; indexes: number; rows: number}>(
    `SELECT relname AS name, (pg_total_relation_size(oid) - pg_indexes_size(oid))::float8 AS heap, pg_indexes_size(oid)::float8 AS indexes,
        reltuples::float8 AS rows FROM pg_class WHERE relnamespace = 'mh'::regnamespace AND relkind = 'r'
        AND relname IN ('memory', 'vocabulary', 'tag', 'speaker', 'person', 'account', 'document', 'audit') ORDER BY 2 DESC`
  )
  for (const {name, heap, indexes, rows} of tables)
    say(
      `table ${name}`,
      `${(rows / people).toFixed(0)} rows a person, ${kb(heap / people)} and ${kb(indexes / people)} of indexes`
    )
  const bytes = tables.reduce((sum, {heap, indexes}) => sum + heap + indexes, 0)
  say(`a person with ${each} memories`, `${kb(bytes / people)}, ${(bytes / people / each).toFixed(0)} bytes a memory`)

  const made = [...memories(TIMES, 9)]
  const asked = questions(TIMES, each)
  const walBefore = await wal()
  await measured('a capture', async (at) => {
    const {content = '', type, tags = []} = made[at] ?? {}
    await capture({content, ...(type === undefined ? {} : {type}), tags})
  })
  say('  log of writes (WAL) of a capture', kb(((await wal()) - walBefore) / TIMES))
  await measured('a search', (at) => searchMemories(asked[at % asked.length] ?? '', {now: NEWEST}))
  await measured('a list of 20', () => listMemories({}, 20))

  /** One after another, so that what is used is theirs. */
  async function measured(what: string, fn: (at: number) => Promise<unknown>): Promise<void> {
    await within(store, async () => {
      for (let at = 0; at < 20; at++) await enterContext(person, () => fn(at))
      const [server, own] = [await database.cpuMs(), process.cpuUsage()]
      for (let at = 0; at < TIMES; at++) await enterContext(person, () => fn(at))
      const {user, system} = process.cpuUsage(own)
      say(
        `CPU of ${what}`,
        `${((user + system) / 1000 / TIMES).toFixed(2)} ms of mh, ${(((await database.cpuMs()) - server) / TIMES).toFixed(2)} ms of PostgreSQL`
      )
    })
  }

  async function wal(): Promise<number> {
    const [found] = await query<{bytes: number}>("SELECT (pg_current_wal_lsn() - '0/0')::float8 AS bytes")
    return found?.bytes ?? 0
  }
}

const kb = (bytes: number): string => `${(bytes / 1024).toFixed(bytes < 102_400 ? 1 : 0)} KB`
