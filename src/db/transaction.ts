import { AsyncLocalStorage } from 'node:async_hooks'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { QueryResultRow } from 'pg'
import type { OrganizationId } from '#src/lib/id.ts'
import { toQuery, type Statement, type Tx } from './sql.ts'

/** The one handle on a database that code outside `db/` holds. */
export interface Database {
  /**
   * Runs `work` in one transaction as the app's role, confined to the organisation by row-level security. Commits when
   * `work` resolves, rolls back when it throws. Serialisation failures and deadlocks (40001, 40P01) and a lost race for
   * a command's key run it again, a bounded number of times, so `work` must have no effect outside `tx`.
   */
  inTransaction<T>(organization: OrganizationId, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>
  /**
   * One statement by itself, as the app's role, in no organisation: row-level security shows nothing, but for functions
   * that choose the organisation themselves. For sign-in (one round trip) and /health; everything else has a transaction.
   */
  alone<Row extends QueryResultRow>(statement: Statement): Promise<Row[]>
  close(): Promise<void>
}

export interface TransactionOptions {
  /** One snapshot for all statements (exports, verify). */
  readonly snapshot?: boolean
}

const ATTEMPTS = 12
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The database over a pool of connections (each with `pipeline: true`) of the app's role. */
export function createDatabase(pool: pg.Pool): Database {
  const inside = new AsyncLocalStorage<true>()
  return {
    async inTransaction(organization, work, options) {
      if (inside.getStore()) throw new Error('a transaction inside a transaction: pass the tx on instead of asking the database for another')
      if (!UUID.test(organization)) throw new Error(`not an organisation's id: ${organization}`)
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await inside.run(true, attemptOnce, pool, beginning(organization, options), work)
        if ('result' in outcome) return outcome.result
        if (attempt === ATTEMPTS || !outcome.mayRepeat) throw outcome.error
        await sleep(Math.random() * Math.min(4 * 2 ** attempt, 250))
      }
    },
    alone: async <Row extends QueryResultRow>(statement: Statement) => (await pool.query<Row>(toQuery(statement))).rows,
    close: () => pool.end(),
  }
}

/**
 * One message for both: the organisation's id was checked to be a uuid. Where BEGIN itself failed, the setting would not
 * hold either (`set local`), and row-level security shows and takes nothing.
 */
function beginning(organization: OrganizationId, options: TransactionOptions | undefined): string {
  const mode = options?.snapshot ? ' isolation level repeatable read read only' : ''
  return `begin${mode}; set local app.organization_id = '${organization}'`
}

type Outcome<T> = { readonly result: T } | { readonly error: unknown; readonly mayRepeat: boolean }

async function attemptOnce<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
  let client: pg.PoolClient
  try {
    client = await pool.connect()
  } catch (error) {
    return { error, mayRepeat: isConnectionLoss(error) }
  }
  let broken: Error | undefined
  const onError = (error: Error): void => void (broken = error)
  client.on('error', onError)
  const tx = new Transaction(client)
  let committing = false
  try {
    // not awaited: pipelined, the first statement of the work travels with it and nothing waits for its answer
    sendTogether(client)
    const begun = client.query(begin)
    begun.catch(() => {})
    const [result] = await Promise.all([work(tx), begun])
    committing = true
    const { command } = await tx.commit()
    // a statement failed and the work went on as if nothing had happened: PostgreSQL answers COMMIT with ROLLBACK
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it had failed and the error was swallowed')
    return { result }
  } catch (thrown) {
    tx.over = true
    if (!committing && !broken) await client.query('rollback').catch((failed: Error) => (broken ??= failed))
    // a statement that nobody waited for failed: what came after it was told only that something had
    const error = tx.failure ?? thrown
    if (committing && !isDatabaseError(error)) broken ??= error as Error
    return { error, mayRepeat: isLostRace(error) || (broken !== undefined && !committing && isConnectionLoss(error)) }
  } finally {
    client.removeListener('error', onError)
    client.release(broken)
  }
}

class Transaction implements Tx {
  over = false
  /** Of the first statement that nobody waited for and that failed. */
  failure: unknown
  readonly #client: pg.PoolClient
  readonly #later: Promise<unknown>[] = []
  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  async rows<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return (await this.#query<Row>(statement)).rows
  }

  async row<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return (await this.#query<Row>(statement)).rows[0]
  }

  async run(statement: Statement): Promise<number> {
    return (await this.#query(statement)).rowCount ?? 0
  }

  later(statement: Statement): void {
    const sent = this.#query(statement)
    sent.catch((error: unknown) => (this.failure ??= error))
    this.#later.push(sent)
  }

  /** COMMIT, which travels with the statements that nobody waited for; throws their first failure, where nothing is committed. */
  async commit(): Promise<pg.QueryResult> {
    sendTogether(this.#client)
    const sent = this.#client.query('commit')
    this.over = true
    const [committed] = await Promise.allSettled([sent, ...this.#later])
    if (this.failure !== undefined) throw this.failure
    if (committed.status === 'rejected') throw committed.reason
    return committed.value
  }

  #query<Row extends QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>> {
    if (this.over) throw new Error('the transaction is over: a statement was not awaited')
    sendTogether(this.#client)
    return this.#client.query<Row>(toQuery(statement))
  }
}

/** What is asked within one turn of the event loop is written to the socket at once: each write costs as much as a small statement. */
function sendTogether(client: pg.PoolClient): void {
  // pg corks the same stream around each query, and corks nest
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

function isDatabaseError(error: unknown): error is { code: string; constraint?: string; severity: string } {
  return error instanceof Error && 'code' in error && 'severity' in error
}

/** What was read is no longer so, found out under a lock: `inTransaction` does the work again from the start. */
export class LostRace extends Error {
  readonly code = '40001'
  readonly severity = 'ERROR'
  override name = 'LostRace'
}

/** Serialisation failure, deadlock, or the same command at the same moment: the repeat finds its answer stored. */
function isLostRace(error: unknown): boolean {
  if (!isDatabaseError(error)) return false
  return error.code === '40001' || error.code === '40P01' || (error.code === '23505' && error.constraint === 'command_pkey')
}

/** The connection was not there, or ended before COMMIT was sent, so nothing was done: the server restarts, or closed an idle connection. */
function isConnectionLoss(error: unknown): boolean {
  if (isDatabaseError(error)) return error.code.startsWith('57P0') || error.code.startsWith('08')
  return error instanceof Error && /Connection terminated|ECONNRESET|ECONNREFUSED|ENOENT|EPIPE|not queryable/.test(`${error.message} ${(error as NodeJS.ErrnoException).code ?? ''}`)
}
