import type { AllocationId, FamilyId, LotId, PlaceId, UnitId } from '#src/lib/id.ts'
import { LOOSE } from '#src/lib/id.ts'
import { formatQuantity, ZERO, type Quantity } from '#src/lib/quantity.ts'
import { isRefusal, refusal, type Json, type Refusal } from '#src/lib/refusal.ts'
import { businessDate, millisecondsBetween, type Instant, type PlainDate } from '#src/lib/time.ts'
import type { AllocationFacts, BalanceFacts, HoldFacts, HoldSubjects, Key, Masters, UnitFacts } from './facts.ts'
import { kindRules, type MovementKind } from './movement-kinds.ts'
import { balanceKey, type Line, type LineUnit, type Movement, type Spot } from './movement.ts'
import { lotDate } from './shape.ts'

/** A clock may run ahead of ours by this much. */
const FUTURE_TOLERANCE_MS = 5 * 60 * 1000

/** When it happened, judged: not in the future, not in a closed period. Gives the business date. */
export function decideWhen(masters: Masters, lines: readonly Line[], occurredAt: Instant, recordedAt: Instant): PlainDate | Refusal {
  if (millisecondsBetween(recordedAt, occurredAt) > FUTURE_TOLERANCE_MS) return refusal('occurred_in_future', { occurredAt, now: recordedAt })
  const inside = lines.map((line) => masters.places.get(line.fromInternal ? line.from.placeId : line.to.placeId)).find((place) => place?.internal)
  const date = businessDate(occurredAt, inside?.timeZone ?? 'UTC')
  if (masters.closedThrough !== null && date <= masters.closedThrough) return refusal('period_closed', { date, closedThrough: masters.closedThrough })
  return date
}

/** What a broken invariant froze takes no movement until a person resumes it. */
export function decideFrozen(masters: Masters, lines: readonly Line[]): Refusal | undefined {
  for (const line of lines) {
    const frozen = masters.frozen.find((one) => one.productId === line.productId && (one.lotId === null || one.lotId === line.lotId))
    if (frozen) return refusal('stock_frozen', { product: masters.products.get(line.productId)?.sku ?? line.productId, invariant: frozen.invariant })
  }
  return undefined
}

/** Everything a hold on would stop these lines: their lots, families, units, plates, and the places they leave with all above them. */
export function holdSubjects(masters: Masters, lines: readonly Line[]): HoldSubjects {
  const lots = new Set<LotId>()
  const families = new Set<FamilyId>()
  const places = new Set<PlaceId>()
  const plates = new Set<Spot['plateId']>()
  const units = new Set<UnitId>()
  for (const line of lines.filter((one) => one.fromInternal)) {
    lots.add(line.lotId)
    const family = masters.lots.get(line.lotId)?.familyId
    if (family) families.add(family)
    for (const place of masters.places.get(line.from.placeId)?.path ?? []) places.add(place)
    if (line.from.plateId !== LOOSE) plates.add(line.from.plateId)
    for (const unit of line.units ?? []) units.add(unit.unitId)
  }
  return { lots: [...lots].sort(), families: [...families].sort(), places: [...places].sort(), plates: [...plates].sort(), units: [...units].sort() }
}

/** A hold placed after a fact does not undo the fact: it is accepted, and a person is told. */
export interface LateHold {
  readonly exception: 'held_since'
  readonly subject: string
  readonly subjectId: string
  readonly data: { readonly [name: string]: Json }
}

/** Held goods are not used, unless the hold allows this kind or was placed after it happened; `occurredAt` null: it happens now, after every hold. */
export function decideHolds(kind: MovementKind, occurredAt: Instant | null, holds: readonly HoldFacts[], nameOf: (hold: HoldFacts) => string): readonly LateHold[] | Refusal {
  const late: LateHold[] = []
  for (const hold of holds) {
    if (hold.allows.includes(kind)) continue
    if (occurredAt === null || Date.parse(hold.placedAt) <= Date.parse(occurredAt)) {
      return refusal('on_hold', { subject: hold.subject, which: nameOf(hold), reason: hold.reason, hold: hold.holdId, kind })
    }
    late.push({ exception: 'held_since', subject: hold.subject, subjectId: hold.subjectId, data: { hold: hold.holdId, reason: hold.reason, kind, occurredAt } })
  }
  return late
}

