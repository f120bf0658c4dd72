import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '#src/db/embedded.ts'
import { migrate } from '#src/db/migrate.ts'
import { ensureRoles, rolePassword, rolesOf } from '#src/db/roles.ts'

/** What the run's server is; tests reach it through `createTestDatabase()`. */
export interface TestServer {
  /** A superuser, database `postgres`. */
  readonly admin: { readonly host: string; readonly port: number; readonly user: string; readonly password: string; readonly database: string }
  /** The tables' owner, as `DATABASE_URL` would name it. */
  readonly owner: { readonly user: string; readonly password: string }
  /** The migrated database that every test's database is a copy of. */
  readonly template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer
  }
}

/** One server for the run: an embedded one in a temporary folder, or that of LOTWISE_TEST_SERVER (a superuser's URL). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { server, stop } = await startTestServer()
  project.provide('testServer', server)
  return stop
}

export async function startTestServer(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const url = process.env['LOTWISE_TEST_SERVER']
  const { admin, stop } = url ? { admin: adminOf(url), stop: async () => {} } : await temporaryServer()
  const run = randomBytes(4).toString('hex')
  const owner = { user: 'lotwise_test', password: rolePassword(admin.password, 'lotwise_test') }
  const template = `lotwise_${run}_template`
  const stopAll = async (): Promise<void> => {
    await dropDatabases(admin, `lotwise\\_${run}\\_%`)
    await stop()
  }
  try {
    await makeTemplate(admin, owner, template)
  } catch (error) {
    await stopAll()
    throw error
  }
  return { server: { admin, owner, template }, stop: stopAll }
}

async function makeTemplate(admin: TestServer['admin'], owner: TestServer['owner'], template: string): Promise<void> {
  const client = new pg.Client(admin)
  await client.connect()
  try {
    await makeOwner(client, owner)
    await client.query(`create database ${template} owner ${owner.user}`)
  } finally {
    await client.end()
  }
  await migrateTemplate({ ...admin, ...owner, database: template })
}

async function dropDatabases(admin: TestServer['admin'], like: string): Promise<void> {
  const client = new pg.Client(admin)
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database where datname like $1', [like])
    for (const { datname } of rows) await client.query(`drop database if exists ${pg.escapeIdentifier(datname)} with (force)`)
  } finally {
    await client.end()
  }
}

function adminOf(url: string): TestServer['admin'] {
  const { host, port, user = '', password, database = '' } = new pg.Client({ connectionString: url })
  return { host, port, user, password: typeof password === 'string' ? password : '', database }
}

async function temporaryServer(): Promise<{ admin: TestServer['admin']; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'lotwise-test-'))
  chmodSync(folder, 0o711)
  const embedded = await openEmbedded(join(folder, 'data'), { role: 'owner', name: 'the tests', settings: { fsync: 'off', full_page_writes: 'off', max_connections: '300', shared_buffers: '128MB' } })
  const { host = '', port = 0, user = '', password, database = '' } = embedded.adminConfig
  const guard = stopWhenKilled(folder, host)
  return {
    admin: { host, port, user, password: String(password), database },
    stop: async () => {
      guard()
      await embedded.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A run that is killed cannot clean up: a small process waits for its end and does. */
function stopWhenKilled(folder: string, socket: string): () => void {
  if (process.platform === 'win32') return () => {}
  const script = 'read -r done || { kill -INT "$(head -n 1 "$1/data/database/cluster/postmaster.pid")"; sleep 2; rm -rf "$1" "$2"; }'
  const guard = spawn('/bin/sh', ['-c', script, 'sh', folder, socket], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' })
  guard.unref()
  ;(guard.stdin as unknown as { unref?: () => void }).unref?.()
  return () => guard.stdin.end('done\n')
}

/** The owner as on a server: no superuser, but with CREATEROLE. Another run on the same server may be making it now. */
async function makeOwner(client: pg.Client, owner: TestServer['owner']): Promise<void> {
  const attributes = `login createrole createdb password ${pg.escapeLiteral(owner.password)}`
  try {
    await client.query(`create role ${owner.user} ${attributes}`)
  } catch (error) {
    if (!['42710', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  }
}

async function migrateTemplate(config: pg.ClientConfig & { user: string; password: string }): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    const roles = rolesOf(config.user)
    await ensureRoles(client, roles, config.password)
    await migrate(client, { roles })
  } finally {
    await client.end()
  }
}
