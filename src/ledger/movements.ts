import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { raiseExceptions } from '#src/exceptions/exceptions.ts'
import { enterUse } from '#src/holds/gate.ts'
import { LOOSE, type UnitId } from '#src/lib/id.ts'
import { formatQuantity, quantity, type Quantity } from '#src/lib/quantity.ts'
import { granted, isRefusal, refuse, type Refusal } from '#src/lib/refusal.ts'
import type { MovementInput, PostedMovement } from './contract.ts'
import { completeSecond, decideBalances, decideFrozen, decideUnits, decideWhen, fulfil, lateKeys, netDeltas, usesGoods, type Delta } from './decide.ts'
import { findLateObstacle, findLaterUnitMovement, lockAllocations, lockBalances, lockUnits, type BalanceFacts, type Masters, type UnitFacts } from './facts.ts'
import { lockAhead, standIn } from './it-is-here.ts'
import { balanceKey, type Draft, type Header, type Line } from './movement.ts'
import { post } from './post.ts'
import { checkUse, incomingKeysOf, keysOf, prepare, type Prepared } from './prepare.ts'
import { lapseSoftAllocations } from './reserve.ts'
import { resolveDraft } from './resolve.ts'
import { platesOf } from './shape.ts'

/**
 * Posts one movement: codes looked up, facts loaded and locked, decided by pure rules, written. Refuses with the codes of
 * the rules; nothing is half done, since the command's transaction is rolled back.
 */
export async function postMovement(scope: CommandScope, input: MovementInput): Promise<PostedMovement> {
  enterUse(scope.tx, scope.organizationId)
  return carryOut(scope, await resolveDraft(scope, input))
}

/** Shapes a draft and posts it; where goods are here that the book denies, and the caller says so, the book is put right first. */
export async function carryOut(scope: CommandScope, draft: Draft): Promise<PostedMovement> {
  const prepared = await prepare(scope, draft)
  if (draft.itIsHere) await lockAhead(scope, prepared)
  const posted = await settle(scope, draft, prepared)
  if (!isRefusal(posted)) return posted
  const correction = draft.itIsHere ? await standIn(scope, draft, posted, prepared) : undefined
  if (!correction) throw refuse(posted.refused, posted.data)
  const corrected = await carryOut(scope, correction.draft)
  const again = granted(await settle(scope, draft, await prepare(scope, { ...draft, itIsHere: false })))
  const told = await raiseExceptions(scope, [{ kind: 'found_here', subject: 'lot', subjectId: correction.lotId, movementId: corrected.movementId, data: correction.data }])
  return { ...again, exceptions: [...corrected.exceptions, ...again.exceptions, ...told] }
}

/** Locks balances, decides, posts. Gives a refusal back only where goods are not where the book says; others are thrown. */
export async function settle(scope: CommandScope, header: Header & { readonly demand: Draft['demand'] }, prepared: Prepared): Promise<PostedMovement | Refusal> {
  const { tx, organizationId, recordedAt } = scope
  const { masters } = prepared
  const date = granted(decideWhen(masters, prepared.lines, header.occurredAt, recordedAt))
  throwIf(decideFrozen(masters, prepared.lines))
  const lateHolds = usesGoods(header) ? await checkUse(scope, header, prepared, date) : []

  const keys = keysOf(prepared.lines)
  let balances = await lockBalances(tx, organizationId, keys, incomingKeysOf(prepared.lines))
  let { units } = prepared
  if (await lapseSoftAllocations(scope, keys, balances)) {
    balances = await lockBalances(tx, organizationId, keys, new Map())
    units = await lockUnits(tx, organizationId, [...units.keys()])
  }
  // what is undone had the weight that was written then, or none
  const lines = header.kind === 'reverse' ? prepared.lines : granted(completeSecond(prepared.lines, balances, masters))
  const allocations = header.demand ? await lockAllocations(tx, organizationId, header.demand) : []
  const fulfilled = fulfil(lines, allocations)
  const deltas = netDeltas(lines)
  // units first: where one is says more than that there is none here
  const after = decideUnits(header.kind, lines, masters, units, new Set(allocations.map((one) => one.allocationId)))
  if (isRefusal(after)) return after.refused === 'unit_elsewhere' ? after : raise(after)
  const short = decideBalances(deltas, balances, fulfilled, masters)
  if (short) return short.refused === 'stock_insufficient' ? short : raise(short)
  await checkLate(scope, header, deltas, balances, units)
  await checkUntracked(scope, lines, balances, masters)

  const movementId = await post(scope, { ...header, businessDate: date, lines }, { deltas, units: after, fulfilled })
  await checkPlates(scope, lines)
  const exceptions: string[] = lateHolds.length === 0 ? [] : await raiseExceptions(scope, lateHolds.map((late) => ({ kind: late.exception, subject: late.subject, subjectId: late.subjectId, movementId, data: late.data })))
  return {
    movementId, kind: header.kind, occurredAt: header.occurredAt, recordedAt, businessDate: date, exceptions,
    lines: lines.map((line) => ({
      lineNo: line.lineNo, role: line.role, productId: line.productId, lotId: line.lotId, fromPlaceId: line.from.placeId, toPlaceId: line.to.placeId,
      quantity: formatQuantity(line.quantity), units: line.units?.length ?? 0, fromMixture: line.fromMixture,
    })),
  }
}

