import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { connect, openPool, withSession, type Connection } from '#src/db/connect.ts'

/** A test file's own database: a copy of the migrated template, opened as the product opens it. */
export interface TestDatabase extends Connection {
  /** A superuser's pool, past row-level security: for looking behind the curtain and for setting a scene. */
  readonly admin: pg.Pool
  /** The owner's URL, as DATABASE_URL would be: `connect({ databaseUrl: url })`, or for a process of its own. */
  readonly url: string
  /** Closes every connection and drops the database. */
  drop(): Promise<void>
}

/**
 * Makes one: `beforeAll(async () => { db = await createTestDatabase() })`, and `afterAll(() => db.drop())`.
 * `poolSize` is for races that want more than 10 real connections.
 */
export async function createTestDatabase(options: { readonly poolSize?: number } = {}): Promise<TestDatabase> {
  const { admin, owner, template } = inject('testServer')
  const name = template.replace(/template$/, randomBytes(5).toString('hex'))
  const maintenance = new pg.Client(admin)
  await maintenance.connect()
  await maintenance.query(`create database ${name} template ${template} owner ${owner.user}`)
  const adminPool = openPool({ ...withSession({ ...admin, database: name }, 'test'), max: 5 })
  const url = urlOf({ ...admin, ...owner, database: name })
  const connection = await connect({ databaseUrl: url, name: 'test', ...options })
  return {
    ...connection,
    admin: adminPool,
    url,
    drop: async () => {
      await connection.close()
      await adminPool.end()
      await maintenance.query(`drop database if exists ${name} with (force)`)
      await maintenance.end()
    },
  }
}

/** A socket's folder goes into the query, where every reader of such URLs looks for it. */
function urlOf(config: { host: string; port: number; user: string; password: string; database: string }): string {
  const { host, port, user, password, database } = config
  const at = host.startsWith('/') ? `localhost:${port}/${database}?host=${encodeURIComponent(host)}` : `${host}:${port}/${database}`
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${at}`
}
