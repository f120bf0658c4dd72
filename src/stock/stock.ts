import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { join, prepared, sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { LOOSE } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import { asOfRows } from './as-of.ts'
import type * as contract from './contract.ts'
import { stockConditions, toStockQuestion, type StockQuestion } from './question.ts'

type StockGroup = contract.StockGroup
type Query = z.output<typeof contract.listStock.query>
type StockList = OutputOf<typeof contract.listStock>

/** What each group is told apart by. */
const columns: { readonly [Group in StockGroup]: string } = { product: 'product_id', lot: 'lot_id', place: 'place_id', facility: 'facility_id', owner: 'owner_id', plate: 'plate_id' }
const inOrder = ['product', 'lot', 'place', 'facility', 'owner', 'plate'] as const satisfies readonly StockGroup[]
const keys: { readonly [Group in StockGroup]: Statement } = {
  product: sql`b.product_id`, lot: sql`b.lot_id`, place: sql`b.place_id`, facility: sql`pl.facility_id`, owner: sql`b.owner_id`, plate: sql`b.plate_id`,
}

/**
 * On hand by any groups, the product always among them: from balances now, from lines as of an instant. Ordered by the
 * ids of the groups, so that a page begins where the one before ended whatever happened in between.
 */
export function listStock(caller: Caller, query: Query): Promise<StockList> {
  return caller.read(async (tx) => {
    const question = await toStockQuestion(tx, caller, query)
    const groups = inOrder.filter((group) => group === 'product' || query.by.includes(group))
    const after = decodeCursor(query.cursor, groups.length)?.map(uuidPart) ?? null
    const rows = await tx.rows<GroupRow>(question.asOf ? stockThen(question, groups, after, query.limit) : prepared(stockNow(question, groups, after, query.limit, await findBlocks(tx, question))))
    const paged = toPage(rows, query.limit, (row) => groups.map((group) => row[columns[group]] as string), (row) => row)
    return { items: await named(tx, question, groups, paged.items), next: paged.next, at: question.at, known: question.known, provisional: question.provisional }
  })
}

type GroupRow = { [column: string]: string | null } & { on_hand: string; second: string; allocated: string | null; available: string | null }

/** Whether anything is on hold at all, and whether any product asked for blocks after its date: where not, nobody looks for it row by row. */
interface Blocks {
  readonly holds: boolean
  readonly dates: boolean
}

async function findBlocks(tx: Tx, { organizationId, productId, lot, at }: StockQuestion): Promise<Blocks> {
  const row = await tx.row<Blocks>(sql`
    select exists (select from hold where organization_id = ${organizationId} and released_at is null and (until is null or until > ${at}) and not ('ship' = any(allows))) as holds,
           exists (select from product where organization_id = ${organizationId} and blocks_after_date and (${productId ?? lot?.productId ?? null}::uuid is null or product_id = ${productId ?? lot?.productId ?? null}::uuid)) as dates`)
  return row ?? { holds: false, dates: false }
}

function stockNow(question: StockQuestion, groups: readonly StockGroup[], after: readonly string[] | null, limit: number, { holds, dates }: Blocks): Statement {
  const { organizationId, productId, lot, at } = question
  const list = join(groups.map((group) => keys[group]), ', ')
  const conditions = [sql`b.organization_id = ${organizationId}`, ...stockConditions(question), ...beyond(list, after)]
  const held = sql`
    active as (
      select subject, subject_id from hold
      where organization_id = ${organizationId} and released_at is null and (until is null or until > ${at}) and not ('ship' = any(allows))
    ), held_lot as (
      select coalesce(l.merged_into, l.lot_id) as lot_id from active a join lot l on l.organization_id = ${organizationId} and l.lot_id = a.subject_id where a.subject = 'lot'
      union select l.lot_id from active a join lot l on l.organization_id = ${organizationId} and l.family_id = a.subject_id where a.subject = 'family'
    ), held_place as (
      select p.place_id from active a join place p on p.organization_id = ${organizationId} and a.subject_id = any(p.path) where a.subject = 'place'
    ), held_unit as (
      select u.product_id, u.lot_id, u.place_id, u.owner_id, u.plate_id, sum(u.measure) as measure
      from active a join unit u on u.organization_id = ${organizationId} and u.unit_id = a.subject_id
      where a.subject = 'unit' and u.allocation_id is null and u.measure > 0 group by u.product_id, u.lot_id, u.place_id, u.owner_id, u.plate_id
    )`
  const past = sql`
    past as (
      -- lots whose day is over somewhere on earth; the day of the place decides below
      select l.lot_id, d.day from product p join lot l on l.organization_id = p.organization_id and l.product_id = p.product_id
      cross join lateral (select case p.date_kind when 'best_by' then l.best_by when 'sell_by' then l.sell_by when 'use_by' then l.use_by when 'expiry' then l.expires_on end as day) d
      where p.organization_id = ${organizationId} and p.blocks_after_date and d.day < (${at}::timestamptz at time zone 'Pacific/Kiritimati')::date
        ${productId === null ? sql`` : sql`and p.product_id = ${productId}`} ${lot === null ? sql`` : sql`and l.lot_id = ${lot.lotId}`}
    )`
  const tables = [...(holds ? [held] : []), ...(dates ? [past] : [])]
  const blocked = [
    ...(holds ? [sql`b.lot_id in (select lot_id from held_lot)`, sql`b.place_id in (select place_id from held_place)`, sql`b.plate_id in (select subject_id from active where subject = 'plate')`] : []),
    ...(dates ? [sql`past.day < (${at}::timestamptz at time zone pl.time_zone)::date`] : []),
  ]
  const free = sql`greatest(b.on_hand - b.allocated ${holds ? sql`- coalesce(h.measure, 0)` : sql``}, 0)`
  return sql`
    ${tables.length === 0 ? sql`` : sql`with ${join(tables, ', ')}`}
    select ${list}, sum(b.on_hand) as on_hand, sum(b.second_on_hand) as second, sum(b.allocated) as allocated,
      sum(${blocked.length === 0 ? free : sql`case when ${join(blocked, ' or ')} then 0 else ${free} end`}) as available
    from balance b
    ${dates || groups.includes('facility') ? sql`join place pl on pl.organization_id = ${organizationId} and pl.place_id = b.place_id` : sql``}
    ${dates ? sql`left join past on past.lot_id = b.lot_id` : sql``}
    ${holds ? sql`left join held_unit h on h.product_id = b.product_id and h.lot_id = b.lot_id and h.place_id = b.place_id and h.owner_id = b.owner_id and h.plate_id = b.plate_id` : sql``}
    where ${join(conditions, ' and ')}
    group by ${list} having sum(b.on_hand) <> 0 or sum(b.second_on_hand) <> 0 order by ${list} limit ${limit + 1}`
}

/** The lines are restricted to the lot by every id it goes by; they are led to the lot of today, and to facilities, only where that is told. */
function stockThen(question: StockQuestion, groups: readonly StockGroup[], after: readonly string[] | null, limit: number): Statement {
  const { organizationId } = question
  const list = join(groups.map((group) => keys[group]), ', ')
  const conditions = [sql`true`, ...stockConditions({ ...question, lot: null }), ...beyond(list, after)]
  const rows = asOfRows(question, after?.[0] ?? null)
  const ofToday = sql`
    select l.product_id, coalesce(o.merged_into, l.lot_id) as lot_id, l.place_id, l.owner_id, l.plate_id, l.on_hand, l.second
    from (${rows}) l left join lot o on o.organization_id = ${organizationId} and o.lot_id = l.lot_id and o.merged_into is not null`
  return sql`
    select ${list}, sum(b.on_hand) as on_hand, sum(b.second) as second, null as allocated, null as available
    from (${groups.includes('lot') ? ofToday : rows}) b
    ${groups.includes('facility') ? sql`join place pl on pl.organization_id = ${organizationId} and pl.place_id = b.place_id` : sql``}
    where ${join(conditions, ' and ')}
    group by ${list} having sum(b.on_hand) <> 0 or sum(b.second) <> 0 order by ${list} limit ${limit + 1}`
}

function beyond(list: Statement, after: readonly string[] | null): Statement[] {
  return after === null ? [] : [sql`(${list}) > (${join(after.map((id) => sql`${id}::uuid`), ', ')})`]
}

/** The codes and names of what a page shows, in one statement. */
async function named(tx: Tx, { organizationId, asOf }: StockQuestion, groups: readonly StockGroup[], rows: readonly GroupRow[]): Promise<StockList['items']> {
  if (rows.length === 0) return []
  const ids = (group: StockGroup): string[] => [...new Set(rows.flatMap((row) => row[columns[group]] ?? []))]
  const labels = await tx.rows<{ what: string; id: string; label: string | null; name: string | null; uom: string | null; second_uom: string | null }>(sql`
    select 'product' as what, product_id as id, sku as label, name, base_uom as uom, second_uom from product where organization_id = ${organizationId} and product_id = any(${ids('product')}::uuid[])
    union all select 'lot', lot_id, code, null, null, null from lot where organization_id = ${organizationId} and lot_id = any(${ids('lot')}::uuid[])
    union all select 'place', place_id, code, null, null, null from place where organization_id = ${organizationId} and place_id = any(${[...ids('place'), ...ids('facility')]}::uuid[])
    union all select 'owner', party_id, name, null, null, null from party where organization_id = ${organizationId} and party_id = any(${ids('owner')}::uuid[])
    union all select 'plate', plate_id, code, null, null, null from plate where organization_id = ${organizationId} and plate_id = any(${ids('plate')}::uuid[])`)
  const byId = new Map(labels.map((label) => [label.id, label]))
  const labelOf = (row: GroupRow, group: StockGroup): string => byId.get(row[columns[group]] ?? '')?.label ?? ''
  return rows.map((row) => {
    const product = byId.get(row['product_id'] ?? '')
    const plateId = row['plate_id'] === LOOSE ? null : (row['plate_id'] ?? null)
    return {
      productId: row['product_id'] as string, sku: product?.label ?? '', product: product?.name ?? '', uom: product?.uom ?? '',
      ...(groups.includes('lot') && { lotId: row['lot_id'] as string, lot: byId.get(row['lot_id'] ?? '')?.label ?? null }),
      ...(groups.includes('place') && { placeId: row['place_id'] as string, place: labelOf(row, 'place') }),
      ...(groups.includes('facility') && { facilityId: row['facility_id'] as string, facility: labelOf(row, 'facility') }),
      ...(groups.includes('owner') && { ownerId: row['owner_id'] as string, owner: labelOf(row, 'owner') }),
      ...(groups.includes('plate') && { plateId, plate: plateId === null ? null : labelOf(row, 'plate') }),
      onHand: trimQuantity(row.on_hand), secondUom: product?.second_uom ?? null, secondOnHand: product?.second_uom ? trimQuantity(row.second) : null,
      allocated: asOf || row.allocated === null ? null : trimQuantity(row.allocated), available: asOf || row.available === null ? null : trimQuantity(row.available),
    }
  })
}
