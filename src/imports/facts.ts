import type { QueryResultRow } from 'pg'
import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import { toGtin14 } from '#src/gs1/keys.ts'
import { fold } from '#src/lib/fold.ts'
import type { LotId, OrganizationId, PartyId, PlaceId, PlateId, ProductId, UnitId } from '#src/lib/id.ts'
import { quantity, type Quantity } from '#src/lib/quantity.ts'
import type { LotDates } from '#src/lots/register-lot.ts'
import type { Stated } from './interpret.ts'

export interface ProductFact {
  readonly id: ProductId
  readonly sku: string
  readonly tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial'
  readonly baseUom: string
  readonly scale: number
  readonly secondUom: string | null
  readonly measured: boolean
  readonly noLotId: LotId
  readonly makerId: PartyId | null
  /** An import chose its tracking, so a later one may raise it. */
  readonly imported: boolean
  /** 1 uom = numerator / denominator base units. */
  readonly uoms: { readonly [uom: string]: readonly [string, string] }
}

export interface LotFact {
  readonly id: LotId
  readonly issuer: string
  readonly issuerId: PartyId
  readonly dates: LotDates
  readonly archived: boolean
}

export interface UnitFact {
  readonly id: UnitId
  readonly lotId: LotId
  readonly placeId: PlaceId | null
  readonly ownerId: PartyId | null
  readonly plateId: PlateId | null
  readonly placeCode: string | null
  readonly inStock: boolean
  readonly withCustomer: boolean
  readonly moved: boolean
  readonly measure: Quantity
  readonly allocated: boolean
}

export interface BalanceFact {
  readonly onHand: Quantity
  readonly allocated: Quantity
  /** What of it has a serial. */
  readonly named: Quantity
}

/** What of a row is looked up. */
export type Mentioned = Pick<Stated, 'product' | 'facility' | 'place' | 'plate' | 'owner' | 'issuer' | 'lot' | 'serial'>

/** What is there of what the rows speak of, found by code in a constant number of statements. */
export interface Facts {
  /** By the code in the file; several where it is not clear which is meant. Archived ones are not here. */
  readonly products: ReadonlyMap<string, readonly { readonly product: ProductFact; readonly pack: Quantity }[]>
  readonly uoms: ReadonlyMap<string, number>
  readonly facilities: ReadonlyMap<string, PlaceId>
  /** By `facility id/code`. */
  readonly places: ReadonlyMap<string, PlaceId>
  /** By code or name as the file has it. */
  readonly parties: ReadonlyMap<string, readonly PartyId[]>
  readonly plates: ReadonlyMap<string, PlateId>
  /** By `product id/code`. */
  readonly lots: ReadonlyMap<string, readonly LotFact[]>
  /** By `product id/serial`. */
  readonly units: ReadonlyMap<string, readonly UnitFact[]>
  /** By `product/lot/place/owner/plate`. */
  readonly balances: ReadonlyMap<string, BalanceFact>
}

export async function loadFacts(tx: Tx, organizationId: OrganizationId, rows: readonly Mentioned[]): Promise<Facts> {
  const distinct = (pick: (row: Mentioned) => string | null): string[] => [...new Set(rows.flatMap((row) => pick(row) ?? []))]
  const products = await findProducts(tx, organizationId, distinct((row) => row.product))
  const uoms = await rowsOf<{ uom: string; scale: number }>(tx, sql`select uom, scale from uom where organization_id = ${organizationId}`)
  const facilities = await findFacilities(tx, organizationId, distinct((row) => row.facility))
  const places = await findPlaces(tx, organizationId, rows, facilities)
  const parties = await findParties(tx, organizationId, [...new Set(rows.flatMap((row) => [row.owner ?? [], row.issuer ?? []].flat()))])
  const plates = await findPlates(tx, organizationId, distinct((row) => row.plate))
  const ofProduct = (row: Mentioned): ProductId | undefined => (products.get(row.product)?.length === 1 ? products.get(row.product)?.[0]?.product.id : undefined)
  const lots = await findLots(tx, organizationId, rows, ofProduct)
  const units = await findUnits(tx, organizationId, rows, ofProduct)
  const balances = await findBalances(tx, organizationId, [...new Set(rows.flatMap((row) => ofProduct(row) ?? []))], [...new Set([...places.values(), ...facilities.values()])])
  return { products, uoms: new Map(uoms.map(({ uom, scale }) => [uom, scale])), facilities, places, parties, plates, lots, units, balances }
}

