import { sql, type Tx } from '#src/db/sql.ts'
import type { AllocationId, LotId, MovementId, OrganizationId, PartyId, PlaceId, PlateId, ProductId, UnitId } from '#src/lib/id.ts'
import { formatQuantity, quantity, ZERO, type Quantity } from '#src/lib/quantity.ts'
import type { Instant } from '#src/lib/time.ts'
import type { Spot } from './movement.ts'

/** One line of a unit's way. */
export interface UnitStep {
  readonly movementId: MovementId
  readonly kind: string
  readonly occurredAt: Instant
  readonly lotId: LotId
  readonly from: Spot
  readonly to: Spot
  readonly fromInternal: boolean
  readonly toInternal: boolean
  readonly toConsignee: boolean
  /** Both ends of the jump are suppliers: they may sell a unit among themselves without telling us. */
  readonly fromSupplier: boolean
  readonly toSupplier: boolean
  readonly quantity: Quantity
  readonly second: Quantity | null
  /** It, or the movement it reverses, never happened. */
  readonly cancelled: boolean
}

/** Where a unit is and what it holds; null before its first movement. */
export interface UnitState {
  readonly spot: Spot
  readonly internal: boolean
  readonly supplier: boolean
  readonly measure: Quantity
  readonly second: Quantity | null
}

export interface Replay {
  readonly state: UnitState | null
  /** The first step that does not begin where the one before ended. */
  readonly broken: UnitStep | null
}

/**
 * A unit's state from its lines alone, by the rules of `decide`: a serial goes whole, a piece may be used in part and
 * come back in part. Steps are in the order of (occurred at, recorded at, movement, line); what never happened is left
 * out with what said so. Of several at one instant, the one that goes on from where the unit is comes first.
 */
export function replayUnit(steps: readonly UnitStep[]): Replay {
  const left = steps.filter((step) => !step.cancelled)
  let state: UnitState | null = null
  let broken: UnitStep | null = null
  while (left.length > 0) {
    const at = left[0]?.occurredAt
    let next = 0
    while (next < left.length && left[next]?.occurredAt === at && !continues(state, left[next] as UnitStep)) next += 1
    if (next === left.length || left[next]?.occurredAt !== at) next = 0
    const [step] = left.splice(next, 1) as [UnitStep]
    if (!continues(state, step)) broken ??= step
    state = after(state, step)
  }
  return { state, broken }
}

function continues(state: UnitState | null, step: UnitStep): boolean {
  if (step.fromInternal) return state !== null && sameSpot(state.spot, step.from) && state.measure >= step.quantity
  if (state === null) return true
  if (state.spot.placeId === step.from.placeId) return true
  if (step.kind === 'reverse') return sameSpot(state.spot, step.to)
  return state.supplier && step.fromSupplier
}

function after(state: UnitState | null, step: UnitStep): UnitState {
  const there = { spot: step.to, internal: step.toInternal, supplier: step.toSupplier, measure: step.quantity, second: step.second }
  if (step.fromInternal) {
    const rest = ((state?.measure ?? ZERO) - step.quantity) as Quantity
    if (state && rest > 0n) return { ...state, measure: rest, second: state.second === null ? null : ((state.second - (step.second ?? 0n)) as Quantity) }
    return { ...there, measure: step.toInternal || step.toConsignee ? step.quantity : ZERO }
  }
  const comesBack = step.kind === 'reverse' && state !== null && state.spot.placeId !== step.from.placeId && sameSpot(state.spot, step.to)
  if (!comesBack) return there
  return { ...there, measure: (state.measure + step.quantity) as Quantity, second: state.second === null ? null : ((state.second + (step.second ?? 0n)) as Quantity) }
}

function sameSpot(a: Spot, b: Spot): boolean {
  return a.placeId === b.placeId && a.ownerId === b.ownerId && a.plateId === b.plateId
}

/** A unit with its stored state and the one that its lines and its open allocation give. */
export interface ReplayedUnit {
  readonly unitId: UnitId
  readonly productId: ProductId
  readonly lotId: LotId
  readonly serial: string
  readonly stored: UnitColumns
  readonly replayed: UnitColumns
  readonly broken: UnitStep | null
  /** A lot its lines name that is not its own. */
  readonly otherLot: LotId | null
}

