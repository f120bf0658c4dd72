import { statfs } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import type { Config } from './config.ts'
import { isDatabaseUnavailable } from './problem.ts'

export interface HealthServices {
  readonly config: Config
  readonly database: Database
  /** Migrations this code has and the database has not had; not given: unknown. */
  readonly pendingMigrations?: () => Promise<string[]>
}

/** GET /health, for whoever watches the process: 503 where the database is down or behind. It tells nothing about any organisation. */
export function registerHealth(app: FastifyInstance, services: HealthServices): void {
  app.get('/health', async (_, reply) => {
    const health = await readHealth(services)
    return reply.code(health.status === 'down' ? 503 : 200).header('cache-control', 'no-store').send(health)
  })
}

async function readHealth({ config, database, pendingMigrations }: HealthServices) {
  const [isUp, pending, verification, freeDiskBytes] = await Promise.all([
    isDatabaseUp(database), pendingMigrations?.().catch(() => null) ?? null, lastVerification(database), freeBytes(config.dataFolder),
  ])
  const isDown = !isUp || (pending !== null && pending.length > 0)
  return {
    status: isDown ? 'down' : verification?.ok === false || (freeDiskBytes !== null && freeDiskBytes < 500_000_000) ? 'degraded' : 'ok',
    database: isUp ? 'up' : 'down',
    pendingMigrations: pending,
    verification,
    freeDiskBytes,
  }
}

async function isDatabaseUp(database: Database): Promise<boolean> {
  try {
    await database.alone(sql`select 1`)
    return true
  } catch {
    return false
  }
}

/** The last runs of `verify` over all organisations; null where there was none. */
async function lastVerification(database: Database): Promise<{ finishedAt: string; ok: boolean } | null> {
  try {
    const [row] = await database.alone<{ finished_at: string; ok: boolean }>(sql`select finished_at, ok from last_verifications()`)
    return row ? { finishedAt: row.finished_at, ok: row.ok } : null
  } catch (error) {
    if (isDatabaseUnavailable(error)) return null
    throw error
  }
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