/**
 * Planned anew for each file, and not by the name of the statement: a plan that was kept while the tables were small
 * reads all of them once for each of 50,000 rows.
 */
function rowsOf<Row extends QueryResultRow>(tx: Tx, { text, values }: Statement): Promise<Row[]> {
  return tx.rows<Row>({ text, values })
}

async function findProducts(tx: Tx, organizationId: OrganizationId, codes: readonly string[]): Promise<Facts['products']> {
  const rows = await rowsOf<{ code: string; pack: string; rank: number; product_id: ProductId; sku: string; tracking: ProductFact['tracking']; base_uom: string; scale: number; second_uom: string | null; measured: boolean; no_lot_id: LotId; maker_id: PartyId | null; imported: boolean; uoms: ProductFact['uoms'] | null }>(tx, sql`
    with asked as (
      select * from unnest(${codes}::text[], ${codes.map(fold)}::text[], ${codes.map((code) => toGtin14(code) ?? null)}::text[]) as a (code, folded, gtin)
    ), found as (
      select a.code, coalesce(p.merged_into, p.product_id) as product_id, 1::numeric as pack, case when p.merged_into is null then 0 else 2 end as rank
      from asked a join product p on p.organization_id = ${organizationId} and p.folded = a.folded and p.sku = a.code and (p.archived_at is null or p.merged_into is not null)
      union
      select a.code, l.product_id, l.pack_quantity, case l.scheme when 'old' then 2 else 1 end
      from asked a join alias l on l.organization_id = ${organizationId} and l.folded = a.folded and l.code = a.code and l.scheme <> 'gtin' and l.archived_at is null and l.lot_id is null and l.unit_id is null
      union
      select a.code, l.product_id, l.pack_quantity, 1
      from asked a join alias l on l.organization_id = ${organizationId} and l.code = a.gtin and l.scheme = 'gtin' and l.archived_at is null
    )
    select f.code, f.pack, f.rank, p.product_id, p.sku, p.tracking, p.base_uom, p.scale, p.second_uom, p.measured, p.no_lot_id, p.maker_id,
           exists (select from import_made m where m.organization_id = ${organizationId} and m.kind = 'product' and m.record_id = p.product_id) as imported,
           (select jsonb_object_agg(u.uom, jsonb_build_array(u.numerator::text, u.denominator::text)) from product_uom u where u.organization_id = ${organizationId} and u.product_id = p.product_id) as uoms
    from found f join product p on p.organization_id = ${organizationId} and p.product_id = f.product_id and p.archived_at is null`)
  const found = new Map<string, { product: ProductFact; pack: Quantity }[]>()
  for (const [code, all] of Map.groupBy(rows, (row) => row.code)) {
    const best = Math.min(...all.map((row) => row.rank))
    found.set(code, all.filter((row) => row.rank === best).map((row) => ({
      pack: quantity(row.pack),
      product: {
        id: row.product_id, sku: row.sku, tracking: row.tracking, baseUom: row.base_uom, scale: row.scale, secondUom: row.second_uom, measured: row.measured, noLotId: row.no_lot_id, makerId: row.maker_id, imported: row.imported, uoms: row.uoms ?? {},
      },
    })))
  }
  return found
}

/** By code; where none has it, by name. */
async function findFacilities(tx: Tx, organizationId: OrganizationId, codes: readonly string[]): Promise<Facts['facilities']> {
  const rows = await rowsOf<{ asked: string; place_id: PlaceId; by_code: boolean }>(tx, sql`
    select a.asked, p.place_id, p.code = a.asked as by_code from unnest(${codes}::text[]) as a (asked)
    join place p on p.organization_id = ${organizationId} and p.kind = 'facility' and p.archived_at is null and (p.code = a.asked or p.name = a.asked)`)
  return new Map(rows.sort((a, b) => Number(a.by_code) - Number(b.by_code)).map((row) => [row.asked, row.place_id]))
}

