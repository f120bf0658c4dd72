import { PassThrough } from 'node:stream'
import { sql, type Statement } from '#src/db/sql.ts'
import type { Database } from '#src/db/transaction.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { unknownPartyId } from '#src/network/system.ts'
import { csvLine } from './csv.ts'
import { lotColumns, movementColumns, productColumns, stockColumns } from './export-columns.ts'

export const exportKinds = ['stock', 'products', 'lots', 'movements'] as const
export type ExportKind = (typeof exportKinds)[number]

/**
 * One of our tables as CSV, of one instant, streamed at the reader's pace. Codes are byte for byte; an import of the file
 * gives them back exactly, the apostrophes before what a spreadsheet would compute taken off again.
 */
export function exportCsv(source: { readonly database: Database; readonly organizationId: OrganizationId }, kind: ExportKind): PassThrough {
  const { database, organizationId } = source
  const { columns, query } = queries[kind](organizationId)
  const out = new PassThrough()
  let begun = false
  const write = database.inTransaction(organizationId, async (tx) => {
    if (begun) throw new Error('the connection was lost in the middle of an export')
    begun = true
    await tx.run({ text: `declare export_rows no scroll cursor for ${query.text}`, values: query.values })
    await give(out, csvLine([...columns]))
    for (;;) {
      const rows = await tx.rows<Record<string, string | null>>({ text: 'fetch forward 2000 from export_rows', values: [] })
      if (rows.length === 0) return
      await give(out, rows.map((row) => csvLine(columns.map((column) => row[column] ?? null))).join(''))
    }
  }, { snapshot: true })
  void write.then(() => out.end(), (error: Error) => out.destroy(error))
  return out
}

/** Waits for a slow reader; one who left ends the export. */
async function give(out: PassThrough, text: string): Promise<void> {
  if (out.destroyed) throw new Error('the reader of the export left')
  if (out.write(text)) return
  await new Promise<void>((resolve) => {
    out.once('drain', resolve)
    out.once('close', resolve)
  })
}

interface Export {
  readonly columns: readonly string[]
  readonly query: Statement
}

