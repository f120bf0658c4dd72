import type { Actor } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { CommandId, LotId, MovementId, OrganizationId, PartyId, PlaceId, PlateId, ProductId, UnitId } from '#src/lib/id.ts'
import { quantity } from '#src/lib/quantity.ts'
import type { Instant, PlainDate } from '#src/lib/time.ts'
import type { Written } from '#src/ledger/canonical.ts'
import type { MovementKind, RunKind } from '#src/ledger/movement-kinds.ts'
import type { Line, LineUnit, Movement, Reference, Use } from '#src/ledger/movement.ts'

/** A movement as its rows tell it, with the text and hash that were stored beside them. */
export interface StoredMovement {
  readonly movement: Movement
  readonly written: Written
  readonly canonical: string
  readonly sha256: Buffer
}

const PAGE = 1_000

/** Every movement of the organisation in the order of ids, a page at a time. */
export async function* readMovements(tx: Tx, organizationId: OrganizationId): AsyncGenerator<StoredMovement[]> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const headers = await tx.rows<HeaderRow>(sql`
      select movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, device, device_time, reason, note, run_id, run_kind, reverses, reversal, command_id, canonical, sha256
      from movement where organization_id = ${organizationId} and movement_id > ${after} order by movement_id limit ${PAGE}`)
    const last = headers.at(-1)
    if (!last) return
    after = last.movement_id
    yield await withLines(tx, organizationId, headers)
    if (headers.length < PAGE) return
  }
}

async function withLines(tx: Tx, organizationId: OrganizationId, headers: readonly HeaderRow[]): Promise<StoredMovement[]> {
  const ids = headers.map((header) => header.movement_id)
  const [lines, units, uses, references] = await Promise.all([
    tx.rows<LineRow>(sql`
      select movement_id, line_no, role, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id, from_internal, to_internal, consignee_place_id,
             quantity, second_quantity, entered_quantity, entered_uom, unit_cost, cost_currency, cost_rate, from_mixture, has_units
      from movement_line where organization_id = ${organizationId} and movement_id = any(${ids}::uuid[]) order by movement_id, line_no`),
    tx.rows<UnitRow>(sql`
      select movement_id, line_no, unit_id, quantity, second_quantity from line_unit where organization_id = ${organizationId} and movement_id = any(${ids}::uuid[])`),
    tx.rows<UseRow>(sql`
      select movement_id, output_line as line_no, input_line, quantity from line_use where organization_id = ${organizationId} and movement_id = any(${ids}::uuid[])`),
    tx.rows<ReferenceRow>(sql`
      select movement_id, type, number, issuer_id from movement_reference where organization_id = ${organizationId} and movement_id = any(${ids}::uuid[])`),
  ])
  const linesOf = Map.groupBy(lines, (row) => row.movement_id)
  const referencesOf = Map.groupBy(references, (row) => row.movement_id)
  const unitsOf = Map.groupBy(units, nameOfLine)
  const usesOf = Map.groupBy(uses, nameOfLine)
  return headers.map((header) => ({
    canonical: header.canonical, sha256: header.sha256,
    written: { movementId: header.movement_id, runId: header.run_id, recordedAt: header.recorded_at, actor: { kind: header.actor_kind, id: header.actor_id }, commandId: header.command_id },
    movement: {
      kind: header.kind, occurredAt: header.occurred_at, businessDate: header.business_date, reason: header.reason, note: header.note, device: header.device, deviceTime: header.device_time,
      references: (referencesOf.get(header.movement_id) ?? []).map((row): Reference => ({ type: row.type, number: row.number, issuerId: row.issuer_id })),
      runKind: header.run_kind, runId: header.run_id, reverses: header.reverses, reversal: header.reversal,
      lines: (linesOf.get(header.movement_id) ?? []).map((row) => lineOf(row, unitsOf.get(nameOfLine(row)) ?? [], usesOf.get(nameOfLine(row)))),
    },
  }))
}

function nameOfLine(row: { movement_id: string; line_no: number }): string {
  return `${row.movement_id}/${row.line_no}`
}

function lineOf(row: LineRow, units: readonly UnitRow[], uses: readonly UseRow[] | undefined): Line {
  return {
    lineNo: row.line_no, role: row.role, productId: row.product_id, lotId: row.lot_id,
    units: row.has_units || units.length > 0 ? units.map((unit): LineUnit => ({ unitId: unit.unit_id, quantity: quantity(unit.quantity), second: unit.second_quantity === null ? null : quantity(unit.second_quantity) })) : null,
    from: { placeId: row.from_place_id, ownerId: row.from_owner_id, plateId: row.from_plate_id }, to: { placeId: row.to_place_id, ownerId: row.to_owner_id, plateId: row.to_plate_id },
    fromInternal: row.from_internal, toInternal: row.to_internal, consigneePlaceId: row.consignee_place_id, quantity: quantity(row.quantity),
    second: row.second_quantity === null ? null : quantity(row.second_quantity), enteredQuantity: row.entered_quantity, enteredUom: row.entered_uom,
    cost: row.unit_cost === null ? null : { unitCost: row.unit_cost, currency: row.cost_currency, rate: row.cost_rate }, fromMixture: row.from_mixture,
    uses: uses?.map((use): Use => ({ inputLine: use.input_line, quantity: quantity(use.quantity) })) ?? null,
  }
}

interface HeaderRow {
  movement_id: MovementId; kind: MovementKind | 'reverse'; occurred_at: Instant; recorded_at: Instant; business_date: PlainDate; actor_kind: Actor['kind']; actor_id: string; device: string | null
  device_time: Instant | null; reason: string | null; note: string | null; run_id: MovementId | null; run_kind: RunKind | null; reverses: MovementId | null; reversal: 'never_happened' | 'undone' | null
  command_id: CommandId; canonical: string; sha256: Buffer
}

interface LineRow {
  movement_id: MovementId; line_no: number; role: 'input' | 'output' | null; product_id: ProductId; lot_id: LotId; from_place_id: PlaceId; to_place_id: PlaceId; from_owner_id: PartyId; to_owner_id: PartyId
  from_plate_id: PlateId; to_plate_id: PlateId; from_internal: boolean; to_internal: boolean; consignee_place_id: PlaceId | null; quantity: string; second_quantity: string | null
  entered_quantity: string; entered_uom: string; unit_cost: string | null; cost_currency: string | null; cost_rate: string | null; from_mixture: boolean; has_units: boolean
}

interface UnitRow { movement_id: MovementId; line_no: number; unit_id: UnitId; quantity: string; second_quantity: string | null }
interface UseRow { movement_id: MovementId; line_no: number; input_line: number; quantity: string }
interface ReferenceRow { movement_id: MovementId; type: string; number: string; issuer_id: PartyId | null }
