import { randomBytes, randomUUID } from 'node:crypto'
import type { InjectOptions } from 'fastify'
import type { Pool } from 'pg'
import { foundOrganization } from '#src/app/access/setup.ts'
import { createApiKey } from '#src/app/api-key.ts'
import { createAuth, type Auth } from '#src/app/auth.ts'
import { readConfig, type Config } from '#src/app/config.ts'
import { createServer, type Server } from '#src/app/server.ts'
import { sql } from '#src/db/sql.ts'
import type { Connection } from '#src/db/connect.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { systemClock, type Clock } from '#src/lib/time.ts'
import { createTestDatabase } from './database.ts'

/** The product over a database of its own, with one organisation and an owner's API key; no port is opened. */
export interface TestApp {
  readonly server: Server
  readonly database: Database
  readonly auth: Auth
  /** A superuser's pool: for looking behind the curtain. */
  readonly admin: Pool
  /** The owner's URL of the database, for processes of one's own. */
  readonly url: string
  /** To connect as one of the database's roles. */
  readonly configs: Connection['configs']
  readonly organizationId: OrganizationId
  /** The owner's key, `lw_...`. */
  readonly key: string
  /**
   * One request as the owner: `await app.api('POST', '/movements', { ... })`, below /api/v1. A write gets an
   * Idempotency-Key of its own unless `headers` has one; `headers` also replace the key (`{ authorization: ... }`).
   */
  api(method: Method, path: string, body?: unknown, headers?: Headers): Promise<Answer>
  /** The same with the key of another role or organisation. */
  apiAs(key: string): TestApp['api']
  /** A key with this role in the organisation, or in another one. */
  keyOf(role: string, organizationId?: OrganizationId): Promise<string>
  /** Another organisation, with nothing but what it begins with, and an owner's key of it. */
  otherOrganization(name?: string): Promise<{ organizationId: OrganizationId; key: string }>
  close(): Promise<void>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Headers = Record<string, string>
export interface Answer {
  readonly status: number
  // tests look into what they expect: the contract has validated it
  // oxlint-disable-next-line no-explicit-any
  readonly body: any
  readonly headers: Record<string, string | string[] | number | undefined>
}

export interface TestAppOptions {
  readonly clock?: Clock
  readonly poolSize?: number
  readonly timeZone?: string
  readonly config?: Partial<Config>
  readonly setupToken?: string
}

export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const db = await createTestDatabase(options.poolSize === undefined ? {} : { poolSize: options.poolSize })
  const clock = options.clock ?? systemClock
  const config: Config = { ...readConfig({}), requestsPerMinute: 0, logLevel: 'error', ...options.config }
  const auth = createAuth(db.authPool, config, randomBytes(32).toString('base64url'))
  const server = await createServer({ config, database: db.database, auth, clock, maintenance: db.configs.maintenance, setupToken: options.setupToken ?? null, logStream: { write: tellFault } })

  const found = (name: string) => foundOrganization({ database: db.database, clock }, null, { name, currency: 'EUR', timeZone: options.timeZone ?? 'UTC' })
  const keyOf = (role: string, organizationId: OrganizationId) => insertKey(db.database, organizationId, role, clock)
  const organizationId = await found('Meadow Dairy')
  const key = await keyOf('owner', organizationId)

  const apiAs = (asKey: string): TestApp['api'] => async (method, path, body, headers = {}) => {
    const request: InjectOptions = {
      method, url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${asKey}`, ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    }
    const answer = await server.inject(request)
    const isJson = String(answer.headers['content-type']).includes('json')
    return { status: answer.statusCode, body: isJson ? answer.json() : answer.body, headers: answer.headers }
  }
  return {
    server, database: db.database, auth, admin: db.admin, url: db.url, configs: db.configs, organizationId, key,
    api: apiAs(key),
    apiAs,
    keyOf: (role, organization = organizationId) => keyOf(role, organization),
    otherOrganization: async (name = 'Other Dairy') => {
      const other = await found(name)
      return { organizationId: other, key: await keyOf('owner', other) }
    },
    close: async () => {
      await server.close()
      await db.drop()
    },
  }
}

/** The answer to a fault tells a request id only; a test that meets one wants to know. */
function tellFault(line: string): void {
  const { err, msg } = JSON.parse(line) as { err?: { stack?: string }; msg?: string }
  console.error(err?.stack ?? msg ?? line)
}

async function insertKey(database: Database, organizationId: OrganizationId, role: string, clock: Clock): Promise<string> {
  const key = createApiKey(organizationId, newId())
  await database.inTransaction(organizationId, (tx) => tx.run(sql`
    insert into api_key (organization_id, api_key_id, name, role, secret_hash, created_by, created_at)
    values (${organizationId}, ${key.apiKeyId}, ${`test ${role}`}, ${role}, ${key.secretHash}, 'test', ${clock()})`))
  return key.text
}
