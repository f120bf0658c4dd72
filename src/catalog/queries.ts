import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { findSorted, inOrder, type Orders } from '#src/db/sorted.ts'
import { join, sql, type Statement, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { fold } from '#src/lib/fold.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix, toStagedPage, type StageQuery, type StageRow } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { uomSubject } from './uoms.ts'

type ProductSummary = OutputOf<typeof contract.listProducts>['items'][number]
type Product = OutputOf<typeof contract.getProduct>

type SummaryRow = StageRow & { product_id: string; sku: string; name: string; base_uom: string; scale: number; tracking: ProductSummary['tracking']; measured: boolean; date_kind: ProductSummary['dateKind']; archived_at: string | null; merged_into: string | null; version: number }

type ProductQuery = z.output<typeof contract.listProducts.query>

const orders = { sku: [{ column: sql`r.folded`, type: 'text' }], name: [{ column: sql`r.name_lower`, type: 'text' }], created: [] } as const satisfies Orders

/** Products in the order of their SKUs, or another one; a search without an order gives what begins with it by SKU, then by name, then by another code. */
export function listProducts(caller: Caller, query: ProductQuery): Promise<OutputOf<typeof contract.listProducts>> {
  const { organizationId } = caller
  const { search, sort } = query
  return caller.read(async (tx) => {
    if (search && sort === undefined) return toStagedPage(query, searchStages(tx, organizationId, search, query), toSummary)
    const page = await sortedProducts(tx, organizationId, query, sort ?? 'sku')
    const rows = await tx.rows<SummaryRow>(sql`select * from product where organization_id = ${organizationId} and product_id = any(${page.ids}::uuid[])`)
    return { items: inOrder(page.ids, rows, (row) => row.product_id).map(toSummary), next: page.next }
  })
}

function sortedProducts(tx: Tx, organizationId: OrganizationId, { search, tracking, archived, limit, cursor }: ProductQuery, sort: NonNullable<ProductQuery['sort']>) {
  const found = search ? foundBy(organizationId, search) : null
  return findSorted(tx, { limit, cursor }, sort, {
    from: sql`product r`, id: sql`r.product_id`, keys: orders[sort.replace('-', '') as keyof typeof orders],
    within: [sql`r.organization_id = ${organizationId}`],
    filters: [sql`(r.archived_at is not null) = ${archived}`, ...(tracking === undefined ? [] : [sql`r.tracking = ${tracking}`]), ...(found === null ? [] : [found.condition])],
    few: found === null ? [] : [found.few],
  })
}

/** What begins so by SKU, name or another code: asked of a row `r`, and as ids by the indexes of the three. */
function foundBy(organizationId: OrganizationId, search: string): { condition: Statement; few: Statement } {
  const folded = fold(search)
  const byName = (name: Statement): Statement => sql`${name} >= lower(${search}) and ${name} < lower(${search}) || chr(1114111)`
  if (folded === '') return { condition: byName(sql`r.name_lower`), few: sql`select product_id from product where organization_id = ${organizationId} and ${byName(sql`name_lower`)}` }
  const byCode = (code: Statement): Statement => sql`${code} >= ${folded} and ${code} < ${endOfPrefix(folded)}`
  return {
    condition: sql`(${join([
      byCode(sql`r.folded`), byName(sql`r.name_lower`),
      sql`(select true from alias a where a.organization_id = r.organization_id and a.product_id = r.product_id and a.archived_at is null and ${byCode(sql`a.folded`)} limit 1)`,
    ], ' or ')})`,
    few: sql`
      select product_id from product where organization_id = ${organizationId} and ${byCode(sql`folded`)}
      union all select product_id from product where organization_id = ${organizationId} and ${byName(sql`name_lower`)}
      union all select product_id from alias where organization_id = ${organizationId} and archived_at is null and ${byCode(sql`folded`)}`,
  }
}

function toSummary(row: SummaryRow): ProductSummary {
  return {
    productId: row.product_id, sku: row.sku, name: row.name, baseUom: row.base_uom, scale: row.scale, tracking: row.tracking, measured: row.measured, dateKind: row.date_kind,
    archivedAt: row.archived_at, mergedInto: row.merged_into, version: row.version,
  }
}

function searchStages(tx: Tx, organizationId: OrganizationId, search: string, { archived, tracking }: Pick<ProductQuery, 'archived' | 'tracking'>) {
  const kind = tracking ?? null
  const folded = fold(search)
  const end = endOfPrefix(folded)
  // each begins at the prefix: of two lower bounds on an index PostgreSQL may take the wrong one, and read all before it
  const bySku = ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, p.folded as sort_key, p.product_id as sort_id from product p
    where p.organization_id = ${organizationId} and (p.folded, p.product_id) > (${key || folded} collate "C", ${id}::uuid) and p.folded >= ${folded} and p.folded < ${end}
      and (p.archived_at is not null) = ${archived} and (${kind}::text is null or p.tracking = ${kind}::text)
    order by p.folded, p.product_id limit ${limit}`)
  const byName = ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, p.name_lower as sort_key, p.product_id as sort_id from product p
    where p.organization_id = ${organizationId} and (p.name_lower, p.product_id) > (case when ${key} = '' then lower(${search}) else ${key} end collate "C", ${id}::uuid)
      and p.name_lower >= lower(${search}) and p.name_lower < lower(${search}) || chr(1114111)
      and not (p.folded >= ${folded} and p.folded < ${end}) and (p.archived_at is not null) = ${archived} and (${kind}::text is null or p.tracking = ${kind}::text)
    order by p.name_lower, p.product_id limit ${limit}`)
  const byCode = ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, a.folded as sort_key, p.product_id as sort_id
    from alias a join product p on p.organization_id = a.organization_id and p.product_id = a.product_id
    where a.organization_id = ${organizationId} and a.folded >= ${folded} and a.folded < ${end} and (a.folded, a.product_id) > (${key || folded} collate "C", ${id}::uuid) and a.archived_at is null
      -- of several such codes of a product the first one; asked row by row, so that a page costs a page
      and (select b.alias_id = a.alias_id from alias b where b.organization_id = a.organization_id and b.product_id = a.product_id and b.archived_at is null
             and b.folded >= ${folded} and b.folded < ${end} order by b.folded, b.alias_id limit 1)
      and not (p.folded >= ${folded} and p.folded < ${end}) and not starts_with(p.name_lower, lower(${search})) and (p.archived_at is not null) = ${archived} and (${kind}::text is null or p.tracking = ${kind}::text)
    order by a.folded, a.product_id limit ${limit}`)
  return folded === '' ? [byName] : [bySku, byName, byCode]
}

/** One product, also an archived or a merged one. Refuses `not_found`. */
export function getProduct(caller: Caller, productId: string): Promise<Product> {
  const { organizationId } = caller
  return caller.read(async (tx) => {
    const row = await tx.row<SummaryRow & { second_uom: string | null; tracking_since: string; blocks_after_date: boolean; no_lot_id: string; maker_id: string | null; properties: Product['properties']; created_at: string; uoms: UomRow[]; aliases: AliasRow[] }>(sql`
      select p.*,
        (select coalesce(jsonb_agg(jsonb_build_object('uom', u.uom, 'numerator', u.numerator::text, 'denominator', u.denominator::text) order by u.uom), '[]') from product_uom u
         where u.organization_id = p.organization_id and u.product_id = p.product_id) as uoms,
        (select coalesce(jsonb_agg(jsonb_build_object('aliasId', a.alias_id, 'scheme', a.scheme, 'code', a.code, 'partyId', a.party_id, 'uom', a.uom, 'packQuantity', a.pack_quantity::text, 'level', a.level, 'version', a.version)
                  order by a.scheme, a.code), '[]') from alias a
         where a.organization_id = p.organization_id and a.product_id = p.product_id and a.lot_id is null and a.unit_id is null and a.archived_at is null) as aliases
      from product p where p.organization_id = ${organizationId} and p.product_id = ${productId}`)
    if (!row) throw refuse('not_found', { what: 'product', which: productId })
    return {
      ...toSummary(row), secondUom: row.second_uom, trackingSince: row.tracking_since, blocksAfterDate: row.blocks_after_date, noLotId: row.no_lot_id, makerId: row.maker_id,
      properties: row.properties, createdAt: row.created_at,
      uoms: row.uoms.map((uom) => ({ ...uom, numerator: trimQuantity(uom.numerator), denominator: trimQuantity(uom.denominator) })),
      aliases: row.aliases.map((alias) => ({ ...alias, packQuantity: trimQuantity(alias.packQuantity) })),
    }
  })
}

type UomRow = Product['uoms'][number]
type AliasRow = Product['aliases'][number]

/** All units of measure, by code. */
export async function listUoms(caller: Caller): Promise<OutputOf<typeof contract.listUoms>> {
  const { organizationId } = caller
  const rows = await caller.read((tx) => tx.rows<{ uom: string; name: string; scale: number }>(sql`select uom, name, scale from uom where organization_id = ${organizationId} order by uom`))
  return { items: rows.map((row) => ({ ...row, uomId: uomSubject(organizationId, row.uom) })) }
}
