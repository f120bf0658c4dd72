import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { join, sql, type Statement } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { LOOSE } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { stockConditions, toStockQuestion, type StockQuestion } from './question.ts'

type Query = z.output<typeof contract.listStockUnits.query>
type UnitList = OutputOf<typeof contract.listStockUnits>

interface UnitRow {
  unit_id: string; serial: string; kind: 'serial' | 'piece'; product_id: string; sku: string; product: string; base_uom: string; second_uom: string | null; lot_id: string; lot: string | null
  place_id: string; place: string; facility_id: string; facility: string; owner_id: string; plate_id: string; plate: string | null; measure: string; second: string | null; allocation_id: string | null
}

/** Units on hand in the order of their ids: from unit states now, from the lines that name them as of an instant. */
export function listStockUnits(caller: Caller, query: Query): Promise<UnitList> {
  const { organizationId } = caller
  return caller.read(async (tx) => {
    const question = await toStockQuestion(tx, caller, query)
    if (query.unitId !== undefined) {
      const known = await tx.row(sql`select 1 from unit where organization_id = ${organizationId} and unit_id = ${query.unitId}`)
      if (!known) throw refuse('not_found', { what: 'unit', which: query.unitId })
    }
    const [after = LOOSE] = decodeCursor(query.cursor, 1)?.map(uuidPart) ?? []
    const conditions = [...stockConditions(question), sql`b.unit_id > ${after}::uuid`, ...(query.unitId === undefined ? [] : [sql`b.unit_id = ${query.unitId}`])]
    const source = question.asOf ? unitsThen(question, conditions) : unitsNow(question, conditions)
    const rows = await tx.rows<UnitRow>(sql`
      select b.*, u.serial, u.kind, p.sku, p.name as product, p.base_uom, p.second_uom, l.code as lot, pl.code as place, pl.facility_id, f.code as facility, pt.code as plate
      from (${source} order by unit_id limit ${query.limit + 1}) b
      join unit u on u.organization_id = ${organizationId} and u.unit_id = b.unit_id
      join product p on p.organization_id = ${organizationId} and p.product_id = b.product_id
      join lot l on l.organization_id = ${organizationId} and l.lot_id = b.lot_id
      join place pl on pl.organization_id = ${organizationId} and pl.place_id = b.place_id
      join place f on f.organization_id = ${organizationId} and f.place_id = pl.facility_id
      left join plate pt on pt.organization_id = ${organizationId} and pt.plate_id = b.plate_id
      order by b.unit_id`)
    return { ...toPage(rows, query.limit, (row) => [row.unit_id], toUnit), at: question.at, known: question.known, provisional: question.provisional }
  })
}

function toUnit(row: UnitRow): UnitList['items'][number] {
  return {
    unitId: row.unit_id, serial: row.serial, kind: row.kind, productId: row.product_id, sku: row.sku, product: row.product, uom: row.base_uom, lotId: row.lot_id, lot: row.lot,
    placeId: row.place_id, place: row.place, facilityId: row.facility_id, facility: row.facility, ownerId: row.owner_id, plateId: row.plate_id === LOOSE ? null : row.plate_id, plate: row.plate,
    measure: trimQuantity(row.measure), secondMeasure: row.second_uom && row.second !== null ? trimQuantity(row.second) : null, allocationId: row.allocation_id,
  }
}

function unitsNow({ organizationId, placeId }: StockQuestion, conditions: readonly Statement[]): Statement {
  // units have no index by place: the lots that are there have
  const there = placeId === null ? [] : [sql`b.lot_id in (select s.lot_id from balance s join place q on q.organization_id = s.organization_id and q.place_id = s.place_id
    where s.organization_id = ${organizationId} and q.path @> array[${placeId}::uuid] and s.on_hand > 0)`]
  return sql`
    select b.unit_id, b.product_id, b.lot_id, b.place_id, b.owner_id, coalesce(b.plate_id, ${LOOSE}::uuid) as plate_id, b.measure, b.second_measure as second, b.allocation_id
    from unit b join place i on i.organization_id = b.organization_id and i.place_id = b.place_id and i.internal
    where b.organization_id = ${organizationId} and b.measure > 0 and ${join([sql`true`, ...there, ...conditions], ' and ')}`
}

/** A unit is where what came in exceeds what went out; the lot is that of today. */
function unitsThen({ organizationId, productId, lot, at, known }: StockQuestion, conditions: readonly Statement[]): Statement {
  return sql`
    select b.unit_id, b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, sum(b.measure) as measure, sum(b.second) as second, null::uuid as allocation_id
    from (
      select x.unit_id, l.product_id, u.lot_id, s.place_id, s.owner_id, s.plate_id, s.sign * x.quantity as measure, s.sign * x.second_quantity as second
      from line_unit x
      join movement_line l on l.organization_id = x.organization_id and l.movement_id = x.movement_id and l.line_no = x.line_no
      join unit u on u.organization_id = x.organization_id and u.unit_id = x.unit_id
      cross join lateral (values (l.to_internal, l.to_place_id, l.to_owner_id, l.to_plate_id, 1), (l.from_internal, l.from_place_id, l.from_owner_id, l.from_plate_id, -1)) s (internal, place_id, owner_id, plate_id, sign)
      where x.organization_id = ${organizationId} and s.internal and l.occurred_at <= ${at} and l.recorded_at <= ${known}
        ${productId === null ? sql`` : sql`and l.product_id = ${productId}`} ${lot === null ? sql`` : sql`and l.lot_id = any(${lot.all}::uuid[])`}
    ) b
    where ${join(conditions, ' and ')}
    group by b.unit_id, b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id having sum(b.measure) > 0`
}
