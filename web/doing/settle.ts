import { fold } from '#src/lib/fold.ts'
import { formatQuantity, parseQuantity, units, ZERO, type Quantity } from '#src/lib/quantity.ts'
import { readDecimal, toBase, typeDecimal, uomsOf, type Uom } from '../parts/uoms.ts'
import type { Draft, Kind, Line, SerialEntry } from './draft.ts'
import { unitKey, type Facts, type Lot, type NamedUnit, type Product, type Spot } from './facts.ts'
import { flowOf, type Flow } from './flow.ts'

/** What is wrong with one number of a list, or what it is. */
export type SerialState = 'checking' | 'new' | 'here' | 'twice' | 'unknown' | 'nearly' | 'in_stock' | 'not_here' | 'elsewhere' | 'with_customer' | 'measure'

export interface Serial extends SerialEntry {
  readonly state: SerialState
  /** Where it stands first, from 0, where it is there twice. */
  readonly first: number | null
  readonly unit: NamedUnit | null
}

/** A line with what follows from what was said: where the goods are if there is only one place, all of them if they are moved, quantities in base units. */
export interface Settled extends Line {
  readonly flow: Flow
  readonly at: number
  readonly productFacts: Product | undefined
  readonly lotFacts: Lot | undefined
  readonly byLot: boolean
  readonly bySerial: boolean
  readonly uoms: readonly Uom[]
  /** Where the goods of its product and lot are; undefined while that is being read, or where nothing is taken. */
  readonly spots: readonly Spot[] | undefined
  /** What it is taken from; null where the book knows of nothing there. */
  readonly spot: Spot | null
  /** What it is taken from is mixed: no lot can be taken alone. */
  readonly mixed: boolean
  readonly numbers: readonly Serial[]
  /** How much, in base units; of serials their number or measures. undefined: that is not said, or no number. */
  readonly base: Quantity | undefined
  /** The whole of what is there is meant, since nobody said how much. */
  readonly isAll: boolean
}

/** Serials that stop a posting; the others are as they should be, or are being looked up. */
export const stops: readonly SerialState[] = ['twice', 'unknown', 'in_stock', 'not_here', 'with_customer', 'measure']

/** Every line of a form with what follows from it. */
export function settle(kind: Kind, draft: Draft, facts: Facts): readonly Settled[] {
  const seen = new Map<string, number>()
  return draft.lines.map((line, at) => settleLine(kind, draft, line, at, facts, seen))
}

function settleLine(kind: Kind, draft: Draft, given: Line, at: number, facts: Facts, seen: Map<string, number>): Settled {
  const product = given.product === null ? undefined : facts.products.get(given.product)
  // units are counted one by one, and a weight beside a number cannot be told from a difference
  const line: Line = given.direction === 'count' && (product?.tracking.includes('serial') === true || product?.measured === true || (product?.secondUom ?? null) !== null) ? { ...given, direction: 'down' } : given
  const flow = flowOf(kind, line)
  const lot = line.lot !== null && 'id' in line.lot ? facts.lots.get(line.lot.id) : undefined
  const tracking = product?.tracking ?? 'none'
  const bySerial = tracking === 'serial' || tracking === 'lot_and_serial' || product?.measured === true
  const uoms = product === undefined ? [] : uomsOf(product)
  const key = line.lot === null ? line.product : 'id' in line.lot ? line.lot.id : null
  const known = key === null ? undefined : facts.spots.get(key)
  const spots = kind === 'unpack' && draft.plate !== null ? known?.filter(({ plateId }) => plateId === draft.plate) : known
  const there = flow.takes && !bySerial && product !== undefined ? spotsAt(line, spots, tracking.includes('lot'), facts) : []
  const spot = pickSpot(line, there, facts)
  const from = line.from ?? (flow.takes && kind !== 'adjust' ? (onePlace(there) ?? null) : null)
  const mixed = flow.takes && kind !== 'adjust' && from !== null && line.lot === null && facts.places.get(from)?.commingled === true
  const numbers = settleSerials(kind, flow, line, product, facts, seen)
  const placeOfUnits = bySerial && flow.takes ? placeOf(numbers) : null
  const counted = kind === 'adjust' && line.direction === 'count'
  const uom = uoms.find(({ id }) => id === line.uom) ?? uoms[0]
  const entered = bySerial || uom === undefined ? undefined : counted && line.quantity.trim() === '0' ? ZERO : toBase(line.quantity, uom, facts.mark)
  const isAll = kind === 'move' && !bySerial && line.quantity.trim() === '' && spot !== null && spot.free > 0n
  return {
    ...line, flow, at, productFacts: product, lotFacts: lot, byLot: tracking.includes('lot'), bySerial, uoms, spots: flow.takes ? spots : undefined, spot, mixed, numbers, isAll,
    from: from ?? placeOfUnits, to: line.to ?? (kind === 'return' && flow.puts ? (facts.quarantine ?? null) : null),
    plate: line.plate === '' ? null : (line.plate ?? (flow.takes ? (spot?.plateId ?? null) : null)), owner: line.owner ?? (flow.takes && spot !== null && spot.ownerId !== facts.own ? spot.ownerId : null),
    base: bySerial ? sumOf(numbers, product, facts) : isAll ? spot?.free : entered,
  }
}