/** A late entry is allowed only where every later balance stays possible, and no unit's way is cut into. */
async function checkLate(scope: CommandScope, header: Header, deltas: ReadonlyMap<string, Delta>, balances: ReadonlyMap<string, BalanceFacts>, units: ReadonlyMap<UnitId, UnitFacts>): Promise<void> {
  const { tx, organizationId } = scope
  const at = Date.parse(header.occurredAt)
  const position = { occurredAt: header.occurredAt, recordedAt: scope.recordedAt, neverHappened: header.reversal === 'never_happened' ? header.reverses : null }
  const obstacle = await findLateObstacle(tx, organizationId, position, lateKeys(deltas, balances, header.occurredAt))
  if (obstacle) throw refuse('late_entry_blocked', { movement: obstacle.movementId, kind: obstacle.kind, occurredAt: obstacle.occurredAt })
  const later = [...units.values()].filter((unit) => unit.lastOccurredAt !== null && Date.parse(unit.lastOccurredAt) >= at).map((unit) => unit.unitId)
  const cut = await findLaterUnitMovement(tx, organizationId, position, later)
  if (cut) throw refuse('unit_moved_since', { serial: units.get(cut.unitId)?.serial ?? cut.unitId, movement: cut.movementId, kind: cut.kind, occurredAt: cut.occurredAt })
}

/** Goods of a serial-tracked product may leave without a unit only as far as they were there before units were asked for. */
async function checkUntracked(scope: CommandScope, lines: readonly Line[], balances: ReadonlyMap<string, BalanceFacts>, masters: Masters): Promise<void> {
  for (const line of lines) {
    const product = masters.products.get(line.productId)
    const tracked = product && (product.tracking === 'serial' || product.tracking === 'lot_and_serial' || product.measured)
    if (!tracked || line.units || !line.fromInternal) continue
    const row = await scope.tx.row<{ named: string }>(sql`
      select coalesce(sum(measure), 0)::text as named from unit where organization_id = ${scope.organizationId} and lot_id = ${line.lotId} and product_id = ${line.productId}
        and place_id = ${line.from.placeId} and owner_id = ${line.from.ownerId} and plate_id = ${line.from.plateId}`)
    const unnamed = ((balances.get(balanceKey(line, line.from))?.onHand ?? 0n) - quantity(row?.named ?? '0')) as Quantity
    if (line.quantity > unnamed) throw refuse('units_missing', { product: product.sku, at: `lines.${line.lineNo - 1}` })
  }
}

/** A plate is in one place. */
async function checkPlates(scope: CommandScope, lines: readonly Line[]): Promise<void> {
  const plates = platesOf(lines)
  if (plates.length === 0) return
  const split = await scope.tx.row<{ code: string }>(sql`
    select p.code from balance b join plate p on p.organization_id = b.organization_id and p.plate_id = b.plate_id
    where b.organization_id = ${scope.organizationId} and b.plate_id = any(${plates}::uuid[]) and b.plate_id <> ${LOOSE} and b.on_hand > 0
    group by p.code having count(distinct b.place_id) > 1 order by p.code limit 1`)
  if (split) throw refuse('plate_elsewhere', { plate: split.code })
}

function throwIf(refused: Refusal | undefined): void {
  if (refused) throw refuse(refused.refused, refused.data)
}

function raise(refused: Refusal): never {
  throw refuse(refused.refused, refused.data)
}
