import type { CommandScope } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { enterUse } from '#src/holds/gate.ts'
import type { LotId, MovementId, OrganizationId, PartyId, PlaceId, PlateId, ProductId, UnitId } from '#src/lib/id.ts'
import { quantity } from '#src/lib/quantity.ts'
import { isRefusal, refuse, RefusalError } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import type { PostedMovement, ReverseInput } from './contract.ts'
import { loadMasters, lockPlates, lockUnits } from './facts.ts'
import { forgetRun } from './genealogy.ts'
import type { RunKind } from './movement-kinds.ts'
import type { Header, Line } from './movement.ts'
import { settle } from './movements.ts'
import { platesOf } from './shape.ts'
import { restoreUnits } from './unit-replay.ts'

/**
 * Undo, in one of two meanings. `never_happened`: its lines are mirrored at the original time, under the rule for late
 * entries, and its genealogy goes. `undone`: a new movement now, which for a transformation is a run of its own, since
 * what was mixed stays related. Each movement is reversed once.
 * Refuses `not_found`, `reversed_already`, `reversal_of_reversal`, `reversal_blocked` (naming what depends on it).
 */
export async function reverseMovement(scope: CommandScope, movementId: MovementId, input: ReverseInput): Promise<PostedMovement> {
  const { tx, organizationId } = scope
  enterUse(tx, organizationId)
  const original = await loadMovement(tx, organizationId, movementId)
  if (!original) throw refuse('not_found', { what: 'movement', which: movementId })
  if (original.reverses) throw refuse('reversal_of_reversal', { movement: movementId })
  if (original.reversedBy) throw refuse('reversed_already', { movement: movementId, reversal: original.reversedBy })
  const lines = mirror(original)
  const undone = input.meaning === 'undone'
  const header: Header & { demand: null } = {
    kind: 'reverse', occurredAt: undone ? scope.recordedAt : original.occurredAt, reason: input.reason, note: input.note ?? null, device: null, deviceTime: null, references: [],
    runKind: undone ? original.runKind : null, runId: null, reverses: movementId, reversal: input.meaning, demand: null,
  }
  const plates = platesOf(lines)
  await lockPlates(tx, organizationId, plates)
  const units = await lockUnits(tx, organizationId, lines.flatMap((line) => (line.units ?? []).map((unit) => unit.unitId)))
  const masters = await loadMasters(tx, organizationId, {
    products: [...new Set(lines.map((line) => line.productId))], lots: [...new Set(lines.map((line) => line.lotId))], parties: [],
    places: [...new Set([...lines.flatMap((line) => [line.from.placeId, line.to.placeId]), ...[...units.values()].flatMap((unit) => unit.spot?.placeId ?? [])])],
  })
  const posted = await settle(scope, header, { lines, masters, units }).catch(async (error: unknown) => {
    const blocks = error instanceof RefusalError && ['late_entry_blocked', 'unit_moved_since', 'unit_already_in_stock', 'unit_with_customer', 'stock_allocated', 'piece_too_short', 'second_quantity_insufficient'].includes(error.refusal.refused)
    throw blocks ? await blocked(scope, movementId, original, error) : error
  })
  if (isRefusal(posted)) throw await blocked(scope, movementId, original, refuse(posted.refused, posted.data))
  if (!undone) await forget(scope, movementId, original, lines)
  return posted
}

/** What a movement that never happened leaves: no part in its run, which must not be left with outputs of nothing, and units as they were. */
async function forget(scope: CommandScope, movementId: MovementId, original: Original, lines: readonly Line[]): Promise<void> {
  const { tx, organizationId } = scope
  if (original.runId) {
    await forgetRun(tx, organizationId, original.runId, movementId)
    const orphan = await tx.row<{ movement_id: string; kind: string; occurred_at: Instant }>(sql`
      select m.movement_id, m.kind, m.occurred_at from run_output o join movement m on m.organization_id = o.organization_id and m.movement_id = o.movement_id and m.kind = 'transform'
      where o.organization_id = ${organizationId} and o.run_id = ${original.runId}
        and not exists (select from run_input i where i.organization_id = o.organization_id and i.run_id = o.run_id) order by m.occurred_at, m.movement_id limit 1`)
    if (orphan) throw refuse('reversal_blocked', { movement: movementId, kind: orphan.kind, blocking: orphan.movement_id, occurredAt: orphan.occurred_at })
  }
  const unitIds = lines.flatMap((line) => (line.units ?? []).map((unit) => unit.unitId))
  if (unitIds.length > 0) await restoreUnits(tx, organizationId, unitIds)
}