const queries: { readonly [kind in ExportKind]: (organizationId: OrganizationId) => Export } = {
  stock: (organizationId) => ({ columns: stockColumns, query: sql`
    with named as (
      select u.product_id, u.lot_id, u.place_id, u.owner_id, u.plate_id, u.serial, u.measure, u.second_measure from unit u join place s on s.organization_id = ${organizationId} and s.place_id = u.place_id
      where u.organization_id = ${organizationId} and u.measure > 0 and s.internal
    ), rest as (
      select b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, b.on_hand - coalesce(sum(n.measure), 0) as quantity, b.second_on_hand - coalesce(sum(n.second_measure), 0) as second
      from balance b left join named n using (product_id, lot_id, place_id, owner_id, plate_id)
      where b.organization_id = ${organizationId} and b.on_hand > 0 group by b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, b.on_hand, b.second_on_hand
    ), stock as (
      select product_id, lot_id, place_id, owner_id, plate_id, serial, measure as quantity, second_measure as second from named
      union all select product_id, lot_id, place_id, owner_id, plate_id, null, quantity, second from rest where quantity > 0
    )
    select p.sku as product, p.name, p.tracking, l.code as lot, case when l.issuer_id <> ${unknownPartyId(organizationId)} then coalesce(i.code, i.name) end as issuer, y.code as family, k.serial,
           l.made_on::text, l.best_by::text, l.sell_by::text, l.use_by::text, l.expires_on::text, f.code as facility, case when s.place_id <> s.facility_id then s.code end as place, a.code as plate,
           case when k.owner_id <> ${organizationId}::uuid then coalesce(o.code, o.name) end as owner, trim_scale(k.quantity)::text as quantity, p.base_uom as uom,
           case when k.second > 0 then trim_scale(k.second)::text end as second_quantity, p.second_uom, p.scale::text, p.date_kind, p.measured::text
    from stock k
    join product p on p.organization_id = ${organizationId} and p.product_id = k.product_id
    join lot l on l.organization_id = ${organizationId} and l.lot_id = k.lot_id
    join place s on s.organization_id = ${organizationId} and s.place_id = k.place_id
    join place f on f.organization_id = ${organizationId} and f.place_id = s.facility_id
    join party o on o.organization_id = ${organizationId} and o.party_id = k.owner_id
    left join party i on i.organization_id = ${organizationId} and i.party_id = l.issuer_id
    left join lot_family y on y.organization_id = ${organizationId} and y.family_id = l.family_id
    left join plate a on a.organization_id = ${organizationId} and a.plate_id = k.plate_id
    order by p.sku, l.code nulls first, f.code, s.code, owner nulls first, a.code nulls first, k.serial nulls first` }),
  products: (organizationId) => ({ columns: productColumns, query: sql`
    select p.sku as product, p.name, p.tracking, p.base_uom as uom, p.scale::text, p.second_uom, p.measured::text, p.date_kind,
           (select a.code from alias a where a.organization_id = ${organizationId} and a.product_id = p.product_id and a.scheme = 'gtin' and a.archived_at is null and a.pack_quantity = 1 order by a.created_at, a.alias_id limit 1) as gtin
    from product p where p.organization_id = ${organizationId} and p.archived_at is null order by p.sku` }),
  lots: (organizationId) => ({ columns: lotColumns, query: sql`
    select p.sku as product, p.name, p.tracking, p.base_uom as uom, p.scale::text, p.date_kind, l.code as lot, case when l.issuer_id <> ${unknownPartyId(organizationId)} then coalesce(i.code, i.name) end as issuer, y.code as family,
           l.made_on::text, l.best_by::text, l.sell_by::text, l.use_by::text, l.expires_on::text
    from lot l join product p on p.organization_id = ${organizationId} and p.product_id = l.product_id
    left join party i on i.organization_id = ${organizationId} and i.party_id = l.issuer_id
    left join lot_family y on y.organization_id = ${organizationId} and y.family_id = l.family_id
    where l.organization_id = ${organizationId} and l.code is not null and l.archived_at is null and l.merged_into is null and p.archived_at is null order by p.sku, l.code, l.lot_id` }),
  movements: (organizationId) => ({ columns: movementColumns, query: sql`
    select m.movement_id::text, l.line_no::text as line, m.kind, to_char(m.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at, to_char(m.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded_at, m.business_date::text, m.reason,
           p.sku as product, p.name, o.code as lot, trim_scale(l.quantity)::text as quantity, p.base_uom as uom, trim_scale(l.second_quantity)::text as second_quantity,
           a.code as from_place, af.code as from_facility, b.code as to_place, bf.code as to_facility,
           case when l.from_owner_id <> ${organizationId}::uuid then coalesce(ao.code, ao.name) end as from_owner, case when l.to_owner_id <> ${organizationId}::uuid then coalesce(bo.code, bo.name) end as to_owner,
           ap.code as from_plate, bp.code as to_plate, (select count(*)::text from line_unit u where l.has_units and u.organization_id = ${organizationId} and u.movement_id = l.movement_id and u.line_no = l.line_no) as units,
           trim_scale(l.unit_cost)::text as unit_cost, l.cost_currency, m.run_id::text, m.reverses::text, m.reversal, m.actor_kind || ' ' || m.actor_id as actor,
           (select string_agg(r.type || ' ' || r.number, '; ' order by r.type, r.number) from movement_reference r where r.organization_id = ${organizationId} and r.movement_id = m.movement_id) as "references", m.note
    from movement m
    join movement_line l on l.organization_id = ${organizationId} and l.movement_id = m.movement_id
    join product p on p.organization_id = ${organizationId} and p.product_id = l.product_id
    join lot o on o.organization_id = ${organizationId} and o.lot_id = l.lot_id
    join place a on a.organization_id = ${organizationId} and a.place_id = l.from_place_id
    join place b on b.organization_id = ${organizationId} and b.place_id = l.to_place_id
    left join place af on af.organization_id = ${organizationId} and af.place_id = a.facility_id and a.internal
    left join place bf on bf.organization_id = ${organizationId} and bf.place_id = b.facility_id and b.internal
    join party ao on ao.organization_id = ${organizationId} and ao.party_id = l.from_owner_id
    join party bo on bo.organization_id = ${organizationId} and bo.party_id = l.to_owner_id
    left join plate ap on ap.organization_id = ${organizationId} and ap.plate_id = l.from_plate_id
    left join plate bp on bp.organization_id = ${organizationId} and bp.plate_id = l.to_plate_id
    where m.organization_id = ${organizationId} order by m.movement_id, l.line_no` }),
}
