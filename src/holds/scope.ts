import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import type { HoldScope } from './contract.ts'
import type { Subject } from './subjects.ts'

const MOST = 500

interface Goods { product_id: string; sku: string; lot_id: string; code: string | null; quantity: string; uom: string }

/** What a hold reaches: on hand by place, what of it is promised to whom, its units, and what left before. */
export async function readScope(tx: Tx, organizationId: OrganizationId, subject: Subject): Promise<HoldScope> {
  const onHand = await tx.rows<Goods & { place_id: string; place: string }>(sql`
    select b.product_id, p.sku, b.lot_id, l.code, sum(b.quantity)::text as quantity, p.base_uom as uom, b.place_id, s.code as place
    from (${stock(organizationId, subject)}) b ${names(organizationId)} join place s on s.organization_id = ${organizationId} and s.place_id = b.place_id
    group by 1, 2, 3, 4, 6, 7, 8 order by 2, 4, 8, 3, 7 limit ${MOST + 1}`)
  const allocated = await tx.rows<Goods & { demand_type: string; demand_number: string; demand_line: number }>(sql`
    select b.product_id, p.sku, b.lot_id, l.code, sum(b.open_quantity)::text as quantity, p.base_uom as uom, b.demand_type, b.demand_number, b.demand_line
    from (select * from allocation where organization_id = ${organizationId} and closed_at is null and ${ofAllocation(organizationId, subject)}) b ${names(organizationId)}
    group by 1, 2, 3, 4, 6, 7, 8, 9 order by 7, 8, 9, 2, 4, 3 limit ${MOST + 1}`)
  const units = await tx.rows<{ unit_id: string; serial: string; product_id: string; lot_id: string; place_id: string; place: string; all: number }>(sql`
    select u.unit_id, u.serial, u.product_id, u.lot_id, u.place_id, s.code as place, (count(*) over ())::int as all
    from unit u join place s on s.organization_id = u.organization_id and s.place_id = u.place_id and s.internal
    where u.organization_id = ${organizationId} and u.measure > 0 and ${ofUnit(organizationId, subject)} order by u.serial, u.unit_id limit ${MOST}`)
  const shipped = await readShipped(tx, organizationId, subject)
  const goods = (row: Goods) => ({ productId: row.product_id, product: row.sku, lotId: row.lot_id, lot: row.code, quantity: trimQuantity(row.quantity), uom: row.uom })
  return {
    onHand: onHand.slice(0, MOST).map((row) => ({ ...goods(row), placeId: row.place_id, place: row.place })),
    allocated: allocated.slice(0, MOST).map((row) => ({ ...goods(row), demandType: row.demand_type, demandNumber: row.demand_number, demandLine: row.demand_line })),
    unitCount: units[0]?.all ?? 0,
    units: units.map((row) => ({ unitId: row.unit_id, serial: row.serial, productId: row.product_id, lotId: row.lot_id, placeId: row.place_id, place: row.place })),
    shipped: shipped.slice(0, MOST).map((row) => ({ ...goods(row), placeId: row.place_id, place: row.place })),
    more: onHand.length > MOST || allocated.length > MOST || shipped.length > MOST || (units[0]?.all ?? 0) > MOST,
  }
}

/** Names of the product and lot of `b`. */
function names(organizationId: OrganizationId): Statement {
  return sql`join product p on p.organization_id = ${organizationId} and p.product_id = b.product_id left join lot l on l.organization_id = ${organizationId} and l.lot_id = b.lot_id`
}

function stock(organizationId: OrganizationId, subject: Subject): Statement {
  if (subject.kind === 'unit') {
    return sql`select u.product_id, u.lot_id, u.place_id, u.measure as quantity from unit u join place s on s.organization_id = u.organization_id and s.place_id = u.place_id and s.internal
               where u.organization_id = ${organizationId} and u.unit_id = ${subject.id} and u.measure > 0`
  }
  return sql`select product_id, lot_id, place_id, on_hand as quantity from balance where organization_id = ${organizationId} and on_hand > 0 and ${ofRow(organizationId, subject)}`
}