/** The state columns of `unit`, decimals in the database's own text. */
export interface UnitColumns {
  readonly lotId: LotId
  readonly placeId: PlaceId | null
  readonly ownerId: PartyId | null
  readonly plateId: PlateId | null
  readonly measure: Quantity
  readonly second: Quantity | null
  readonly allocationId: AllocationId | null
  readonly lastOccurredAt: Instant | null
  readonly lastMovementId: MovementId | null
}

const PAGE = 5_000

/** Every unit of the organisation (or of those named), replayed, a page at a time. */
export async function* replayedUnits(tx: Tx, organizationId: OrganizationId, only: readonly UnitId[] | null = null): AsyncGenerator<ReplayedUnit[]> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await tx.rows<UnitRow>(sql`
      select u.unit_id, u.product_id, u.lot_id, coalesce(o.merged_into, u.lot_id) as canonical_lot_id, u.serial, u.place_id, u.owner_id, u.plate_id, u.measure, u.second_measure,
             u.allocation_id, u.last_occurred_at, u.last_movement_id
      from unit u left join lot o on o.organization_id = u.organization_id and o.lot_id = u.lot_id
      where u.organization_id = ${organizationId} and u.unit_id > ${after} and (${only}::uuid[] is null or u.unit_id = any(${only}::uuid[]))
      order by u.unit_id limit ${PAGE}`)
    const last = rows.at(-1)
    if (!last) return
    after = last.unit_id
    const ids = rows.map((row) => row.unit_id)
    const steps = await loadSteps(tx, organizationId, ids)
    const promised = await loadPromised(tx, organizationId, ids)
    yield rows.map((row) => replayRow(row, steps.get(row.unit_id) ?? [], promised.get(row.unit_id) ?? null))
    if (rows.length < PAGE) return
  }
}

interface UnitRow {
  unit_id: UnitId; product_id: ProductId; lot_id: LotId; canonical_lot_id: LotId; serial: string; place_id: PlaceId | null; owner_id: PartyId | null; plate_id: PlateId | null; measure: string
  second_measure: string | null; allocation_id: AllocationId | null; last_occurred_at: Instant | null; last_movement_id: MovementId | null
}

function replayRow(row: UnitRow, steps: readonly UnitStep[], promised: AllocationId | null): ReplayedUnit {
  const { state, broken } = replayUnit(steps)
  return {
    unitId: row.unit_id, productId: row.product_id, lotId: row.canonical_lot_id, serial: row.serial, broken,
    otherLot: steps.find((step) => step.lotId !== row.canonical_lot_id)?.lotId ?? null,
    stored: {
      lotId: row.lot_id, placeId: row.place_id, ownerId: row.owner_id, plateId: row.plate_id, measure: quantity(row.measure), second: row.second_measure === null ? null : quantity(row.second_measure),
      allocationId: row.allocation_id, lastOccurredAt: row.last_occurred_at, lastMovementId: row.last_movement_id,
    },
    replayed: {
      lotId: row.canonical_lot_id, placeId: state?.spot.placeId ?? null, ownerId: state?.spot.ownerId ?? null, plateId: state?.spot.plateId ?? null, measure: state?.measure ?? ZERO, second: state?.second ?? null,
      allocationId: promised,
      // of all its lines, also those that never happened: what is not older needs no look at history
      lastOccurredAt: steps.at(-1)?.occurredAt ?? null,
      lastMovementId: steps.reduce<MovementId | null>((greatest, step) => (greatest === null || step.movementId > greatest ? step.movementId : greatest), null),
    },
  }
}

async function loadPromised(tx: Tx, organizationId: OrganizationId, unitIds: readonly UnitId[]): Promise<Map<UnitId, AllocationId>> {
  const rows = await tx.rows<{ unit_id: UnitId; allocation_id: AllocationId }>(sql`
    select unit_id, allocation_id from allocation where organization_id = ${organizationId} and closed_at is null and unit_id = any(${unitIds}::uuid[]) order by allocation_id desc`)
  return new Map(rows.map((row) => [row.unit_id, row.allocation_id]))
}