async function findPlaces(tx: Tx, organizationId: OrganizationId, rows: readonly Mentioned[], facilities: Facts['facilities']): Promise<Facts['places']> {
  const asked = new Map(rows.flatMap((row) => {
    const facility = row.facility === null ? undefined : facilities.get(row.facility)
    return row.place === null || facility === undefined ? [] : [[`${facility}/${row.place}`, { facility, code: row.place }] as const]
  }))
  const all = [...asked.values()]
  const found = all.length === 0 ? [] : await rowsOf<{ facility_id: PlaceId; code: string; place_id: PlaceId }>(tx, sql`
    select p.facility_id, p.code, p.place_id from unnest(${all.map((a) => a.facility)}::uuid[], ${all.map((a) => a.code)}::text[]) as a (facility_id, code)
    join place p on p.organization_id = ${organizationId} and p.facility_id = a.facility_id and p.code = a.code and p.archived_at is null and p.internal`)
  return new Map(found.map((row) => [`${row.facility_id}/${row.code}`, row.place_id]))
}

async function findParties(tx: Tx, organizationId: OrganizationId, asked: readonly string[]): Promise<Facts['parties']> {
  if (asked.length === 0) return new Map()
  const rows = await rowsOf<{ asked: string; party_id: PartyId; by_code: boolean }>(tx, sql`
    select distinct a.asked, coalesce(p.merged_into, p.party_id) as party_id, p.code is not distinct from a.asked as by_code from unnest(${asked}::text[]) as a (asked)
    join party p on p.organization_id = ${organizationId} and (p.archived_at is null or p.merged_into is not null)
      and (p.code = a.asked or lower(p.name) collate "C" = lower(a.asked) collate "C")`)
  return new Map([...Map.groupBy(rows, (row) => row.asked)].map(([name, all]) => {
    const byCode = all.filter((row) => row.by_code)
    return [name, [...new Set((byCode.length > 0 ? byCode : all).map((row) => row.party_id))]]
  }))
}

async function findPlates(tx: Tx, organizationId: OrganizationId, codes: readonly string[]): Promise<Facts['plates']> {
  const rows = codes.length === 0 ? [] : await rowsOf<{ code: string; plate_id: PlateId }>(tx, sql`select code, plate_id from plate where organization_id = ${organizationId} and code = any(${codes}::text[]) and archived_at is null`)
  return new Map(rows.map((row) => [row.code, row.plate_id]))
}

async function findLots(tx: Tx, organizationId: OrganizationId, rows: readonly Mentioned[], ofProduct: (row: Mentioned) => ProductId | undefined): Promise<Facts['lots']> {
  const asked = new Map(rows.flatMap((row) => {
    const product = ofProduct(row)
    return row.lot === null || product === undefined ? [] : [[`${product}/${row.lot}`, { product, code: row.lot }] as const]
  }))
  const all = [...asked.values()]
  const found = all.length === 0 ? [] : await rowsOf<{ product_id: ProductId; asked: string; issuer_id: PartyId; issuer: string; lot_id: LotId; made_on: string | null; best_by: string | null; sell_by: string | null; use_by: string | null; expires_on: string | null; archived: boolean }>(tx, sql`
    select c.product_id, c.code as asked, c.issuer_id, coalesce(y.code, y.name) as issuer, l.lot_id, l.made_on, l.best_by, l.sell_by, l.use_by, l.expires_on, l.archived_at is not null as archived
    from unnest(${all.map((a) => a.product)}::uuid[], ${all.map((a) => a.code)}::text[], ${all.map((a) => fold(a.code))}::text[]) as a (product_id, code, folded)
    join lot_code c on c.organization_id = ${organizationId} and c.folded = a.folded and c.product_id = a.product_id and c.code = a.code
    join lot o on o.organization_id = ${organizationId} and o.lot_id = c.lot_id
    join lot l on l.organization_id = ${organizationId} and l.lot_id = case when o.merged_into is null then o.lot_id else o.merged_into end
    left join party y on y.organization_id = ${organizationId} and y.party_id = c.issuer_id`)
  return new Map([...Map.groupBy(found, (row) => `${row.product_id}/${row.asked}`)].map(([key, lots]) => [key, lots.map((row) => ({
    id: row.lot_id, issuer: row.issuer, issuerId: row.issuer_id, archived: row.archived,
    dates: withoutNulls({ madeOn: row.made_on, bestBy: row.best_by, sellBy: row.sell_by, useBy: row.use_by, expiresOn: row.expires_on }),
  }))]))
}