/** Which rows of a table with lot_id, place_id and plate_id the subject means. */
function ofRow(organizationId: OrganizationId, subject: Subject): Statement {
  switch (subject.kind) {
    case 'lot': case 'unit': return sql`lot_id = ${subject.id}`
    case 'plate': return sql`plate_id = ${subject.id}`
    case 'place': return sql`place_id = any(array(select i.place_id from place i where i.organization_id = ${organizationId} and ${subject.id}::uuid = any(i.path)))`
    case 'family': return sql`lot_id = any(array(select f.lot_id from lot f where f.organization_id = ${organizationId} and f.family_id = ${subject.id} and f.merged_into is null))`
  }
}

function ofAllocation(organizationId: OrganizationId, subject: Subject): Statement {
  return subject.kind === 'unit' ? sql`unit_id = ${subject.id}` : ofRow(organizationId, subject)
}

function ofUnit(organizationId: OrganizationId, subject: Subject): Statement {
  if (subject.kind === 'unit') return sql`u.unit_id = ${subject.id}`
  if (subject.kind === 'lot') return sql`u.lot_id = ${subject.id}`
  if (subject.kind === 'plate') return sql`u.plate_id = ${subject.id}`
  if (subject.kind === 'place') return sql`u.place_id = any(array(select i.place_id from place i where i.organization_id = ${organizationId} and ${subject.id}::uuid = any(i.path)))`
  return sql`u.lot_id = any(array(select f.lot_id from lot f where f.organization_id = ${organizationId} and f.family_id = ${subject.id} and f.merged_into is null))`
}

/** What customers have of it: sent less come back, by ship-to place. A place or plate has nothing outside. */
async function readShipped(tx: Tx, organizationId: OrganizationId, subject: Subject): Promise<(Goods & { place_id: string; place: string })[]> {
  if (subject.kind === 'place' || subject.kind === 'plate') return []
  const lots = subject.kind === 'lot'
    ? sql`select lot_id from lot where organization_id = ${organizationId} and (lot_id = ${subject.id} or merged_into = ${subject.id})`
    : sql`select o.lot_id from lot o join lot f on f.organization_id = o.organization_id and f.lot_id = coalesce(o.merged_into, o.lot_id) where o.organization_id = ${organizationId} and f.family_id = ${subject.id}`
  const lines = subject.kind === 'unit'
    ? sql`select l.product_id, l.lot_id, l.consignee_place_id, case when l.to_place_id = l.consignee_place_id then s.quantity else -s.quantity end as quantity
          from line_unit s join movement_line l on l.organization_id = s.organization_id and l.movement_id = s.movement_id and l.line_no = s.line_no
          where s.organization_id = ${organizationId} and s.unit_id = ${subject.id} and l.consignee_place_id is not null`
    : sql`select l.product_id, l.lot_id, l.consignee_place_id, case when l.to_place_id = l.consignee_place_id then l.quantity else -l.quantity end as quantity
          from movement_line l where l.organization_id = ${organizationId} and l.from_internal <> l.to_internal and l.role is null
            and l.consignee_place_id is not null and l.lot_id in (${lots})`
  return tx.rows(sql`
    select b.product_id, p.sku, b.lot_id, l.code, sum(b.quantity)::text as quantity, p.base_uom as uom, b.place_id, s.code as place
    from (select x.product_id, coalesce(o.merged_into, x.lot_id) as lot_id, x.consignee_place_id as place_id, x.quantity
          from (${lines}) x left join lot o on o.organization_id = ${organizationId} and o.lot_id = x.lot_id) b
    ${names(organizationId)} join place s on s.organization_id = ${organizationId} and s.place_id = b.place_id
    group by 1, 2, 3, 4, 6, 7, 8 having sum(b.quantity) > 0 order by 8, 2, 4, 7, 3 limit ${MOST + 1}`)
}
