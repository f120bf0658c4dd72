import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { sha256 } from '#src/lib/canonical.ts'
import { newId, type MovementId } from '#src/lib/id.ts'
import { formatQuantity } from '#src/lib/quantity.ts'
import { canonicalMovement, distinctReferences } from './canonical.ts'
import type { Delta, Fulfilment, UnitAfter } from './decide.ts'
import { recordRun } from './genealogy.ts'
import type { Line, Movement } from './movement.ts'

/** What follows from a movement, decided with it. */
export interface Consequences {
  readonly deltas: ReadonlyMap<string, Delta>
  readonly units: readonly UnitAfter[]
  readonly fulfilled: readonly Fulfilment[]
}

/**
 * The only writer of stock. Appends the movement with its canonical JSON and hash, and changes balances, unit states,
 * allocations and genealogy in the same transaction: a constant number of statements whatever the number of lines or
 * units. Facts were loaded and locked, and everything decided, before; the CHECKs of the balance table are the last guard.
 * Nothing is left to be learnt from the database, so its statements travel with the command's record and COMMIT.
 */
export async function post(scope: CommandScope, movement: Movement, consequences: Consequences): Promise<MovementId> {
  const movementId = newId<'movement'>()
  const runId = movement.runKind === null ? null : (movement.runId ?? movementId)
  const canonical = canonicalMovement(movement, { movementId, runId, recordedAt: scope.recordedAt, actor: scope.actor, commandId: scope.commandId })
  const digest = sha256(canonical)
  writeMovement(scope, movement, { movementId, runId, canonical, digest }, consequences)
  if (movement.lines.some((line) => line.units)) writeUnits(scope, movement, movementId, consequences)
  if (movement.references.length > 0) writeReferences(scope, movement, movementId)
  if (consequences.fulfilled.length > 0) writeFulfilments(scope, consequences.fulfilled)
  if (runId !== null) await recordRun(scope.tx, scope.organizationId, { movementId, runId, lines: movement.lines, continues: movement.runId !== null })
  scope.happened({
    type: `movement.${movement.kind}.v1`, subjectIds: [movementId, ...new Set(movement.lines.map((line) => line.lotId))], occurredAt: movement.occurredAt,
    data: { movementId, kind: movement.kind, reverses: movement.reverses, lines: movement.lines.length },
  })
  scope.changed({ subject: 'movement', subjectId: movementId, before: null, after: { kind: movement.kind, occurredAt: movement.occurredAt, lines: movement.lines.length, sha256: digest.toString('hex') } })
  return movementId
}

/** Header, lines and balances in one statement, which fails (its text read as a number) where not every locked balance was there to be changed. */
function writeMovement(scope: CommandScope, movement: Movement, { movementId, runId, canonical, digest }: { movementId: MovementId; runId: MovementId | null; canonical: string; digest: Buffer }, { deltas, fulfilled }: Consequences): void {
  const { organizationId, recordedAt } = scope
  const { lines } = movement
  const column = <T>(pick: (line: Line) => T): T[] => lines.map(pick)
  const changes = [...deltas.values()]
  const freed = new Map<string, bigint>()
  for (const one of fulfilled) freed.set(one.key, (freed.get(one.key) ?? 0n) + one.quantity)
  scope.tx.later(sql`
    with the_movement as (
      insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, device, device_time,
                            reason, note, run_id, run_kind, reverses, reversal, command_id, canonical, sha256)
      values (${organizationId}, ${movementId}, ${movement.kind}, ${movement.occurredAt}, ${recordedAt}, ${movement.businessDate}, ${scope.actor.kind}, ${scope.actor.id}, ${movement.device}, ${movement.deviceTime},
              ${movement.reason}, ${movement.note}, ${runId}, ${movement.runKind}, ${movement.reverses}, ${movement.reversal}, ${scope.commandId}, ${canonical}, ${digest})
    ), the_lines as (
      insert into movement_line (organization_id, movement_id, line_no, role, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id,
                                 from_plate_id, to_plate_id, from_internal, to_internal, consignee_place_id, quantity, second_quantity, entered_quantity, entered_uom,
                                 unit_cost, cost_currency, cost_rate, from_mixture, has_units, occurred_at, recorded_at)
      select ${organizationId}, ${movementId}, l.*, ${movement.occurredAt}, ${recordedAt}
      from unnest(${column((l) => l.lineNo)}::int[], ${column((l) => l.role)}::text[], ${column((l) => l.productId)}::uuid[], ${column((l) => l.lotId)}::uuid[],
        ${column((l) => l.from.placeId)}::uuid[], ${column((l) => l.to.placeId)}::uuid[], ${column((l) => l.from.ownerId)}::uuid[], ${column((l) => l.to.ownerId)}::uuid[],
        ${column((l) => l.from.plateId)}::uuid[], ${column((l) => l.to.plateId)}::uuid[], ${column((l) => l.fromInternal)}::boolean[], ${column((l) => l.toInternal)}::boolean[],
        ${column((l) => l.consigneePlaceId)}::uuid[], ${column((l) => formatQuantity(l.quantity))}::numeric[], ${column((l) => (l.second === null ? null : formatQuantity(l.second)))}::numeric[],
        ${column((l) => l.enteredQuantity)}::numeric[], ${column((l) => l.enteredUom)}::text[], ${column((l) => l.cost?.unitCost ?? null)}::numeric[],
        ${column((l) => l.cost?.currency ?? null)}::text[], ${column((l) => l.cost?.rate ?? null)}::numeric[], ${column((l) => l.fromMixture)}::boolean[], ${column((l) => l.units !== null)}::boolean[]) as l
    ), changed as (
      update balance b set on_hand = b.on_hand + d.quantity, second_on_hand = b.second_on_hand + d.second, allocated = b.allocated - d.freed,
                           last_occurred_at = greatest(b.last_occurred_at, ${movement.occurredAt}::timestamptz)
      from unnest(${changes.map((d) => d.key.productId)}::uuid[], ${changes.map((d) => d.key.lotId)}::uuid[], ${changes.map((d) => d.key.placeId)}::uuid[],
        ${changes.map((d) => d.key.ownerId)}::uuid[], ${changes.map((d) => d.key.plateId)}::uuid[], ${changes.map((d) => formatQuantity(d.quantity))}::numeric[],
        ${changes.map((d) => formatQuantity(d.second))}::numeric[], ${changes.map((d) => formatQuantity((freed.get(d.name) ?? 0n) as Delta['quantity']))}::numeric[])
        as d (product_id, lot_id, place_id, owner_id, plate_id, quantity, second, freed)
      where b.organization_id = ${organizationId} and b.product_id = d.product_id and b.lot_id = d.lot_id and b.place_id = d.place_id and b.owner_id = d.owner_id and b.plate_id = d.plate_id
      returning 1
    )
    select case when count(*) <> ${changes.length} then ('balances changed: ' || count(*) || ', locked: ' || ${changes.length}::int)::int end from changed`)
}

