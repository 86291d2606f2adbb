import {changeProfile} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {MhError} from '../../errors.ts'
import type {Database} from '../../postgres/database.ts'
import type {NearestRequest} from '../index/index.ts'
import {textHash} from '../index/vectors.ts'
import {versionOf} from '../read-file.ts'
import type {FoundMemory, StoredMemory} from '../store.ts'
import {conditionOf, Values} from './condition.ts'
import {readRecord} from './records.ts'

/** Nearest first, by cosine similarity. Every vector of the person is compared: an index over everybody's would read them all. @throws MhError VECTORS_UNAVAILABLE (exit 1) */
export function nearestVectors(
  database: Database,
  {model, vector, limit, filter, excludeSession}: NearestRequest
): Promise<FoundMemory[]> {
  const {userId} = requireUserContext('Memories')
  requireVectors(database)
  return database.look(userId, async (transaction) => {
    const values = new Values(userId)
    const wanted = `${values.add(textOf(vector))}::public.vector`
    const found = await transaction.rows<{id: string; record: string; score: number}>(
      userId,
      `SELECT m.id, m.record, near.score FROM (
          SELECT v.row, 1 - (v.embedding OPERATOR(public.<=>) ${wanted}) AS score FROM vector v
          JOIN memory m ON m.user_id = $1 AND m.row = v.row
          WHERE v.user_id = $1 AND v.model = ${values.add(model)} AND public.vector_dims(v.embedding) = ${values.add(vector.length)}
            AND ${conditionOf(filter, values, excludeSession)}
          ORDER BY score DESC LIMIT ${values.add(limit)}) near
        JOIN memory m ON m.user_id = $1 AND m.row = near.row ORDER BY near.score DESC, m.id`,
      values.list
    )
    return found.flatMap(({id, record, score}) => readRecord(id, record).map((memory) => ({...memory, score})))
  })
}

/** How many memories have no vector of that model, and the newest of them. */
export function withoutVector(
  database: Database,
  model: string,
  withPrivate: boolean,
  limit: number
): Promise<{count: number; memories: StoredMemory[]}> {
  const {userId} = requireUserContext('Memories')
  requireVectors(database)
  return database.look(userId, async (transaction) => {
    const missing = `FROM memory m WHERE m.user_id = $1 AND (NOT m.private OR $2::boolean)
      AND NOT EXISTS (SELECT FROM vector v WHERE v.user_id = $1 AND v.row = m.row AND v.model = $3)`
    const [counted] = await transaction.rows<{n: number}>(userId, `SELECT count(*) AS n ${missing}`, [
      userId,
      withPrivate,
      model
    ])
    const found = await transaction.rows<{id: string; record: string}>(
      userId,
      `SELECT m.id, m.record ${missing} ORDER BY m.timestamp DESC, m.id DESC LIMIT $4`,
      [userId, withPrivate, model, limit]
    )
    return {count: counted?.n ?? 0, memories: found.flatMap(({id, record}) => readRecord(id, record))}
  })
}

/**
 * Keeps what a model made of memories' texts. Making it took time: under the lock each record is looked at again, and one that has
 * another version by now gets no vector.
 */
export function keepVectors(
  database: Database,
  model: string,
  vectors: readonly {memory: StoredMemory; vector: Float32Array}[]
): Promise<number> {
  requireVectors(database)
  return changeProfile(async ({user: {userId}}) => {
    const {unit} = database.locked(userId)
    const present = new Map(
      (
        await unit.transaction.rows<{id: string; row: number; record: string}>(
          userId,
          'SELECT id, row, record FROM memory WHERE user_id = $1 AND id = ANY($2::text[])',
          [userId, vectors.map(({memory}) => memory.event.id)]
        )
      ).map((one) => [one.id, one])
    )
    const same = vectors.flatMap(({memory, vector}) => {
      const one = present.get(memory.event.id)
      return one !== undefined && versionOf(one.record) === memory.version()
        ? [{row: one.row, text: textHash(memory.event), embedding: textOf(vector)}]
        : []
    })
    unit.send(
      userId,
      `INSERT INTO vector SELECT $1, v.row, $2, v.text, v.embedding::public.vector
        FROM unnest($3::int[], $4::text[], $5::text[]) AS v (row, text, embedding)
        ON CONFLICT (user_id, row) DO UPDATE SET model = excluded.model, text = excluded.text, embedding = excluded.embedding`,
      [userId, model, same.map(({row}) => row), same.map(({text}) => text), same.map(({embedding}) => embedding)]
    )
    return same.length
  })
}

function requireVectors({vectors, address}: Database): void {
  if (!vectors)
    throw new MhError('VECTORS_UNAVAILABLE', `Vectors cannot be compared: the server at ${address} has no pgvector`, {
      hint: 'mh remember --mode lexical needs none; else install pgvector there, and run mh store upgrade'
    })
}

const textOf = (vector: Float32Array): string => `[${vector.join(',')}]`
