import type {Pool, QueryResultRow} from 'pg'
import {shownAddress} from '../store-address.ts'
import {asStoreError} from './errors.ts'
import {openPool} from './pool.ts'
import {requireSchema} from './schema-version.ts'
import {inTransaction, rowsOf, type Scope, type Statement, SYSTEM, type Transaction} from './transaction.ts'
import {atOnce, currentUnit, inUnit, type KnownPerson, type LockedProfile, type Unit} from './unit.ts'

/** What everybody shares: settings as JSON, and how many accounts there are. */
export interface Shared {
  settings: string
  accounts: number
}

/** How the stores reach the database. Each function throws MhError STORE_UNREACHABLE and the others of errors.ts. */
export interface Database {
  /** Without a password. */
  readonly address: string
  readonly pool: Pool
  /** Whether the server compares vectors: it has pgvector. */
  readonly vectors: boolean
  /** What was shared when it was opened. */
  readonly shared: Shared
  /** The rows of one statement that only looks. */
  rows<Row extends QueryResultRow>(
    scope: Scope,
    statement: Statement | string,
    values?: readonly unknown[]
  ): Promise<Row[]>
  /** Runs statements that only look: in the change that is under way here, else in a transaction of their own. */
  look<T>(scope: Scope, fn: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Runs statements that change something which needs no lock of its own: in the change that is under way here, else as one. */
  change<T>(scope: Scope, fn: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Runs a change in the one that is under way here, else as one. @param done told of one that is durable now */
  unit<T>(scope: Scope, fn: (unit: Unit) => Promise<T>, done?: (unit: Unit) => void): Promise<T>
  /** Runs a change of one profile as one statement, where none is under way here. @returns undefined where it has to be made under the lock */
  atOnce<T>(
    userId: string,
    known: KnownPerson,
    fn: (unit: Unit, profile: LockedProfile) => Promise<T> | T,
    done: (unit: Unit) => void
  ): Promise<{result: T} | undefined>
  /** The profile whose lock is held here, for a change that `changeProfile` began. */
  locked(userId: string): {unit: Unit; profile: LockedProfile; vectors: boolean}
}

/**
 * Opens a database that was prepared.
 * @throws MhError STORE_UNREACHABLE, STORE_DENIED, STORE_NOT_READY, STORE_NEWER (exit 1), INVALID_STORE (exit 2)
 */
export async function openDatabase(connection: string): Promise<Database> {
  const address = shownAddress(connection)
  const pool = await openPool(connection)
  const told = <T>(fn: () => Promise<T>): Promise<T> => asStoreError(address, fn)
  try {
    const {vectors, ...shared} = await told(() => inTransaction(pool, SYSTEM, (one) => look(one, address), 'READ ONLY'))
    return {
      address,
      pool,
      vectors,
      shared,
      rows<Row extends QueryResultRow>(scope: Scope, statement: Statement | string, values: readonly unknown[] = []) {
        const unit = currentUnit()
        return told(() =>
          unit === undefined
            ? rowsOf<Row>(pool, scope, statement, values)
            : unit.transaction.rows<Row>(scope, statement, values)
        )
      },
      look(scope, fn) {
        const unit = currentUnit()
        return told(() => (unit === undefined ? inTransaction(pool, scope, fn, 'READ ONLY') : fn(unit.transaction)))
      },
      change(scope, fn) {
        const unit = currentUnit()
        return told(() => (unit === undefined ? inTransaction(pool, scope, fn) : fn(unit.transaction)))
      },
      unit: (scope, fn, done = () => {}) => told(() => inUnit(pool, scope, fn, done)),
      atOnce: async (userId, known, fn, done) =>
        currentUnit() === undefined ? told(() => atOnce(pool, userId, known, fn, done)) : undefined,
      locked(userId) {
        const unit = currentUnit()
        const profile = unit?.profiles.get(userId)
        if (unit === undefined || profile === undefined)
          throw new Error(`The profile ${userId} is changed without its lock`)
        return {unit, profile, vectors}
      }
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}

/** What is looked at when a store is opened. */
async function look(transaction: Transaction, address: string): Promise<Shared & {vectors: boolean}> {
  const schema = await transaction.row<{number: number}>(
    SYSTEM,
    'SELECT coalesce(max(number), 0) AS number FROM migration'
  )
  requireSchema(schema?.number ?? 0, address)
  const found = await transaction.row<Shared & {vectors: boolean}>(
    SYSTEM,
    "SELECT settings::text, accounts, to_regclass('mh.vector') IS NOT NULL AS vectors FROM system"
  )
  return found ?? {settings: '{}', accounts: 0, vectors: false}
}
