import type {DatabaseSync, SQLInputValue, StatementSync} from 'node:sqlite'

/** Statements of one connection, prepared on first use and kept, so that opening an index prepares none. */
export class Statements {
  readonly #database: DatabaseSync
  readonly #objects = new Map<string, StatementSync>()
  readonly #arrays = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#object(sql).run(...values).changes)
  }

  /** @returns the rowid of the row that was inserted; undefined where a conflict kept it out */
  insert(sql: string, ...values: SQLInputValue[]): number | undefined {
    const {changes, lastInsertRowid} = this.#object(sql).run(...values)
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
    let statement = this.#arrays.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      this.#arrays.set(sql, statement)
    }
    return statement.all(...values) as unknown as Row[]
  }

  #object(sql: string): StatementSync {
    let statement = this.#objects.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#objects.set(sql, statement)
    }
    return statement
  }
}
