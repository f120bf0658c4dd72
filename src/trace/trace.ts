import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { prepared, sql, type Statement, type Tx } from '#src/db/sql.ts'
import { NO_UNIT, type OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, encodeCursor } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { accounted, certainties, linesOf, onHandOf, toStart, walkTables, type Direction, type Start } from './walk.ts'

type Answer = z.input<typeof contract.traceAnswer>
type Node = Answer['nodes'][number]
type Party = Answer['consignees'][number]
type Edge = Node['edges'][number]

export interface TraceQuery {
  readonly lotIds?: readonly string[] | undefined
  readonly unitIds?: readonly string[] | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Most of each that an answer shows; totals count all of them. */
const SHOWN = { parties: 500, edges: 20, movements: 20, units: 100 } as const

/**
 * Follows lots and units forward or backward: everything reached is counted, a page of it is told in full. Three
 * statements whatever is reached: look up the start, walk and sum, tell where the page's nodes are and went.
 * Refuses `trace_of_nothing`, `not_found`, `lot_hidden`.
 */
export function trace(caller: Pick<Caller, 'read' | 'organizationId'>, direction: Direction, query: TraceQuery): Promise<Answer> {
  const { organizationId } = caller
  const after = decodeCursor(query.cursor, 4)
  return caller.read(async (tx) => {
    const start = await toStart(tx, organizationId, direction, query)
    await prepareToWalk(tx)
    const rows = await tx.rows<{ section: keyof Sections; data: never }>(walkAndSum(start, query.limit, after))
    const sections = (section: keyof Sections): never[] => rows.filter((row) => row.section === section).map((row) => row.data)
    const nodes: NodeRow[] = sections('node')
    const shown = nodes.slice(0, query.limit)
    const last = shown.at(-1)
    const facts = await loadFacts(tx, organizationId, shown)
    const edges = Map.groupBy(sections('edge') as EdgeRow[], (edge) => keyOf(edge.node))
    return {
      direction,
      totals: toTotals(sections('totals')[0] as unknown as TotalsRow, sections('product')),
      consignees: toParties(sections('consignee')), suppliers: toParties(sections('supplier')), places: toPlaces(sections('place')),
      nodes: shown.map((node) => toNode(direction, node, facts.get(keyOf(node)), edges.get(keyOf(node)) ?? [])),
      next: nodes.length > query.limit && last ? encodeCursor([last.start ? 0 : 1, last.productId, last.lotId, last.unitId]) : null,
    }
  })
}

/** Room for large sets, no compiling and no planning anew each time (both would take longer than most traces). For this transaction only. */
export async function prepareToWalk(tx: Tx): Promise<void> {
  await tx.run(sql`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('plan_cache_mode', 'force_generic_plan', true)`)
}

interface Sections {
  totals: TotalsRow
  product: ProductRow
  consignee: PartyRow
  supplier: PartyRow
  place: PlaceRow
  node: NodeRow
  edge: EdgeRow
}
interface Key { readonly lotId: string; readonly unitId: string }
interface TotalsRow { nodes: number; lots: number; units: number; unfollowed: number; runs: number; exact: number; atMost: number; possible: number; consignees: number; suppliers: number; places: number }
interface ProductRow {
  productId: string; sku: string; product: string; uom: string; lots: number; units: number; onHand: string; shipped: string; returned: string; received: string; sentBack: string
  destroyed: string; sampled: string; lost: string; counted: string
  exact: { onHand: string; shipped: string; received: string }
}
interface PartyRow { placeId: string; place: string; partyId: string | null; party: string | null; products: { productId: string; sku: string; product: string; uom: string; quantity: string; returned: string }[] }
interface PlaceRow { placeId: string; place: string; products: { productId: string; sku: string; product: string; uom: string; quantity: string }[] }
interface NodeRow extends Key { productId: string; sku: string; product: string; uom: string; lot: string | null; serial: string | null; start: boolean; followed: boolean; certainty: 1 | 2 | 3; edgeCount: number }
interface EdgeRow { runId: string; run: string; movementId: string; occurredAt: string; node: Key; other: Key; far: string; near: string; certainty: 1 | 2 | 3; stated: boolean }

const keyOf = (key: Key): string => `${key.lotId}/${key.unitId}`

/** One statement: the walk once, then everything that is told of it as rows of (section, data). Quantities are text: JSON numbers would round. */
function walkAndSum(start: Start, limit: number, after: readonly (string | number | null)[] | null): Statement {
  const { organizationId } = start
  const order = sql`case when n.start then 0 else 1 end, n.product_id, n.lot_id, n.unit_id`
  const beyond = after === null ? sql`` : sql`where (${order}) > (${after[0] === 0 ? 0 : 1}::int, ${uuidPart(after[1])}::uuid, ${uuidPart(after[2])}::uuid, ${uuidPart(after[3])}::uuid)`
  const ofProduct = sql`'productId', p.product_id, 'sku', p.sku, 'product', p.name, 'uom', p.base_uom`
  const statement = sql`
    with recursive ${walkTables(start)},
    by_product as materialized (
      select product_id, count(*) as nodes, count(*) filter (where followed and unit_id = ${NO_UNIT}::uuid) as lots, count(*) filter (where unit_id <> ${NO_UNIT}::uuid) as units, count(*) filter (where not followed) as unfollowed,
             count(*) filter (where certainty = 3) as exact, count(*) filter (where certainty = 2) as at_most, count(*) filter (where certainty = 1) as possible
      from node group by product_id
    ), by_place as materialized (
      select category, place_id, product_id, sum(net) as quantity, sum(returned) as returned, sum(net) filter (where certainty = 3) as exact
      from (${linesOf(organizationId, accounted)}) l group by category, place_id, product_id having sum(net) <> 0 or sum(returned) <> 0
    ), on_hand as materialized (
      select place_id, product_id, sum(quantity) as quantity, sum(quantity) filter (where certainty = 3) as exact from (${onHandOf(organizationId, accounted)}) h group by place_id, product_id
    ), shown as materialized (
      select n.* from (select n.*, (n.lot_id, n.unit_id) in (select lot_id, unit_id from start) as start from node n) n ${beyond} order by ${order} limit ${limit + 1}
    ), ${edgeTables(start)}
    select 'totals' as section, (select jsonb_build_object('nodes', sum(nodes), 'lots', sum(lots), 'units', sum(units), 'unfollowed', sum(unfollowed), 'exact', sum(exact), 'atMost', sum(at_most), 'possible', sum(possible)) from by_product)
      || jsonb_build_object('runs', (select count(*) from run))
      || (select jsonb_build_object('consignees', count(distinct place_id) filter (where category = 'consignee'), 'suppliers', count(distinct place_id) filter (where category = 'supplier')) from by_place)
      || (select jsonb_build_object('places', count(distinct place_id)) from on_hand) as data
    union all
    select 'product', jsonb_build_object(${ofProduct}, 'lots', n.lots, 'units', n.units,
        'onHand', coalesce(h.quantity, 0)::text, 'shipped', coalesce(f.shipped, 0)::text, 'returned', coalesce(f.returned, 0)::text, 'received', coalesce(f.received, 0)::text, 'sentBack', coalesce(f.sent_back, 0)::text,
        'destroyed', coalesce(f.destroyed, 0)::text, 'sampled', coalesce(f.sampled, 0)::text, 'lost', coalesce(f.lost, 0)::text, 'counted', coalesce(f.counted, 0)::text,
        'exact', jsonb_build_object('onHand', coalesce(h.exact, 0)::text, 'shipped', coalesce(f.shipped_exact, 0)::text, 'received', coalesce(f.received_exact, 0)::text))
    from by_product n join product p on p.organization_id = ${organizationId} and p.product_id = n.product_id
    left join (select product_id, sum(quantity) as quantity, sum(exact) as exact from on_hand group by product_id) h on h.product_id = n.product_id
    left join (select product_id, sum(quantity) filter (where category = 'consignee') as shipped, sum(returned) filter (where category = 'consignee') as returned,
                      sum(quantity) filter (where category = 'supplier') as received, sum(returned) filter (where category = 'supplier') as sent_back, sum(quantity) filter (where category = 'destroyed') as destroyed,
                      sum(quantity) filter (where category = 'sampled') as sampled, sum(quantity) filter (where category = 'lost') as lost, sum(quantity) filter (where category = 'counted') as counted,
                      sum(exact) filter (where category = 'consignee') as shipped_exact, sum(exact) filter (where category = 'supplier') as received_exact
               from by_place group by product_id) f on f.product_id = n.product_id
    union all
    (select f.category, jsonb_build_object('placeId', f.place_id, 'place', f.place, 'partyId', f.party_id, 'party', f.party, 'products', f.products)
     from (select g.category, g.place_id, pl.code as place, pl.party_id, y.name as party, row_number() over (partition by g.category order by y.name, pl.code, g.place_id) as nth,
                  jsonb_agg(jsonb_build_object(${ofProduct}, 'quantity', g.quantity::text, 'returned', g.returned::text) order by p.sku, p.product_id) as products
           from by_place g
           join product p on p.organization_id = ${organizationId} and p.product_id = g.product_id
           join place pl on pl.organization_id = ${organizationId} and pl.place_id = g.place_id
           left join party y on y.organization_id = ${organizationId} and y.party_id = pl.party_id
           where g.category in ('consignee', 'supplier') group by g.category, g.place_id, pl.code, pl.party_id, y.name) f
     where f.nth <= ${SHOWN.parties} order by f.category, f.nth)
    union all
    (select 'place', jsonb_build_object('placeId', h.place_id, 'place', pl.code, 'products', jsonb_agg(jsonb_build_object(${ofProduct}, 'quantity', h.quantity::text) order by p.sku, p.product_id))
     from on_hand h
     join product p on p.organization_id = ${organizationId} and p.product_id = h.product_id
     join place pl on pl.organization_id = ${organizationId} and pl.place_id = h.place_id
     group by h.place_id, pl.code order by pl.code, h.place_id limit ${SHOWN.parties})
    union all
    (select 'node', jsonb_build_object(${ofProduct}, 'lotId', n.lot_id, 'unitId', n.unit_id, 'lot', l.code, 'serial', u.serial,
        'start', n.start, 'followed', n.followed, 'certainty', n.certainty, 'edgeCount', coalesce(e.edge_count, 0))
     from shown n join product p on p.organization_id = ${organizationId} and p.product_id = n.product_id
     join lot l on l.organization_id = ${organizationId} and l.lot_id = n.lot_id
     left join unit u on u.organization_id = ${organizationId} and u.unit_id = n.unit_id
     left join (select node_lot, node_unit, count(*) as edge_count from edge group by node_lot, node_unit) e on e.node_lot = n.lot_id and e.node_unit = n.unit_id
     order by ${order})
    union all
    select 'edge', jsonb_build_object('runId', e.run_id, 'run', m.run_kind, 'movementId', e.movement_id, 'occurredAt', to_char(m.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'node', jsonb_build_object('lotId', e.node_lot, 'unitId', e.node_unit), 'other', jsonb_build_object('lotId', e.other_lot, 'unitId', e.other_unit),
        'far', e.far_quantity::text, 'near', e.near_quantity::text, 'certainty', e.certainty, 'stated', e.stated)
    from edge e join movement m on m.organization_id = ${organizationId} and m.movement_id = e.movement_id where e.nth <= ${SHOWN.edges}`
  return prepared(statement)
}

/**
 * The steps by which the nodes shown were reached, from what else is in the trace: per node, run and neighbour the
 * quantity the run took up and gave. What is in the trace is looked up by IN, which is hashed: the sizes of these tables
 * are not known when they are planned, and a join might go over them in a nested loop.
 *  far   every neighbour of the nodes shown in their runs, by the row as it stands there
 *  edge  those in the trace, as the lot where the lot stands for its units; the node is `to` forward, `from` backward
 */
function edgeTables({ organizationId, direction }: Start): Statement {
  return sql`
    far as materialized (
      select n.lot_id as node_lot, n.unit_id as node_unit, g.* from shown n cross join lateral (${direction === 'forward' ? farForward(organizationId) : farBackward(organizationId)}) g
    ), traced as materialized (
      select n.lot_id, n.unit_id from node n where n.followed and coalesce(n.lot_id in (select lot_id from far), false)
    ), edge as materialized (
      select e.node_lot, e.node_unit, e.run_id, e.other_lot, e.other_unit, max(e.movement_id::text)::uuid as movement_id, sum(e.far_quantity) as far_quantity, sum(e.near_quantity) as near_quantity, min(e.certainty) as certainty, bool_or(e.step <> '') as stated,
             row_number() over (partition by e.node_lot, e.node_unit order by e.run_id desc, e.other_lot, e.other_unit) as nth
      from (
        select f.node_lot, f.node_unit, f.run_id, f.step, f.lot_id as other_lot, f.other_unit, f.movement_id, sum(f.far_quantity) as far_quantity, max(f.near_quantity) as near_quantity, min(f.certainty) as certainty
        from (select far.*, case when lot_id in (select lot_id from traced where unit_id = ${NO_UNIT}::uuid) then ${NO_UNIT}::uuid when (lot_id, unit_id) in (select lot_id, unit_id from traced) then unit_id end as other_unit from far) f
        where f.other_unit is not null
        group by f.node_lot, f.node_unit, f.run_id, f.step, f.lot_id, f.other_unit, f.movement_id
      ) e
      group by e.node_lot, e.node_unit, e.run_id, e.other_lot, e.other_unit
    )`
}

/** The rows of node `n` in runs. Goods without a lot are looked for in the runs of the trace only: salt is in all of them. */
function nearRows(organizationId: OrganizationId, side: 'run_input' | 'run_output'): Statement {
  const table = side === 'run_input' ? sql`run_input` : sql`run_output`
  return sql`
    select x.* from ${table} x
    where n.followed and x.organization_id = ${organizationId} and x.lot_id = n.lot_id
      and x.unit_id >= n.unit_id and x.unit_id <= case when n.unit_id = ${NO_UNIT}::uuid then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else n.unit_id end
    union all
    select x.* from run r join ${table} x on x.organization_id = ${organizationId} and x.run_id = r.run_id where not n.followed and x.lot_id = n.lot_id and x.unit_id = n.unit_id`
}

const rank = (certainty: Statement): Statement => sql`case ${certainty} when 'exact' then 3 when 'at_most' then 2 else 1 end`

/** Inputs of the runs that gave node `n`: of the run, or of each output that says what it used. `near` is what was given of `n`, in each `step` once. */
function farForward(organizationId: OrganizationId): Statement {
  return sql`
    select o.run_id, '' as step, o.movement_id, x.lot_id, x.unit_id, sum(x.quantity) as far_quantity, o.quantity as near_quantity, min(${rank(sql`x.certainty`)}) as certainty
    from (select run_id, max(movement_id::text)::uuid as movement_id, sum(quantity) as quantity from (${nearRows(organizationId, 'run_output')}) o where not names_inputs group by run_id) o
    join run_input x on x.organization_id = ${organizationId} and x.run_id = o.run_id
    group by o.run_id, o.movement_id, o.quantity, x.lot_id, x.unit_id
    union all
    select o.run_id, o.movement_id || '/' || o.line_no, o.movement_id, x.lot_id, x.unit_id, sum(case when x.unit_id = ${NO_UNIT}::uuid then u.quantity else least(x.quantity, u.quantity) end), o.quantity, min(${rank(sql`u.certainty`)})
    from (select run_id, movement_id, line_no, sum(quantity) as quantity from (${nearRows(organizationId, 'run_output')}) o where names_inputs group by run_id, movement_id, line_no) o
    join run_use u on u.organization_id = ${organizationId} and u.run_id = o.run_id and u.output_movement_id = o.movement_id and u.output_line = o.line_no
    join run_input x on x.organization_id = ${organizationId} and x.run_id = u.run_id and x.movement_id = u.input_movement_id and x.line_no = u.input_line
    group by o.run_id, o.movement_id, o.line_no, o.quantity, x.lot_id, x.unit_id`
}

/** Outputs of the runs that took up node `n`: those that name no inputs, and those that say they used it. `near` is what was taken up of `n`. */
function farBackward(organizationId: OrganizationId): Statement {
  return sql`
    select i.run_id, '' as step, max(x.movement_id::text)::uuid as movement_id, x.lot_id, x.unit_id, sum(x.quantity) as far_quantity, i.quantity as near_quantity, i.certainty
    from (select run_id, sum(quantity) as quantity, min(${rank(sql`certainty`)}) as certainty from (${nearRows(organizationId, 'run_input')}) i group by run_id) i
    join run_output x on x.organization_id = ${organizationId} and x.run_id = i.run_id and not x.names_inputs
    group by i.run_id, i.quantity, i.certainty, x.lot_id, x.unit_id
    union all
    select i.run_id, u.output_movement_id || '/' || u.output_line || '/' || i.movement_id || '/' || i.line_no, u.output_movement_id, x.lot_id, x.unit_id, sum(x.quantity), u.quantity, ${rank(sql`u.certainty`)}
    from (select run_id, movement_id, line_no from (${nearRows(organizationId, 'run_input')}) i group by run_id, movement_id, line_no) i
    join run_use u on u.organization_id = ${organizationId} and u.run_id = i.run_id and u.input_movement_id = i.movement_id and u.input_line = i.line_no
    join run_output x on x.organization_id = ${organizationId} and x.run_id = u.run_id and x.movement_id = u.output_movement_id and x.line_no = u.output_line
    group by i.run_id, u.output_movement_id, u.output_line, i.movement_id, i.line_no, u.quantity, u.certainty, x.lot_id, x.unit_id`
}

type Moved = Node['consignees'][number]['movements'][number]
type Unit = Node['consignees'][number]['units'][number]
interface FactRow { lot_id: string; unit_id: string; category: string; place_id: string | null; place: string | null; party_id: string | null; party: string | null; quantity: string | null; returned: string | null; unit_count: number; unit: Unit | null; movement: Moved | null }
/** What is told of a node: where how much of it is or went, with the movements and units of consignees and suppliers. */
interface Facts {
  readonly flows: FactRow[]
  readonly movements: Map<string, Moved[]>
  readonly units: Map<string, { units: Unit[]; count: number }>
}

/** Where the nodes shown are and went, by node: one statement for all of them. */
async function loadFacts(tx: Tx, organizationId: OrganizationId, asked: readonly NodeRow[]): Promise<ReadonlyMap<string, Facts>> {
  const shown = sql`(select * from unnest(${asked.map((n) => n.productId)}::uuid[], ${asked.map((n) => n.lotId)}::uuid[], ${asked.map((n) => n.unitId)}::uuid[], ${asked.map((n) => n.followed)}::boolean[], ${asked.map((n) => n.certainty)}::smallint[]) as k (product_id, lot_id, unit_id, followed, certainty))`
  const rows = await tx.rows<FactRow>(prepared(sql`
    with line as materialized (${linesOf(organizationId, shown)}),
    flow as (
      select lot_id, unit_id, 'on_hand' as category, place_id, sum(quantity) as quantity, 0::numeric as returned from (${onHandOf(organizationId, shown)}) h group by lot_id, unit_id, place_id
      union all
      select lot_id, unit_id, category, place_id, sum(net), sum(returned) from line group by lot_id, unit_id, category, place_id having sum(net) <> 0 or sum(returned) <> 0
    ), moved as (
      select l.lot_id, l.unit_id, l.category, l.place_id, l.movement_id, l.occurred_at, sum(l.quantity) as quantity,
             row_number() over (partition by l.lot_id, l.unit_id, l.place_id order by l.occurred_at, l.movement_id) as nth
      from line l group by l.lot_id, l.unit_id, l.category, l.place_id, l.movement_id, l.occurred_at
    ), named as (
      select l.lot_id, l.unit_id, l.category, l.place_id, x.unit_id as named_id from line l
      join line_unit x on x.organization_id = ${organizationId} and x.movement_id = l.movement_id and x.line_no = l.line_no where l.has_units and l.category in ('consignee', 'supplier')
      union select l.lot_id, l.unit_id, l.category, l.place_id, l.unit_id from line l where l.unit_id <> ${NO_UNIT}::uuid and l.category in ('consignee', 'supplier')
    ), counted as (
      select *, row_number() over (partition by lot_id, unit_id, place_id order by named_id) as nth, count(*) over (partition by lot_id, unit_id, place_id) as unit_count from named
    )
    select f.lot_id, f.unit_id, f.category, f.place_id, pl.code as place, pl.party_id, y.name as party, f.quantity::text, f.returned::text, 0 as unit_count, null::jsonb as unit, null::jsonb as movement
    from flow f join place pl on pl.organization_id = ${organizationId} and pl.place_id = f.place_id left join party y on y.organization_id = ${organizationId} and y.party_id = pl.party_id
    union all
    select d.lot_id, d.unit_id, d.category, d.place_id, null, null, null, null, null, 0, null,
           jsonb_build_object('movementId', d.movement_id, 'kind', m.kind, 'occurredAt', to_char(d.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'quantity', d.quantity::text,
             'documents', (select coalesce(jsonb_agg(r.type || ' ' || r.number order by r.type, r.number), '[]') from movement_reference r where r.organization_id = ${organizationId} and r.movement_id = d.movement_id))
    from moved d join movement m on m.organization_id = ${organizationId} and m.movement_id = d.movement_id where d.nth <= ${SHOWN.movements}
    union all
    select c.lot_id, c.unit_id, c.category, c.place_id, null, null, null, null, null, c.unit_count::int, jsonb_build_object('unitId', c.named_id, 'serial', u.serial), null
    from counted c join unit u on u.organization_id = ${organizationId} and u.unit_id = c.named_id where c.nth <= ${SHOWN.units}`))
  const found = new Map<string, Facts>()
  for (const row of rows) {
    const key = `${row.lot_id}/${row.unit_id}`
    const facts: Facts = found.get(key) ?? { flows: [], movements: new Map(), units: new Map() }
    found.set(key, facts)
    const place = row.place_id ?? ''
    if (row.movement) facts.movements.set(place, [...(facts.movements.get(place) ?? []), { ...row.movement, quantity: trimQuantity(row.movement.quantity) }])
    else if (row.unit) facts.units.set(place, { units: [...(facts.units.get(place)?.units ?? []), row.unit], count: row.unit_count })
    else facts.flows.push(row)
  }
  return found
}

function toTotals(row: TotalsRow, products: readonly ProductRow[]): Answer['totals'] {
  const quantities = ['onHand', 'shipped', 'returned', 'received', 'sentBack', 'destroyed', 'sampled', 'lost', 'counted'] as const
  return {
    ...row, products: products.map((product) => ({
      ...product, ...(Object.fromEntries(quantities.map((name) => [name, trimQuantity(product[name])])) as Record<(typeof quantities)[number], string>),
      exact: { onHand: trimQuantity(product.exact.onHand), shipped: trimQuantity(product.exact.shipped), received: trimQuantity(product.exact.received) },
    })).sort((a, b) => (a.sku < b.sku ? -1 : 1)),
  }
}

function toParties(rows: readonly PartyRow[]): Party[] {
  return rows.slice(0, SHOWN.parties).map((row) => ({ ...row, products: row.products.map((product) => ({ ...product, quantity: trimQuantity(product.quantity), returned: trimQuantity(product.returned) })) }))
}

function toPlaces(rows: readonly PlaceRow[]): Answer['places'] {
  return rows.map((row) => ({ ...row, products: row.products.map((product) => ({ ...product, quantity: trimQuantity(product.quantity) })) }))
}

const ends = ['destroyed', 'sampled', 'lost', 'counted'] as const

function toNode(direction: Direction, row: NodeRow, facts: Facts | undefined, edgesOf: readonly EdgeRow[]): Node {
  const flows = (category: string): FactRow[] => (facts?.flows ?? []).filter((flow) => flow.category === category).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const sum = (category: string): string => trimQuantity(flows(category)[0]?.quantity ?? '0')
  const movementsAt = (place: string): Moved[] => (facts?.movements.get(place) ?? []).sort((a, b) => (a.occurredAt + a.movementId < b.occurredAt + b.movementId ? -1 : 1))
  const counterparties = (category: string): Node['consignees'] => flows(category).map((flow) => {
    const place = flow.place_id ?? ''
    const units = facts?.units.get(place)
    return {
      placeId: place, place: flow.place ?? '', partyId: flow.party_id, party: flow.party, quantity: trimQuantity(flow.quantity ?? '0'), returned: trimQuantity(flow.returned ?? '0'),
      movements: movementsAt(place),
      unitCount: units?.count ?? 0, units: (units?.units ?? []).sort((a, b) => (a.unitId < b.unitId ? -1 : 1)),
    }
  })
  return {
    lotId: row.lotId, unitId: unitOf(row), productId: row.productId, sku: row.sku, product: row.product, uom: row.uom, lot: row.lot, serial: row.serial, start: row.start, followed: row.followed,
    certainty: certainties[row.certainty],
    onHand: flows('on_hand').map((flow) => ({ placeId: flow.place_id ?? '', place: flow.place ?? '', quantity: trimQuantity(flow.quantity ?? '0') })),
    consignees: counterparties('consignee'), suppliers: counterparties('supplier'),
    destroyed: sum('destroyed'), sampled: sum('sampled'), lost: sum('lost'), counted: sum('counted'),
    ends: ends.flatMap((end) => flows(end).map((flow) => ({ end, quantity: trimQuantity(flow.quantity ?? '0'), movements: movementsAt(flow.place_id ?? '') }))),
    edges: edgesOf.map((edge) => toEdge(direction, edge)), edgeCount: row.edgeCount,
  }
}

function nameOf(row: FactRow): string {
  return `${row.party ?? ''}/${row.place ?? ''}/${row.place_id ?? ''}`
}

function toEdge(direction: Direction, edge: EdgeRow): Edge {
  const [node, other] = [edge.node, edge.other].map((key) => ({ lotId: key.lotId, unitId: unitOf(key) })) as [Edge['from'], Edge['from']]
  const [from, to] = direction === 'forward' ? [other, node] : [node, other]
  const [input, output] = direction === 'forward' ? [edge.far, edge.near] : [edge.near, edge.far]
  return {
    runId: edge.runId, run: edge.run, movementId: edge.movementId, occurredAt: edge.occurredAt, from, to,
    inputQuantity: trimQuantity(input), outputQuantity: trimQuantity(output), certainty: certainties[edge.certainty], stated: edge.stated,
  }
}

function unitOf(key: Key): string | null {
  return key.unitId === NO_UNIT ? null : key.unitId
}