/** Past its date, where the product's rule is that this blocks, a lot is neither used nor shipped. */
export function decideDates(masters: Masters, lines: readonly Line[], date: PlainDate): Refusal | undefined {
  for (const line of lines) {
    const product = masters.products.get(line.productId)
    const lot = masters.lots.get(line.lotId)
    if (!line.fromInternal || !product?.blocksAfterDate || !lot) continue
    const last = lotDate(product, lot)
    if (last !== null && last < date) return refusal('lot_past_date', { lot: lot.code ?? lot.id, product: product.sku, kind: product.dateKind, date: last, today: date })
  }
  return undefined
}

/** The state of a unit after the movement. */
export interface UnitAfter {
  readonly unitId: UnitId
  readonly spot: Spot
  readonly measure: Quantity
  readonly second: Quantity | null
}

/** Each unit is where the line takes it from, and is in exactly one place afterwards. */
export function decideUnits(kind: MovementKind | 'reverse', lines: readonly Line[], masters: Masters, units: ReadonlyMap<UnitId, UnitFacts>, demandAllocations: ReadonlySet<AllocationId>): readonly UnitAfter[] | Refusal {
  const after = new Map<UnitId, UnitAfter & { internal: boolean }>()
  for (const line of lines) {
    for (const part of line.units ?? []) {
      const unit = units.get(part.unitId)
      if (!unit) return refusal('unit_unknown', { serials: part.unitId, count: 1, at: '' })
      const before = after.get(part.unitId)
      const moved = before ? moveAgain(unit, before, line, part) : moveFirst(kind, unit, line, part, masters, demandAllocations)
      if (isRefusal(moved)) return moved
      after.set(part.unitId, moved)
    }
  }
  return [...after.values()]
}

function moveFirst(kind: MovementKind | 'reverse', unit: UnitFacts, line: Line, part: LineUnit, masters: Masters, demandAllocations: ReadonlySet<AllocationId>): (UnitAfter & { internal: boolean }) | Refusal {
  const where = unit.spot && masters.places.get(unit.spot.placeId)
  const elsewhere = (): Refusal => refusal('unit_elsewhere', { serial: unit.serial, place: where?.code ?? unit.spot?.placeId ?? 'nowhere yet', asked: masters.places.get(line.from.placeId)?.code ?? line.from.placeId })
  if (line.fromInternal) {
    if (!unit.spot || !sameSpot(unit.spot, line.from) || unit.measure === ZERO) return elsewhere()
    if (part.quantity > unit.measure) return refusal('piece_too_short', { serial: unit.serial, measure: formatQuantity(unit.measure), asked: formatQuantity(part.quantity), at: `lines.${line.lineNo - 1}` })
    if (unit.allocationId !== null && !demandAllocations.has(unit.allocationId)) {
      return refusal('unit_allocated', { serial: unit.serial, allocation: unit.allocationId })
    }
    return leave(unit, line, part)
  }
  if (unit.spot === null) return arrive(unit, line, part)
  if (kind === 'reverse') {
    if (unit.spot.placeId === line.from.placeId) return arrive(unit, line, part)
    // what was used of a piece comes back to the rest of it
    return sameSpot(unit.spot, line.to) ? comeBack(unit, line, part) : elsewhere()
  }
  if (kind === 'receive' && unit.placeKind === 'supplier') return arrive(unit, line, part)
  switch (unit.placeKind) {
    case 'supplier': case 'process': case 'count': case 'loss': case 'ship_to':
      if (unit.spot.placeId === line.from.placeId) return arrive(unit, line, part)
      return unit.placeKind === 'ship_to' ? refusal('unit_with_customer', { serial: unit.serial, place: where?.code ?? unit.spot.placeId }) : elsewhere()
    case 'sampled': case 'destroyed': case null:
      return elsewhere()
    default:
      return refusal('unit_already_in_stock', { serial: unit.serial, place: where?.code ?? unit.spot.placeId })
  }
}

