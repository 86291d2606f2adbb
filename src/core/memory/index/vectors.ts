import type {DatabaseSync} from 'node:sqlite'
import {MhError} from '../../errors.ts'
import type {Statements} from '../../file-index/statements.ts'
import {sha256} from '../../sha256.ts'
import {conditionOf} from './filter.ts'
import type {Located, NearestRequest} from './types.ts'

/** The text that stands for a memory where a model turns it into a vector. */
export const embeddedText = ({content, response}: {content: string; response?: string}): string =>
  response === undefined ? content : `${content}\n${response}`

/** By it is told whether a vector is still that of the text. */
export const textHash = (memory: {content: string; response?: string}): string =>
  sha256(embeddedText(memory)).slice(0, 16)

/** Takes the vector of a row out, unless it was made of this very text. */
export function dropVector(sql: Statements, row: number, memory?: {content: string; response?: string}): void {
  const old = sql.get<{text: string}>('SELECT text FROM vector WHERE row = ?', row)
  if (old !== undefined && (memory === undefined || old.text !== textHash(memory)))
    sql.run('DELETE FROM vector WHERE row = ?', row)
}

/** Keeps the vector that `model` made of a memory's text; memories that are not there any more are left out. */
export function putVector(
  sql: Statements,
  model: string,
  memory: {id: string; content: string; response?: string},
  vector: Float32Array
): void {
  sql.run(
    'INSERT OR REPLACE INTO vector SELECT row, ?, ?, ? FROM memory WHERE id = ?',
    model,
    textHash(memory),
    new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
    memory.id
  )
}

/** How many memories have a vector of that model. */
export const vectorCount = (sql: Statements, model: string): number =>
  sql.get<{n: number}>('SELECT count(*) AS n FROM vector WHERE model = ?', model)?.n ?? 0

/** The newest memories that have no vector of that model, at most `limit`; private ones only where they may be sent to it. */
export function withoutVector(
  sql: Statements,
  columns: string,
  model: string,
  withPrivate: boolean,
  limit: number
): Located[] {
  return sql.all<Located>(
    `SELECT ${columns} FROM memory m WHERE (m.private = 0 OR ?)
      AND NOT EXISTS (SELECT 1 FROM vector v WHERE v.model = ? AND v.row = m.row)
      ORDER BY m.timestamp DESC, m.id DESC LIMIT ?`,
    withPrivate ? 1 : 0,
    model,
    limit
  )
}

/** Memories that pass the filter, the nearest in meaning first, by cosine similarity (−1 to 1). */
export function nearestVectors(
  sql: Statements,
  columns: string,
  {model, vector, limit, filter, excludeSession}: NearestRequest
): (Located & {score: number})[] {
  const condition = conditionOf(filter, excludeSession)
  return sql.all<Located & {score: number}>(
    `WITH near AS MATERIALIZED (
      SELECT v.row, vec_distance_cosine(v.embedding, ?) AS distance FROM vector v
      ${condition.sql === 'TRUE' ? '' : 'CROSS JOIN memory m ON m.row = v.row'}
      WHERE v.model = ? AND length(v.embedding) = ? AND ${condition.sql} ORDER BY distance LIMIT ?)
    SELECT ${columns}, 1 - near.distance AS score FROM near JOIN memory m ON m.row = near.row ORDER BY near.distance, m.id`,
    new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
    model,
    vector.byteLength,
    ...condition.values,
    limit
  )
}

/**
 * Teaches a connection to compare vectors (sqlite-vec). Loaded only here: who has no embedding model does not need it.
 * @throws MhError VECTORS_UNAVAILABLE (exit 1) where there is none for this machine
 */
export async function loadVectorFunctions(database: DatabaseSync): Promise<void> {
  try {
    const {getLoadablePath} = await import('sqlite-vec')
    database.enableLoadExtension(true)
    database.loadExtension(getLoadablePath())
  } catch (error) {
    throw new MhError(
      'VECTORS_UNAVAILABLE',
      'Vectors cannot be compared: the package sqlite-vec cannot be loaded here',
      {
        hint: 'mh remember --mode lexical needs none; else install it (npm install sqlite-vec)',
        cause: error
      }
    )
  } finally {
    database.enableLoadExtension(false)
  }
}
