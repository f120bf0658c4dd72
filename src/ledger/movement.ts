import type { LotId, MovementId, OrganizationId, PartyId, PlaceId, PlateId, ProductId, UnitId } from '#src/lib/id.ts'
import type { Json } from '#src/lib/refusal.ts'
import type { Quantity } from '#src/lib/quantity.ts'
import type { Instant, PlainDate } from '#src/lib/time.ts'
import type { MovementKind, RunKind } from './movement-kinds.ts'

/** Where goods are, whose they are, and on what plate (LOOSE: none). */
export interface Spot {
  readonly placeId: PlaceId
  readonly ownerId: PartyId
  readonly plateId: PlateId
}

/** One unit of a line and how much of it moves: 1 of a serial, of a piece its measure or a part of it. */
export interface LineUnit {
  readonly unitId: UnitId
  readonly quantity: Quantity
  readonly second: Quantity | null
}

export interface Cost {
  readonly unitCost: string
  readonly currency: string | null
  readonly rate: string | null
}

/** What an output took of an input line of the same movement. */
export interface Use {
  readonly inputLine: number
  readonly quantity: Quantity
}

/** One line as it is posted; quantities in the product's base unit of measure. */
export interface Line {
  readonly lineNo: number
  readonly role: 'input' | 'output' | null
  readonly productId: ProductId
  readonly lotId: LotId
  readonly units: readonly LineUnit[] | null
  readonly from: Spot
  readonly to: Spot
  readonly fromInternal: boolean
  readonly toInternal: boolean
  readonly consigneePlaceId: PlaceId | null
  readonly quantity: Quantity
  readonly second: Quantity | null
  readonly enteredQuantity: string
  readonly enteredUom: string
  readonly cost: Cost | null
  readonly fromMixture: boolean
  readonly uses: readonly Use[] | null
}

export interface Reference {
  readonly type: string
  readonly number: string
  readonly issuerId: PartyId | null
}

export interface Header {
  readonly kind: MovementKind | 'reverse'
  readonly occurredAt: Instant
  readonly reason: string | null
  readonly note: string | null
  readonly device: string | null
  readonly deviceTime: Instant | null
  readonly references: readonly Reference[]
  readonly runKind: RunKind | null
  readonly runId: MovementId | null
  readonly reverses: MovementId | null
  readonly reversal: 'never_happened' | 'undone' | null
}

/** A decided movement: what `post` writes. */
export interface Movement extends Header {
  readonly businessDate: PlainDate
  readonly lines: readonly Line[]
}

/** A unit as it was named: part of a piece, or all of it (null). */
export interface DraftUnit {
  readonly unitId: UnitId
  readonly quantity: string | null
  readonly second: string | null
}

/** A line as it was asked for, with every reference turned into an id and nothing else looked up yet. */
export interface DraftLine {
  /** Where it stands in the request (`lines.3`), for refusals. */
  readonly at: string
  readonly role: 'input' | 'output' | null
  readonly productId: ProductId
  /** null: not named; the unit's lot, the mixture's lots, or the product's hidden lot. */
  readonly lotId: LotId | null
  readonly units: readonly DraftUnit[] | null
  readonly from: Spot
  readonly to: Spot
  /** The owner was not named: a unit's own owner is meant. */
  readonly ownerOpen: boolean
  /** The plate was not named: a unit's own plate is meant. */
  readonly plateOpen: boolean
  readonly quantity: string | null
  readonly uom: string | null
  /** Base units in one package where a case code was scanned. */
  readonly packQuantity: Quantity
  readonly second: string | null
  readonly cost: Cost | null
  readonly uses: readonly { readonly input: number; readonly quantity: string | null }[] | null
}

export interface Draft extends Omit<Header, 'kind'> {
  readonly kind: MovementKind
  readonly lines: readonly DraftLine[]
  readonly demand: { readonly type: string; readonly number: string } | null
  readonly itIsHere: boolean
}

/** The answer to a posted movement. */
export interface Posted {
  readonly movementId: MovementId
  readonly organizationId: OrganizationId
  readonly data: Json
}

/** One text per balance key, in the order in which keys are locked. */
export function balanceKey(line: { productId: ProductId; lotId: LotId }, spot: Spot): string {
  return `${line.productId}/${line.lotId}/${spot.placeId}/${spot.ownerId}/${spot.plateId}`
}
