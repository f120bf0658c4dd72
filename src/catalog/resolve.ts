import type { z } from 'zod'
import { sql, type Tx } from '#src/db/sql.ts'
import { toGtin14 } from '#src/gs1/keys.ts'
import { fold } from '#src/lib/fold.ts'
import type { OrganizationId, ProductId } from '#src/lib/id.ts'
import { quantity, units, type Quantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { productRef } from './contract.ts'

/** How a request names a product: its id, our SKU, a GTIN of any package level, or any code that leads to it. */
export type ProductRef = z.output<typeof productRef>

export interface ResolvedProduct {
  readonly productId: ProductId
  /** Base units in one of what was named: of a GTIN or another package code its content, else 1. */
  readonly packQuantity: Quantity
}

/**
 * The products that references mean, in their order; merged products lead to what they were merged into. An id is taken
 * as it is: that it exists is for whoever loads the product. One statement for any number, none where all are ids.
 * Codes are compared byte for byte, GTINs as 14 digits. What is in use wins over what is archived or an old code.
 * Refuses `product_unknown`, `product_ambiguous` (with candidates), `gtin_check_digit`.
 */
export async function resolveProducts(tx: Tx, organizationId: OrganizationId, refs: readonly ProductRef[]): Promise<ResolvedProduct[]> {
  const asked = refs.flatMap((ref, at) => (typeof ref === 'string' ? [] : [toAsked(ref, at)]))
  const found = asked.length === 0 ? new Map<number, Found[]>() : await findProducts(tx, organizationId, asked)
  return refs.map((ref, at) => {
    if (typeof ref === 'string') return { productId: ref as ProductId, packQuantity: units(1) }
    return theOne(codeOf(ref), found.get(at) ?? [])
  })
}

interface Asked {
  readonly at: number
  readonly kind: 'sku' | 'gtin' | 'code'
  readonly code: string
  readonly gtin: string | null
}

function toAsked(ref: Exclude<ProductRef, string>, at: number): Asked {
  if ('sku' in ref) return { at, kind: 'sku', code: ref.sku, gtin: null }
  if ('code' in ref) return { at, kind: 'code', code: ref.code, gtin: toGtin14(ref.code) ?? null }
  const gtin = toGtin14(ref.gtin)
  if (gtin === undefined) throw refuse('gtin_check_digit', { gtin: ref.gtin })
  return { at, kind: 'gtin', code: ref.gtin, gtin }
}

function codeOf(ref: Exclude<ProductRef, string>): string {
  return 'sku' in ref ? ref.sku : 'gtin' in ref ? ref.gtin : ref.code
}

interface Found {
  readonly productId: ProductId
  readonly sku: string
  readonly pack: string
  /** 0: in use; 1: an old code, or merged; 2: archived. */
  readonly rank: number
}

async function findProducts(tx: Tx, organizationId: OrganizationId, asked: readonly Asked[]): Promise<Map<number, Found[]>> {
  const rows = await tx.rows<{ at: number; product_id: ProductId; sku: string; pack: string; rank: number }>(sql`
    with asked as (
      select * from unnest(${asked.map((a) => a.at)}::int[], ${asked.map((a) => a.kind)}::text[], ${asked.map((a) => a.code)}::text[],
                           ${asked.map((a) => fold(a.code))}::text[], ${asked.map((a) => a.gtin)}::text[]) as a (at, kind, code, folded, gtin)
    ), found as (
      select a.at, p.product_id, 1::numeric as pack, 0 as rank
      from asked a join product p on p.organization_id = ${organizationId} and p.folded = a.folded and p.sku = a.code
      where a.kind <> 'gtin'
      union all
      select a.at, l.product_id, l.pack_quantity, case l.scheme when 'old' then 1 else 0 end
      from asked a join alias l on l.organization_id = ${organizationId} and l.folded = a.folded and l.code = a.code
      where (a.kind = 'code' and l.scheme <> 'gtin' or a.kind = 'sku' and l.scheme = 'old')
        and l.archived_at is null and l.lot_id is null and l.unit_id is null
      union all
      select a.at, l.product_id, l.pack_quantity, 0
      from asked a join alias l on l.organization_id = ${organizationId} and l.code = a.gtin and l.scheme = 'gtin' and l.archived_at is null
    )
    select f.at, q.product_id, q.sku, f.pack,
           case when p.merged_into is not null then greatest(f.rank, 1) when p.archived_at is not null then 2 else f.rank end as rank
    from found f
    join product p on p.organization_id = ${organizationId} and p.product_id = f.product_id
    join product q on q.organization_id = ${organizationId} and q.product_id = case when p.merged_into is null then p.product_id else p.merged_into end`)
  const found = new Map<number, Found[]>()
  for (const row of rows) {
    const list = found.get(row.at) ?? []
    list.push({ productId: row.product_id, sku: row.sku, pack: row.pack, rank: row.rank })
    found.set(row.at, list)
  }
  return found
}

function theOne(code: string, found: readonly Found[]): ResolvedProduct {
  const best = Math.min(...found.map((one) => one.rank))
  const meant = new Map(found.filter((one) => one.rank === best).map((one) => [`${one.productId}/${quantity(one.pack)}`, one]))
  const [one] = meant.values()
  if (one === undefined) throw refuse('product_unknown', { product: code })
  if (meant.size > 1) throw refuse('product_ambiguous', { product: code, candidates: [...new Set([...meant.values()].map(({ sku }) => sku))].sort() })
  return { productId: one.productId, packQuantity: quantity(one.pack) }
}
