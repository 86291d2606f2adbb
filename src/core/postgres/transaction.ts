import type {Pool, PoolClient, QueryResult, QueryResultRow} from 'pg'
import {isUnreachable} from './errors.ts'

/** Sees the accounts and the system's own rows, and no person's. */
export const SYSTEM = Symbol('system')
/** For whom statements run: a person's id, or the system. */
export type Scope = string | typeof SYSTEM

/** What a transaction is for: to change something, to look, or to look at one moment however many statements that takes. */
export type Kind = '' | 'READ ONLY' | 'ISOLATION LEVEL REPEATABLE READ READ ONLY'

/** A statement with a name is planned once a connection. */
export interface Statement {
  name?: string
  text: string
}

/**
 * A transaction. Each statement says for whom it runs; the database shows the rows of that person alone, whatever it asks for. Statements
 * run in the order in which they were given.
 */
export class Transaction {
  readonly #client: PoolClient
  #scope: Scope | undefined
  /** The statement that was given last: the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve()
  /** Why the transaction failed: everything behind that only says that it did. */
  #failure: unknown

  constructor(client: PoolClient) {
    this.#client = client
  }

  async begin(scope: Scope, kind: Kind = ''): Promise<void> {
    this.#scope = scope
    // One message for both. The values are quoted by the driver.
    await this.#client.query(`BEGIN ${kind}; ${this.#setting(scope)}`)
  }

  async rows<Row extends QueryResultRow>(
    scope: Scope,
    statement: Statement | string,
    values: readonly unknown[] = []
  ): Promise<Row[]> {
    return (await this.#run<Row>(scope, statement, values)).rows
  }

  /** The first row, or undefined. */
  async row<Row extends QueryResultRow>(
    scope: Scope,
    statement: Statement | string,
    values: readonly unknown[] = []
  ): Promise<Row | undefined> {
    return (await this.rows<Row>(scope, statement, values))[0]
  }

  /** @returns how many rows were changed */
  async change(scope: Scope, statement: Statement | string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#run(scope, statement, values)).rowCount ?? 0
  }

  async commit(): Promise<void> {
    await this.#last
    await this.#client.query('COMMIT')
  }

  async rollback(): Promise<void> {
    await this.#last
    await this.#client.query('ROLLBACK')
  }

  #run<Row extends QueryResultRow>(
    scope: Scope,
    statement: Statement | string,
    values: readonly unknown[]
  ): Promise<QueryResult<Row>> {
    const {name, text} = typeof statement === 'string' ? {name: undefined, text: statement} : statement
    const result = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure
      try {
        if (this.#scope !== scope) await this.#client.query(this.#setting(scope))
        this.#scope = scope
        return await this.#client.query<Row>({text, values: [...values], ...(name === undefined ? {} : {name})})
      } catch (error) {
        this.#failure = error
        throw error
      }
    })
    this.#last = result.catch(() => {})
    return result
  }

  #setting(scope: Scope): string {
    const userId = scope === SYSTEM ? '' : scope
    return `SELECT set_config('mh.user_id', ${this.#client.escapeLiteral(userId)}, true), set_config('mh.scope', '${scope === SYSTEM ? 'system' : ''}', true)`
  }
}

/** Runs `fn` in a transaction of its own; what it did is kept where it returns, and taken back where it throws. */
export async function inTransaction<T>(
  pool: Pool,
  scope: Scope,
  fn: (transaction: Transaction) => Promise<T>,
  kind: Kind = ''
): Promise<T> {
  const {client, transaction} = await begin(pool, scope, kind)
  let broken: Error | undefined
  try {
    const result = await fn(transaction)
    await transaction.commit()
    return result
  } catch (error) {
    await transaction.rollback().catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** A connection that broke while it was idle is found out by the first message over it; nothing was done by then. */
async function begin(pool: Pool, scope: Scope, kind: Kind): Promise<{client: PoolClient; transaction: Transaction}> {
  for (let tries = 1; ; tries++) {
    const client = await pool.connect()
    const transaction = new Transaction(client)
    try {
      await transaction.begin(scope, kind)
      return {client, transaction}
    } catch (error) {
      client.release(error as Error)
      if (tries === 2 || !isUnreachable(error as Error)) throw error
    }
  }
}
