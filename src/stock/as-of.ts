import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import type { Instant } from '#src/lib/time.ts'

/** Stock by the lines that occurred by S = `occurredThrough` and were recorded by R = `recordedThrough`. Never changed. */
export interface Snapshot {
  readonly snapshotId: string
  readonly occurredThrough: Instant
  readonly recordedThrough: Instant
}

/** The snapshot that leaves least to be read for stock as of `at` as known at `known`: S <= at and R <= known, the youngest S. */
export async function findSnapshot(tx: Tx, organizationId: OrganizationId, at: Instant, known: Instant): Promise<Snapshot | null> {
  const row = await tx.row<{ snapshot_id: string; occurred_through: Instant; recorded_through: Instant }>(sql`
    select snapshot_id, occurred_through, recorded_through from stock_snapshot
    where organization_id = ${organizationId} and occurred_through <= ${at} and recorded_through <= ${known}
    order by occurred_through desc, recorded_through desc, snapshot_id desc limit 1`)
  return row ? { snapshotId: row.snapshot_id, occurredThrough: row.occurred_through, recordedThrough: row.recorded_through } : null
}

/** Stock as of `at`, as known at `known`; of a product and a lot where they are named. */
export interface AsOf {
  readonly organizationId: OrganizationId
  readonly productId: string | null
  /** Every id the lot goes by: lines keep the one they were written with. */
  readonly lot: { readonly productId: string; readonly all: readonly string[] } | null
  readonly at: Instant
  readonly known: Instant
  readonly snapshot: Snapshot | null
}

/**
 * Stock by the lines that occurred by `at` and were recorded by `known`, as signed rows (product_id, lot_id, place_id,
 * owner_id, plate_id, on_hand, second); `lot_id` is the lot as the line named it. Reversals are lines like others. With
 * a snapshot (S, R): its rows, what occurred in (S, at] recorded by `known`, and what occurred by S recorded in (R, known].
 */
export function asOfRows(question: AsOf, productFrom: string | null = null): Statement {
  const { organizationId, productId, lot, at, known, snapshot } = question
  const wanted = (row: 'l' | 'r'): Statement => join([
    row === 'l' ? sql`l.organization_id = ${organizationId}` : sql`r.organization_id = ${organizationId}`,
    ...(productId === null ? [] : [row === 'l' ? sql`l.product_id = ${productId}` : sql`r.product_id = ${productId}`]),
    ...(lot === null ? [] : [row === 'l' ? sql`l.product_id = ${lot.productId} and l.lot_id = any(${lot.all}::uuid[])` : sql`r.product_id = ${lot.productId} and r.lot_id = any(${lot.all}::uuid[])`]),
    // a page that goes on need not read the products before it
    ...(productFrom === null ? [] : [row === 'l' ? sql`l.product_id >= ${productFrom}` : sql`r.product_id >= ${productFrom}`]),
  ], ' and ')
  const lines = (when: Statement): Statement => sql`
    select l.product_id, l.lot_id, l.to_place_id as place_id, l.to_owner_id as owner_id, l.to_plate_id as plate_id, l.quantity as on_hand, coalesce(l.second_quantity, 0) as second
    from movement_line l where ${wanted('l')} and l.to_internal and ${when}
    union all
    select l.product_id, l.lot_id, l.from_place_id, l.from_owner_id, l.from_plate_id, -l.quantity, -coalesce(l.second_quantity, 0)
    from movement_line l where ${wanted('l')} and l.from_internal and ${when}`
  if (!snapshot) return lines(sql`l.occurred_at <= ${at} and l.recorded_at <= ${known}`)
  return sql`
    select r.product_id, r.lot_id, r.place_id, r.owner_id, r.plate_id, r.on_hand, r.second_on_hand as second from stock_snapshot_row r
    where ${wanted('r')} and r.snapshot_id = ${snapshot.snapshotId}
    union all ${lines(sql`l.occurred_at > ${snapshot.occurredThrough} and l.occurred_at <= ${at} and l.recorded_at <= ${known}`)}
    union all ${lines(sql`l.occurred_at <= ${snapshot.occurredThrough} and l.recorded_at > ${snapshot.recordedThrough} and l.recorded_at <= ${known}`)}`
}

/**
 * Postings that are open at this moment, as rows of pg_stat_activity: every command claims its idempotency key (an
 * advisory lock of its transaction) before it takes the instant it is recorded at, so what it writes is recorded no
 * earlier than its transaction began (to the millisecond, which is what instants have). What begins after the look is
 * recorded after it. Rests on the clocks of the app processes and the database agreeing.
 */
const openPostings = sql`
  select date_trunc('milliseconds', a.xact_start) as began from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.database = a.datid and a.datname = current_database() and a.usename = current_user and a.pid <> pg_backend_pid()`

/** May something recorded at or before `known` still be being posted? To be asked before the stock is read. */
export async function isProvisional(tx: Tx, known: Instant): Promise<boolean> {
  const row = await tx.row<{ open: boolean }>(sql`select exists (select from (${openPostings}) o where o.began <= ${known}::timestamptz) as open`)
  return row?.open === true
}

/** The latest instant at which nothing can be recorded any more: a millisecond before now, or before the oldest open posting began. */
export async function settledThrough(tx: Tx, now: Instant): Promise<Instant> {
  const row = await tx.row<{ through: Instant | null }>(sql`select least(${now}::timestamptz, min(o.began)) - interval '1 millisecond' as through from (${openPostings}) o`)
  return row?.through ?? now
}
