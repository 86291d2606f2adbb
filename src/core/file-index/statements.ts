import type {DatabaseSync, SQLInputValue, StatementSync} from 'node:sqlite'

/** Statements of one connection, prepared on first use and kept, so that opening an index prepares none. */
export class Statements {
  readonly #database: DatabaseSync
  readonly #objects = new Map<string, StatementSync>()
  readonly #arrays = new Map<string, StatementSync>()
  readonly #changes = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#change(sql).run(...values).changes)
  }

  /** @returns the rowid of the row that was inserted; undefined where a conflict kept it out */
  insert(sql: string, ...values: SQLInputValue[]): number | undefined {
    const {changes, lastInsertRowid} = this.#change(sql).run(...values)
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid)
  }

  /** The first row as an object, or undefined. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#object(sql).get(...values) as Row | undefined
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#object(sql).all(...values) as Row[]
  }

  /** Rows as arrays of columns: half the cost of objects, for reading many. */
  arrays<Row extends unknown[]>(sql: string, ...values: SQLInputValue[]): Row[] {
    const statement = this.#kept(this.#arrays, sql, (made) => made.setReturnArrays(true))
    return statement.all(...values) as unknown as Row[]
  }

  #object(sql: string): StatementSync {
    return this.#kept(this.#objects, sql)
  }

  /** The last rowid that a full-text table wrote is one of its own, beyond what a number holds: newer Nodes refuse to give it as one. */
  #change(sql: string): StatementSync {
    return this.#kept(this.#changes, sql, (made) => made.setReadBigInts(true))
  }

  #kept(kept: Map<string, StatementSync>, sql: string, setUp?: (made: StatementSync) => void): StatementSync {
    let statement = kept.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      setUp?.(statement)
      kept.set(sql, statement)
    }
    return statement
  }
}
