import { sql, type Tx } from '#src/db/sql.ts'
import { NO_UNIT, type MovementId, type OrganizationId } from '#src/lib/id.ts'
import { formatQuantity } from '#src/lib/quantity.ts'
import type { Line } from './movement.ts'

/**
 * Genealogy: what a run took up and what it gave, never the product of both. What of an input is in an output is
 *  exact     the run has one output, or the output names its inputs and is one lot or unit
 *  at_most   several outputs shared the inputs and nobody said which
 *  possible  the input was drawn from a mixture
 */
export async function recordRun(tx: Tx, organizationId: OrganizationId, run: { movementId: MovementId; runId: MovementId; lines: readonly Line[]; continues: boolean }): Promise<void> {
  const { movementId, runId } = run
  const inputs = rowsOf(run.lines, 'input')
  const outputs = rowsOf(run.lines, 'output')
  const single = new Set(outputs.map((row) => `${row.line.lotId}/${row.unitId}`)).size <= 1
  const uses = run.lines.flatMap((line) => (line.uses ?? []).map((use) => {
    const input = run.lines.find((one) => one.lineNo === use.inputLine)
    const one = (line.units?.length ?? 1) === 1
    return { outputLine: line.lineNo, inputLine: use.inputLine, quantity: formatQuantity(use.quantity), certainty: input?.fromMixture ? 'possible' : one ? 'exact' : 'at_most' }
  }))
  tx.later(sql`
    with inputs as (
      insert into run_input (organization_id, run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, certainty)
      select ${organizationId}, ${runId}, ${movementId}, i.* from unnest(${inputs.map((r) => r.line.lineNo)}::int[], ${inputs.map((r) => r.line.productId)}::uuid[], ${inputs.map((r) => r.line.lotId)}::uuid[],
        ${inputs.map((r) => r.unitId)}::uuid[], ${inputs.map((r) => r.quantity)}::numeric[], ${inputs.map((r) => (r.line.fromMixture ? 'possible' : single ? 'exact' : 'at_most'))}::text[]) as i
    ), outputs as (
      insert into run_output (organization_id, run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, names_inputs)
      select ${organizationId}, ${runId}, ${movementId}, o.* from unnest(${outputs.map((r) => r.line.lineNo)}::int[], ${outputs.map((r) => r.line.productId)}::uuid[], ${outputs.map((r) => r.line.lotId)}::uuid[],
        ${outputs.map((r) => r.unitId)}::uuid[], ${outputs.map((r) => r.quantity)}::numeric[], ${outputs.map((r) => r.line.uses !== null)}::boolean[]) as o
    ), named as (
      insert into line_use (organization_id, movement_id, output_line, input_movement_id, input_line, quantity)
      select ${organizationId}, ${movementId}, u.output_line, ${movementId}, u.input_line, u.quantity
      from unnest(${uses.map((u) => u.outputLine)}::int[], ${uses.map((u) => u.inputLine)}::int[], ${uses.map((u) => u.quantity)}::numeric[]) as u (output_line, input_line, quantity)
    )
    insert into run_use (organization_id, run_id, output_movement_id, output_line, input_movement_id, input_line, quantity, certainty)
    select ${organizationId}, ${runId}, ${movementId}, u.output_line, ${movementId}, u.input_line, u.quantity, u.certainty
    from unnest(${uses.map((u) => u.outputLine)}::int[], ${uses.map((u) => u.inputLine)}::int[], ${uses.map((u) => u.quantity)}::numeric[], ${uses.map((u) => u.certainty)}::text[])
      as u (output_line, input_line, quantity, certainty)`)
  if (run.continues) await refreshCertainty(tx, organizationId, runId)
}

/** The movement never happened: its part of the run goes, and what is left is judged anew. */
export async function forgetRun(tx: Tx, organizationId: OrganizationId, runId: MovementId, movementId: MovementId): Promise<void> {
  await tx.run(sql`
    with inputs as (delete from run_input where organization_id = ${organizationId} and run_id = ${runId} and movement_id = ${movementId}),
         uses as (delete from run_use where organization_id = ${organizationId} and run_id = ${runId} and (output_movement_id = ${movementId} or input_movement_id = ${movementId}))
    delete from run_output where organization_id = ${organizationId} and run_id = ${runId} and movement_id = ${movementId}`)
  await refreshCertainty(tx, organizationId, runId)
}

/** Inputs of a run that grows or shrinks by several movements: exact only while it has one output. */
async function refreshCertainty(tx: Tx, organizationId: OrganizationId, runId: MovementId): Promise<void> {
  await tx.run(sql`
    update run_input i set certainty = case when (select count(distinct (o.lot_id, o.unit_id)) from run_output o where o.organization_id = ${organizationId} and o.run_id = ${runId}) <= 1 then 'exact' else 'at_most' end
    where i.organization_id = ${organizationId} and i.run_id = ${runId} and i.certainty <> 'possible'`)
}

function rowsOf(lines: readonly Line[], role: 'input' | 'output'): { line: Line; unitId: string; quantity: string }[] {
  return lines.filter((line) => line.role === role).flatMap((line) =>
    line.units ? line.units.map((unit) => ({ line, unitId: unit.unitId, quantity: formatQuantity(unit.quantity) })) : [{ line, unitId: NO_UNIT, quantity: formatQuantity(line.quantity) }])
}
