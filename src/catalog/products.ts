import type { z } from 'zod'
import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import { fold } from '#src/lib/fold.ts'
import { given } from '#src/lib/given.ts'
import { newId, type OrganizationId, type ProductId } from '#src/lib/id.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type * as contract from './contract.ts'
import { writtenProperties, type PropertyValues } from '#src/properties/properties.ts'

/** A product as it stands in its table. */
export interface ProductRow {
  product_id: ProductId
  sku: string
  name: string
  base_uom: string
  scale: number
  second_uom: string | null
  tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial'
  measured: boolean
  date_kind: 'none' | 'best_by' | 'sell_by' | 'use_by' | 'expiry'
  blocks_after_date: boolean
  no_lot_id: string
  maker_id: string | null
  properties: PropertyValues
  version: number
  archived_at: Instant | null
  merged_into: ProductId | null
}

interface ProductChanged {
  productId: ProductId
  version: number
}

/** Changes what is named. Once there is a movement, the base unit of measure and its decimals are fixed: quantities rest on them. */
export function changeProduct(caller: CommandCaller, productId: string, body: z.output<typeof contract.changeProduct.body>) {
  const { reason, ...wanted } = body
  return changing(caller, 'product.change', productId, wanted, reason, async ({ tx, organizationId, recordedAt }, before) => {
    if (before.merged_into) throw refuse('merged_already', { which: before.sku, into: before.merged_into })
    const { properties, ...fields } = given(wanted)
    const after: ProductRow = {
      ...before,
      sku: fields.sku ?? before.sku, name: fields.name ?? before.name, base_uom: fields.baseUom ?? before.base_uom, scale: fields.scale ?? before.scale,
      second_uom: fields.secondUom === undefined ? before.second_uom : fields.secondUom, measured: fields.measured ?? before.measured,
      date_kind: fields.dateKind ?? before.date_kind, blocks_after_date: fields.blocksAfterDate ?? before.blocks_after_date,
      maker_id: fields.makerId === undefined ? before.maker_id : fields.makerId,
      properties: await writtenProperties(tx, organizationId, 'product', before.properties, properties),
    }
    if (after.base_uom !== before.base_uom || after.scale !== before.scale) await checkScaleFree(tx, organizationId, before)
    if (after.measured !== before.measured && (await hasUnits(tx, organizationId, before.product_id))) throw refuse('measured_fixed', { product: before.sku })
    await checkUoms(tx, organizationId, [after.base_uom, after.second_uom])
    if (after.maker_id !== before.maker_id && after.maker_id !== null) await checkParty(tx, organizationId, after.maker_id)
    if (after.base_uom !== before.base_uom) await tx.run(sql`delete from product_uom where organization_id = ${organizationId} and product_id = ${before.product_id}`)
    if (after.sku !== before.sku) await keepOldSku(tx, organizationId, before, recordedAt)
    return after
  })
}

/** From now on lots or serials are asked for, or not any more. Nothing is deleted; `tracking_since` tells what came before. */
export function changeTracking(caller: CommandCaller, productId: string, body: z.output<typeof contract.changeTracking.body>) {
  return changing(caller, 'product.track', productId, { tracking: body.tracking }, body.reason, async ({ tx, organizationId, recordedAt }, before) => {
    if (before.merged_into) throw refuse('merged_already', { which: before.sku, into: before.merged_into })
    if (before.tracking !== body.tracking) {
      await tx.run(sql`update product set tracking_since = ${recordedAt} where organization_id = ${organizationId} and product_id = ${productId}`)
    }
    return { ...before, tracking: body.tracking }
  })
}

export function archiveProduct(caller: CommandCaller, productId: string, reason: string | undefined) {
  return changing(caller, 'product.archive', productId, {}, reason, async ({ recordedAt }, before) => ({ ...before, archived_at: before.archived_at ?? recordedAt }))
}

export function restoreProduct(caller: CommandCaller, productId: string, reason: string | undefined) {
  return changing(caller, 'product.restore', productId, {}, reason, async (_, before) => {
    if (before.merged_into) throw refuse('merged_already', { which: before.sku, into: before.merged_into })
    return { ...before, archived_at: null }
  })
}

/** One command that changes one product: lock, version, rules, row, audit, event. */
function changing(caller: CommandCaller, name: string, productId: string, input: object, reason: string | undefined, change: (scope: CommandScope, before: ProductRow) => Promise<ProductRow>) {
  return runCommand<ProductChanged>(caller.context, { name, input: { productId, ...input }, reason }, async (scope) => {
    const [before] = await lockProducts(scope.tx, scope.organizationId, [productId])
    if (!before) throw refuse('not_found', { what: 'product', which: productId })
    checkVersion(caller, before.version, 'product', before.sku)
    const after = await change(scope, before)
    return writeProduct(scope, before, after)
  })
}

