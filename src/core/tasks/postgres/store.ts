import type {AuditEvent} from '../../audit.ts'
import {changeProfile} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {reverse} from '../../file-index/index-database.ts'
import {storable} from '../../memory/postgres/condition.ts'
import type {Database} from '../../postgres/database.ts'
import type {Transaction} from '../../postgres/transaction.ts'
import type {LockedProfile, Unit} from '../../postgres/unit.ts'
import {readSettings} from '../../settings.ts'
import type {StoredTask, TaskFilter, TaskLookup, TaskStore} from '../store.ts'
import {dueMoment, formatTask, isOpen, readTask, type Task} from '../task.ts'

const STATE = {open: 0, finished: 1, deleted: 2} as const
const NEVER = Number.MAX_SAFE_INTEGER

interface Recorded {
  id: string
  state: number
  created: string
  record: string
}

/** Tasks in PostgreSQL. */
export function postgresTasks(database: Database): TaskStore {
  const look = async <T>(fn: (transaction: Transaction, userId: string) => Promise<T>): Promise<T> => {
    const {userId} = requireUserContext('Tasks')
    return database.look(userId, (transaction) => fn(transaction, userId))
  }
  const change = <T>(
    fn: (locked: {unit: Unit; profile: LockedProfile}, audit: (event: AuditEvent) => void) => Promise<T>
  ): Promise<T> => changeProfile(({user, audit}) => fn(database.locked(user.userId), audit))

  return {
    add: (task, check, event) =>
      change(async ({unit, profile}, audit) => {
        await check(lookup(unit.transaction, profile.userId))
        put(unit, profile, {task, record: formatTask(task)})
        audit(event)
      }),

    get: (id) => look((transaction, userId) => find(transaction, userId, id)),

    update: (id, update) =>
      change(async ({unit, profile}, audit) => {
        const found = await find(unit.transaction, profile.userId, id)
        if (found === undefined || found.deleted) return undefined
        const task = await update.change(found.task, lookup(unit.transaction, profile.userId))
        const record = formatTask(task)
        if (record === formatTask(found.task)) return task
        put(unit, profile, {task, record})
        audit(update.audit(task, found.task))
        return task
      }),

    trash: (id, event) => change((locked, audit) => move(locked, id, true, () => audit(event))),
    restore: (id, event) => change((locked, audit) => move(locked, id, false, () => audit(event))),

    list: async (filter, limit) => {
      await requireZone(database)
      return look(async (transaction, userId) => {
        const {condition, values} = conditionOf(filter, userId)
        const found = await transaction.rows<Recorded>(
          userId,
          `SELECT id, state, created, record FROM task WHERE ${condition} ORDER BY state, due, priority, created, id LIMIT $${values.length + 1}`,
          [...values, limit]
        )
        const tasks = found.flatMap((one) => read(one, userId)?.task ?? [])
        return {tasks, total: found.length < limit ? tasks.length : await count(transaction, userId, filter)}
      })
    },

    counts: async (filters) => {
      await requireZone(database)
      return look(async (transaction, userId) => {
        const counts: number[] = []
        for (const filter of filters) counts.push(await count(transaction, userId, filter))
        return counts
      })
    },

    endingWith: (ending, deleted, limit) =>
      look(async (transaction, userId) => {
        const start = reverse(ending)
        const found = await transaction.rows<{id: string}>(
          userId,
          `SELECT id FROM task WHERE user_id = $1 AND reversed >= $2 AND reversed < $3 AND (state = ${STATE.deleted}) = $4 LIMIT $5`,
          [userId, start, `${start}\u{10ffff}`, deleted, limit]
        )
        return found.map(({id}) => id)
      }),

    newest: (deleted) =>
      look(async (transaction, userId) => {
        const found = await transaction.row<{id: string}>(
          userId,
          deleted
            ? `SELECT id FROM task WHERE user_id = $1 AND state = ${STATE.deleted} ORDER BY deleted_at DESC, id DESC LIMIT 1`
            : `SELECT id FROM task WHERE user_id = $1 AND state < ${STATE.deleted} ORDER BY created DESC, id DESC LIMIT 1`,
          [userId]
        )
        return found?.id
      })
  }
}

/** A task on its way into the table. */
interface NewTask {
  task: Task
  record: string
  deleted?: boolean
  /** Where its file lay, for one that came from files. */
  place?: string | null
}

