import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import { alongIndex, WINDOW } from '#src/db/sorted.ts'
import { decodeSorted, encodeCursor, type CursorPart } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix, textPart, uuidPart } from '#src/lib/staged-page.ts'
import type { StockGroup } from './contract.ts'
import type { StockQuestion } from './question.ts'
import { columns, listOf, sourceNow, sourceThen, type GroupRow, type Source } from './source.ts'

type SortName = 'product' | 'lot' | 'place' | 'due' | 'onHand'
type Sort = SortName | `-${SortName}`
interface Asked {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly held: boolean
}
interface Page {
  readonly rows: GroupRow[]
  readonly next: string | null
}
type SortedRow = GroupRow & { sort_key: string }

/** So many balances are put in order for a page where no index gives the order. */
export const MOST = 100_000

const FIRST = '00000000-0000-0000-0000-000000000000'
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Stock as people look for it, and by the ids of the groups where that is the same. By product along the names of the
 * products, whatever there is; by anything else all that matches is put in order, as far as that is sane. As of an
 * instant everything is computed for each page anyhow.
 * Refuses `order_too_wide`, `cursor_of_other_order`, `input_invalid` (an order by what it is not broken down by; a cursor).
 */
export async function sortedStock(tx: Tx, question: StockQuestion, groups: readonly StockGroup[], asked: Asked, sort: Sort): Promise<Page> {
  const name = sort.replace('-', '') as SortName
  const needs = ({ product: 'product', lot: 'lot', due: 'lot', place: 'place', onHand: 'product' } as const)[name]
  if (!groups.includes(needs)) throw refuse('input_invalid', { field: 'query.sort', why: `the list is not broken down by ${needs}` })
  const order: Order = { sort, name, descending: sort.startsWith('-'), after: decodeSorted(asked.cursor, sort, groups.length + 1) }
  if (question.asOf) return gather(tx, question, groups, asked.limit, order, sourceThen(question, groups, null))
  const source = await sourceNow(tx, question, groups, asked.held)
  const isNarrow = question.placeId !== null || question.ownerId !== null || question.plateId !== null || asked.held
  if (name === 'product' && (!isNarrow || !(await isSane(tx, source)))) return walk(tx, question, groups, asked.limit, order, source)
  if (name !== 'product' && !(await isSane(tx, source))) throw refuse('order_too_wide', { most: MOST, sort: name })
  return gather(tx, question, groups, asked.limit, order, source)
}

interface Order {
  readonly sort: Sort
  readonly name: SortName
  readonly descending: boolean
  readonly after: CursorPart[] | null
}

async function isSane(tx: Tx, { tables, from, conditions }: Source): Promise<boolean> {
  const row = await tx.row<{ found: number }>(sql`select count(*)::int as found from (${tables} select 1 from ${from} where ${join(conditions, ' and ')} limit ${MOST + 1}) f`)
  return row !== undefined && row.found <= MOST
}

async function gather(tx: Tx, { organizationId }: StockQuestion, groups: readonly StockGroup[], limit: number, { sort, name, descending, after }: Order, source: Source): Promise<Page> {
  const { key, join: joined, type } = keyOf(name, organizationId, descending)
  const ids = groups.map(idOf)
  const all = join([sql`sort_key`, ...ids], ', ')
  const values = after === null ? null : [type === 'numeric' ? sql`${decimalPart(after[0])}::numeric` : sql`${textPart(after[0])} collate "C"`, ...after.slice(1).map((id) => sql`${uuidPart(id)}::uuid`)]
  const beyond = values === null ? sql`` : descending ? sql`where (${all}) < (${join(values, ', ')})` : sql`where (${all}) > (${join(values, ', ')})`
  const rows = await tx.rows<SortedRow>(sql`
    select * from (
      select g.*, ${key} as sort_key
      from (${source.tables} select ${listOf(groups)}, ${source.sums} from ${source.from} where ${join(source.conditions, ' and ')} group by ${listOf(groups)} having ${source.having}) g ${joined}
    ) s ${beyond} order by ${ordered([sql`sort_key`, ...ids], descending)} limit ${limit + 1}`)
  return toPage(rows, groups, limit, sort, null)
}

