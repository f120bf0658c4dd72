import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { join, prepared, sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { LOOSE } from '#src/lib/id.ts'
import { decodeCursor, toPage } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { toStockQuestion, type StockQuestion } from './question.ts'
import { sortedStock } from './sorted-stock.ts'
import { columns, inOrder, listOf, sourceNow, sourceThen, type GroupRow } from './source.ts'

type StockGroup = contract.StockGroup
type Query = z.output<typeof contract.listStock.query>
type StockList = OutputOf<typeof contract.listStock>

/**
 * On hand by any groups, the product always among them: from balances now, from lines as of an instant. Ordered by the
 * ids of the groups, so that a page begins where the one before ended whatever happened in between; or as people look for it.
 */
export function listStock(caller: Caller, query: Query): Promise<StockList> {
  return caller.read(async (tx) => {
    const question = await toStockQuestion(tx, caller, query)
    if (query.held && question.asOf) throw refuse('input_invalid', { field: 'query.held', why: 'what is on hold is answered for now only' })
    const groups = inOrder.filter((group) => group === 'product' || query.by.includes(group))
    const { rows, next } = query.sort === undefined ? await inOrderOfIds(tx, question, groups, query) : await sortedStock(tx, question, groups, query, query.sort)
    return { items: await named(tx, question, groups, rows), next, at: question.at, known: question.known, provisional: question.provisional }
  })
}

async function inOrderOfIds(tx: Tx, question: StockQuestion, groups: readonly StockGroup[], { cursor, limit, held }: Query): Promise<{ rows: GroupRow[]; next: string | null }> {
  const after = decodeCursor(cursor, groups.length)?.map(uuidPart) ?? null
  const list = listOf(groups)
  const source = question.asOf ? sourceThen(question, groups, after?.[0] ?? null) : await sourceNow(tx, question, groups, held)
  const beyond = after === null ? [] : [sql`(${list}) > (${join(after.map((id) => sql`${id}::uuid`), ', ')})`]
  const statement = sql`${source.tables} select ${list}, ${source.sums} from ${source.from} where ${join([...source.conditions, ...beyond], ' and ')} group by ${list} having ${source.having} order by ${list} limit ${limit + 1}`
  const rows = await tx.rows<GroupRow>(question.asOf ? statement : prepared(statement))
  const page = toPage(rows, limit, (row) => groups.map((group) => row[columns[group]] as string), (row) => row)
  return { rows: page.items, next: page.next }
}

/** The codes and names of what a page shows, in one statement. */
async function named(tx: Tx, { organizationId, asOf }: StockQuestion, groups: readonly StockGroup[], rows: readonly GroupRow[]): Promise<StockList['items']> {
  if (rows.length === 0) return []
  const ids = (group: StockGroup): string[] => [...new Set(rows.flatMap((row) => row[columns[group]] ?? []))]
  const labels = await tx.rows<{ what: string; id: string; label: string | null; name: string | null; uom: string | null; second_uom: string | null }>(sql`
    select 'product' as what, product_id as id, sku as label, name, base_uom as uom, second_uom from product where organization_id = ${organizationId} and product_id = any(${ids('product')}::uuid[])
    union all select 'lot', lot_id, code, due_on::text, null, null from lot where organization_id = ${organizationId} and lot_id = any(${ids('lot')}::uuid[])
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
      ...(groups.includes('lot') && { lotId: row['lot_id'] as string, lot: byId.get(row['lot_id'] ?? '')?.label ?? null, due: byId.get(row['lot_id'] ?? '')?.name ?? null }),
      ...(groups.includes('place') && { placeId: row['place_id'] as string, place: labelOf(row, 'place') }),
      ...(groups.includes('facility') && { facilityId: row['facility_id'] as string, facility: labelOf(row, 'facility') }),
      ...(groups.includes('owner') && { ownerId: row['owner_id'] as string, owner: labelOf(row, 'owner') }),
      ...(groups.includes('plate') && { plateId, plate: plateId === null ? null : labelOf(row, 'plate') }),
      onHand: trimQuantity(row.on_hand), secondUom: product?.second_uom ?? null, secondOnHand: product?.second_uom ? trimQuantity(row.second) : null,
      allocated: asOf || row.allocated === null ? null : trimQuantity(row.allocated), available: asOf || row.available === null ? null : trimQuantity(row.available),
    }
  })
}
