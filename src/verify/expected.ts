import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import { NO_UNIT, type OrganizationId } from '#src/lib/id.ts'

/**
 * What balances and genealogy must be, as queries over lines and allocations alone: `verify` compares them with what is
 * stored, `rebuild` puts them there. Lots are the canonical ones. No now() and no random id: the same lines, the same rows.
 */

/** One row per side of a line at a place of ours: product_id, lot_id, place_id, owner_id, plate_id, quantity, second, named, occurred_at, recorded_at. */
export function sides(organizationId: OrganizationId): Statement {
  return sql`
    select l.product_id, coalesce(o.merged_into, l.lot_id) as lot_id, l.to_place_id as place_id, l.to_owner_id as owner_id, l.to_plate_id as plate_id, l.quantity,
           coalesce(l.second_quantity, 0) as second, case when l.has_units then l.quantity else 0 end as named, l.occurred_at, l.recorded_at
    from movement_line l left join lot o on o.organization_id = l.organization_id and o.lot_id = l.lot_id
    where l.organization_id = ${organizationId} and l.to_internal
    union all
    select l.product_id, coalesce(o.merged_into, l.lot_id), l.from_place_id, l.from_owner_id, l.from_plate_id, -l.quantity, -coalesce(l.second_quantity, 0), case when l.has_units then -l.quantity else 0 end, l.occurred_at, l.recorded_at
    from movement_line l left join lot o on o.organization_id = l.organization_id and o.lot_id = l.lot_id
    where l.organization_id = ${organizationId} and l.from_internal`
}

/** Balance rows: the key, on_hand, second_on_hand, allocated, last_occurred_at, and named (what of it units make up). */
export function expectedBalances(organizationId: OrganizationId): Statement {
  return sql`
    select product_id, lot_id, place_id, owner_id, plate_id, coalesce(s.on_hand, 0) as on_hand, coalesce(a.allocated, 0) as allocated, coalesce(s.second_on_hand, 0) as second_on_hand,
           s.last_occurred_at, coalesce(s.named, 0) as named
    from (select product_id, lot_id, place_id, owner_id, plate_id, sum(quantity) as on_hand, sum(second) as second_on_hand, sum(named) as named, max(occurred_at) as last_occurred_at
          from (${sides(organizationId)}) side group by 1, 2, 3, 4, 5) s
    full join (select product_id, lot_id, place_id, owner_id, plate_id, sum(open_quantity) as allocated from allocation where organization_id = ${organizationId} and closed_at is null group by 1, 2, 3, 4, 5) a
      using (product_id, lot_id, place_id, owner_id, plate_id)`
}

/** Movements that count in genealogy: of a run, and neither said never to have happened nor saying so of another. */
function runMovements(organizationId: OrganizationId): Statement {
  return sql`
    select m.run_id, m.movement_id from movement m
    left join movement r on r.organization_id = m.organization_id and r.reverses = m.movement_id and r.reversal = 'never_happened'
    where m.organization_id = ${organizationId} and m.run_id is not null and m.reversal is distinct from 'never_happened' and r.movement_id is null`
}

/** Lines of runs, one row per unit, or one where none is named. */
function runRows(organizationId: OrganizationId): Statement {
  return sql`
    select r.run_id, l.movement_id, l.line_no, l.role, l.product_id, coalesce(o.merged_into, l.lot_id) as lot_id, coalesce(u.unit_id, ${NO_UNIT}::uuid) as unit_id,
           coalesce(u.quantity, l.quantity) as quantity, l.from_mixture
    from (${runMovements(organizationId)}) r
    join movement_line l on l.organization_id = ${organizationId} and l.movement_id = r.movement_id and l.role is not null
    left join lot o on o.organization_id = l.organization_id and o.lot_id = l.lot_id
    left join line_unit u on l.has_units and u.organization_id = l.organization_id and u.movement_id = l.movement_id and u.line_no = l.line_no`
}

/** `run_input` rows: exact while the run has one output at most, possible where drawn from a mixture. */
export function expectedRunInputs(organizationId: OrganizationId): Statement {
  return sql`
    select i.run_id, i.movement_id, i.line_no, i.product_id, i.lot_id, i.unit_id, i.quantity,
           case when i.from_mixture then 'possible' when coalesce(o.outputs, 0) <= 1 then 'exact' else 'at_most' end as certainty
    from (${runRows(organizationId)}) i
    left join (select run_id, count(distinct (lot_id, unit_id)) as outputs from (${runRows(organizationId)}) every_row where role = 'output' group by run_id) o on o.run_id = i.run_id
    where i.role = 'input'`
}

/** `run_output` rows. */
export function expectedRunOutputs(organizationId: OrganizationId): Statement {
  return sql`
    select o.run_id, o.movement_id, o.line_no, o.product_id, o.lot_id, o.unit_id, o.quantity,
           exists (select from line_use u where u.organization_id = ${organizationId} and u.movement_id = o.movement_id and u.output_line = o.line_no) as names_inputs
    from (${runRows(organizationId)}) o where o.role = 'output'`
}

/** `run_use` rows: what an output named is exact where it is one lot or unit. */
export function expectedRunUses(organizationId: OrganizationId): Statement {
  return sql`
    select r.run_id, u.movement_id as output_movement_id, u.output_line, u.input_movement_id, u.input_line, u.quantity,
           case when i.from_mixture then 'possible'
                when not o.has_units or (select count(*) from line_unit n where n.organization_id = ${organizationId} and n.movement_id = o.movement_id and n.line_no = o.line_no) = 1 then 'exact'
                else 'at_most' end as certainty
    from (${runMovements(organizationId)}) r
    join line_use u on u.organization_id = ${organizationId} and u.movement_id = r.movement_id
    join (${runMovements(organizationId)}) used on used.movement_id = u.input_movement_id
    join movement_line o on o.organization_id = ${organizationId} and o.movement_id = u.movement_id and o.line_no = u.output_line
    join movement_line i on i.organization_id = ${organizationId} and i.movement_id = u.input_movement_id and i.line_no = u.input_line`
}

/**
 * For the rest of the transaction whole tables are joined by hash or merge, not row by row: right for what looks at all
 * of an organisation, and a database that was just filled and never analysed would otherwise be read quadratically.
 */
export async function joinWholesale(tx: Tx): Promise<void> {
  await tx.run(sql`select set_config('enable_nestloop', 'off', true)`)
}
