import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { join, sql } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { LOOSE } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'
import { findLot } from './question.ts'

type AllocationList = OutputOf<typeof contract.listAllocations>

interface AllocationRow {
  allocation_id: string; demand_type: string; demand_number: string; demand_line: number; product_id: string; sku: string; product: string; base_uom: string; lot_id: string; lot: string | null
  place_id: string; place: string; owner_id: string; plate_id: string; unit_id: string | null; serial: string | null; quantity: string; open_quantity: string; firmness: 'hard' | 'soft'
  expires_at: Instant | null; reasons: Json; created_at: Instant; closed_at: Instant | null; closed_because: string | null
}

/** What is promised, the oldest first. Refuses `not_found` (product, lot). */
export function listAllocations(caller: Caller, query: z.output<typeof contract.listAllocations.query>): Promise<AllocationList> {
  const { organizationId } = caller
  const [after = LOOSE] = decodeCursor(query.cursor, 1)?.map(uuidPart) ?? []
  return caller.read(async (tx) => {
    const lot = await findLot(tx, organizationId, query.lotId)
    if (query.productId !== undefined && !(await tx.row(sql`select 1 from product where organization_id = ${organizationId} and product_id = ${query.productId}`))) throw refuse('not_found', { what: 'product', which: query.productId })
    const conditions = [
      sql`a.organization_id = ${organizationId}`, sql`a.allocation_id > ${after}::uuid`,
      ...(query.demandType === undefined ? [] : [sql`a.demand_type = ${query.demandType}`]),
      ...(query.demandNumber === undefined ? [] : [sql`a.demand_number = ${query.demandNumber}`]),
      ...(query.productId === undefined ? [] : [sql`a.product_id = ${query.productId}`]),
      ...(lot === null ? [] : [sql`a.product_id = ${lot.productId}`, sql`a.lot_id = ${lot.lotId}`]),
      ...(query.open ? [sql`a.closed_at is null`] : []),
    ]
    const rows = await tx.rows<AllocationRow>(sql`
      select a.*, p.sku, p.name as product, p.base_uom, l.code as lot, pl.code as place, u.serial
      from (select * from allocation a where ${join(conditions, ' and ')} order by a.allocation_id limit ${query.limit + 1}) a
      join product p on p.organization_id = ${organizationId} and p.product_id = a.product_id
      join lot l on l.organization_id = ${organizationId} and l.lot_id = a.lot_id
      join place pl on pl.organization_id = ${organizationId} and pl.place_id = a.place_id
      left join unit u on u.organization_id = ${organizationId} and u.unit_id = a.unit_id
      order by a.allocation_id`)
    return toPage(rows, query.limit, (row) => [row.allocation_id], toAllocation)
  })
}

function toAllocation(row: AllocationRow): AllocationList['items'][number] {
  return {
    allocationId: row.allocation_id, demandType: row.demand_type, demandNumber: row.demand_number, demandLine: row.demand_line, productId: row.product_id, sku: row.sku, product: row.product, uom: row.base_uom,
    lotId: row.lot_id, lot: row.lot, placeId: row.place_id, place: row.place, ownerId: row.owner_id, plateId: row.plate_id === LOOSE ? null : row.plate_id, unitId: row.unit_id, serial: row.serial,
    quantity: trimQuantity(row.quantity), openQuantity: trimQuantity(row.open_quantity), firmness: row.firmness, expiresAt: row.expires_at, reasons: row.reasons as never, createdAt: row.created_at,
    closedAt: row.closed_at, closedBecause: row.closed_because,
  }
}
