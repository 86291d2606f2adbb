import type {BenchDatabase} from './server.ts'

/** Tables of which a person who captures has rows. */
const TABLES = ['memory', 'tag', 'vocabulary', 'speaker']
const TOGETHER = 10

/**
 * Gives everybody the first person's memories: made a million times by mh they would take half an hour. What they are found by is
 * another for each person, since the person is part of every key.
 */
export async function copyFirstToOthers({query}: BenchDatabase, first: string): Promise<void> {
  const others = (
    await query<{id: string}>('SELECT user_id AS id FROM account WHERE user_id <> $1 ORDER BY number', [first])
  ).map(({id}) => id)
  // An index that is made of rows that are there already takes a fifth of the time.
  const indexes = await query<{name: string; definition: string}>(
    `SELECT c.relname AS name, pg_get_indexdef(c.oid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = 'memory'::regclass AND NOT i.indisprimary`
  )
  for (const {name} of indexes) await query(`DROP INDEX ${name}`)
  await query("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
  for (let at = 0; at < others.length; at += TOGETHER)
    for (const table of TABLES) {
      const columns = (
        await query<{name: string}>(
          `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'user_id'
            ORDER BY attnum`,
          [`mh.${table}`]
        )
      ).map(({name}) => name)
      await query(
        `INSERT INTO ${table} (user_id, ${columns.join(', ')}) SELECT other, ${columns.join(', ')}
          FROM ${table}, unnest($2::text[]) other WHERE user_id = $1`,
        [first, others.slice(at, at + TOGETHER)]
      )
    }
  await query(
    `UPDATE person p SET (language, zone, next_row, memories, unprocessed, terms, bytes) =
      (SELECT language, zone, next_row, memories, unprocessed, terms, bytes FROM person WHERE user_id = $1) WHERE p.user_id <> $1`,
    [first]
  )
  for (const {definition} of indexes) await query(definition)
  for (const table of [...TABLES, 'person']) await query(`VACUUM ANALYZE ${table}`)
}