async function loadSteps(tx: Tx, organizationId: OrganizationId, unitIds: readonly UnitId[]): Promise<Map<UnitId, UnitStep[]>> {
  const rows = await tx.rows<StepRow>(sql`
    select s.unit_id, s.movement_id, m.kind, m.occurred_at, coalesce(o.merged_into, l.lot_id) as lot_id, l.from_place_id, l.from_owner_id, l.from_plate_id, l.to_place_id, l.to_owner_id, l.to_plate_id,
           l.from_internal, l.to_internal, l.consignee_place_id = l.to_place_id as to_consignee, f.kind = 'supplier' as from_supplier, t.kind = 'supplier' as to_supplier, s.quantity, s.second_quantity,
           m.reversal is not distinct from 'never_happened' or r.movement_id is not null as cancelled
    from line_unit s
    join movement_line l on l.organization_id = s.organization_id and l.movement_id = s.movement_id and l.line_no = s.line_no
    join movement m on m.organization_id = s.organization_id and m.movement_id = s.movement_id
    left join movement r on r.organization_id = m.organization_id and r.reverses = m.movement_id and r.reversal = 'never_happened'
    left join lot o on o.organization_id = l.organization_id and o.lot_id = l.lot_id
    left join place f on f.organization_id = l.organization_id and f.place_id = l.from_place_id
    left join place t on t.organization_id = l.organization_id and t.place_id = l.to_place_id
    where s.organization_id = ${organizationId} and s.unit_id = any(${unitIds}::uuid[])
    order by s.unit_id, m.occurred_at, m.recorded_at, s.movement_id, s.line_no`)
  const steps = new Map<UnitId, UnitStep[]>()
  for (const row of rows) {
    const step: UnitStep = {
      movementId: row.movement_id, kind: row.kind, occurredAt: row.occurred_at, lotId: row.lot_id, quantity: quantity(row.quantity), second: row.second_quantity === null ? null : quantity(row.second_quantity),
      from: { placeId: row.from_place_id, ownerId: row.from_owner_id, plateId: row.from_plate_id }, to: { placeId: row.to_place_id, ownerId: row.to_owner_id, plateId: row.to_plate_id },
      fromInternal: row.from_internal, toInternal: row.to_internal, toConsignee: row.to_consignee === true, fromSupplier: row.from_supplier === true, toSupplier: row.to_supplier === true, cancelled: row.cancelled,
    }
    const list = steps.get(row.unit_id)
    if (list) list.push(step)
    else steps.set(row.unit_id, [step])
  }
  return steps
}

interface StepRow {
  unit_id: UnitId; movement_id: MovementId; kind: string; occurred_at: Instant; lot_id: LotId; from_place_id: PlaceId; from_owner_id: PartyId; from_plate_id: PlateId; to_place_id: PlaceId
  to_owner_id: PartyId; to_plate_id: PlateId; from_internal: boolean; to_internal: boolean; to_consignee: boolean | null; from_supplier: boolean | null; to_supplier: boolean | null
  quantity: string; second_quantity: string | null; cancelled: boolean
}

/** Puts units where their lines say they are: for what a movement left as if it had never happened. */
export async function restoreUnits(tx: Tx, organizationId: OrganizationId, unitIds: readonly UnitId[]): Promise<void> {
  for await (const page of replayedUnits(tx, organizationId, unitIds)) await writeUnitStates(tx, organizationId, page)
}

/** Writes replayed states over the stored ones; gives how many units it wrote. */
export function writeUnitStates(tx: Tx, organizationId: OrganizationId, units: readonly ReplayedUnit[]): Promise<number> {
  const column = <T>(pick: (state: ReplayedUnit['replayed']) => T): T[] => units.map((unit) => pick(unit.replayed))
  return tx.run(sql`
    update unit u set lot_id = s.lot_id, place_id = s.place_id, owner_id = s.owner_id, plate_id = s.plate_id, measure = s.measure, second_measure = s.second,
                      allocation_id = s.allocation_id, last_occurred_at = s.last_occurred_at, last_movement_id = s.last_movement_id
    from unnest(${units.map((unit) => unit.unitId)}::uuid[], ${column((s) => s.lotId)}::uuid[], ${column((s) => s.placeId)}::uuid[], ${column((s) => s.ownerId)}::uuid[], ${column((s) => s.plateId)}::uuid[],
                ${column((s) => formatQuantity(s.measure))}::numeric[], ${column((s) => (s.second === null ? null : formatQuantity(s.second)))}::numeric[], ${column((s) => s.allocationId)}::uuid[],
                ${column((s) => s.lastOccurredAt)}::timestamptz[], ${column((s) => s.lastMovementId)}::uuid[])
         as s (unit_id, lot_id, place_id, owner_id, plate_id, measure, second, allocation_id, last_occurred_at, last_movement_id)
    where u.organization_id = ${organizationId} and u.unit_id = s.unit_id`)
}
