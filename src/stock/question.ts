import type { Caller } from '#src/audit/caller.ts'
import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import { LOOSE, type OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import { findSnapshot, isProvisional, type Snapshot } from './as-of.ts'

/** Which stock is asked for, and for when; ids that do not exist are refused. */
export interface StockQuery {
  readonly productId?: string | undefined
  readonly sku?: string | undefined
  readonly lotId?: string | undefined
  readonly placeId?: string | undefined
  readonly ownerId?: string | undefined
  readonly plateId?: string | undefined
  readonly at?: string | undefined
  readonly known?: string | undefined
}

/** The question with its references looked up. */
export interface StockQuestion {
  readonly organizationId: OrganizationId
  readonly productId: string | null
  /** The lot it is now, and every id it went by: lines keep the one they were written with. */
  readonly lot: { readonly lotId: string; readonly productId: string; readonly all: readonly string[] } | null
  readonly placeId: string | null
  readonly ownerId: string | null
  readonly plateId: string | null
  readonly at: Instant
  readonly known: Instant
  /** False: now, which balances and unit states answer. */
  readonly asOf: boolean
  readonly provisional: boolean
  readonly snapshot: Snapshot | null
}

/** As clocks of devices may run ahead (the ledger takes movements that far ahead too). */
const AHEAD = 5 * 60_000

/**
 * Looks up what is asked for. Refuses `not_found` (product, lot, place, party, plate), `product_unknown` (a SKU),
 * `asked_of_future`.
 */
export async function toStockQuestion(tx: Tx, caller: Caller, query: StockQuery): Promise<StockQuestion> {
  const { organizationId } = caller
  const now = caller.clock()
  const at = instantOf(query.at, now)
  const known = instantOf(query.known, now)
  // before the stock is read: what begins after this look is recorded after it
  const provisional = await isProvisional(tx, known)
  const [product, lot] = await Promise.all([findProduct(tx, organizationId, query), findLot(tx, organizationId, query.lotId), checkOthers(tx, organizationId, query)])
  const asOf = query.at !== undefined || query.known !== undefined
  return {
    organizationId, productId: product, lot,
    placeId: query.placeId ?? null, ownerId: query.ownerId ?? null, plateId: query.plateId ?? null,
    at, known, asOf, provisional, snapshot: asOf ? await findSnapshot(tx, organizationId, at, known) : null,
  }
}

function instantOf(asked: string | undefined, now: Instant): Instant {
  if (asked === undefined) return now
  if (Date.parse(asked) > Date.parse(now) + AHEAD) throw refuse('asked_of_future', { instant: asked, now })
  return asked
}

async function findProduct(tx: Tx, organizationId: OrganizationId, { productId, sku }: StockQuery): Promise<string | null> {
  if (productId === undefined && sku === undefined) return null
  const row = productId === undefined
    ? await tx.row<{ product_id: string }>(sql`select product_id from product where organization_id = ${organizationId} and sku = ${sku} order by archived_at desc nulls first limit 1`)
    : await tx.row<{ product_id: string }>(sql`select coalesce(merged_into, product_id) as product_id from product where organization_id = ${organizationId} and product_id = ${productId}`)
  if (row) return row.product_id
  throw productId === undefined ? refuse('product_unknown', { product: sku ?? '' }) : refuse('not_found', { what: 'product', which: productId })
}

/** The lot it is now with its product and every id it goes by; null where none is asked for. Refuses `not_found`. */
export async function findLot(tx: Tx, organizationId: OrganizationId, lotId: string | undefined): Promise<{ lotId: string; productId: string; all: string[] } | null> {
  if (lotId === undefined) return null
  // case and not coalesce, which row-level security takes for leaky: the index of lots would not be used, here and elsewhere
  const row = await tx.row<{ lot_id: string; product_id: string; merged: string[] }>(sql`
    select l.lot_id, l.product_id, array(select m.lot_id from lot m where m.organization_id = l.organization_id and m.merged_into = l.lot_id) as merged
    from lot o join lot l on l.organization_id = o.organization_id and l.lot_id = case when o.merged_into is null then o.lot_id else o.merged_into end
    where o.organization_id = ${organizationId} and o.lot_id = ${lotId}`)
  if (!row) throw refuse('not_found', { what: 'lot', which: lotId })
  return { lotId: row.lot_id, productId: row.product_id, all: [row.lot_id, ...row.merged] }
}

async function checkOthers(tx: Tx, organizationId: OrganizationId, query: StockQuery): Promise<void> {
  const [placeId, ownerId, plateId] = [query.placeId ?? null, query.ownerId ?? null, query.plateId ?? null]
  if (placeId === null && ownerId === null && (plateId === null || plateId === LOOSE)) return
  const row = await tx.row<{ place: boolean; owner: boolean; plate: boolean }>(sql`
    select ${placeId}::uuid is null or exists (select from place where organization_id = ${organizationId} and place_id = ${placeId}::uuid) as place,
           ${ownerId}::uuid is null or exists (select from party where organization_id = ${organizationId} and party_id = ${ownerId}::uuid) as owner,
           ${plateId}::uuid is null or ${plateId}::uuid = ${LOOSE}::uuid or exists (select from plate where organization_id = ${organizationId} and plate_id = ${plateId}::uuid) as plate`)
  if (!row?.place) throw refuse('not_found', { what: 'place', which: placeId ?? '' })
  if (!row.owner) throw refuse('not_found', { what: 'party', which: ownerId ?? '' })
  if (!row.plate) throw refuse('not_found', { what: 'plate', which: plateId ?? '' })
}

/** Conditions on rows `b` of stock, whose lots are those of today. */
export function stockConditions(question: StockQuestion): Statement[] {
  const { organizationId, productId, lot, placeId, ownerId, plateId } = question
  return [
    ...(productId === null ? [] : [sql`b.product_id = ${productId}`]),
    ...(lot === null ? [] : [sql`b.product_id = ${lot.productId}`, sql`b.lot_id = ${lot.lotId}`]),
    ...(placeId === null ? [] : [sql`b.place_id in (select place_id from place where organization_id = ${organizationId} and path @> array[${placeId}::uuid])`]),
    ...(ownerId === null ? [] : [sql`b.owner_id = ${ownerId}`]),
    ...(plateId === null ? [] : [sql`b.plate_id = ${plateId}`]),
  ]
}
