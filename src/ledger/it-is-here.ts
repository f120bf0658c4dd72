import type { CommandScope } from '#src/audit/command.ts'
import { LOOSE, type LotId } from '#src/lib/id.ts'
import { formatQuantity, parseQuantity, units as wholeUnits, type Quantity } from '#src/lib/quantity.ts'
import type { Json, Refusal } from '#src/lib/refusal.ts'
import { systemPlaceId } from '#src/network/system.ts'
import { lockBalances, type Key } from './facts.ts'
import { balanceKey, type Draft, type DraftLine, type Line } from './movement.ts'
import { incomingKeysOf, keysOf, type Prepared } from './prepare.ts'

/** What puts the book right before the movement that found it wrong. */
export interface Correction {
  readonly draft: Draft
  readonly lotId: LotId
  readonly data: { readonly [name: string]: Json }
}

/**
 * Goods in hand that the book denies are a normal day. A unit the book has elsewhere in our places is moved here; a lot
 * of which the book has too little here is adjusted up by what is missing. Undefined where neither helps (the unit is
 * with a customer, held, used up): that is a dead end.
 */
export async function standIn(scope: CommandScope, draft: Draft, refused: Refusal, prepared: Prepared): Promise<Correction | undefined> {
  // a unit that is elsewhere may show as too little on hand here
  const moved = moveUnitsHere(draft, prepared)
  return moved ?? (refused.refused === 'unit_elsewhere' ? undefined : adjustUp(scope, draft, refused, prepared.lines))
}

/**
 * Locks what the movement and putting the book right before it will touch, all at once and sorted: taken one after the
 * other, two who find each other's goods in opposite places would wait for each other.
 */
export async function lockAhead({ tx, organizationId }: CommandScope, { lines, units, masters }: Prepared): Promise<void> {
  const from = new Map<string, Key>()
  const to = new Map<string, Key>()
  for (const line of lines.filter((one) => one.fromInternal)) {
    for (const part of line.units ?? []) {
      const unit = units.get(part.unitId)
      if (!unit?.spot || !masters.places.get(unit.spot.placeId)?.internal) continue
      const there = { productId: unit.productId, lotId: unit.lotId, ...unit.spot }
      const here = { ...there, ...line.from, ownerId: unit.spot.ownerId }
      from.set(balanceKey(there, there), there)
      to.set(balanceKey(here, here), here)
    }
  }
  await lockBalances(tx, organizationId, new Map([...keysOf(lines), ...from, ...to]), new Map([...incomingKeysOf(lines), ...to]))
}

function moveUnitsHere(draft: Draft, { lines, units, masters }: Prepared): Correction | undefined {
  const moves: DraftLine[] = []
  let lotId: LotId | undefined
  for (const line of lines.filter((one) => one.fromInternal)) {
    for (const part of line.units ?? []) {
      const unit = units.get(part.unitId)
      if (!unit?.spot || !masters.places.get(unit.spot.placeId)?.internal || unit.spot.placeId === line.from.placeId) continue
      lotId ??= unit.lotId
      moves.push({
        at: `lines.${line.lineNo - 1}`, role: null, productId: unit.productId, lotId: unit.lotId, units: [{ unitId: unit.unitId, quantity: null, second: null }],
        from: unit.spot, to: { ...line.from, ownerId: unit.spot.ownerId }, ownerOpen: false, plateOpen: false, quantity: null, uom: null, packQuantity: wholeUnits(1), second: null, cost: null, uses: null,
      })
    }
  }
  if (moves.length === 0 || !lotId) return undefined
  return { draft: { ...correctionOf(draft), kind: 'move', lines: moves }, lotId, data: { found: 'units', count: moves.length } }
}

function adjustUp(scope: CommandScope, draft: Draft, refused: Refusal, lines: readonly Line[]): Correction | undefined {
  const { lotId, asked, onHand } = refused.data
  const missing = ((parseQuantity(String(asked)) ?? 0n) - (parseQuantity(String(onHand)) ?? 0n)) as Quantity
  const line = lines.find((one) => one.lotId === lotId && one.fromInternal && !one.units)
  if (!line || missing <= 0n) return undefined
  const adjustment: DraftLine = {
    at: 'lines.0', role: null, productId: line.productId, lotId: line.lotId, units: null, from: { placeId: systemPlaceId(scope.organizationId, 'count'), ownerId: line.from.ownerId, plateId: LOOSE },
    to: line.from, ownerOpen: false, plateOpen: false, quantity: formatQuantity(missing), uom: null, packQuantity: wholeUnits(1), second: null, cost: null, uses: null,
  }
  return { draft: { ...correctionOf(draft), kind: 'adjust', lines: [adjustment] }, lotId: line.lotId, data: { found: formatQuantity(missing), place: String(refused.data['place']), lot: String(refused.data['lot']) } }
}

function correctionOf(draft: Draft): Draft {
  return { ...draft, reason: draft.reason ?? 'it is here', runKind: null, runId: null, demand: null, itIsHere: false, references: [] }
}

