import { sql, type Tx } from '#src/db/sql.ts'
import { LostRace } from '#src/db/transaction.ts'
import { LOOSE, type AllocationId, type FamilyId, type LotId, type MovementId, type OrganizationId, type PartyId, type PlaceId, type PlateId, type ProductId, type UnitId } from '#src/lib/id.ts'
import { quantity, type Quantity } from '#src/lib/quantity.ts'
import type { Instant, PlainDate } from '#src/lib/time.ts'
import type { PlaceKind } from './movement-kinds.ts'
import type { Spot } from './movement.ts'

/**
 * Everything the rules look at, loaded and locked in one place and always in the same order, so that opposed postings
 * wait for each other and never deadlock: runs, plates, units, commingled places, lots and places (shared), balances, allocations.
 */
export interface ProductFacts {
  readonly id: ProductId
  readonly sku: string
  readonly baseUom: string
  readonly scale: number
  readonly secondUom: string | null
  readonly tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial'
  readonly measured: boolean
  readonly dateKind: 'none' | 'best_by' | 'sell_by' | 'use_by' | 'expiry'
  readonly blocksAfterDate: boolean
  readonly noLotId: LotId
  readonly archived: boolean
  /** 1 uom = numerator / denominator base units, as decimal text. */
  readonly uoms: { readonly [uom: string]: readonly [string, string] } | null
}

export interface LotFacts {
  readonly id: LotId
  readonly productId: ProductId
  readonly code: string | null
  readonly familyId: FamilyId | null
  readonly mergedInto: LotId | null
  readonly bestBy: PlainDate | null
  readonly sellBy: PlainDate | null
  readonly useBy: PlainDate | null
  readonly expiresOn: PlainDate | null
}

export interface PlaceFacts {
  readonly id: PlaceId
  readonly code: string
  readonly kind: PlaceKind
  readonly internal: boolean
  readonly commingled: boolean
  readonly timeZone: string
  readonly path: readonly PlaceId[]
  readonly archived: boolean
}

export interface Masters {
  readonly products: ReadonlyMap<ProductId, ProductFacts>
  readonly lots: ReadonlyMap<LotId, LotFacts>
  readonly places: ReadonlyMap<PlaceId, PlaceFacts>
  readonly parties: ReadonlySet<PartyId>
  /** Products and lots that a broken invariant froze. */
  readonly frozen: readonly { readonly productId: ProductId; readonly lotId: LotId | null; readonly invariant: string }[]
  /** No movement may be dated on or before this day. */
  readonly closedThrough: PlainDate | null
}

interface Wanted {
  readonly products: readonly ProductId[]
  readonly lots: readonly LotId[]
  readonly places: readonly PlaceId[]
  readonly parties: readonly PartyId[]
}

/** Products, lots with what they were merged into, places, parties, freezes and the closed period; what is not there is absent. One statement where no lot was merged. */
export async function loadMasters(tx: Tx, organizationId: OrganizationId, wanted: Wanted): Promise<Masters> {
  const masters = await loadNamed(tx, organizationId, wanted)
  const merged = [...masters.lots.values()].flatMap((lot) => (lot.mergedInto !== null && !masters.lots.has(lot.mergedInto) ? [lot.mergedInto] : []))
  return merged.length === 0 ? masters : loadNamed(tx, organizationId, { ...wanted, lots: [...wanted.lots, ...merged] })
}

