import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import { asOfRows } from './as-of.ts'
import type { StockGroup } from './contract.ts'
import { stockConditions, type StockQuestion } from './question.ts'

/** What each group is told apart by. */
export const columns: { readonly [Group in StockGroup]: string } = { product: 'product_id', lot: 'lot_id', place: 'place_id', facility: 'facility_id', owner: 'owner_id', plate: 'plate_id' }
export const inOrder = ['product', 'lot', 'place', 'facility', 'owner', 'plate'] as const satisfies readonly StockGroup[]
const keys: { readonly [Group in StockGroup]: Statement } = {
  product: sql`b.product_id`, lot: sql`b.lot_id`, place: sql`b.place_id`, facility: sql`pl.facility_id`, owner: sql`b.owner_id`, plate: sql`b.plate_id`,
}

export type GroupRow = { [column: string]: string | null } & { on_hand: string; second: string; allocated: string | null; available: string | null }

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

/** Stock before it is put together: rows `b` of balances or of lines, and what is summed of them. */
export interface Source {
  /** `with ...`, or nothing. */
  readonly tables: Statement
  readonly from: Statement
  readonly conditions: readonly Statement[]
  readonly sums: Statement
  readonly having: Statement
}

/** Balances, with what holds and dates keep from being used; `held`: only what holds do. */
export async function sourceNow(tx: Tx, question: StockQuestion, groups: readonly StockGroup[], onlyHeld: boolean): Promise<Source> {
  const { organizationId, productId, lot, at } = question
  const { holds, dates } = await findBlocks(tx, question)
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
  const byHolds = holds ? [sql`b.lot_id in (select lot_id from held_lot)`, sql`b.place_id in (select place_id from held_place)`, sql`b.plate_id in (select subject_id from active where subject = 'plate')`] : []
  const blocked = [...byHolds, ...(dates ? [sql`past.day < (${at}::timestamptz at time zone pl.time_zone)::date`] : [])]
  const free = sql`greatest(b.on_hand - b.allocated ${holds ? sql`- coalesce(h.measure, 0)` : sql``}, 0)`
  return {
    tables: tables.length === 0 ? sql`` : sql`with ${join(tables, ', ')}`,
    from: sql`balance b
      ${dates || groups.includes('facility') ? sql`join place pl on pl.organization_id = ${organizationId} and pl.place_id = b.place_id` : sql``}
      ${dates ? sql`left join past on past.lot_id = b.lot_id` : sql``}
      ${holds ? sql`left join held_unit h on h.product_id = b.product_id and h.lot_id = b.lot_id and h.place_id = b.place_id and h.owner_id = b.owner_id and h.plate_id = b.plate_id` : sql``}`,
    conditions: [sql`b.organization_id = ${organizationId}`, ...stockConditions(question), ...(onlyHeld ? [holds ? sql`(${join([...byHolds, sql`h.measure > 0`], ' or ')})` : sql`false`] : [])],
    sums: sql`sum(b.on_hand) as on_hand, sum(b.second_on_hand) as second, sum(b.allocated) as allocated,
      sum(${blocked.length === 0 ? free : sql`case when ${join(blocked, ' or ')} then 0 else ${free} end`}) as available`,
    having: sql`sum(b.on_hand) <> 0 or sum(b.second_on_hand) <> 0`,
  }
}

/** The lines are restricted to the lot by every id it goes by; they are led to the lot of today, and to facilities, only where that is told. */
export function sourceThen(question: StockQuestion, groups: readonly StockGroup[], productFrom: string | null): Source {
  const { organizationId } = question
  const rows = asOfRows(question, productFrom)
  const ofToday = sql`
    select l.product_id, coalesce(o.merged_into, l.lot_id) as lot_id, l.place_id, l.owner_id, l.plate_id, l.on_hand, l.second
    from (${rows}) l left join lot o on o.organization_id = ${organizationId} and o.lot_id = l.lot_id and o.merged_into is not null`
  return {
    tables: sql``,
    from: sql`(${groups.includes('lot') ? ofToday : rows}) b ${groups.includes('facility') ? sql`join place pl on pl.organization_id = ${organizationId} and pl.place_id = b.place_id` : sql``}`,
    conditions: [sql`true`, ...stockConditions({ ...question, lot: null })],
    sums: sql`sum(b.on_hand) as on_hand, sum(b.second) as second, null as allocated, null as available`,
    having: sql`sum(b.on_hand) <> 0 or sum(b.second) <> 0`,
  }
}

/** The ids of the groups, as they are grouped by. */
export function listOf(groups: readonly StockGroup[]): Statement {
  return join(groups.map((group) => keys[group]), ', ')
}