/** Puts a task in the place of what has its id. */
export function put(unit: Unit, profile: LockedProfile, {task, record, deleted = false, place = null}: NewTask): void {
  const {userId, row} = profile
  row.zone ??= readSettings().timezone
  profile.changed = true
  unit.send(userId, PUT, [
    userId,
    task.id,
    reverse(task.id),
    deleted ? STATE.deleted : isOpen(task) ? STATE.open : STATE.finished,
    task.status,
    dueMoment(task, row.zone) ?? NEVER,
    task.priority,
    task.created,
    task.tags.map(storable),
    deleted,
    place,
    record
  ])
}

async function move(
  {unit, profile}: {unit: Unit; profile: LockedProfile},
  id: string,
  deleted: boolean,
  audit: () => void
): Promise<Task | undefined> {
  const found = await find(unit.transaction, profile.userId, id)
  if (found === undefined || found.deleted === deleted) return undefined
  unit.send(
    profile.userId,
    `UPDATE task SET state = $3, deleted_at = ${deleted ? 'clock_timestamp()' : 'NULL'} WHERE user_id = $1 AND id = $2`,
    [profile.userId, id, deleted ? STATE.deleted : isOpen(found.task) ? STATE.open : STATE.finished]
  )
  audit()
  return found.task
}

async function find(transaction: Transaction, userId: string, id: string): Promise<StoredTask | undefined> {
  const found = await transaction.row<Recorded>(
    userId,
    'SELECT id, state, created, record FROM task WHERE user_id = $1 AND id = $2',
    [userId, id]
  )
  return found === undefined ? undefined : read(found, userId)
}

const lookup = (transaction: Transaction, userId: string): TaskLookup => ({get: (id) => find(transaction, userId, id)})

function read({state, created, record}: Recorded, userId: string): StoredTask | undefined {
  const deleted = state === STATE.deleted
  const place = deleted ? 'deleted' : state === STATE.finished ? 'completed' : 'active'
  const task = readTask(JSON.parse(record), place, userId, Date.parse(created))
  return typeof task === 'string' ? undefined : {task, deleted}
}

async function count(transaction: Transaction, userId: string, filter: TaskFilter): Promise<number> {
  const {condition, values} = conditionOf(filter, userId)
  const found = await transaction.row<{n: number}>(userId, `SELECT count(*) AS n FROM task WHERE ${condition}`, values)
  return found?.n ?? 0
}

function conditionOf({which, status, tag, due}: TaskFilter, userId: string): {condition: string; values: unknown[]} {
  const values: unknown[] = [userId]
  const parts = ['user_id = $1', which === 'all' ? `state < ${STATE.deleted}` : `state = ${STATE[which]}`]
  const add = (before: string, value: unknown, after = ''): void => {
    values.push(value)
    parts.push(`${before}$${values.length}${after}`)
  }
  if (status !== undefined) add('status = ', status)
  if (tag !== undefined) add('', storable(tag), ' = ANY(tags)')
  if (due !== undefined) add('due <= ', Math.trunc(due))
  return {condition: parts.join(' AND '), values}
}

/** A due date is the end of a day in the person's zone: where that is another one now, the moments are worked out anew. */
async function requireZone(database: Database): Promise<void> {
  const {userId} = requireUserContext('Tasks')
  const wanted = readSettings().timezone
  const present = await database.look(userId, (transaction) =>
    transaction.row<{zone: string | null}>(userId, 'SELECT zone FROM person WHERE user_id = $1', [userId])
  )
  if ((present?.zone ?? wanted) === wanted) return
  await changeProfile(async () => {
    const {unit, profile} = database.locked(userId)
    profile.row.zone = wanted
    profile.changed = true
    const found = await unit.transaction.rows<Recorded>(
      userId,
      'SELECT id, state, created, record FROM task WHERE user_id = $1',
      [userId]
    )
    const due = found.flatMap((one) => {
      const task = read(one, userId)?.task
      return task === undefined ? [] : [{id: one.id, due: dueMoment(task, wanted) ?? NEVER}]
    })
    unit.send(
      userId,
      'UPDATE task t SET due = w.due FROM unnest($2::text[], $3::bigint[]) AS w (id, due) WHERE t.user_id = $1 AND t.id = w.id',
      [userId, due.map(({id}) => id), due.map((one) => one.due)]
    )
  })
}

const PUT = `INSERT INTO task (user_id, id, reversed, state, status, due, priority, created, tags, deleted_at, place, record)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10::boolean THEN clock_timestamp() END, $11, $12)
  ON CONFLICT (user_id, id) DO UPDATE SET state = excluded.state, status = excluded.status, due = excluded.due,
    priority = excluded.priority, created = excluded.created, tags = excluded.tags, record = excluded.record`