/** What of it is there to be taken: of the place that was said, or everywhere; of what is loose before what is on plates. */
function spotsAt(line: Line, spots: readonly Spot[] | undefined, byLot: boolean, facts: Facts): readonly Spot[] {
  // without its lot goods are taken from mixtures only
  const possible = (spots ?? []).filter(({ placeId, lot }) => line.lot !== null || !byLot || lot === null || facts.places.get(placeId)?.commingled === true)
  return possible.filter(({ placeId, plateId, ownerId }) => (line.from === null || placeId === line.from) && (line.plate === null || plateId === (line.plate === '' ? null : line.plate)) && (line.owner === null || ownerId === line.owner))
}

function pickSpot(line: Line, there: readonly Spot[], facts: Facts): Spot | null {
  const [first] = there
  if (first === undefined || onePlace(there) === undefined) return null
  const mixture = there.filter(({ plateId, ownerId }) => plateId === null && ownerId === first.ownerId)
  if (line.lot === null && mixture.length > 1) return { ...first, lotId: '', lot: null, onHand: sum(mixture, 'onHand'), free: sum(mixture, 'free') }
  const own = there.filter(({ ownerId }) => ownerId === facts.own)
  const ours = own.length > 0 ? own : there
  return ours.find(({ plateId }) => plateId === null) ?? (ours.length === 1 ? (ours[0] ?? null) : null)
}

function sum(spots: readonly Spot[], of: 'onHand' | 'free'): Quantity {
  return spots.reduce((all, spot) => (all + spot[of]) as Quantity, ZERO)
}

function onePlace(spots: readonly Spot[]): string | undefined {
  const [first] = spots
  return first !== undefined && spots.every(({ placeId }) => placeId === first.placeId) ? first.placeId : undefined
}

/** The place of all units of a line, where it is one. */
function placeOf(numbers: readonly Serial[]): string | null {
  const [first] = numbers
  const place = first?.unit?.place?.placeId
  return place !== undefined && first?.unit?.place?.internal === true && numbers.every(({ unit }) => unit?.place?.placeId === place) ? place : null
}

function settleSerials(kind: Kind, flow: Flow, line: Line, product: Product | undefined, facts: Facts, seen: Map<string, number>): readonly Serial[] {
  return line.serials.map((entry, at): Serial => {
    const name = unitKey(line.product ?? '', entry.serial)
    // what is used and made in one run is there twice by right
    const place = `${line.role ?? ''}/${name}`
    const first = seen.get(place)
    if (first !== undefined) return { ...entry, state: 'twice', first, unit: null }
    seen.set(place, at)
    const found = line.product === null ? undefined : facts.units.get(name)
    const unit = found?.find(({ serial }) => serial === entry.serial) ?? null
    return { ...entry, state: stateOf(kind, flow, line, entry, unit, found, product, facts), first: null, unit }
  })
}

function stateOf(kind: Kind, flow: Flow, line: Line, entry: SerialEntry, unit: NamedUnit | null, found: readonly NamedUnit[] | undefined, product: Product | undefined, facts: Facts): SerialState {
  if (found === undefined) return 'checking'
  const isHere = unit?.place?.internal === true
  if (flow.takes && kind !== 'adjust' || kind === 'adjust' && line.direction === 'down') {
    if (unit === null) return found.some(({ serial }) => fold(serial) === fold(entry.serial)) ? 'nearly' : 'unknown'
    if (!isHere) return 'not_here'
    return line.from !== null && unit.place?.placeId !== line.from ? 'elsewhere' : 'here'
  }
  if (kind === 'return') return unit === null ? (found.length > 0 ? 'nearly' : 'unknown') : isHere ? 'in_stock' : 'here'
  if (isHere && kind !== 'run') return 'in_stock'
  if (unit !== null && kind === 'receive' && unit.place !== null && !isHere && unit.place.code !== '' && unit.measure !== '0') return 'with_customer'
  if (product?.measured === true && measureOf(entry, facts) <= 0n) return 'measure'
  return unit === null ? 'new' : 'here'
}

function sumOf(numbers: readonly Serial[], product: Product | undefined, facts: Facts): Quantity | undefined {
  if (numbers.length === 0) return undefined
  const parts = numbers.map(({ quantity, unit }) => {
    if (product?.measured !== true) return units(1)
    return quantity.trim() === '' ? (parseQuantity(unit?.measure ?? '') ?? ZERO) : measureOf({ quantity }, facts)
  })
  return parts.reduce((sum, part) => (sum + part) as Quantity, ZERO)
}

function measureOf({ quantity }: Pick<SerialEntry, 'quantity'>, { mark }: Facts): Quantity {
  return parseQuantity(readDecimal(quantity, mark) ?? '') ?? ZERO
}

/** What the book says is there now of what is counted. */
export function booked({ spot }: Pick<Settled, 'spot'>): Quantity {
  return spot?.onHand ?? ZERO
}

/** How much is left where goods are taken from once all lines of the form are posted; undefined where that is not known. */
export function leftOf(line: Settled, all: readonly Settled[]): Quantity | undefined {
  const { spot } = line
  if (spot === null || line.bySerial || line.mixed || !line.flow.takes) return undefined
  const taken = all.filter((other) => other.flow.takes && other.spot !== null && sameSpot(other.spot, spot)).reduce((sum, { base }) => sum + (base ?? 0n), 0n)
  return (spot.onHand - taken) as Quantity
}

function sameSpot(a: Spot, b: Spot): boolean {
  return a.lotId === b.lotId && a.placeId === b.placeId && a.plateId === b.plateId && a.ownerId === b.ownerId
}

/** All there is to be taken there, as one types it. */
export function allThere(line: Settled, facts: Facts): string {
  return line.spot === null ? '' : typeDecimal(formatQuantity(line.spot.free), facts.mark)
}
