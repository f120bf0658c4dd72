import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import type { ProductId } from '#src/lib/id.ts'

export interface TrackingChange {
  readonly productId: ProductId
  readonly tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial'
}

/**
 * From now on these products are tracked so, as one set; what is so already is left alone. See `changeTracking` for one.
 * The policy begins a millisecond later: what the same command posted before it came under the one before.
 */
export async function setTracking(scope: CommandScope, changes: readonly TrackingChange[]): Promise<void> {
  if (changes.length === 0) return
  const { tx, organizationId, recordedAt } = scope
  const changed = await tx.rows<{ product_id: ProductId; was: string; tracking: string }>(sql`
    with before as (
      select p.product_id, p.tracking as was, a.tracking from product p
      join unnest(${changes.map((change) => change.productId)}::uuid[], ${changes.map((change) => change.tracking)}::text[]) as a (product_id, tracking) using (product_id)
      where p.organization_id = ${organizationId} and p.tracking <> a.tracking order by p.product_id for update of p
    )
    update product p set tracking = b.tracking, tracking_since = ${recordedAt}::timestamptz + interval '1 millisecond', version = p.version + 1 from before b
    where p.organization_id = ${organizationId} and p.product_id = b.product_id
    returning p.product_id, b.was, p.tracking`)
  for (const { product_id, was, tracking } of changed) scope.changed({ subject: 'product', subjectId: product_id, before: { tracking: was }, after: { tracking } })
  if (changed.length > 0) scope.happened({ type: 'product.changed.v1', subjectIds: changed.map(({ product_id }) => product_id), data: {} })
}