/** The units of all lines and their new states, as two sets. */
function writeUnits(scope: CommandScope, movement: Movement, movementId: MovementId, { units: after, fulfilled }: Consequences): void {
  const { tx, organizationId } = scope
  const closed = fulfilled.filter((one) => one.closes).map((one) => one.allocationId)
  const parts = movement.lines.flatMap((line) => (line.units ?? []).map((unit) => ({ ...unit, lineNo: line.lineNo })))
  tx.later(sql`
    insert into line_unit (organization_id, unit_id, movement_id, line_no, quantity, second_quantity)
    select ${organizationId}, u.unit_id, ${movementId}, u.line_no, u.quantity, u.second
    from unnest(${parts.map((p) => p.unitId)}::uuid[], ${parts.map((p) => p.lineNo)}::int[], ${parts.map((p) => formatQuantity(p.quantity))}::numeric[],
                ${parts.map((p) => (p.second === null ? null : formatQuantity(p.second)))}::numeric[]) as u (unit_id, line_no, quantity, second)`)
  tx.later(sql`
    update unit u set place_id = s.place_id, owner_id = s.owner_id, plate_id = s.plate_id, measure = s.measure, second_measure = s.second,
                      allocation_id = case when u.allocation_id = any(${closed}::uuid[]) then null else u.allocation_id end,
                      last_occurred_at = greatest(u.last_occurred_at, ${movement.occurredAt}::timestamptz), last_movement_id = greatest(u.last_movement_id, ${movementId}::uuid)
    from unnest(${after.map((a) => a.unitId)}::uuid[], ${after.map((a) => a.spot.placeId)}::uuid[], ${after.map((a) => a.spot.ownerId)}::uuid[], ${after.map((a) => a.spot.plateId)}::uuid[],
                ${after.map((a) => formatQuantity(a.measure))}::numeric[], ${after.map((a) => (a.second === null ? null : formatQuantity(a.second)))}::numeric[])
         as s (unit_id, place_id, owner_id, plate_id, measure, second)
    where u.organization_id = ${organizationId} and u.unit_id = s.unit_id`)
}

function writeReferences(scope: CommandScope, movement: Movement, movementId: MovementId): void {
  const references = distinctReferences(movement.references)
  scope.tx.later(sql`
    insert into movement_reference (organization_id, type, number, movement_id, issuer_id)
    select ${scope.organizationId}, r.type, r.number, ${movementId}, r.issuer_id
    from unnest(${references.map((r) => r.type)}::text[], ${references.map((r) => r.number)}::text[], ${references.map((r) => r.issuerId)}::uuid[]) as r (type, number, issuer_id)
    on conflict do nothing`)
}

function writeFulfilments(scope: CommandScope, fulfilled: readonly Fulfilment[]): void {
  scope.tx.later(sql`
    update allocation a set open_quantity = a.open_quantity - f.quantity, closed_at = case when f.closes then ${scope.recordedAt}::timestamptz end,
                            closed_because = case when f.closes then 'shipped' end
    from unnest(${fulfilled.map((f) => f.allocationId)}::uuid[], ${fulfilled.map((f) => formatQuantity(f.quantity))}::numeric[], ${fulfilled.map((f) => f.closes)}::boolean[]) as f (allocation_id, quantity, closes)
    where a.organization_id = ${scope.organizationId} and a.allocation_id = f.allocation_id`)
}