/** Names what stands in the way: what the late rule found, else the last movement that took what this one brought. */
async function blocked(scope: CommandScope, movementId: MovementId, original: Original, otherwise: RefusalError): Promise<RefusalError> {
  const { movement: blocking, kind, occurredAt } = otherwise.refusal.data
  if (blocking !== undefined && kind !== undefined && occurredAt !== undefined) return refuse('reversal_blocked', { movement: movementId, kind, blocking, occurredAt })
  const later = await scope.tx.row<{ movement_id: string; kind: string; occurred_at: Instant }>(sql`
    select m.movement_id, m.kind, m.occurred_at
    from movement_line mine
    join lot o on o.organization_id = mine.organization_id and o.lot_id = mine.lot_id
    join lot same on same.organization_id = mine.organization_id and coalesce(same.merged_into, same.lot_id) = coalesce(o.merged_into, o.lot_id) and same.product_id = mine.product_id
    join movement_line theirs on theirs.organization_id = mine.organization_id and theirs.product_id = mine.product_id and theirs.lot_id = same.lot_id and theirs.from_place_id = mine.to_place_id
      and (theirs.occurred_at, theirs.recorded_at, theirs.movement_id) > (${original.occurredAt}, ${original.recordedAt}, ${movementId})
    join movement m on m.organization_id = theirs.organization_id and m.movement_id = theirs.movement_id
    where mine.organization_id = ${scope.organizationId} and mine.movement_id = ${movementId} and mine.to_internal
      and not exists (select from movement r where r.organization_id = m.organization_id and r.reverses = m.movement_id) and m.reverses is null
      and (not theirs.has_units or exists (select from line_unit a join line_unit b on b.organization_id = a.organization_id and b.unit_id = a.unit_id
           where a.organization_id = theirs.organization_id and a.movement_id = theirs.movement_id and a.line_no = theirs.line_no and b.movement_id = mine.movement_id and b.line_no = mine.line_no))
    order by theirs.occurred_at desc, theirs.recorded_at desc, theirs.movement_id desc limit 1`)
  return later ? refuse('reversal_blocked', { movement: movementId, kind: later.kind, blocking: later.movement_id, occurredAt: later.occurred_at }) : otherwise
}

interface Original {
  readonly occurredAt: Instant
  readonly recordedAt: Instant
  readonly runId: MovementId | null
  readonly runKind: RunKind | null
  readonly reverses: MovementId | null
  readonly reversedBy: MovementId | null
  readonly lines: readonly Line[]
}

/** The movement, locked against a second reversal at the same time, with its lines; lots by their canonical ids. */
async function loadMovement(tx: Tx, organizationId: OrganizationId, movementId: MovementId): Promise<Original | undefined> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`${organizationId}/reverse/${movementId}`}, 0))`)
  const header = await tx.row<{ occurred_at: Instant; recorded_at: Instant; run_id: MovementId | null; run_kind: RunKind | null; reverses: MovementId | null; reversed_by: MovementId | null }>(sql`
    select m.occurred_at, m.recorded_at, m.run_id, m.run_kind, m.reverses,
           (select r.movement_id from movement r where r.organization_id = m.organization_id and r.reverses = m.movement_id) as reversed_by
    from movement m where m.organization_id = ${organizationId} and m.movement_id = ${movementId}`)
  if (!header) return undefined
  const rows = await tx.rows<LineRow>(sql`
    select l.*, coalesce(o.merged_into, l.lot_id) as canonical_lot_id from movement_line l
    join lot o on o.organization_id = l.organization_id and o.lot_id = l.lot_id
    where l.organization_id = ${organizationId} and l.movement_id = ${movementId} order by l.line_no`)
  const units = await tx.rows<{ line_no: number; unit_id: UnitId; quantity: string; second_quantity: string | null }>(sql`
    select line_no, unit_id, quantity, second_quantity from line_unit where organization_id = ${organizationId} and movement_id = ${movementId} order by line_no, unit_id`)
  return {
    occurredAt: header.occurred_at, recordedAt: header.recorded_at, runId: header.run_id, runKind: header.run_kind, reverses: header.reverses, reversedBy: header.reversed_by,
    lines: rows.map((row) => lineOf(row, units.filter((unit) => unit.line_no === row.line_no))),
  }
}

interface LineRow {
  line_no: number; role: 'input' | 'output' | null; product_id: ProductId; canonical_lot_id: LotId; from_place_id: PlaceId; to_place_id: PlaceId; from_owner_id: PartyId; to_owner_id: PartyId
  from_plate_id: PlateId; to_plate_id: PlateId; from_internal: boolean; to_internal: boolean; consignee_place_id: PlaceId | null; quantity: string; second_quantity: string | null
  entered_quantity: string; entered_uom: string; unit_cost: string | null; cost_currency: string | null; cost_rate: string | null; from_mixture: boolean; has_units: boolean
}

function lineOf(row: LineRow, units: readonly { unit_id: UnitId; quantity: string; second_quantity: string | null }[]): Line {
  return {
    lineNo: row.line_no, role: row.role, productId: row.product_id, lotId: row.canonical_lot_id,
    units: row.has_units ? units.map((unit) => ({ unitId: unit.unit_id, quantity: quantity(unit.quantity), second: unit.second_quantity === null ? null : quantity(unit.second_quantity) })) : null,
    from: { placeId: row.from_place_id, ownerId: row.from_owner_id, plateId: row.from_plate_id }, to: { placeId: row.to_place_id, ownerId: row.to_owner_id, plateId: row.to_plate_id },
    fromInternal: row.from_internal, toInternal: row.to_internal, consigneePlaceId: row.consignee_place_id, quantity: quantity(row.quantity),
    second: row.second_quantity === null ? null : quantity(row.second_quantity), enteredQuantity: row.entered_quantity, enteredUom: row.entered_uom,
    cost: row.unit_cost === null ? null : { unitCost: row.unit_cost, currency: row.cost_currency, rate: row.cost_rate }, fromMixture: row.from_mixture, uses: null,
  }
}

/** The lines the other way round, the last first: what came out goes back before what went in returns. */
function mirror(original: Original): Line[] {
  return original.lines.toReversed().map((line, at) => ({
    ...line, lineNo: at + 1, role: line.role === 'input' ? 'output' : line.role === 'output' ? 'input' : null,
    from: line.to, to: line.from, fromInternal: line.toInternal, toInternal: line.fromInternal, fromMixture: false,
  }))
}