/** Text columns a to j, whose meaning depends on `what`: building JSON of them in the database costs three times as much. */
type MasterRow = { what: 'product' | 'uom' | 'lot' | 'place' | 'party' | 'frozen' | 'closed'; id: string } & { readonly [column in 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j']: string | null }

async function loadNamed(tx: Tx, organizationId: OrganizationId, { products, lots, places, parties }: Wanted): Promise<Masters> {
  const rows = await tx.rows<MasterRow>(sql`
    select 'product' as what, p.product_id as id, p.sku as a, p.base_uom as b, p.scale::text as c, p.second_uom as d, p.tracking as e, p.measured::text as f, p.date_kind as g,
           p.blocks_after_date::text as h, p.no_lot_id::text as i, (p.archived_at is not null)::text as j
      from product p where p.organization_id = ${organizationId} and p.product_id = any(${products}::uuid[])
    union all
    select 'uom', u.product_id, u.uom, u.numerator::text, u.denominator::text, null, null, null, null, null, null, null
      from product_uom u where u.organization_id = ${organizationId} and u.product_id = any(${products}::uuid[])
    union all
    select 'lot', l.lot_id, l.product_id::text, l.code, l.family_id::text, l.merged_into::text, l.best_by::text, l.sell_by::text, l.use_by::text, l.expires_on::text, null, null
      from lot l where l.organization_id = ${organizationId} and l.lot_id = any(${lots}::uuid[])
    union all
    select 'place', s.place_id, s.code, s.kind, s.internal::text, s.commingled::text, s.time_zone, array_to_string(s.path, ','), (s.archived_at is not null)::text, null, null, null
      from place s where s.organization_id = ${organizationId} and s.place_id = any(${places}::uuid[])
    union all
    select 'party', y.party_id, null, null, null, null, null, null, null, null, null, null from party y where y.organization_id = ${organizationId} and y.party_id = any(${parties}::uuid[])
    union all
    select 'frozen', z.product_id, z.lot_id::text, z.invariant, null, null, null, null, null, null, null, null
      from stock_freeze z where z.organization_id = ${organizationId} and z.product_id = any(${products}::uuid[]) and z.resumed_at is null
    union all
    select 'closed', o.organization_id, o.closed_through::text, null, null, null, null, null, null, null, null, null from organization o where o.organization_id = ${organizationId} and o.closed_through is not null`)
  return toMasters(rows)
}

function toMasters(rows: readonly MasterRow[]): Masters {
  const found = {
    products: new Map<ProductId, ProductFacts>(), lots: new Map<LotId, LotFacts>(), places: new Map<PlaceId, PlaceFacts>(), parties: new Set<PartyId>(),
    frozen: [] as Masters['frozen'][number][], closedThrough: null as PlainDate | null,
  }
  const uoms = new Map<string, { [uom: string]: readonly [string, string] }>()
  // the columns are not null where their tables' are not
  for (const { what, id, a, b, c, d, e, f, g, h, i, j } of rows as readonly { [column in keyof MasterRow]: string }[]) {
    switch (what) {
      case 'product':
        found.products.set(id as ProductId, {
          id: id as ProductId, sku: a, baseUom: b, scale: Number(c), secondUom: d, tracking: e as ProductFacts['tracking'], measured: f === 'true', dateKind: g as ProductFacts['dateKind'],
          blocksAfterDate: h === 'true', noLotId: i as LotId, archived: j === 'true', uoms: null,
        })
        break
      case 'uom':
        uoms.set(id, { ...uoms.get(id), [a]: [b, c] })
        break
      case 'lot':
        found.lots.set(id as LotId, { id: id as LotId, productId: a as ProductId, code: b, familyId: c as FamilyId, mergedInto: d as LotId, bestBy: e, sellBy: f, useBy: g, expiresOn: h })
        break
      case 'place':
        found.places.set(id as PlaceId, { id: id as PlaceId, code: a, kind: b as PlaceKind, internal: c === 'true', commingled: d === 'true', timeZone: e, path: f.split(',') as PlaceId[], archived: g === 'true' })
        break
      case 'party':
        found.parties.add(id as PartyId)
        break
      case 'frozen':
        found.frozen.push({ productId: id as ProductId, lotId: a as LotId | null, invariant: b })
        break
      default:
        found.closedThrough = a
    }
  }
  for (const [id, ofProduct] of uoms) {
    const product = found.products.get(id as ProductId)
    if (product) found.products.set(product.id, { ...product, uoms: ofProduct })
  }
  return found
}

/** A unit as it is now, locked. */
export interface UnitFacts {
  readonly unitId: UnitId
  readonly productId: ProductId
  readonly lotId: LotId
  readonly serial: string
  readonly kind: 'serial' | 'piece'
  readonly spot: Spot | null
  readonly placeKind: PlaceKind | null
  readonly measure: Quantity
  readonly second: Quantity | null
  readonly allocationId: AllocationId | null
  readonly lastOccurredAt: Instant | null
}

/** Locks the units, sorted by id, and reads where they are. */
export async function lockUnits(tx: Tx, organizationId: OrganizationId, unitIds: readonly UnitId[]): Promise<ReadonlyMap<UnitId, UnitFacts>> {
  if (unitIds.length === 0) return new Map()
  const rows = await tx.rows<{
    unit_id: UnitId; product_id: ProductId; lot_id: LotId; serial: string; kind: 'serial' | 'piece'; place_id: PlaceId | null; owner_id: PartyId | null
    plate_id: PlateId | null; place_kind: PlaceKind | null; measure: string; second_measure: string | null; allocation_id: AllocationId | null; last_occurred_at: Instant | null
  }>(sql`
    with locked as (
      select * from unit where organization_id = ${organizationId} and unit_id = any(${unitIds}::uuid[]) order by unit_id for update)
    select u.unit_id, u.product_id, coalesce(l.merged_into, u.lot_id) as lot_id, u.serial, u.kind, u.place_id, u.owner_id, u.plate_id, p.kind as place_kind,
           u.measure, u.second_measure, u.allocation_id, u.last_occurred_at
    from locked u
    join lot l on l.organization_id = ${organizationId} and l.lot_id = u.lot_id
    left join place p on p.organization_id = ${organizationId} and p.place_id = u.place_id`)
  return new Map(rows.map((row) => [row.unit_id, {
    unitId: row.unit_id, productId: row.product_id, lotId: row.lot_id, serial: row.serial, kind: row.kind,
    spot: row.place_id && row.owner_id ? { placeId: row.place_id, ownerId: row.owner_id, plateId: row.plate_id ?? LOOSE } : null,
    placeKind: row.place_kind, measure: quantity(row.measure), second: row.second_measure === null ? null : quantity(row.second_measure),
    allocationId: row.allocation_id, lastOccurredAt: row.last_occurred_at,
  }]))
}

/** What is at a commingled place of a product, or on a plate. */
export interface Content {
  readonly productId: ProductId
  readonly lotId: LotId
  readonly spot: Spot
  readonly onHand: Quantity
  readonly second: Quantity
  readonly unitIds: readonly UnitId[]
}

/** Locks the plates, sorted, and reads what is on them, so that a plate moves as a whole or not at all. */
export async function lockPlates(tx: Tx, organizationId: OrganizationId, plateIds: readonly PlateId[]): Promise<ReadonlyMap<PlateId, readonly Content[]>> {
  if (plateIds.length === 0) return new Map()
  const plates = await tx.rows<{ plate_id: PlateId }>(sql`
    select plate_id from plate where organization_id = ${organizationId} and plate_id = any(${plateIds}::uuid[]) order by plate_id for update`)
  const rows = await tx.rows<ContentRow>(sql`
    select b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, b.on_hand, b.second_on_hand,
           array(select u.unit_id from unit u where u.organization_id = b.organization_id and u.lot_id = b.lot_id and u.place_id = b.place_id
                 and u.owner_id = b.owner_id and u.plate_id = b.plate_id and u.measure > 0 order by u.unit_id)::text[] as unit_ids
    from balance b where b.organization_id = ${organizationId} and b.plate_id = any(${plateIds}::uuid[]) and b.plate_id <> ${LOOSE} and b.on_hand > 0
    order by b.product_id, b.lot_id, b.place_id, b.owner_id`)
  const contents = rows.map(contentOf)
  return new Map(plates.map(({ plate_id }) => [plate_id, contents.filter((content) => content.spot.plateId === plate_id)]))
}

/** Locks commingled places, sorted, and reads what they hold: nobody else puts in or draws until we are done. */
export async function lockMixtures(tx: Tx, organizationId: OrganizationId, placeIds: readonly PlaceId[]): Promise<readonly Content[]> {
  if (placeIds.length === 0) return []
  await tx.run(sql`select place_id from place where organization_id = ${organizationId} and place_id = any(${placeIds}::uuid[]) order by place_id for update`)
  const rows = await tx.rows<ContentRow>(sql`
    select b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, b.on_hand, b.second_on_hand, '{}'::text[] as unit_ids
    from balance b where b.organization_id = ${organizationId} and b.place_id = any(${placeIds}::uuid[]) and b.on_hand > 0
    order by b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id`)
  return rows.map(contentOf)
}

interface ContentRow {
  product_id: ProductId; lot_id: LotId; place_id: PlaceId; owner_id: PartyId; plate_id: PlateId; on_hand: string; second_on_hand: string; unit_ids: UnitId[]
}

function contentOf(row: ContentRow): Content {
  return { productId: row.product_id, lotId: row.lot_id, spot: { placeId: row.place_id, ownerId: row.owner_id, plateId: row.plate_id }, onHand: quantity(row.on_hand), second: quantity(row.second_on_hand), unitIds: row.unit_ids }
}

/** A hold in force on something a movement takes. */
export interface HoldFacts {
  readonly holdId: string
  readonly subject: string
  readonly subjectId: string
  readonly reason: string
  readonly allows: readonly string[]
  readonly placedAt: Instant
}

export interface HoldSubjects {
  readonly lots: readonly LotId[]
  readonly families: readonly FamilyId[]
  readonly places: readonly PlaceId[]
  readonly plates: readonly PlateId[]
  readonly units: readonly UnitId[]
}

/** The holds in force. Read behind the gate (holds/gate.ts), so that a hold that was answered is seen by everything that commits after it. */
export async function loadHoldsInForce(tx: Tx, organizationId: OrganizationId, subjects: HoldSubjects, now: Instant): Promise<readonly HoldFacts[]> {
  const ids = [...subjects.lots, ...subjects.families, ...subjects.places, ...subjects.plates, ...subjects.units]
  const rows = await tx.rows<{ hold_id: string; subject: string; subject_id: string; reason: string; allows: string[]; placed_at: Instant }>(sql`
    select hold_id, subject, subject_id, reason, allows, placed_at from hold
    where organization_id = ${organizationId} and subject_id = any(${ids}::uuid[]) and released_at is null and (until is null or until > ${now})
    order by placed_at, hold_id`)
  return rows.map((row) => ({ holdId: row.hold_id, subject: row.subject, subjectId: row.subject_id, reason: row.reason, allows: row.allows, placedAt: row.placed_at }))
}

export interface BalanceFacts {
  readonly onHand: Quantity
  readonly allocated: Quantity
  readonly second: Quantity
  readonly lastOccurredAt: Instant | null
}

export interface Key extends Spot {
  readonly productId: ProductId
  readonly lotId: LotId
}

/**
 * Makes the rows of `incoming` that do not exist yet (zero, sorted), then locks all keys, sorted, and reads them by
 * `balanceKey`. The two statements travel together. Looking first which are missing takes no lock: in the usual case
 * nothing is inserted, at a third of what `on conflict do nothing` costs. Rows go only when their lot is merged into
 * another, which closes the gate; where that happened since the lot was looked up, all is done again.
 */
export async function lockBalances(tx: Tx, organizationId: OrganizationId, keys: ReadonlyMap<string, Key>, incoming: ReadonlyMap<string, Key>): Promise<ReadonlyMap<string, BalanceFacts>> {
  if (incoming.size > 0) {
    const [products, lots, places, owners, plates] = columnsOf(incoming)
    tx.later(sql`
      insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id)
      select ${organizationId}, k.product_id, k.lot_id, k.place_id, k.owner_id, k.plate_id
      from unnest(${products}::uuid[], ${lots}::uuid[], ${places}::uuid[], ${owners}::uuid[], ${plates}::uuid[]) as k (product_id, lot_id, place_id, owner_id, plate_id)
      where not exists (select from balance b where b.organization_id = ${organizationId} and b.product_id = k.product_id and b.lot_id = k.lot_id and b.place_id = k.place_id
                        and b.owner_id = k.owner_id and b.plate_id = k.plate_id)
      order by k.product_id, k.lot_id, k.place_id, k.owner_id, k.plate_id
      on conflict do nothing`)
  }
  const [products, lots, places, owners, plates] = columnsOf(keys)
  const rows = await tx.rows<{ product_id: ProductId; lot_id: LotId; place_id: PlaceId; owner_id: PartyId; plate_id: PlateId; on_hand: string; allocated: string; second_on_hand: string; last_occurred_at: Instant | null; merged: boolean }>(sql`
    with locked as (
      select b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id, b.on_hand, b.allocated, b.second_on_hand, b.last_occurred_at
      from balance b join unnest(${products}::uuid[], ${lots}::uuid[], ${places}::uuid[], ${owners}::uuid[], ${plates}::uuid[])
        as k (product_id, lot_id, place_id, owner_id, plate_id) using (product_id, lot_id, place_id, owner_id, plate_id)
      where b.organization_id = ${organizationId}
      order by b.product_id, b.lot_id, b.place_id, b.owner_id, b.plate_id for update of b
    )
    select *, false as merged from locked
    union all
    select product_id, lot_id, null, null, null, null, null, null, null, true from lot where organization_id = ${organizationId} and lot_id = any(${lots}::uuid[]) and merged_into is not null`)
  if (rows.some((row) => row.merged)) throw new LostRace('a lot was merged into another since it was looked up')
  return new Map(rows.map((row) => [`${row.product_id}/${row.lot_id}/${row.place_id}/${row.owner_id}/${row.plate_id}`, {
    onHand: quantity(row.on_hand), allocated: quantity(row.allocated), second: quantity(row.second_on_hand), lastOccurredAt: row.last_occurred_at,
  }]))
}

function columnsOf(keys: ReadonlyMap<string, Key>): readonly [ProductId[], LotId[], PlaceId[], PartyId[], PlateId[]] {
  const all = [...keys.values()]
  return [all.map((k) => k.productId), all.map((k) => k.lotId), all.map((k) => k.placeId), all.map((k) => k.ownerId), all.map((k) => k.plateId)]
}

/** An open promise on stock that a shipment may fulfil. */
export interface AllocationFacts {
  readonly allocationId: AllocationId
  readonly key: string
  readonly unitId: UnitId | null
  readonly open: Quantity
}

/** The open allocations of a demand, locked, oldest first. */
export async function lockAllocations(tx: Tx, organizationId: OrganizationId, demand: { type: string; number: string }): Promise<readonly AllocationFacts[]> {
  const rows = await tx.rows<{ allocation_id: AllocationId; product_id: string; lot_id: string; place_id: string; owner_id: string; plate_id: string; unit_id: UnitId | null; open_quantity: string }>(sql`
    select allocation_id, product_id, lot_id, place_id, owner_id, plate_id, unit_id, open_quantity from allocation
    where organization_id = ${organizationId} and demand_type = ${demand.type} and demand_number = ${demand.number} and closed_at is null
    order by allocation_id for update`)
  return rows.map((row) => ({ allocationId: row.allocation_id, key: `${row.product_id}/${row.lot_id}/${row.place_id}/${row.owner_id}/${row.plate_id}`, unitId: row.unit_id, open: quantity(row.open_quantity) }))
}

/** The movement that a late entry would make impossible. */
export interface Obstacle {
  readonly movementId: MovementId
  readonly kind: string
  readonly occurredAt: Instant
  readonly key: string
}

/**
 * Where a movement stands among all others: (occurred at, recorded at, id). A reversal that says "it never happened"
 * stands where the movement it reverses does.
 */
export interface Position {
  readonly occurredAt: Instant
  readonly recordedAt: Instant
  readonly neverHappened: MovementId | null
}

/**
 * Late entries: with `delta` added at `position`, does the balance of each key stay at or above zero there and from
 * there on? Counts back from what is on hand now, so only the lines after it are read. Gives the first that would fail.
 */
export async function findLateObstacle(tx: Tx, organizationId: OrganizationId, position: Position, keys: readonly { key: Key; name: string; onHand: Quantity; delta: Quantity }[]): Promise<Obstacle | undefined> {
  if (keys.length === 0) return undefined
  const column = <T>(pick: (one: (typeof keys)[number]) => T): T[] => keys.map(pick)
  const row = await tx.row<{ movement_id: MovementId; kind: string; occurred_at: Instant; name: string }>(sql`
    with wanted as (
      select * from unnest(${column((k) => k.name)}::text[], ${column((k) => k.key.productId)}::uuid[], ${column((k) => k.key.lotId)}::uuid[], ${column((k) => k.key.placeId)}::uuid[],
        ${column((k) => k.key.ownerId)}::uuid[], ${column((k) => k.key.plateId)}::uuid[], ${column((k) => numericText(k.onHand))}::numeric[], ${column((k) => numericText(k.delta))}::numeric[])
        as w (name, product_id, lot_id, place_id, owner_id, plate_id, on_hand, delta)
    ), later as (
      select w.name, w.on_hand, w.delta, l.movement_id, l.line_no, l.occurred_at, l.recorded_at,
             (case when l.to_internal and l.to_place_id = w.place_id and l.to_owner_id = w.owner_id and l.to_plate_id = w.plate_id then l.quantity else 0 end)
             - (case when l.from_internal and l.from_place_id = w.place_id and l.from_owner_id = w.owner_id and l.from_plate_id = w.plate_id then l.quantity else 0 end) as change
      from wanted w
      join lot same on same.organization_id = ${organizationId} and (same.lot_id = w.lot_id or same.merged_into = w.lot_id)
      join movement_line l on l.organization_id = ${organizationId} and l.product_id = w.product_id and l.lot_id = same.lot_id and l.occurred_at >= ${position.occurredAt}
    ), moved as (
      -- the lines of one movement are one step, and so is a movement with the reversal that says it never happened
      select l.name, l.on_hand, l.delta, case m.reversal when 'never_happened' then m.reverses else m.movement_id end as movement_id, l.occurred_at,
             min(l.recorded_at) as recorded_at, sum(l.change) as change
      from later l join movement m on m.organization_id = ${organizationId} and m.movement_id = l.movement_id
      group by 1, 2, 3, 4, 5 having sum(l.change) <> 0
    ), running as (
      select name, movement_id, occurred_at, recorded_at, delta, change,
             on_hand - coalesce(sum(change) over (partition by name order by occurred_at desc, recorded_at desc, movement_id desc rows between unbounded preceding and 1 preceding), 0) as after_it
      from moved where (occurred_at, recorded_at, movement_id) > (${position.occurredAt}::timestamptz,
        coalesce((select o.recorded_at from movement o where o.organization_id = ${organizationId} and o.movement_id = ${position.neverHappened}), ${position.recordedAt}::timestamptz),
        coalesce(${position.neverHappened}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    )
    -- before the first of them is where the entry itself stands
    select r.movement_id, m.kind, r.occurred_at, r.name from running r join movement m on m.organization_id = ${organizationId} and m.movement_id = r.movement_id
    where least(r.after_it, r.after_it - r.change) + r.delta < 0 order by r.occurred_at, r.recorded_at, r.movement_id limit 1`)
  return row && { movementId: row.movement_id, kind: row.kind, occurredAt: row.occurred_at, key: row.name }
}

/** The first movement of any of the units after the position: a late entry would cut into its way. */
export async function findLaterUnitMovement(tx: Tx, organizationId: OrganizationId, position: Position, unitIds: readonly UnitId[]): Promise<(Obstacle & { unitId: UnitId }) | undefined> {
  if (unitIds.length === 0) return undefined
  const row = await tx.row<{ movement_id: MovementId; kind: string; occurred_at: Instant; unit_id: UnitId }>(sql`
    select m.movement_id, m.kind, m.occurred_at, u.unit_id from line_unit u
    join movement m on m.organization_id = u.organization_id and m.movement_id = u.movement_id
    where u.organization_id = ${organizationId} and u.unit_id = any(${unitIds}::uuid[])
      and (m.occurred_at, m.recorded_at, m.movement_id) > (${position.occurredAt}::timestamptz,
        coalesce((select o.recorded_at from movement o where o.organization_id = ${organizationId} and o.movement_id = ${position.neverHappened}), ${position.recordedAt}::timestamptz),
        coalesce(${position.neverHappened}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) and m.movement_id is distinct from ${position.neverHappened}::uuid
      and m.reversal is distinct from 'never_happened'
      and not exists (select from movement r where r.organization_id = m.organization_id and r.reverses = m.movement_id and r.reversal = 'never_happened')
    order by m.occurred_at, m.recorded_at, m.movement_id limit 1`)
  return row && { movementId: row.movement_id, kind: row.kind, occurredAt: row.occurred_at, key: row.unit_id, unitId: row.unit_id }
}

function numericText(value: Quantity): string {
  const text = (value < 0n ? -value : value).toString().padStart(10, '0')
  return `${value < 0n ? '-' : ''}${text.slice(0, -9)}.${text.slice(-9)}`
}
