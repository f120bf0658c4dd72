import type { Caller } from '#src/audit/caller.ts'
import { sql } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { fold } from '#src/lib/fold.ts'
import type * as contract from './contract.ts'
import { columns, joined, toSummary, type UnitRow } from './units.ts'

/** The units of a product that go by these serials, exactly or nearly so, in the order of asking; one statement. */
export function listNamedUnits(caller: Caller, product: string, serials: readonly string[]): Promise<OutputOf<typeof contract.listNamedUnits>> {
  const { organizationId } = caller
  const asked = [...new Set(serials)]
  return caller.read(async (tx) => {
    const rows = await tx.rows<UnitRow & { asked: string; plate_id: string | null; allocation_id: string | null }>(sql`
      select ${columns}, a.asked, nullif(u.plate_id, '00000000-0000-0000-0000-000000000000'::uuid) as plate_id, u.allocation_id
      from unnest(${asked.map((_, at) => at)}::int[], ${asked}::text[], ${asked.map(fold)}::text[]) as a (at, asked, folded)
      join unit u on u.organization_id = ${organizationId} and u.folded = a.folded and u.product_id = ${product} ${joined}
      order by a.at, u.serial = a.asked desc, u.unit_id`)
    return { items: rows.map((row) => ({ ...toSummary(row), asked: row.asked, plateId: row.plate_id, allocationId: row.allocation_id })) }
  })
}