function withoutNulls(dates: { [field: string]: string | null }): LotDates {
  return Object.fromEntries(Object.entries(dates).filter(([, day]) => day !== null))
}

async function findUnits(tx: Tx, organizationId: OrganizationId, rows: readonly Mentioned[], ofProduct: (row: Mentioned) => ProductId | undefined): Promise<Facts['units']> {
  const asked = rows.flatMap((row) => {
    const product = ofProduct(row)
    return row.serial === null || product === undefined ? [] : [{ product, serial: row.serial }]
  })
  const found = asked.length === 0 ? [] : await rowsOf<{ product_id: ProductId; serial: string; unit_id: UnitId; lot_id: LotId; place_id: PlaceId | null; owner_id: PartyId | null; plate_id: PlateId | null; measure: string; allocated: boolean; code: string | null; kind: string | null; internal: boolean | null; moved: boolean }>(tx, sql`
    select distinct u.product_id, u.serial, u.unit_id, coalesce(l.merged_into, u.lot_id) as lot_id, u.place_id, u.owner_id, u.plate_id, u.measure, u.allocation_id is not null as allocated, p.code, p.kind, p.internal, u.last_movement_id is not null as moved
    from unnest(${asked.map((a) => a.product)}::uuid[], ${asked.map((a) => a.serial)}::text[], ${asked.map((a) => fold(a.serial))}::text[]) as a (product_id, serial, folded)
    join unit u on u.organization_id = ${organizationId} and u.folded = a.folded and u.product_id = a.product_id and u.serial = a.serial
    join lot l on l.organization_id = ${organizationId} and l.lot_id = u.lot_id
    left join place p on p.organization_id = ${organizationId} and p.place_id = u.place_id`)
  return new Map([...Map.groupBy(found, (row) => `${row.product_id}/${row.serial}`)].map(([key, units]) => [key, units.map((row) => ({
    id: row.unit_id, lotId: row.lot_id, placeId: row.place_id, ownerId: row.owner_id, plateId: row.plate_id, placeCode: row.code, measure: quantity(row.measure),
    inStock: row.internal === true && quantity(row.measure) > 0n, withCustomer: row.kind === 'ship_to', moved: row.moved, allocated: row.allocated,
  }))]))
}

async function findBalances(tx: Tx, organizationId: OrganizationId, products: readonly ProductId[], places: readonly PlaceId[]): Promise<Facts['balances']> {
  if (products.length === 0 || places.length === 0) return new Map()
  const rows = await rowsOf<{ key: string; on_hand: string; allocated: string; named: string }>(tx, sql`
    with named as (
      select u.product_id, u.lot_id, u.place_id, u.owner_id, u.plate_id, sum(u.measure) as measure
      from product p join unit u on u.organization_id = ${organizationId} and u.product_id = p.product_id and u.place_id = any(${places}::uuid[]) and u.measure > 0
      where p.organization_id = ${organizationId} and p.product_id = any(${products}::uuid[]) and (p.measured or p.tracking in ('serial', 'lot_and_serial'))
      group by 1, 2, 3, 4, 5
    )
    select b.product_id || '/' || b.lot_id || '/' || b.place_id || '/' || b.owner_id || '/' || b.plate_id as key, b.on_hand, b.allocated, coalesce(n.measure, 0) as named
    from balance b left join named n using (product_id, lot_id, place_id, owner_id, plate_id)
    where b.organization_id = ${organizationId} and b.product_id = any(${products}::uuid[]) and b.place_id = any(${places}::uuid[])`)
  return new Map(rows.map((row) => [row.key, { onHand: quantity(row.on_hand), allocated: quantity(row.allocated), named: quantity(row.named) }]))
}
