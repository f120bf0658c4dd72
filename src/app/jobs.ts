import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { workOnImports } from '#src/imports/work.ts'
import { enterUse } from '#src/holds/gate.ts'
import { lockBalances, type Key } from '#src/ledger/facts.ts'
import { lapseSoftAllocations } from '#src/ledger/reserve.ts'
import { makeSnapshot } from '#src/stock/snapshots.ts'
import { verifyAndRecord } from '#src/verify/verification.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { permissions } from '#src/lib/permissions.ts'
import type { Clock, Instant } from '#src/lib/time.ts'
import type { DemoMaker } from './demo/make.ts'

export interface JobServices {
  readonly database: Database
  readonly clock: Clock
  readonly log: (line: string) => void
}

/** Work that nobody waits for: imports as they come, timers, and demo companies that a restart left half made. `stop` waits until what is in hand can be left. */
export interface Jobs {
  stop(): Promise<void>
}

const IMPORTS_EVERY = 1_000
const TIMERS_EVERY = 30_000

/**
 * Starts the jobs of a serving process. Any number of processes may have them running: an import is claimed by
 * heartbeat, a timer of an organisation by its row, so each is done once. A job that fails is told and tried again.
 */
export function startJobs(services: JobServices, demos: Pick<DemoMaker, 'resume'>): Jobs {
  const stopping = new AbortController()
  const every = async (milliseconds: number, name: string, work: () => Promise<unknown>): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work().catch((error: Error) => services.log(`${name} failed: ${error.stack ?? error.message}`))
      await sleep(milliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const running = [
    every(IMPORTS_EVERY, 'an import', () => workOnImports({ ...services, isStopping: () => stopping.signal.aborted })),
    every(TIMERS_EVERY, 'a demo company', () => demos.resume()),
    every(TIMERS_EVERY, 'a timer', () => runTimers(services, () => stopping.signal.aborted)),
  ]
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

interface Timer {
  readonly name: string
  /** It is due where it last ran before this. */
  readonly dueSince: (now: Instant) => Instant
  readonly run: (services: JobServices, organizationId: OrganizationId) => Promise<void>
}

const MINUTE = 60_000
const timers: readonly Timer[] = [
  { name: 'lapse reservations', dueSince: (now) => ago(now, MINUTE), run: lapseReservations },
  // 02:00 UTC: most of the day's postings are over nearly everywhere, and nobody waits for it
  { name: 'verify', dueSince: (now) => { const night = `${now.slice(0, 10)}T02:00:00.000Z`; return night <= now ? night : ago(night, 24 * 60 * MINUTE) }, run: verifyNightly },
  { name: 'snapshot', dueSince: (now) => `${now.slice(0, 7)}-01T00:00:00.000Z`, run: async (services, organizationId) => void (await makeSnapshot(services, organizationId)) },
]

function ago(instant: Instant, milliseconds: number): Instant {
  return new Date(Date.parse(instant) - milliseconds).toISOString()
}

/** Runs what is due, organisation by organisation. */
export async function runTimers(services: JobServices, isStopping: () => boolean = () => false): Promise<void> {
  const all = await services.database.alone<{ organization_id: OrganizationId }>(sql`select organization_ids() as organization_id`)
  for (const { organization_id: organizationId } of all) {
    for (const timer of timers) {
      if (isStopping()) return
      try {
        if (await claim(services, organizationId, timer)) await timer.run(services, organizationId)
      } catch (error) {
        services.log(`the timer ${timer.name} failed in ${organizationId}: ${(error as Error).stack ?? String(error)}`)
      }
    }
  }
}

/** True for the one process that may run it now. The first time an organisation is met the timer only begins to count. */
async function claim({ database, clock }: JobServices, organizationId: OrganizationId, { name, dueSince }: Timer): Promise<boolean> {
  const now = clock()
  return database.inTransaction(organizationId, async (tx) => {
    const claimed = await tx.run(sql`update timer set last_run_at = ${now} where organization_id = ${organizationId} and name = ${name} and last_run_at < ${dueSince(now)}`)
    if (claimed === 0) await tx.run(sql`insert into timer (organization_id, name, last_run_at) values (${organizationId}, ${name}, ${now}) on conflict do nothing`)
    return claimed > 0
  })
}

/** Soft reservations whose time is over give their stock free, also where nobody asks for it. */
async function lapseReservations(services: JobServices, organizationId: OrganizationId): Promise<void> {
  const now = services.clock()
  const due = await services.database.inTransaction(organizationId, (tx) => tx.rows<{ product_id: string; lot_id: string; place_id: string; owner_id: string; plate_id: string }>(sql`
    select distinct product_id, lot_id, place_id, owner_id, plate_id from allocation
    where organization_id = ${organizationId} and closed_at is null and firmness = 'soft' and expires_at <= ${now} limit 1000`))
  if (due.length === 0) return
  const keys = new Map(due.map((row) => [`${row.product_id}/${row.lot_id}/${row.place_id}/${row.owner_id}/${row.plate_id}`, { productId: row.product_id, lotId: row.lot_id, placeId: row.place_id, ownerId: row.owner_id, plateId: row.plate_id } as Key]))
  const caller = timerCaller(services, organizationId)
  await runCommand(caller.context, { name: 'stock.lapse', input: { keys: due.length } }, async (scope) => {
    enterUse(scope.tx, organizationId)
    const balances = await lockBalances(scope.tx, organizationId, keys, new Map())
    const lapsed = await lapseSoftAllocations(scope, keys, balances)
    if (lapsed) scope.happened({ type: 'stock.released.v1', subjectIds: [...new Set(due.map((row) => row.lot_id))], data: { because: 'expired' } })
    return { lapsed }
  })
}

async function verifyNightly(services: JobServices, organizationId: OrganizationId): Promise<void> {
  const { result } = await verifyAndRecord(timerCaller(services, organizationId))
  if (!result.ok) services.log(`verify found ${result.findings.length} broken invariants in ${organizationId}; see GET /api/v1/verifications`)
}

/** The product itself, acting for an organisation. */
function timerCaller({ database, clock }: JobServices, organizationId: OrganizationId): CommandCaller {
  const actor = { kind: 'system', id: 'timer' } as const
  return {
    database, clock, organizationId, actor, permissions: new Set(permissions), requestId: newId(), ifMatch: null,
    read: (work) => database.inTransaction(organizationId, work), context: { database, clock, organizationId, actor, key: newId(), dryRun: false },
  }
}
