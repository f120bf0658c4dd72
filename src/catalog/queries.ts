import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import { fold } from '#src/lib/fold.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import { endOfPrefix, toStagedPage, type StageQuery, type StageRow } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'

type ProductSummary = OutputOf<typeof contract.listProducts>['items'][number]
type Product = OutputOf<typeof contract.getProduct>

type SummaryRow = StageRow & { product_id: string; sku: string; name: string; base_uom: string; scale: number; tracking: ProductSummary['tracking']; measured: boolean; date_kind: ProductSummary['dateKind']; archived_at: string | null; merged_into: string | null; version: number }

/** Products in the order of their SKUs; a search gives what begins with it by SKU, then by name, then by another code. */
export function listProducts(caller: Caller, query: z.output<typeof contract.listProducts.query>): Promise<OutputOf<typeof contract.listProducts>> {
  const { organizationId } = caller
  return caller.read((tx) => {
    const { search, archived } = query
    const stages = search ? searchStages(tx, organizationId, search, archived) : [allStage(tx, organizationId, archived)]
    return toStagedPage(query, stages, toSummary)
  })
}

function toSummary(row: SummaryRow): ProductSummary {
  return {
    productId: row.product_id, sku: row.sku, name: row.name, baseUom: row.base_uom, scale: row.scale, tracking: row.tracking, measured: row.measured, dateKind: row.date_kind,
    archivedAt: row.archived_at, mergedInto: row.merged_into, version: row.version,
  }
}

function allStage(tx: Tx, organizationId: OrganizationId, archived: boolean) {
  return ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, p.folded as sort_key, p.product_id as sort_id from product p
    where p.organization_id = ${organizationId} and (p.folded, p.product_id) > (${key} collate "C", ${id}::uuid) and (p.archived_at is not null) = ${archived}
    order by p.folded, p.product_id limit ${limit}`)
}

function searchStages(tx: Tx, organizationId: OrganizationId, search: string, archived: boolean) {
  const folded = fold(search)
  const end = endOfPrefix(folded)
  // each begins at the prefix: of two lower bounds on an index PostgreSQL may take the wrong one, and read all before it
  const bySku = ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, p.folded as sort_key, p.product_id as sort_id from product p
    where p.organization_id = ${organizationId} and (p.folded, p.product_id) > (${key || folded} collate "C", ${id}::uuid) and p.folded >= ${folded} and p.folded < ${end}
      and (p.archived_at is not null) = ${archived}
    order by p.folded, p.product_id limit ${limit}`)
  const byName = ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, p.name_lower as sort_key, p.product_id as sort_id from product p
    where p.organization_id = ${organizationId} and (p.name_lower, p.product_id) > (case when ${key} = '' then lower(${search}) else ${key} end collate "C", ${id}::uuid)
      and p.name_lower >= lower(${search}) and p.name_lower < lower(${search}) || chr(1114111)
      and not (p.folded >= ${folded} and p.folded < ${end}) and (p.archived_at is not null) = ${archived}
    order by p.name_lower, p.product_id limit ${limit}`)
  const byCode = ({ key, id, limit }: StageQuery) => tx.rows<SummaryRow>(sql`
    select p.*, a.folded as sort_key, p.product_id as sort_id
    from alias a join product p on p.organization_id = a.organization_id and p.product_id = a.product_id
    where a.organization_id = ${organizationId} and a.folded >= ${folded} and a.folded < ${end} and (a.folded, a.product_id) > (${key || folded} collate "C", ${id}::uuid) and a.archived_at is null
      -- of several such codes of a product the first one; asked row by row, so that a page costs a page
      and (select b.alias_id = a.alias_id from alias b where b.organization_id = a.organization_id and b.product_id = a.product_id and b.archived_at is null
             and b.folded >= ${folded} and b.folded < ${end} order by b.folded, b.alias_id limit 1)
      and not (p.folded >= ${folded} and p.folded < ${end}) and not starts_with(p.name_lower, lower(${search})) and (p.archived_at is not null) = ${archived}
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

export function listUoms(caller: Caller): Promise<OutputOf<typeof contract.listUoms>> {
  return caller.read(async (tx) => ({ items: await tx.rows(sql`select uom, name, scale from uom where organization_id = ${caller.organizationId} order by uom`) }))
}
