import type { z } from 'zod'
import type { CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { withoutAbsent } from '#src/audit/difference.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { toGtin14 } from '#src/gs1/keys.ts'
import { fold } from '#src/lib/fold.ts'
import { must } from '#src/lib/given.ts'
import { derivedId, newId, type LotId, type OrganizationId, type ProductId } from '#src/lib/id.ts'
import { isRefusal, refusal, RefusalError, refuse, type Refusal } from '#src/lib/refusal.ts'
import type * as contract from './contract.ts'
import type { NewProduct } from './contract.ts'
import { checkProperties, loadDefinitions, mergeProperties, requireProperties, type PropertyDefinition, type PropertyValues } from '#src/properties/properties.ts'

/** A new product. */
export function createProduct(caller: CommandCaller, body: NewProduct) {
  return runCommand(caller.context, { name: 'product.create', input: body }, async (scope) => {
    const [verdict] = await insertProducts(scope, [body])
    if (isRefusal(verdict)) throw new RefusalError(verdict)
    return { productId: must(verdict, 'the verdict'), version: 1 }
  })
}

/** Many new products with a verdict for each; `atomic` refuses all with the first refusal. */
export function createProducts(caller: CommandCaller, body: z.output<typeof contract.createProducts.body>) {
  return runCommand(caller.context, { name: 'product.create.bulk', input: body }, async (scope) => {
    const verdicts = await insertProducts(scope, body.products)
    const refused = verdicts.find(isRefusal)
    if (body.atomic && refused) throw new RefusalError(refused)
    return {
      created: verdicts.filter((verdict) => !isRefusal(verdict)).length,
      verdicts: verdicts.map((verdict) => (isRefusal(verdict) ? { productId: null, refused: verdict.refused, data: { ...verdict.data } } : { productId: verdict, refused: null, data: {} })),
    }
  })
}

/**
 * Inserts products with their hidden lots, conversions and GTINs, and says of each its id or why not. A dozen
 * statements at most, whatever the number.
 */
export async function insertProducts(scope: CommandScope, products: readonly NewProduct[]): Promise<(ProductId | Refusal)[]> {
  const facts = await loadFacts(scope.tx, scope.organizationId, products)
  const taken = { skus: new Set(facts.skus), gtins: new Map(facts.gtins), ids: new Set(facts.ids) }
  const judged = products.map((product) => judge(product, facts, taken))
  const rows = judged.filter((one): one is Row => !isRefusal(one))
  const inserted = rows.length === 0 ? new Set<ProductId>() : await insertRows(scope, rows)
  // somebody else took the SKU since we looked
  return judged.map((one) => (isRefusal(one) ? one : inserted.has(one.productId) ? one.productId : refusal('sku_taken', { sku: one.product.sku })))
}

interface Facts {
  readonly scales: ReadonlyMap<string, number>
  readonly skus: readonly string[]
  readonly gtins: readonly (readonly [string, string])[]
  readonly ids: readonly string[]
  readonly makers: ReadonlySet<string>
  readonly definitions: readonly PropertyDefinition[]
}

async function loadFacts(tx: Tx, organizationId: OrganizationId, products: readonly NewProduct[]): Promise<Facts> {
  const uoms = await tx.rows<{ uom: string; scale: number }>(sql`select uom, scale from uom where organization_id = ${organizationId}`)
  const skus = await tx.rows<{ sku: string }>(sql`
    select sku from product where organization_id = ${organizationId} and sku = any(${products.map(({ sku }) => sku)}::text[]) and archived_at is null`)
  const gtins = products.flatMap(({ gtin }) => (gtin === undefined ? [] : (toGtin14(gtin) ?? [])))
  const takenGtins = gtins.length === 0 ? [] : await tx.rows<{ code: string; sku: string }>(sql`
    select a.code, p.sku from alias a join product p using (organization_id, product_id)
    where a.organization_id = ${organizationId} and a.scheme = 'gtin' and a.archived_at is null and a.code = any(${gtins}::text[])`)
  const given = products.flatMap(({ productId }) => productId ?? [])
  const ids = given.length === 0 ? [] : await tx.rows<{ product_id: string }>(sql`select product_id from product where organization_id = ${organizationId} and product_id = any(${given}::uuid[])`)
  const named = products.flatMap(({ makerId }) => makerId ?? [])
  const makers = named.length === 0 ? [] : await tx.rows<{ party_id: string }>(sql`
    select party_id from party where organization_id = ${organizationId} and party_id = any(${named}::uuid[]) and merged_into is null`)
  return {
    scales: new Map(uoms.map(({ uom, scale }) => [uom, scale])), skus: skus.map(({ sku }) => sku), gtins: takenGtins.map(({ code, sku }) => [code, sku]),
    ids: ids.map((row) => row.product_id), makers: new Set(makers.map((row) => row.party_id)), definitions: await loadDefinitions(tx, organizationId, 'product'),
  }
}

interface Row {
  readonly productId: ProductId
  readonly noLotId: LotId
  readonly product: NewProduct
  readonly scale: number
  readonly gtin: string | null
  readonly properties: PropertyValues
}

/** What is inserted of a product, or why not; what it takes is taken for those after it. */
function judge(product: NewProduct, facts: Facts, taken: { skus: Set<string>; gtins: Map<string, string>; ids: Set<string> }): Row | Refusal {
  const { sku, baseUom, secondUom, uoms, gtin, makerId } = product
  if (taken.skus.has(sku)) return refusal('sku_taken', { sku })
  if (product.productId !== undefined && taken.ids.has(product.productId)) return refusal('code_taken', { code: product.productId, by: 'another product' })
  const unknown = [baseUom, secondUom, ...uoms.map(({ uom }) => uom)].find((uom) => typeof uom === 'string' && !facts.scales.has(uom))
  if (unknown) return refusal('uom_unknown', { uom: unknown })
  if (uoms.some(({ uom }) => uom === baseUom)) return refusal('uom_is_base', { uom: baseUom, product: sku })
  const twice = uoms.find(({ uom }, at) => uoms.findIndex((other) => other.uom === uom) < at)
  if (twice) return refusal('code_taken', { code: twice.uom, by: 'another conversion of this product' })
  const gtin14 = gtin === undefined ? null : toGtin14(gtin)
  if (gtin14 === undefined) return refusal('gtin_check_digit', { gtin: gtin ?? '' })
  const owner = gtin14 === null ? undefined : taken.gtins.get(gtin14)
  if (owner !== undefined) return refusal('gtin_taken', { gtin: gtin ?? '', product: owner })
  if (makerId && !facts.makers.has(makerId)) return refusal('party_unknown', { party: makerId })
  const properties = judgeProperties(facts.definitions, product.properties ?? {})
  if (isRefusal(properties)) return properties
  const productId = (product.productId ?? newId()) as ProductId
  taken.skus.add(sku)
  taken.ids.add(productId)
  if (gtin14 !== null) taken.gtins.set(gtin14, sku)
  return { productId, noLotId: hiddenLotId(productId), product, scale: product.scale ?? must(facts.scales.get(baseUom), 'the scale'), gtin: gtin14, properties }
}

/** The hidden lot of what has no lot; its id follows from the product's. */
export function hiddenLotId(productId: ProductId): LotId {
  return derivedId<'lot'>(productId, 'lot/none')
}

function judgeProperties(definitions: readonly PropertyDefinition[], values: PropertyValues): PropertyValues | Refusal {
  try {
    const checked = mergeProperties({}, checkProperties(definitions, 'product', values))
    requireProperties(definitions, 'product', checked)
    return checked
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal
    throw error
  }
}

async function insertRows(scope: CommandScope, rows: readonly Row[]): Promise<ReadonlySet<ProductId>> {
  const { tx, organizationId, recordedAt } = scope
  const column = <T>(pick: (row: Row) => T): T[] => rows.map(pick)
  const made = await tx.rows<{ product_id: ProductId }>(sql`
    insert into product (organization_id, product_id, sku, folded, name, base_uom, scale, second_uom, tracking, tracking_since, measured, date_kind, blocks_after_date, no_lot_id, maker_id, properties, created_at)
    select ${organizationId}, a.product_id, a.sku, a.folded, a.name, a.base_uom, a.scale, a.second_uom, a.tracking, ${recordedAt}, a.measured, a.date_kind, a.blocks_after_date, a.no_lot_id, a.maker_id, a.properties, ${recordedAt}
    from unnest(${column((r) => r.productId)}::uuid[], ${column((r) => r.product.sku)}::text[], ${column((r) => fold(r.product.sku))}::text[], ${column((r) => r.product.name)}::text[],
                ${column((r) => r.product.baseUom)}::text[], ${column((r) => r.scale)}::smallint[], ${column((r) => r.product.secondUom ?? null)}::text[], ${column((r) => r.product.tracking)}::text[],
                ${column((r) => r.product.measured)}::boolean[], ${column((r) => r.product.dateKind)}::text[], ${column((r) => r.product.blocksAfterDate)}::boolean[], ${column((r) => r.noLotId)}::uuid[],
                ${column((r) => r.product.makerId ?? null)}::uuid[], ${column((r) => JSON.stringify(r.properties))}::jsonb[])
      as a (product_id, sku, folded, name, base_uom, scale, second_uom, tracking, measured, date_kind, blocks_after_date, no_lot_id, maker_id, properties)
    order by a.sku collate "C"
    on conflict do nothing returning product_id`)
  const ids = new Set(made.map((row) => row.product_id))
  const mine = rows.filter((row) => ids.has(row.productId))
  await tx.run(sql`
    insert into lot (organization_id, lot_id, product_id, created_at)
    select ${organizationId}, a.lot_id, a.product_id, ${recordedAt} from unnest(${mine.map((r) => r.noLotId)}::uuid[], ${mine.map((r) => r.productId)}::uuid[]) as a (lot_id, product_id)`)
  await insertConversions(scope, mine)
  await insertGtins(scope, mine)
  for (const { productId, product, scale, gtin, properties } of mine) {
    scope.changed({ subject: 'product', subjectId: productId, before: null, after: withoutAbsent({ ...product, uoms: product.uoms.map((uom) => ({ ...uom })), productId: undefined, scale, gtin, properties }) })
  }
  if (mine.length > 0) scope.happened({ type: 'product.created.v1', subjectIds: [...ids], data: {} })
  return ids
}

async function insertConversions({ tx, organizationId }: CommandScope, rows: readonly Row[]): Promise<void> {
  const uoms = rows.flatMap(({ productId, product }) => product.uoms.map((uom) => ({ productId, ...uom })))
  if (uoms.length === 0) return
  await tx.run(sql`
    insert into product_uom (organization_id, product_id, uom, numerator, denominator)
    select ${organizationId}, a.* from unnest(${uoms.map((u) => u.productId)}::uuid[], ${uoms.map((u) => u.uom)}::text[], ${uoms.map((u) => u.numerator)}::numeric[], ${uoms.map((u) => u.denominator)}::numeric[]) as a`)
}

async function insertGtins({ tx, organizationId, recordedAt }: CommandScope, rows: readonly Row[]): Promise<void> {
  const gtins = rows.flatMap(({ productId, gtin }) => (gtin === null ? [] : [{ productId, gtin }]))
  if (gtins.length === 0) return
  const made = await tx.rows<{ code: string }>(sql`
    insert into alias (organization_id, alias_id, scheme, code, folded, product_id, level, created_at)
    select ${organizationId}, a.alias_id, 'gtin', a.code, a.folded, a.product_id, 'base', ${recordedAt}
    from unnest(${gtins.map(() => newId())}::uuid[], ${gtins.map((g) => g.gtin)}::text[], ${gtins.map((g) => fold(g.gtin))}::text[], ${gtins.map((g) => g.productId)}::uuid[]) as a (alias_id, code, folded, product_id)
    order by a.code collate "C" on conflict do nothing returning code`)
  const lost = gtins.find(({ gtin }) => !made.some((row) => row.code === gtin))
  if (lost) throw refuse('gtin_taken', { gtin: lost.gtin, product: 'that was made at this moment' })
}
