import type {Duplex} from 'node:stream'
import type {Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow} from 'pg'
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
 * run in the order in which they were given, and are sent without waiting for those before them: what is given at once costs one
 * round trip. Behind one that failed the server refuses the others, and each of them throws what the first one did.
 */
export class Transaction {
  readonly #client: PoolClient
  #scope: Scope | undefined
  /** The end of everything that was given so far. */
  #given: Promise<unknown> = Promise.resolve()
  /** Why the transaction failed: everything behind that only says that it did. */
  #failure: unknown
  #committed: Promise<void> | undefined
  #onlyLooks = false

  constructor(client: PoolClient) {
    this.#client = client
  }

  async begin(scope: Scope, kind: Kind = ''): Promise<void> {
    this.#scope = scope
    this.#onlyLooks = kind !== ''
    // One message for both. The values are quoted by the driver.
    await this.#give({text: `BEGIN ${kind}; ${this.#setting(scope)}`})
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

  /** Waits for everything that was given. @throws what the first statement that failed did */
  async settle(): Promise<void> {
    await this.#given
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Goes out with what was given before it; nothing can be given behind it.
   * @throws what the first statement that failed did: to the server, ending a transaction that failed is no error
   */
  commit(): Promise<void> {
    this.#committed ??= this.#failure === undefined ? this.#end() : this.settle()
    return this.#committed
  }

  async #end(): Promise<void> {
    await this.#give({text: 'COMMIT'})
    await this.settle()
  }

  async rollback(): Promise<void> {
    await this.#given
    await this.#client.query('ROLLBACK')
  }

  async #run<Row extends QueryResultRow>(
    scope: Scope,
    statement: Statement | string,
    values: readonly unknown[]
  ): Promise<QueryResult<Row>> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#scope !== scope) this.#give({text: this.#setting(scope)}).catch(() => {})
    this.#scope = scope
    return this.#give<Row>({
      ...(typeof statement === 'string' ? {text: statement} : statement),
      values: this.#onlyLooks ? values.map(askable) : [...values]
    })
  }

  #give<Row extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<Row>> {
    const {promise, resolve, reject} = Promise.withResolvers<QueryResult<Row>>()
    sendAtOnce(this.#client)
    // Told by a call and not by a promise, so that one that cannot even be sent has failed before an end is sent behind it.
    this.#client.query<Row>(query, (error: Error | null, result) => {
      if (error === null || error === undefined) return resolve(result)
      this.#failure ??= error
      reject(this.#failure as Error)
    })
    this.#given = promise.catch(() => {})
    return promise
  }

  #setting(scope: Scope): string {
    const userId = scope === SYSTEM ? '' : scope
    return `SET LOCAL mh.user_id = ${this.#client.escapeLiteral(userId)}; SET LOCAL mh.scope = '${scope === SYSTEM ? 'system' : ''}'`
  }
}

/** PostgreSQL refuses text with NUL. Whoever asks for such an id finds nothing, and is told nothing of an error; what is kept is never changed. */
function askable(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value
  return Array.isArray(value) ? value.map(askable) : value
}

/** What is given in one turn goes out as one packet: the calls of the system would cost more than everything else. */
function sendAtOnce(client: PoolClient): void {
  const {stream} = (client as unknown as {connection: {stream: Duplex}}).connection
  stream.cork()
  process.nextTick(() => stream.uncork())
}

/**
 * Runs `fn` in a transaction of its own; what it did is kept where it returns, and taken back where it throws. Its first statement goes
 * out with the beginning. Where that shows that the connection broke while it was idle, nothing was done, and `fn` runs a second time
 * over another one: so it does nothing that lasts before the answer to its first statement.
 */
export async function inTransaction<T>(
  pool: Pool,
  scope: Scope,
  fn: (transaction: Transaction) => Promise<T>,
  kind: Kind = ''
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const client = await pool.connect()
    const transaction = new Transaction(client)
    const beginning = transaction.begin(scope, kind)
    const working = fn(transaction)
    let begun = false
    let broken: Error | undefined
    try {
      await Promise.allSettled([beginning, working])
      await beginning
      begun = true
      const result = await working
      await transaction.commit()
      return result
    } catch (error) {
      if (begun) await transaction.rollback().catch((failed: Error) => (broken = failed))
      else broken = error as Error
      if (begun || tries === 2 || !isUnreachable(error as Error)) throw error
    } finally {
      client.release(broken)
    }
  }
}

/** The rows of one statement, which only looks where nothing else is said, for one round trip. */
export const rowsOf = <Row extends QueryResultRow>(
  pool: Pool,
  scope: Scope,
  statement: Statement | string,
  values: readonly unknown[],
  kind: Kind = 'READ ONLY'
): Promise<Row[]> =>
  inTransaction(
    pool,
    scope,
    (transaction) => {
      const rows = transaction.rows<Row>(scope, statement, values)
      transaction.commit().catch(() => {})
      return rows
    },
    kind
  )
