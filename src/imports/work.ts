import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { relieveMemory } from './relieve-memory.ts'
import type { Clock } from '#src/lib/time.ts'
import { checkImport } from './check.ts'
import { loadImport, type ImportRecord, type Outcome } from './record.ts'
import { runImport, type RunServices } from './run.ts'
import { undoImport } from './undo.ts'

/** A worker that has not been heard of for so long is gone, and its import is taken over. */
const STALE_MILLISECONDS = 60_000
const BEAT_MILLISECONDS = 5_000
/** Of heap; beyond it garbage is collected between two chunks. */
const MOST_MEGABYTES = 160

export interface WorkServices {
  readonly database: Database
  readonly clock: Clock
  /** True where the process is told to end: work is left at the next chunk, for whoever comes next. */
  readonly isStopping?: () => boolean
}

/** Works off every import, of all organisations, that waits for somebody; gives how many it worked on. */
export async function workOnImports(services: WorkServices): Promise<number> {
  const due = await services.database.alone<{ organization_id: OrganizationId; import_id: string }>(sql`select organization_id, import_id from imports_due(${staleBefore(services.clock)})`)
  let worked = 0
  for (const { organization_id: organizationId, import_id: importId } of due) {
    if (services.isStopping?.()) break
    if (await workOnImport(services, organizationId, importId)) worked += 1
  }
  return worked
}

function staleBefore(clock: Clock): string {
  return new Date(Date.parse(clock()) - STALE_MILLISECONDS).toISOString()
}

/**
 * Does what an import waits for (checking, running, undoing), unless another process is at it: false then. Progress is
 * there to be read meanwhile, and a cancellation is heard between two chunks.
 */
export async function workOnImport(services: WorkServices, organizationId: OrganizationId, importId: string): Promise<boolean> {
  const { database, clock } = services
  const worker = newId()
  let worked = false
  for (;;) {
    const claimed = await database.inTransaction(organizationId, (tx) => tx.run(sql`
      update import set worker = ${worker}, heartbeat_at = ${clock()}
      where organization_id = ${organizationId} and import_id = ${importId} and status in ('checking', 'running', 'undoing') and (worker is null or worker = ${worker} or heartbeat_at < ${staleBefore(clock)})`))
    if (claimed === 0) return worked
    worked = true
    relieveMemory(MOST_MEGABYTES)
    const record = await database.inTransaction(organizationId, (tx) => loadImport(tx, organizationId, importId))
    const pulse = beat(services, organizationId, importId, worker)
    try {
      await workOff({ database, clock, organizationId, onProgress: pulse.onProgress }, record)
      await pulse.stop()
      await release(services, organizationId, importId, worker)
    } catch (error) {
      await pulse.stop()
      if (error instanceof Interrupted) {
        await release(services, organizationId, importId, worker)
        return true
      }
      await noteFault(services, organizationId, record, error as Error).catch(() => {})
      throw error
    }
  }
}

/** The process ends; the import goes on in another one. */
class Interrupted extends Error {}

async function release({ database }: WorkServices, organizationId: OrganizationId, importId: string, worker: string): Promise<void> {
  await database.inTransaction(organizationId, (tx) => tx.run(sql`update import set worker = null, heartbeat_at = null where organization_id = ${organizationId} and import_id = ${importId} and worker = ${worker}`))
}

/** A fault (an outage, a bug) leaves the claim to grow old, so that the next try is a minute away; the fifth is the last. */
async function noteFault({ database, clock }: WorkServices, organizationId: OrganizationId, record: ImportRecord, error: Error): Promise<void> {
  const faults = (record.outcome?.faults ?? 0) + 1
  const outcome: Outcome = { why: `It stopped with a fault: ${error.message}`, next: faults < 5 ? 'It is tried again in a minute.' : 'Tell whoever runs this installation; then run it again.', faults }
  await database.inTransaction(organizationId, (tx) => tx.run(sql`
    update import set outcome = ${JSON.stringify(outcome)}::jsonb, heartbeat_at = ${clock()}, status = case when ${faults}::int < 5 then status else 'failed' end, version = version + case when ${faults}::int < 5 then 0 else 1 end
    where organization_id = ${organizationId} and import_id = ${record.import_id} and status = ${record.status}`))
}

async function workOff(services: RunServices, record: ImportRecord): Promise<void> {
  if (record.status === 'checking') return checkImport(services.database, services.organizationId, record)
  if (record.status === 'undoing') {
    const { undone, outcome } = await undoImport(services, record)
    return finish(services, record, undone ? 'undone' : 'done', outcome)
  }
  if (record.cancel_requested) return finish(services, record, 'cancelled', null)
  const { status, ...outcome } = await runImport(services, record)
  return finish(services, record, status, outcome.why === undefined ? null : outcome)
}

/** The end of a run or an undo, with the rows that were done and those that failed counted. */
async function finish({ database, clock, organizationId }: RunServices, record: ImportRecord, status: ImportRecord['status'], outcome: Outcome | null): Promise<void> {
  await database.inTransaction(organizationId, (tx) => tx.run(sql`
    update import i set status = ${status}, outcome = ${outcome === null ? null : JSON.stringify(outcome)}::jsonb, cancel_requested = false, finished_at = ${clock()}, version = version + 1,
      progress_done = coalesce(c.done, 0) + coalesce(c.failed, 0), progress_total = greatest(i.progress_total, coalesce(c.done, 0) + coalesce(c.failed, 0)),
      counts = jsonb_build_object('new', c.new, 'changed', c.changed, 'unchanged', c.unchanged, 'bad', c.bad, 'done', c.done, 'failed', c.failed)
    from (select count(*) filter (where verdict = 'new') as new, count(*) filter (where verdict = 'changed') as changed, count(*) filter (where verdict = 'unchanged') as unchanged, count(*) filter (where verdict = 'bad') as bad,
                 count(*) filter (where status = 'done') as done, count(*) filter (where status = 'failed') as failed
          from import_row where organization_id = ${organizationId} and import_id = ${record.import_id}) c
    where i.organization_id = ${organizationId} and i.import_id = ${record.import_id} and i.status = ${record.status}`))
}

/** Tells that we are alive and how far we are, from outside the run's transaction, and hears whether to stop. */
function beat({ database, clock, isStopping = () => false }: WorkServices, organizationId: OrganizationId, importId: string, worker: string) {
  let cancelled = false
  let done = 0
  let open: Promise<unknown> = Promise.resolve()
  const tell = async (): Promise<void> => {
    const row = await database.inTransaction(organizationId, (tx) => tx.row<{ cancel_requested: boolean }>(sql`
      update import set heartbeat_at = ${clock()}, progress_done = greatest(progress_done, ${done}) where organization_id = ${organizationId} and import_id = ${importId} and worker = ${worker} returning cancel_requested`))
    cancelled ||= row?.cancel_requested === true
  }
  const timer = setInterval(() => {
    open = open.then(tell).catch(() => {})
  }, BEAT_MILLISECONDS)
  timer.unref()
  return {
    onProgress: async (now: number): Promise<boolean> => {
      done = Math.max(done, now)
      relieveMemory(MOST_MEGABYTES)
      if (isStopping()) throw new Interrupted()
      // inside a transaction of the run nothing may be asked of the database beside it: the timer does
      if (now === 0) await tell()
      return cancelled
    },
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await open
    },
  }
}
