import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import { LOOSE, NO_UNIT, type OrganizationId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import { systemPlaceId } from '#src/network/system.ts'

export type Direction = 'forward' | 'backward'

/** What a trace starts with: lots as the lots they are now, units with their lots. */
export interface Start {
  readonly organizationId: OrganizationId
  readonly direction: Direction
  readonly productIds: readonly string[]
  readonly lotIds: readonly string[]
  /** NO_UNIT for the lot with all its units. */
  readonly unitIds: readonly string[]
}

/** Looks up what is asked for. Refuses `trace_of_nothing`, `not_found` (naming the first), `lot_hidden`. */
export async function toStart(tx: Tx, organizationId: OrganizationId, direction: Direction, asked: { readonly lotIds?: readonly string[] | undefined; readonly unitIds?: readonly string[] | undefined }): Promise<Start> {
  const lotIds = [...new Set(asked.lotIds ?? [])]
  const unitIds = [...new Set(asked.unitIds ?? [])]
  if (lotIds.length + unitIds.length === 0) throw refuse('trace_of_nothing')
  const rows = await tx.rows<{ asked: string; product_id: string; lot_id: string; unit_id: string; hidden: boolean }>(sql`
    select a.id as asked, l.product_id, coalesce(l.merged_into, l.lot_id) as lot_id, ${NO_UNIT}::uuid as unit_id, l.code is null as hidden
    from unnest(${lotIds}::uuid[]) a (id) join lot l on l.organization_id = ${organizationId} and l.lot_id = a.id
    union all
    select a.id, u.product_id, coalesce(l.merged_into, u.lot_id), u.unit_id, false
    from unnest(${unitIds}::uuid[]) a (id) join unit u on u.organization_id = ${organizationId} and u.unit_id = a.id join lot l on l.organization_id = u.organization_id and l.lot_id = u.lot_id`)
  const found = new Map(rows.map((row) => [row.asked, row]))
  for (const [what, all] of [['lot', lotIds], ['unit', unitIds]] as const) {
    const missing = all.find((id) => !found.has(id))
    if (missing !== undefined) throw refuse('not_found', { what, which: missing })
  }
  if (rows.some((row) => row.hidden)) throw refuse('lot_hidden')
  return { organizationId, direction, productIds: rows.map((row) => row.product_id), lotIds: rows.map((row) => row.lot_id), unitIds: rows.map((row) => row.unit_id) }
}

/** In walk and node: 3 exact, 2 at most, 1 possible, so that the weakest is the least. */
export const certainties = { 3: 'exact', 2: 'at_most', 1: 'possible' } as const
const rank = (certainty: Statement): Statement => sql`case ${certainty} when 'exact' then 3::smallint when 'at_most' then 2::smallint else 1::smallint end`

/** In walk: something to go on from; a run; goods without a lot, where the way ends; a run whose inputs were stepped to by what the output used. */
const [NODE, RUN, END, NAMED] = [0, 1, 2, 3]

/**
 * The walk, as common table expressions for a statement that begins with `with recursive`:
 *  walk  every node and every run reached, once per certainty it was reached with (three at most, so cycles end). A run
 *        stands between its inputs and its outputs, so that 30 inputs and 10,000 outputs are 10,030 steps, not 300,000;
 *        outputs that name their inputs are stepped to from those alone.
 *  node  every node once, with its best certainty; not `followed`: goods without a lot
 *  run   every run reached
 */
export function walkTables(start: Start): Statement {
  const { organizationId, direction } = start
  return sql`
    start (product_id, lot_id, unit_id) as (
      select * from unnest(${start.productIds}::uuid[], ${start.lotIds}::uuid[], ${start.unitIds}::uuid[])
    ), walk (kind, product_id, lot_id, unit_id, certainty) as (
      select ${NODE}::smallint, product_id, lot_id, unit_id, 3::smallint from start
      union
      select step.* from walk w cross join lateral (${direction === 'forward' ? stepsForward(organizationId) : stepsBackward(organizationId)}) step
    ), node as materialized (
      select product_id, lot_id, unit_id, kind = ${NODE} as followed, max(certainty) as certainty from walk where kind in (${NODE}, ${END}) group by product_id, lot_id, unit_id, kind
    ), run as materialized (
      select distinct lot_id as run_id from walk where kind in (${RUN}, ${NAMED})
    )`
}

/** The nodes to sum over, with their certainty: a unit whose lot was reached too is in its lot, so that nothing counts twice. */
export const accounted = sql`(select * from node where followed and (unit_id = ${NO_UNIT}::uuid or lot_id not in (select lot_id from node where followed and unit_id = ${NO_UNIT}::uuid)))`

/** Goods without a lot: the hidden lot of their product, and no unit. */
function kindOf(row: 'i' | 'o', organizationId: OrganizationId): Statement {
  const hidden = sql`(select no_lot_id from product where organization_id = ${organizationId})`
  return row === 'i'
    ? sql`case when i.unit_id = ${NO_UNIT}::uuid and i.lot_id in ${hidden} then ${END}::smallint else ${NODE}::smallint end`
    : sql`case when o.unit_id = ${NO_UNIT}::uuid and o.lot_id in ${hidden} then ${END}::smallint else ${NODE}::smallint end`
}

/** A lot stands for its units: every unit's rows, else the unit's own. As a range, so that the index serves both. */
const unitsOf = (row: 'i' | 'o'): Statement => row === 'i'
  ? sql`i.lot_id = w.lot_id and i.unit_id >= w.unit_id and i.unit_id <= case when w.unit_id = ${NO_UNIT}::uuid then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else w.unit_id end`
  : sql`o.lot_id = w.lot_id and o.unit_id >= w.unit_id and o.unit_id <= case when w.unit_id = ${NO_UNIT}::uuid then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else w.unit_id end`

function stepsForward(organizationId: OrganizationId): Statement {
  return sql`
    select next.* from run_input i cross join lateral (
      select ${RUN}::smallint, ${LOOSE}::uuid, i.run_id, ${NO_UNIT}::uuid, least(w.certainty, ${rank(sql`i.certainty`)})
      union all
      select ${kindOf('o', organizationId)}, o.product_id, o.lot_id, o.unit_id, least(w.certainty, ${rank(sql`u.certainty`)})
      from run_use u join run_output o on o.organization_id = ${organizationId} and o.run_id = u.run_id and o.movement_id = u.output_movement_id and o.line_no = u.output_line
      where u.organization_id = ${organizationId} and u.run_id = i.run_id and u.input_movement_id = i.movement_id and u.input_line = i.line_no
    ) next
    where w.kind = ${NODE} and i.organization_id = ${organizationId} and ${unitsOf('i')}
    union all
    select ${kindOf('o', organizationId)}, o.product_id, o.lot_id, o.unit_id, w.certainty
    from run_output o where w.kind = ${RUN} and o.organization_id = ${organizationId} and o.run_id = w.lot_id and not o.names_inputs`
}

function stepsBackward(organizationId: OrganizationId): Statement {
  return sql`
    select next.* from run_output o cross join lateral (
      select case when o.names_inputs then ${NAMED}::smallint else ${RUN}::smallint end, ${LOOSE}::uuid, o.run_id, ${NO_UNIT}::uuid, w.certainty
      union all
      select ${kindOf('i', organizationId)}, i.product_id, i.lot_id, i.unit_id, least(w.certainty, ${rank(sql`u.certainty`)})
      from run_use u join run_input i on i.organization_id = ${organizationId} and i.run_id = u.run_id and i.movement_id = u.input_movement_id and i.line_no = u.input_line
      where o.names_inputs and u.organization_id = ${organizationId} and u.run_id = o.run_id and u.output_movement_id = o.movement_id and u.output_line = o.line_no
    ) next
    where w.kind = ${NODE} and o.organization_id = ${organizationId} and ${unitsOf('o')}
    union all
    select ${kindOf('i', organizationId)}, i.product_id, i.lot_id, i.unit_id, least(w.certainty, ${rank(sql`i.certainty`)})
    from run_input i where w.kind = ${RUN} and i.organization_id = ${organizationId} and i.run_id = w.lot_id`
}

/** How much of nodes is where: rows of (product_id, lot_id, unit_id, certainty, place_id, quantity), several of a place where it is somebody else's or on a plate. */
export function onHandOf(organizationId: OrganizationId, nodes: Statement): Statement {
  return sql`
    select n.product_id, n.lot_id, n.unit_id, n.certainty, b.place_id, b.on_hand as quantity
    from ${nodes} n join balance b on b.organization_id = ${organizationId} and b.product_id = n.product_id and b.lot_id = n.lot_id and b.on_hand > 0
    where n.followed and n.unit_id = ${NO_UNIT}::uuid
    union all
    select n.product_id, n.lot_id, n.unit_id, n.certainty, u.place_id, u.measure
    from ${nodes} n join unit u on u.organization_id = ${organizationId} and u.unit_id = n.unit_id and u.measure > 0
    join place p on p.organization_id = ${organizationId} and p.place_id = u.place_id and p.internal
    where n.followed and n.unit_id <> ${NO_UNIT}::uuid`
}

/**
 * The lines of nodes across our walls (no moves, no runs), lots by every id they go by. `category` is what the place
 * outside is to the goods (derived ids name our own ones, a ship-to place stands on the line, the rest are suppliers).
 * `net` counts in the direction of that category: to a consignee and to an end, from a supplier. `returned` is what went
 * the other way, unless it never happened; only then is a movement looked at.
 */
export function linesOf(organizationId: OrganizationId, nodes: Statement): Statement {
  const outside = sql`case when l.from_internal then l.to_place_id else l.from_place_id end as place_id, l.consignee_place_id, l.from_internal as outward, l.occurred_at`
  const across = sql`l.from_internal <> l.to_internal and l.role is null`
  const neverHappened = sql`(exists (select from movement m where m.organization_id = ${organizationId} and m.movement_id = l.movement_id and m.reversal = 'never_happened')
    or exists (select from movement r where r.organization_id = ${organizationId} and r.reverses = l.movement_id and r.reversal = 'never_happened'))`
  return sql`
    select l.*, case when outward = (category <> 'supplier') then quantity else -quantity end as net,
           case when category in ('consignee', 'supplier') and outward <> (category <> 'supplier') then case when ${neverHappened} then 0 else quantity end else 0 end as returned
    from (
      select l.*, case when consignee_place_id is not null then 'consignee'
        when place_id = ${systemPlaceId(organizationId, 'destroyed')}::uuid then 'destroyed' when place_id = ${systemPlaceId(organizationId, 'sampled')}::uuid then 'sampled'
        when place_id = ${systemPlaceId(organizationId, 'loss')}::uuid then 'lost' when place_id = ${systemPlaceId(organizationId, 'count')}::uuid then 'counted' else 'supplier' end as category
      from (
        select n.product_id, n.lot_id, n.unit_id, n.certainty, l.movement_id, l.line_no, l.quantity, l.has_units, ${outside}
        from (select product_id, lot_id, unit_id, certainty, lot_id as named from ${nodes} n where followed and unit_id = ${NO_UNIT}::uuid
              union all
              select n.product_id, n.lot_id, n.unit_id, n.certainty, m.lot_id from ${nodes} n
              join (select lot_id, merged_into from lot where organization_id = ${organizationId} and merged_into is not null offset 0) m on m.merged_into = n.lot_id
              where n.followed and n.unit_id = ${NO_UNIT}::uuid) n
        join movement_line l on l.organization_id = ${organizationId} and l.lot_id = n.named and ${across}
        union all
        select n.product_id, n.lot_id, n.unit_id, n.certainty, l.movement_id, l.line_no, x.quantity, false, ${outside}
        from ${nodes} n
        join line_unit x on x.organization_id = ${organizationId} and x.unit_id = n.unit_id
        join movement_line l on l.organization_id = ${organizationId} and l.movement_id = x.movement_id and l.line_no = x.line_no and ${across}
        where n.followed and n.unit_id <> ${NO_UNIT}::uuid
      ) l
    ) l`
}
