import { LOOSE, type LotId, type PartyId, type PlaceId, type ProductId, type UnitId } from '#src/lib/id.ts'
import { units as wholeUnits } from '#src/lib/quantity.ts'
import type { LotFacts, Masters, PlaceFacts, ProductFacts, UnitFacts } from './facts.ts'
import type { PlaceKind } from './movement-kinds.ts'
import type { Draft, DraftLine, Spot } from './movement.ts'

/** The small dairy of the rule tables: names are ids, so that a verdict reads as it was asked. */
export const us = 'us' as PartyId

export function product(id: string, more: Partial<ProductFacts> = {}): ProductFacts {
  return {
    id: id as ProductId, sku: id, baseUom: 'kg', scale: 3, secondUom: null, tracking: 'lot', measured: false, dateKind: 'expiry', blocksAfterDate: false,
    noLotId: `${id}-no-lot` as LotId, archived: false, uoms: { case: ['12', '1'], third: ['1', '3'] }, ...more,
  }
}

export function lot(id: string, of: string, more: Partial<LotFacts> = {}): LotFacts {
  return { id: id as LotId, productId: of as ProductId, code: id, familyId: null, mergedInto: null, bestBy: null, sellBy: null, useBy: null, expiresOn: null, ...more }
}

export function place(id: string, kind: PlaceKind, more: Partial<PlaceFacts> = {}): PlaceFacts {
  const outside: PlaceKind[] = ['supplier', 'ship_to', 'loss', 'count', 'process', 'sampled', 'destroyed']
  return { id: id as PlaceId, code: id, kind, internal: !outside.includes(kind), commingled: kind === 'tank', timeZone: 'Europe/Vienna', path: [id as PlaceId], archived: false, ...more }
}

export function unit(id: string, of: string, at: string | null, more: Partial<UnitFacts> = {}): UnitFacts {
  return {
    unitId: id as UnitId, productId: of as ProductId, lotId: `${of}-no-lot` as LotId, serial: id, kind: 'serial', spot: at === null ? null : spot(at), placeKind: 'storage',
    measure: wholeUnits(1), second: null, allocationId: null, lastOccurredAt: null, ...more,
  }
}

export function spot(placeId: string, ownerId = 'us', plateId: string = LOOSE): Spot {
  return { placeId: placeId as PlaceId, ownerId: ownerId as PartyId, plateId: plateId as Spot['plateId'] }
}

export function masters(products: readonly ProductFacts[], lots: readonly LotFacts[], places: readonly PlaceFacts[]): Masters {
  return {
    products: new Map(products.map((one) => [one.id, one])), lots: new Map(lots.map((one) => [one.id, one])), places: new Map(places.map((one) => [one.id, one])),
    parties: new Set([us, 'neighbour' as PartyId]), frozen: [], closedThrough: null,
  }
}

export function draft(kind: Draft['kind'], lines: readonly Partial<DraftLine>[], more: Partial<Draft> = {}): Draft {
  return {
    kind, occurredAt: '2026-11-23T12:00:00.000Z', reason: null, note: null, device: null, deviceTime: null, references: [], runKind: kind === 'transform' ? 'production' : null, runId: null,
    reverses: null, reversal: null, demand: null, itIsHere: false,
    lines: lines.map((line, at) => ({
      at: `lines.${at}`, role: null, productId: 'MILK' as ProductId, lotId: null, units: null, from: spot('A'), to: spot('B'), ownerOpen: true, plateOpen: true,
      quantity: '1', uom: null, packQuantity: wholeUnits(1), second: null, cost: null, uses: null, ...line,
    })),
    ...more,
  }
}
