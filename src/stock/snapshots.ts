import { sql } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Clock, Instant } from '#src/lib/time.ts'
import { asOfRows, findSnapshot, settledThrough, type Snapshot } from './as-of.ts'

/**
 * Makes a snapshot of what occurred by `occurredThrough` (now where it is not given), from the best earlier one. It goes
 * by what was recorded before the oldest posting that is still open, so that it never has to change. It speeds up
 * questions of the past and changes no answer, so it is neither a command nor audited.
 * Refuses `asked_of_future`.
 */
export async function makeSnapshot(services: { readonly database: Database; readonly clock: Clock }, organizationId: OrganizationId, occurredThrough?: Instant): Promise<Snapshot & { readonly rows: number }> {
  const { database, clock } = services
  return database.inTransaction(organizationId, async (tx) => {
    const madeAt = clock()
    if (occurredThrough !== undefined && Date.parse(occurredThrough) > Date.parse(madeAt)) throw refuse('asked_of_future', { instant: occurredThrough, now: madeAt })
    const recordedThrough = await settledThrough(tx, madeAt)
    const at = occurredThrough ?? recordedThrough
    const snapshotId = newId()
    const from = await findSnapshot(tx, organizationId, at, recordedThrough)
    await tx.run(sql`
      insert into stock_snapshot (organization_id, snapshot_id, occurred_through, recorded_through, made_at)
      values (${organizationId}, ${snapshotId}, ${at}, ${recordedThrough}, ${madeAt})`)
    const rows = await tx.run(sql`
      insert into stock_snapshot_row (organization_id, snapshot_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, second_on_hand)
      select ${organizationId}::uuid, ${snapshotId}::uuid, b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, sum(b.on_hand), sum(b.second)
      from (${asOfRows({ organizationId, productId: null, lot: null, at, known: recordedThrough, snapshot: from })}) b
      group by b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id having sum(b.on_hand) <> 0 or sum(b.second) <> 0`)
    return { snapshotId, occurredThrough: at, recordedThrough, rows }
  })
}