/** What a name is gone by; what has no lot or day comes last, whichever way. */
function keyOf(name: SortName, organizationId: string, descending: boolean): { key: Statement; join: Statement; type: 'text' | 'numeric' } {
  const end = descending ? '' : endOfPrefix('')
  const lot = sql`join lot o on o.organization_id = ${organizationId} and o.lot_id = g.lot_id`
  switch (name) {
    case 'product': return { key: sql`o.name_lower`, join: sql`join product o on o.organization_id = ${organizationId} and o.product_id = g.product_id`, type: 'text' }
    case 'lot': return { key: sql`coalesce(o.code_lower, ${end})`, join: lot, type: 'text' }
    case 'due': return { key: sql`coalesce(o.due_on::text, ${end}) collate "C"`, join: lot, type: 'text' }
    case 'place': return { key: sql`o.code_lower`, join: sql`join place o on o.organization_id = ${organizationId} and o.place_id = g.place_id`, type: 'text' }
    case 'onHand': return { key: sql`g.on_hand`, join: sql``, type: 'numeric' }
  }
}

/** Along the names of the products; of each the groups as the balances have them. Long stretches of products without stock are passed over in steps. */
async function walk(tx: Tx, { organizationId, productId, lot }: StockQuestion, groups: readonly StockGroup[], limit: number, { sort, descending, after }: Order, source: Source): Promise<Page> {
  const list = listOf(groups)
  const [name, product, ...rest] = after === null ? ['', FIRST] : [textPart(after[0]), ...after.slice(1).map(uuidPart)]
  const wanted = productId ?? lot?.productId ?? null
  const from = after === null ? sql`` : descending ? sql`and (p.name_lower, p.product_id) <= (${name} collate "C", ${product}::uuid)` : sql`and (p.name_lower, p.product_id) >= (${name} collate "C", ${product}::uuid)`
  const products = sql`from product p where p.organization_id = ${organizationId} ${wanted === null ? sql`` : sql`and p.product_id = ${wanted}`} ${from} order by ${ordered([sql`p.name_lower`, sql`p.product_id`], descending)}`
  // in the product the page before ended in, from there; in the others from their beginning
  const place = rest.map((id) => sql`case when n.product_id = ${product}::uuid then ${id}::uuid else ${descending ? LAST : FIRST}::uuid end`)
  const others = join(groups.slice(1).map((group) => keysIn(group)), ', ')
  const inside = after === null ? sql`` : rest.length === 0 ? sql`and n.product_id <> ${product}::uuid` : descending ? sql`and (${others}) < (${join(place, ', ')})` : sql`and (${others}) > (${join(place, ', ')})`
  const rows = await alongIndex<SortedRow>(tx, sql`
    ${source.tables}
    select g.*, n.name_lower as sort_key
    from (select p.name_lower, p.product_id ${products} limit ${WINDOW}) n
    cross join lateral (
      select ${list}, ${source.sums} from ${source.from} where ${join([...source.conditions, sql`b.product_id = n.product_id`], ' and ')} ${inside}
      group by ${list} having ${source.having} order by ${ordered(groups.map(keysIn), descending)} limit ${limit + 1}
    ) g
    order by ${ordered([sql`n.name_lower`, sql`n.product_id`, ...groups.slice(1).map((group) => sql`g.${idOf(group)}`)], descending)} limit ${limit + 1}`)
  if (rows.length > limit) return toPage(rows, groups, limit, sort, null)
  const [end] = await alongIndex<{ name_lower: string; product_id: string }>(tx, sql`select p.name_lower, p.product_id ${products} offset ${WINDOW - 1} limit 1`)
  // all of that product is told
  return toPage(rows, groups, limit, sort, end === undefined ? null : encodeCursor([sort, end.name_lower, end.product_id, ...groups.slice(1).map(() => (descending ? FIRST : LAST))]))
}

function toPage(rows: SortedRow[], groups: readonly StockGroup[], limit: number, sort: Sort, end: string | null): Page {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > limit && last !== undefined ? encodeCursor([sort, last.sort_key, ...groups.map((group) => last[columns[group]] ?? null)]) : end }
}

const ids: { readonly [Group in StockGroup]: Statement } = { product: sql`product_id`, lot: sql`lot_id`, place: sql`place_id`, facility: sql`facility_id`, owner: sql`owner_id`, plate: sql`plate_id` }
function idOf(group: StockGroup): Statement {
  return ids[group]
}

function keysIn(group: StockGroup): Statement {
  return listOf([group])
}

function ordered(parts: readonly Statement[], descending: boolean): Statement {
  return join(parts.map((part) => (descending ? sql`${part} desc` : part)), ', ')
}

function decimalPart(part: unknown): string {
  if (typeof part === 'string' && /^-?\d{1,20}(?:\.\d{1,9})?$/.test(part)) return part
  throw refuse('input_invalid', { field: 'query.cursor', why: 'it is not the next of a page of this list' })
}
