import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { join, sql } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { textPart, uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'

type Due = OutputOf<typeof contract.listDue>

interface Row {
  readonly lot_id: string
  readonly lot: string
  readonly product_id: string
  readonly sku: string
  readonly name: string
  readonly base_uom: string
  readonly date_kind: Due['items'][number]['dateKind']
  readonly blocks_after_date: boolean
  readonly day: string
  readonly on_hand: string
}

export interface DueProduct {
  readonly productId: string
  readonly sku: string
  readonly product: string
  readonly uom: string
  readonly dateKind: Due['items'][number]['dateKind']
  /** Whether the day of these lots is over. */
  readonly past: boolean
  readonly lots: number
  /** The nearest. */
  readonly day: string
  /** Where it is one lot. */
  readonly lotId: string | null
  readonly lot: string | null
  readonly onHand: string
}

/** What is on hand of each product that is past its day, or near it, by `today` and `through`: the past first, then the nearest. */
export async function readDueProducts(caller: Caller, { today, through, limit }: { readonly today: string; readonly through: string; readonly limit: number }): Promise<DueProduct[]> {
  const rows = await caller.read((tx) => tx.rows<DueProduct>(sql`
    select p.product_id as "productId", p.sku, p.name as product, p.base_uom as uom, p.date_kind as "dateKind", d.day < ${today}::date as past, count(*)::int as lots, min(d.day)::text as day,
           case when count(*) = 1 then min(l.lot_id::text) end as "lotId", case when count(*) = 1 then min(l.code) end as lot, sum(b.on_hand) as "onHand"
    ${dueLots} where l.organization_id = ${caller.organizationId} and l.code is not null and l.merged_into is null and d.day <= ${through}::date and b.on_hand > 0
    group by p.product_id, p.sku, p.name, p.base_uom, p.date_kind, past order by past desc, day, p.product_id limit ${limit}`))
  return rows.map((row) => ({ ...row, onHand: trimQuantity(row.onHand) }))
}

/** Products with their lots, the day each lot goes by, and how much of it is on hand. */
const dueLots = sql`
  from product p join lot l on l.organization_id = p.organization_id and l.product_id = p.product_id
  cross join lateral (select case p.date_kind when 'best_by' then l.best_by when 'sell_by' then l.sell_by when 'use_by' then l.use_by when 'expiry' then l.expires_on end as day) d
  cross join lateral (
    select sum(s.on_hand) as on_hand from balance s where s.organization_id = l.organization_id and s.product_id = l.product_id and s.lot_id = l.lot_id and s.on_hand > 0
  ) b`

/** Lots on hand by their day, the nearest first; a lot without the date its product goes by is not among them. */
export function listDue(caller: Caller, { limit, cursor, through, productId }: z.output<typeof contract.listDue.query>): Promise<Due> {
  const { organizationId } = caller
  const [day, lotId] = decodeCursor(cursor, 2) ?? ['0001-01-01', '00000000-0000-0000-0000-000000000000']
  const conditions = [
    sql`l.organization_id = ${organizationId}`, sql`l.code is not null`, sql`l.merged_into is null`, sql`d.day is not null`, sql`(d.day, l.lot_id) > (${textPart(day)}::date, ${uuidPart(lotId)}::uuid)`,
    ...(through === undefined ? [] : [sql`d.day <= ${through}::date`]), ...(productId === undefined ? [] : [sql`l.product_id = ${productId}`]),
  ]
  return caller.read(async (tx) => {
    const rows = await tx.rows<Row>(sql`
      select l.lot_id, l.code as lot, p.product_id, p.sku, p.name, p.base_uom, p.date_kind, p.blocks_after_date, d.day, b.on_hand
      ${dueLots} where ${join(conditions, ' and ')} and b.on_hand > 0
      order by d.day, l.lot_id limit ${limit + 1}`)
    return toPage(rows, limit, (row) => [row.day, row.lot_id], (row) => ({
      productId: row.product_id, sku: row.sku, product: row.name, uom: row.base_uom, lotId: row.lot_id, lot: row.lot, day: row.day, dateKind: row.date_kind, blocks: row.blocks_after_date, onHand: trimQuantity(row.on_hand),
    }))
  })
}