/** A unit that goes in and comes out of the same run (rework); anything else is naming it twice. */
function moveAgain(unit: UnitFacts, before: UnitAfter & { internal: boolean }, line: Line, part: LineUnit): (UnitAfter & { internal: boolean }) | Refusal {
  if (before.internal || line.fromInternal || before.spot.placeId !== line.from.placeId) return refusal('unit_twice', { serial: unit.serial, at: `lines.${line.lineNo - 1}` })
  return arrive(unit, line, part)
}

function arrive(unit: UnitFacts, line: Line, part: LineUnit): UnitAfter & { internal: boolean } {
  return { unitId: unit.unitId, spot: line.to, measure: part.quantity, second: part.second, internal: line.toInternal }
}

function comeBack(unit: UnitFacts, line: Line, part: LineUnit): UnitAfter & { internal: boolean } {
  const second = unit.second === null ? null : ((unit.second + (part.second ?? 0n)) as Quantity)
  return { ...arrive(unit, line, part), measure: (unit.measure + part.quantity) as Quantity, second }
}

/** A whole unit goes; of a piece that is used in part, the rest stays where it is. */
function leave(unit: UnitFacts, line: Line, part: LineUnit): UnitAfter & { internal: boolean } {
  const rest = (unit.measure - part.quantity) as Quantity
  if (rest > 0n) return { unitId: unit.unitId, spot: line.from, measure: rest, second: unit.second === null ? null : ((unit.second - (part.second ?? 0n)) as Quantity), internal: true }
  return { unitId: unit.unitId, spot: line.to, measure: line.toInternal || line.consigneePlaceId ? part.quantity : ZERO, second: part.second, internal: line.toInternal }
}

function sameSpot(a: Spot, b: Spot): boolean {
  return a.placeId === b.placeId && a.ownerId === b.ownerId && a.plateId === b.plateId
}

/** What happens to one balance row. */
export interface Delta {
  readonly key: Key
  readonly name: string
  readonly quantity: Quantity
  readonly second: Quantity
}

/** Net change per balance key: the same key twice in one request is capped by the sum. */
export function netDeltas(lines: readonly Line[]): ReadonlyMap<string, Delta> {
  const deltas = new Map<string, Delta>()
  const change = (line: Line, spot: Spot, sign: 1n | -1n): void => {
    const name = balanceKey(line, spot)
    const before = deltas.get(name)
    deltas.set(name, {
      key: { productId: line.productId, lotId: line.lotId, ...spot }, name,
      quantity: ((before?.quantity ?? 0n) + sign * line.quantity) as Quantity,
      second: ((before?.second ?? 0n) + sign * (line.second ?? 0n)) as Quantity,
    })
  }
  for (const line of lines) {
    if (line.fromInternal) change(line, line.from, -1n)
    if (line.toInternal) change(line, line.to, 1n)
  }
  return deltas
}

/** What is taken from an allocation by the shipment it was for. */
export interface Fulfilment {
  readonly allocationId: AllocationId
  readonly key: string
  readonly quantity: Quantity
  readonly closes: boolean
}

/** The demand's own allocations are fulfilled first, oldest first; units by their own. */
export function fulfil(lines: readonly Line[], allocations: readonly AllocationFacts[]): readonly Fulfilment[] {
  const open = new Map(allocations.map((one) => [one.allocationId, one.open]))
  const taken = new Map<AllocationId, bigint>()
  const take = (allocation: AllocationFacts, wanted: bigint): bigint => {
    const left = open.get(allocation.allocationId) ?? 0n
    const amount = left < wanted ? left : wanted
    if (amount > 0n) {
      open.set(allocation.allocationId, (left - amount) as Quantity)
      taken.set(allocation.allocationId, (taken.get(allocation.allocationId) ?? 0n) + amount)
    }
    return amount
  }
  for (const line of lines) {
    const key = balanceKey(line, line.from)
    let wanted: bigint = line.quantity
    const unitIds = new Set(line.units?.map((unit) => unit.unitId))
    for (const allocation of allocations.filter((one) => one.key === key && one.unitId !== null && unitIds.has(one.unitId))) wanted -= take(allocation, wanted)
    for (const allocation of allocations.filter((one) => one.key === key && one.unitId === null)) wanted -= take(allocation, wanted)
  }
  return allocations.flatMap((one) => {
    const amount = taken.get(one.allocationId)
    return amount === undefined ? [] : [{ allocationId: one.allocationId, key: one.key, quantity: amount as Quantity, closes: amount === one.open }]
  })
}

