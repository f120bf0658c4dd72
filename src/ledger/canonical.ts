import type { Actor } from '#src/audit/command.ts'
import { canonicalJson } from '#src/lib/canonical.ts'
import type { CommandId, MovementId } from '#src/lib/id.ts'
import { formatQuantity, trimQuantity } from '#src/lib/quantity.ts'
import type { Instant } from '#src/lib/time.ts'
import type { Line, Movement, Reference } from './movement.ts'

/** What a movement gets when it is written. */
export interface Written {
  readonly movementId: MovementId
  /** The transformation it belongs to; its own id where it began it. */
  readonly runId: MovementId | null
  readonly recordedAt: Instant
  readonly actor: Actor
  readonly commandId: CommandId
}

/**
 * What was decided, as one text: what its SHA-256 and the seal cover. It is a function of the stored rows alone (units,
 * references and uses sorted, decimals in their shortest form), so `verify` makes it again from them: a change of the
 * rows or of the text shows.
 */
export function canonicalMovement(movement: Movement, { movementId, runId, recordedAt, actor, commandId }: Written): string {
  return canonicalJson({
    version: 1, movementId, kind: movement.kind, occurredAt: movement.occurredAt, recordedAt, businessDate: movement.businessDate, actor, commandId,
    reason: movement.reason, note: movement.note, device: movement.device, deviceTime: movement.deviceTime, references: distinctReferences(movement.references),
    runKind: movement.runKind, runId, reverses: movement.reverses, reversal: movement.reversal, lines: movement.lines.map(canonicalLine),
  })
}

/** One of each type and number, as the table keeps them. */
export function distinctReferences(references: readonly Reference[]): readonly Reference[] {
  const byName = new Map<string, Reference>()
  for (const reference of references) {
    const name = JSON.stringify([reference.type, reference.number])
    if (!byName.has(name)) byName.set(name, reference)
  }
  return [...byName].sort(([a], [b]) => compare(a, b)).map(([, reference]) => reference)
}

function canonicalLine(line: Line): object {
  return {
    lineNo: line.lineNo, role: line.role, productId: line.productId, lotId: line.lotId, from: line.from, to: line.to, fromInternal: line.fromInternal, toInternal: line.toInternal,
    consigneePlaceId: line.consigneePlaceId, quantity: formatQuantity(line.quantity), second: line.second === null ? null : formatQuantity(line.second),
    enteredQuantity: trimQuantity(line.enteredQuantity), enteredUom: line.enteredUom, fromMixture: line.fromMixture,
    cost: line.cost && { unitCost: trimQuantity(line.cost.unitCost), currency: line.cost.currency, rate: line.cost.rate === null ? null : trimQuantity(line.cost.rate) },
    units: line.units?.map((unit) => [unit.unitId, formatQuantity(unit.quantity), unit.second === null ? null : formatQuantity(unit.second)] as const).sort(([a], [b]) => compare(a, b)) ?? null,
    uses: line.uses?.map((use) => [use.inputLine, formatQuantity(use.quantity)] as const).sort(([a], [b]) => a - b) ?? null,
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