/** The products, locked in the order of their ids. */
export function lockProducts(tx: Tx, organizationId: OrganizationId, ids: readonly string[]): Promise<ProductRow[]> {
  return tx.rows<ProductRow>(sql`select * from product where organization_id = ${organizationId} and product_id = any(${ids}::uuid[]) order by product_id for update`)
}

async function writeProduct(scope: CommandScope, before: ProductRow, after: ProductRow): Promise<ProductChanged> {
  const { tx, organizationId } = scope
  const { product_id: productId, version } = before
  await uniquely(() => tx.run(sql`
    update product set sku = ${after.sku}, folded = ${fold(after.sku)}, name = ${after.name}, base_uom = ${after.base_uom}, scale = ${after.scale}, second_uom = ${after.second_uom},
      tracking = ${after.tracking}, measured = ${after.measured}, date_kind = ${after.date_kind}, blocks_after_date = ${after.blocks_after_date}, maker_id = ${after.maker_id},
      properties = ${JSON.stringify(after.properties)}::jsonb, archived_at = ${after.archived_at}, merged_into = ${after.merged_into}, version = ${version + 1}
    where organization_id = ${organizationId} and product_id = ${productId}`), { product_sku: () => refuse('sku_taken', { sku: after.sku }) })
  scope.changed({ subject: 'product', subjectId: productId, ...difference(told(before), told(after)) })
  scope.happened({ type: 'product.changed.v1', subjectIds: [productId], data: {} })
  return { productId, version: version + 1 }
}

/** A product as the audit tells it. */
function told(row: ProductRow): { [field: string]: Json } {
  return {
    sku: row.sku, name: row.name, baseUom: row.base_uom, scale: row.scale, secondUom: row.second_uom, tracking: row.tracking, measured: row.measured, dateKind: row.date_kind,
    blocksAfterDate: row.blocks_after_date, makerId: row.maker_id, properties: row.properties, archivedAt: row.archived_at, mergedInto: row.merged_into,
  }
}

/** Refuses `scale_fixed` where the ledger has a line of the product: what was posted must keep its meaning. */
async function checkScaleFree(tx: Tx, organizationId: OrganizationId, product: ProductRow): Promise<void> {
  if (await hasMovements(tx, organizationId, product.product_id)) throw refuse('scale_fixed', { product: product.sku })
}

async function hasMovements(tx: Tx, organizationId: OrganizationId, productId: ProductId): Promise<boolean> {
  const row = await tx.row<{ found: boolean }>(sql`select exists (select from movement_line where organization_id = ${organizationId} and product_id = ${productId}) as found`)
  return row?.found === true
}

async function hasUnits(tx: Tx, organizationId: OrganizationId, productId: ProductId): Promise<boolean> {
  const row = await tx.row<{ found: boolean }>(sql`select exists (select from unit where organization_id = ${organizationId} and product_id = ${productId}) as found`)
  return row?.found === true
}

/** Refuses `uom_unknown`; null is none. */
export async function checkUoms(tx: Tx, organizationId: OrganizationId, uoms: readonly (string | null)[]): Promise<void> {
  const asked = uoms.filter((uom) => uom !== null)
  const known = await tx.rows<{ uom: string }>(sql`select uom from uom where organization_id = ${organizationId} and uom = any(${asked}::text[])`)
  const unknown = asked.find((uom) => !known.some((row) => row.uom === uom))
  if (unknown !== undefined) throw refuse('uom_unknown', { uom: unknown })
}

/** Refuses `party_unknown`. */
export async function checkParty(tx: Tx, organizationId: OrganizationId, partyId: string): Promise<void> {
  const known = await tx.row(sql`select from party where organization_id = ${organizationId} and party_id = ${partyId} and merged_into is null`)
  if (!known) throw refuse('party_unknown', { party: partyId })
}

/** The replaced SKU still leads to the product. */
async function keepOldSku(tx: Tx, organizationId: OrganizationId, before: ProductRow, now: Instant): Promise<void> {
  await tx.run(sql`
    insert into alias (organization_id, alias_id, scheme, code, folded, product_id, created_at)
    values (${organizationId}, ${newId()}, 'old', ${before.sku}, ${fold(before.sku)}, ${before.product_id}, ${now})`)
}

/**
 * A product entered twice becomes one: this one's SKU and codes, lots and units lead to the other from now on, and its
 * record is archived as a redirect. Only a product without movements can be merged away: lines, balances and allocations
 * name their product and history stays where it was. So of two duplicates the one that never moved is merged into the
 * other; where both moved, one is archived once its stock is used up.
 */