/** Every balance stays at or above what is promised of it. */
export function decideBalances(deltas: ReadonlyMap<string, Delta>, balances: ReadonlyMap<string, BalanceFacts>, fulfilled: readonly Fulfilment[], masters: Masters): Refusal | undefined {
  for (const delta of deltas.values()) {
    const balance = balances.get(delta.name) ?? { onHand: ZERO, allocated: ZERO, second: ZERO, lastOccurredAt: null }
    const after = balance.onHand + delta.quantity
    const freed = fulfilled.filter((one) => one.key === delta.name).reduce((sum, one) => sum + one.quantity, 0n)
    const stillAllocated = balance.allocated - freed
    if (after >= stillAllocated && after >= 0n && balance.second + delta.second >= 0n) continue
    const product = masters.products.get(delta.key.productId)
    const data = {
      product: product?.sku ?? delta.key.productId, lot: masters.lots.get(delta.key.lotId)?.code ?? 'no lot', lotId: delta.key.lotId, place: masters.places.get(delta.key.placeId)?.code ?? delta.key.placeId,
      asked: formatQuantity(-delta.quantity as Quantity), onHand: formatQuantity(balance.onHand), allocated: formatQuantity(balance.allocated),
      available: formatQuantity((balance.onHand - stillAllocated) as Quantity), uom: product?.baseUom ?? '',
    }
    if (after < 0n) return refusal('stock_insufficient', data)
    if (after < stillAllocated) return refusal('stock_allocated', data)
    return refusal('second_quantity_insufficient', { ...data, onHand: formatQuantity(balance.second), asked: formatQuantity(-delta.second as Quantity), uom: product?.secondUom ?? '' })
  }
  return undefined
}

/**
 * Catch weight: where a lot is counted and weighed and the weight of what leaves was not stated, all of it takes all
 * the weight; less than all needs weighing.
 */
export function completeSecond(lines: readonly Line[], balances: ReadonlyMap<string, BalanceFacts>, masters: Masters): readonly Line[] | Refusal {
  const completed: Line[] = []
  for (const line of lines) {
    const product = masters.products.get(line.productId)
    const balance = balances.get(balanceKey(line, line.from))
    if (!product?.secondUom || line.second !== null || !line.fromInternal || !balance || balance.second === 0n || line.units) {
      completed.push(line)
      continue
    }
    if (line.quantity !== balance.onHand) return refusal('second_quantity_missing', { product: product.sku, uom: product.secondUom, place: masters.places.get(line.from.placeId)?.code ?? '' })
    completed.push({ ...line, second: balance.second })
  }
  return completed
}

/** Keys whose history is not older than the movement: they need the late check. */
export function lateKeys(deltas: ReadonlyMap<string, Delta>, balances: ReadonlyMap<string, BalanceFacts>, occurredAt: Instant): { key: Key; name: string; onHand: Quantity; delta: Quantity }[] {
  const at = Date.parse(occurredAt)
  return [...deltas.values()].flatMap((delta) => {
    const balance = balances.get(delta.name)
    if (delta.quantity >= 0n || !balance?.lastOccurredAt || Date.parse(balance.lastOccurredAt) < at) return []
    return [{ key: delta.key, name: delta.name, onHand: balance.onHand, delta: delta.quantity }]
  })
}

/** Does this kind of movement use the goods it takes? */
export function usesGoods(movement: Pick<Movement, 'kind'>): boolean {
  return movement.kind !== 'reverse' && kindRules[movement.kind].usesGoods
}
