import type {Database} from '../../postgres/database.ts'
import {type Scope, SYSTEM, type Transaction} from '../../postgres/transaction.ts'
import type {Trail, TrailDay, TrailStore} from '../trail-store.ts'
import {headText, type KnownHead, nameOf} from './head.ts'

/** Lines of a trail's end that are looked at for what was done last. */
const LATEST = 1000

interface Line {
  number: number
  day: string
  line: string
}

/** Where a trail's rows are: a table, who may see them, and a condition on them with its values. */
interface Rows {
  scope: Scope
  from: string
  condition: string
  values: unknown[]
}

/** Trails in PostgreSQL: a row an entry, which is the very line that a file would have. */
export function postgresTrails(database: Database): TrailStore {
  const {address} = database
  const rows = (trail: Trail, tail: string, ...more: unknown[]): Promise<Line[]> => {
    const {scope, from, condition, values} = rowsOf(trail)
    return database.look(scope, (transaction) => linesOf(transaction, {scope, from, condition, values}, tail, more))
  }
  return {
    of: ({id, username}) => ({name: username, place: `${address}/${username}/audit`, userId: id}),
    system: () => ({name: 'system', place: `${address}/audit`}),
    archived: () =>
      database.look(SYSTEM, async (transaction) => {
        const found = await transaction.rows<{name: string}>(
          SYSTEM,
          `SELECT DISTINCT ${ARCHIVE_NAME} AS name FROM archived_audit ORDER BY name`
        )
        return found.map(({name}) => ({name: `archive/${name}`, place: `${address}/audit/archive/${name}`}))
      }),

    days: async (trail, wanted) => daysOf(await rows(trail, 'ORDER BY number')).filter(({name}) => wanted(name)),

    snapshot: (trail) => {
      const where = rowsOf(trail)
      return database.look(where.scope, async (transaction) => {
        // Both in one statement each, of one transaction; an entry and the head that tells of it are written as one.
        const head = await headOf(transaction, trail, where)
        const lines = await linesOf(transaction, where, 'ORDER BY number', [])
        return {head: head === undefined ? undefined : headText(head, lines), days: daysOf(lines), torn: 0}
      })
    },

    latest: async (trail) => (await rows(trail, `ORDER BY number DESC LIMIT ${LATEST}`)).map(({line}) => line),

    async follow(trail) {
      let last = (await rows(trail, 'ORDER BY number DESC LIMIT 1'))[0]?.number ?? 0
      return async () => {
        const added = await rows(trail, `AND number > $${rowsOf(trail).values.length + 1} ORDER BY number`, last)
        last = added.at(-1)?.number ?? last
        return added.map(({line}) => `${line}\n`).join('')
      }
    }
  }
}

/** The name of an archived trail: the id, and from the second life of an account on its number. */
const ARCHIVE_NAME = "user_id || CASE archive WHEN '1' THEN '' ELSE '.' || archive END"

function rowsOf({name, userId}: Trail): Rows {
  if (userId !== undefined) return {scope: userId, from: 'audit', condition: 'user_id = $1', values: [userId]}
  if (name === 'system') return {scope: SYSTEM, from: 'system_audit', condition: 'true', values: []}
  const [id = '', archive = '1'] = name.slice('archive/'.length).split('.')
  return {
    scope: SYSTEM,
    from: 'archived_audit',
    condition: 'user_id = $1 AND archive = $2',
    values: [id, archive]
  }
}

const linesOf = (
  transaction: Transaction,
  {scope, from, condition, values}: Rows,
  tail: string,
  more: unknown[]
): Promise<Line[]> =>
  transaction.rows<Line>(scope, `SELECT number, day, line FROM ${from} WHERE ${condition} ${tail}`, [
    ...values,
    ...more
  ])

async function headOf(
  transaction: Transaction,
  {name, userId}: Trail,
  {scope, condition, values}: Rows
): Promise<KnownHead | undefined> {
  const table = userId !== undefined ? 'person' : name === 'system' ? 'system' : 'archived_head'
  const known = await transaction.row<KnownHead>(
    scope,
    `SELECT audit_entries AS entries, audit_day AS day, audit_hash AS hash FROM ${table} WHERE ${condition}`,
    values
  )
  return known === undefined || known.entries === 0 ? undefined : known
}

function daysOf(lines: readonly Line[]): TrailDay[] {
  const days = new Map<string, string[]>()
  for (const {day, line} of lines) {
    const known = days.get(day)
    if (known === undefined) days.set(day, [line])
    else known.push(line)
  }
  return [...days].map(([day, all]) => ({name: nameOf(day), bytes: Buffer.from(`${all.join('\n')}\n`)}))
}