export function mergeProduct(caller: CommandCaller, productId: string, body: z.output<typeof contract.mergeProduct.body>) {
  const { into: intoId, reason } = body
  return runCommand<ProductChanged>(caller.context, { name: 'product.merge', input: { productId, into: intoId }, reason }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    if (intoId === productId) throw refuse('merge_into_itself')
    const rows = await lockProducts(tx, organizationId, [productId, intoId])
    const before = rows.find((row) => row.product_id === productId)
    const into = rows.find((row) => row.product_id === intoId)
    if (!before || !into) throw refuse('not_found', { what: 'product', which: before ? intoId : productId })
    checkVersion(caller, before.version, 'product', before.sku)
    for (const row of [before, into]) if (row.merged_into) throw refuse('merged_already', { which: row.sku, into: row.merged_into })
    for (const field of ['base_uom', 'scale', 'second_uom', 'measured'] as const) {
      if (before[field] !== into[field]) throw refuse('merge_differs', { field, ours: before[field], given: into[field] })
    }
    if (await hasMovements(tx, organizationId, before.product_id)) throw refuse('merge_has_movements', { product: before.sku })
    await refuseCollisions(tx, organizationId, before, into)
    await repoint(tx, organizationId, before, into)
    return writeProduct(scope, before, { ...before, merged_into: into.product_id, archived_at: before.archived_at ?? recordedAt })
  })
}

/** Refuses `merge_collides` where both have a lot of one issuer and code, or a unit of one issuer and serial: those may be two things. */
async function refuseCollisions(tx: Tx, organizationId: OrganizationId, before: ProductRow, into: ProductRow): Promise<void> {
  const collision = await tx.row<{ what: string; which: string }>(sql`
    select 'lot' as what, a.code as which from lot_code a join lot_code b using (organization_id, issuer_id, code)
    where a.organization_id = ${organizationId} and a.product_id = ${before.product_id} and b.product_id = ${into.product_id}
    union all
    select 'serial', a.serial from unit a join unit b using (organization_id, issuer_id, serial)
    where a.organization_id = ${organizationId} and a.product_id = ${before.product_id} and b.product_id = ${into.product_id}
    limit 1`)
  if (collision) throw refuse('merge_collides', collision)
}

async function repoint(tx: Tx, organizationId: OrganizationId, before: ProductRow, into: ProductRow): Promise<void> {
  const [from, to] = [before.product_id, into.product_id]
  await tx.run(sql`update lot set product_id = ${to} where organization_id = ${organizationId} and product_id = ${from} and lot_id <> ${before.no_lot_id}`)
  await tx.run(sql`update lot_code set product_id = ${to} where organization_id = ${organizationId} and product_id = ${from}`)
  await tx.run(sql`
    update unit set product_id = ${to}, lot_id = case lot_id when ${before.no_lot_id}::uuid then ${into.no_lot_id}::uuid else lot_id end
    where organization_id = ${organizationId} and product_id = ${from}`)
  await tx.run(sql`update alias set product_id = ${to} where organization_id = ${organizationId} and product_id = ${from}`)
  await tx.run(sql`update product set merged_into = ${to} where organization_id = ${organizationId} and merged_into = ${from}`)
}

/** States an exact conversion, or another one: 1 uom = numerator / denominator base units. What was posted keeps its quantity. */
export function putConversion(caller: CommandCaller, params: { productId: string; uom: string }, body: z.output<typeof contract.putConversion.body>) {
  const { productId, uom } = params
  return changing(caller, 'product.convert', productId, { uom, ...body }, undefined, async (scope, before) => {
    const { tx, organizationId } = scope
    if (uom === before.base_uom) throw refuse('uom_is_base', { uom, product: before.sku })
    await checkUoms(tx, organizationId, [uom])
    const old = await tx.row<{ numerator: string; denominator: string }>(sql`
      select numerator, denominator from product_uom where organization_id = ${organizationId} and product_id = ${productId} and uom = ${uom}`)
    await tx.run(sql`
      insert into product_uom (organization_id, product_id, uom, numerator, denominator) values (${organizationId}, ${productId}, ${uom}, ${body.numerator}, ${body.denominator})
      on conflict (organization_id, product_id, uom) do update set numerator = excluded.numerator, denominator = excluded.denominator`)
    scope.changed({ subject: 'product_uom', subjectId: productId, before: old ? { uom, ...old } : null, after: { uom, ...body } })
    return before
  })
}

export function removeConversion(caller: CommandCaller, params: { productId: string; uom: string }) {
  const { productId, uom } = params
  return changing(caller, 'product.convert.remove', productId, { uom }, undefined, async (scope, before) => {
    const old = await scope.tx.row<{ numerator: string; denominator: string }>(sql`
      delete from product_uom where organization_id = ${scope.organizationId} and product_id = ${productId} and uom = ${uom} returning numerator, denominator`)
    if (!old) throw refuse('not_found', { what: 'conversion', which: uom })
    scope.changed({ subject: 'product_uom', subjectId: productId, before: { uom, ...old }, after: null })
    return before
  })
}

