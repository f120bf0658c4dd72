import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Statement, type Tx } from '#src/db/sql.ts'
import { NO_UNIT, type OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, encodeCursor } from '#src/lib/paging.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { uuidPart } from '#src/lib/staged-page.ts'
import type * as contract from './contract.ts'
import { categoryOf, certainties, linesOfNodes, toStart, walkTables, type Direction, type Start } from './walk.ts'

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
const SHOWN = { parties: 500, edges: 50, movements: 20, units: 100 } as const

/**
 * Follows lots and units forward or backward: everything reached is counted, a page of it is told in full. Three
 * statements whatever is reached: look up the start, walk and sum, tell the movements of the page.
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
    const counterparties = await loadCounterparties(tx, organizationId, shown, sections('flow'))
    const edges = Map.groupBy(sections('edge') as EdgeRow[], (edge) => keyOf(edge.node))
    return {
      direction,
      totals: toTotals(sections('totals')[0] as unknown as TotalsRow, sections('product')),
      consignees: toParties(sections('consignee')), suppliers: toParties(sections('supplier')),
      nodes: shown.map((node) => toNode(direction, node, sections('flow'), counterparties, edges.get(keyOf(node)) ?? [])),
      next: nodes.length > query.limit && last ? encodeCursor([last.start ? 0 : 1, last.productId, last.lotId, last.unitId]) : null,
    }
  })
}

/** Room for large sets; compiling would take longer than the query. For this transaction only. */
export async function prepareToWalk(tx: Tx): Promise<void> {
  await tx.run(sql`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`)
}

interface Sections {
  totals: TotalsRow
  product: ProductRow
  consignee: PartyRow
  supplier: PartyRow
  node: NodeRow
  flow: FlowRow
  edge: EdgeRow
}
interface Key { readonly lotId: string; readonly unitId: string }
interface TotalsRow { nodes: number; lots: number; units: number; unfollowed: number; runs: number; exact: number; atMost: number; possible: number; consignees: number; suppliers: number }
interface ProductRow {
  productId: string; sku: string; product: string; uom: string; lots: number; units: number; onHand: string; shipped: string; returned: string; received: string; sentBack: string
  destroyed: string; sampled: string; lost: string; counted: string
}
interface PartyRow { placeId: string; place: string; partyId: string | null; party: string | null; lots: number; products: { productId: string; sku: string; product: string; uom: string; quantity: string; returned: string }[] }
interface NodeRow extends Key { productId: string; sku: string; product: string; uom: string; lot: string | null; serial: string | null; start: boolean; followed: boolean; covered: boolean; certainty: 1 | 2 | 3; edgeCount: number }
interface FlowRow extends Key { category: string; placeId: string; place: string; partyId: string | null; party: string | null; quantity: string; returned: string }
interface EdgeRow { runId: string; run: string; movementId: string; occurredAt: string; node: Key; other: Key; inputQuantity: string; outputQuantity: string; certainty: 1 | 2 | 3 }

const keyOf = (key: Key): string => `${key.lotId}/${key.unitId}`

/** One statement: the walk once, then everything that is told of it as rows of (section, data). Quantities are text: JSON numbers would round. */
function walkAndSum(start: Start, limit: number, after: readonly (string | number | null)[] | null): Statement {
  const { organizationId } = start
  const beyond = after === null ? sql`` : sql`where (case when start then 0 else 1 end, product_id, lot_id, unit_id) > (${after[0] === 0 ? 0 : 1}::int, ${uuidPart(after[1])}::uuid, ${uuidPart(after[2])}::uuid, ${uuidPart(after[3])}::uuid)`
  const names = (of: 'f' | 'n'): Statement => of === 'f'
    ? sql`join place pl on pl.organization_id = ${organizationId} and pl.place_id = f.place_id left join party y on y.organization_id = ${organizationId} and y.party_id = pl.party_id`
    : sql`join product p on p.organization_id = ${organizationId} and p.product_id = n.product_id`
  return sql`
    with recursive ${walkTables(start)},
    shown as materialized (
      select * from node ${beyond} order by case when start then 0 else 1 end, product_id, lot_id, unit_id limit ${limit + 1}
    ), edge as materialized (${edges(start)})
    select 'totals' as section, (select jsonb_build_object('nodes', count(*), 'lots', count(distinct lot_id), 'units', count(*) filter (where unit_id <> ${NO_UNIT}::uuid), 'unfollowed', count(*) filter (where not followed),
        'exact', count(*) filter (where certainty = 3), 'atMost', count(*) filter (where certainty = 2), 'possible', count(*) filter (where certainty = 1)) from node)
      || jsonb_build_object('runs', (select count(*) from run))
      || (select jsonb_build_object('consignees', count(distinct place_id) filter (where category = 'consignee'), 'suppliers', count(distinct place_id) filter (where category = 'supplier')) from flow) as data
    union all
    select 'product', jsonb_build_object('productId', n.product_id, 'sku', p.sku, 'product', p.name, 'uom', p.base_uom, 'lots', n.lots, 'units', n.units,
        'onHand', coalesce(f.on_hand, 0)::text, 'shipped', coalesce(f.shipped, 0)::text, 'returned', coalesce(f.returned, 0)::text, 'received', coalesce(f.received, 0)::text, 'sentBack', coalesce(f.sent_back, 0)::text,
        'destroyed', coalesce(f.destroyed, 0)::text, 'sampled', coalesce(f.sampled, 0)::text, 'lost', coalesce(f.lost, 0)::text, 'counted', coalesce(f.counted, 0)::text)
    from (select product_id, count(distinct lot_id) as lots, count(*) filter (where unit_id <> ${NO_UNIT}::uuid) as units from node group by product_id) n
    ${names('n')}
    left join (select product_id, sum(quantity) filter (where category = 'on_hand') as on_hand, sum(quantity) filter (where category = 'consignee') as shipped, sum(returned) filter (where category = 'consignee') as returned,
                      sum(quantity) filter (where category = 'supplier') as received, sum(returned) filter (where category = 'supplier') as sent_back, sum(quantity) filter (where category = 'destroyed') as destroyed,
                      sum(quantity) filter (where category = 'sampled') as sampled, sum(quantity) filter (where category = 'lost') as lost, sum(quantity) filter (where category = 'counted') as counted
               from flow group by product_id) f on f.product_id = n.product_id
    union all
    (select f.category, jsonb_build_object('placeId', f.place_id, 'place', pl.code, 'partyId', pl.party_id, 'party', y.name, 'lots', f.lots, 'products', f.products)
     from (select g.category, g.place_id, (array_agg(g.place_lots))[1] as lots,
                  jsonb_agg(jsonb_build_object('productId', g.product_id, 'sku', p.sku, 'product', p.name, 'uom', p.base_uom, 'quantity', g.quantity::text, 'returned', g.returned::text) order by p.sku) as products
           from (select category, place_id, product_id, sum(quantity) as quantity, sum(returned) as returned, sum(count(distinct lot_id)) over (partition by category, place_id) as place_lots
                 from flow where category in ('consignee', 'supplier') group by category, place_id, product_id) g
           join product p on p.organization_id = ${organizationId} and p.product_id = g.product_id
           group by g.category, g.place_id) f
     ${names('f')}
     order by row_number() over (partition by f.category order by y.name, pl.code, f.place_id) limit ${2 * SHOWN.parties})
    union all
    (select 'node', jsonb_build_object('productId', n.product_id, 'lotId', n.lot_id, 'unitId', n.unit_id, 'sku', p.sku, 'product', p.name, 'uom', p.base_uom, 'lot', l.code, 'serial', u.serial,
        'start', n.start, 'followed', n.followed, 'covered', n.covered, 'certainty', n.certainty, 'edgeCount', coalesce((select max(e.edge_count) from edge e where e.node_lot = n.lot_id and e.node_unit = n.unit_id), 0))
     from shown n ${names('n')}
     join lot l on l.organization_id = ${organizationId} and l.lot_id = n.lot_id
     left join unit u on u.organization_id = ${organizationId} and u.unit_id = n.unit_id
     order by case when n.start then 0 else 1 end, n.product_id, n.lot_id, n.unit_id)
    union all
    select 'flow', jsonb_build_object('lotId', f.lot_id, 'unitId', f.unit_id, 'category', f.category, 'placeId', f.place_id, 'place', pl.code, 'partyId', pl.party_id, 'party', y.name, 'quantity', f.quantity::text, 'returned', f.returned::text)
    from shown n join flow f on f.lot_id = n.lot_id and f.unit_id = n.unit_id ${names('f')}
    union all
    select 'edge', jsonb_build_object('runId', e.run_id, 'run', m.run_kind, 'movementId', e.movement_id, 'occurredAt', to_char(m.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'node', jsonb_build_object('lotId', e.node_lot, 'unitId', e.node_unit), 'other', jsonb_build_object('lotId', e.other_lot, 'unitId', e.other_unit),
        'inputQuantity', e.input_quantity::text, 'outputQuantity', e.output_quantity::text, 'certainty', e.certainty)
    from edge e join movement m on m.organization_id = ${organizationId} and m.movement_id = e.movement_id`
}

/**
 * The steps by which the nodes shown were reached, from what else is in the trace: per node, run and neighbour the
 * quantity the run took up and gave. Goods without a lot are looked for in the runs of the trace only: salt is in all of them.
 */
function edges({ organizationId, direction }: Start): Statement {
  return sql`
    select n.lot_id as node_lot, n.unit_id as node_unit, e.*
    from shown n cross join lateral (
      select g.run_id, g.other_lot, g.other_unit, max(g.movement_id::text)::uuid as movement_id, sum(g.input_quantity) as input_quantity, sum(g.output_quantity) as output_quantity, min(g.certainty) as certainty,
             count(*) over () as edge_count
      from (${direction === 'forward' ? edgesForward(organizationId) : edgesBackward(organizationId)}) g
      group by g.run_id, g.other_lot, g.other_unit order by g.run_id desc, g.other_lot, g.other_unit limit ${SHOWN.edges}
    ) e`
}

/** The rows of node `n` in runs. */
function nearRows(organizationId: OrganizationId, side: 'run_input' | 'run_output'): Statement {
  const table = side === 'run_input' ? sql`run_input` : sql`run_output`
  return sql`
    select x.* from ${table} x
    where n.followed and x.organization_id = ${organizationId} and x.lot_id = n.lot_id
      and x.unit_id >= n.unit_id and x.unit_id <= case when n.unit_id = ${NO_UNIT}::uuid then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else n.unit_id end
    union all
    select x.* from run r join ${table} x on x.organization_id = ${organizationId} and x.run_id = r.run_id where not n.followed and x.lot_id = n.lot_id and x.unit_id = n.unit_id`
}

/** A neighbour `x` in the trace: its lot where the lot stands for its units, else the unit. */
const isTraced = sql`(x.lot_id in (select lot_id from node where followed and unit_id = ${NO_UNIT}::uuid) or (x.lot_id, x.unit_id) in (select lot_id, unit_id from node where followed))`
const otherUnit = sql`case when x.lot_id in (select lot_id from node where followed and unit_id = ${NO_UNIT}::uuid) then ${NO_UNIT}::uuid else x.unit_id end`
const rank = (certainty: Statement): Statement => sql`case ${certainty} when 'exact' then 3 when 'at_most' then 2 else 1 end`

function edgesForward(organizationId: OrganizationId): Statement {
  return sql`
    select o.run_id, x.lot_id as other_lot, ${otherUnit} as other_unit, o.movement_id, sum(x.quantity) as input_quantity, o.quantity as output_quantity, min(${rank(sql`x.certainty`)}) as certainty
    from (select run_id, max(movement_id::text)::uuid as movement_id, sum(quantity) as quantity from (${nearRows(organizationId, 'run_output')}) o where not names_inputs group by run_id) o
    join run_input x on x.organization_id = ${organizationId} and x.run_id = o.run_id
    where ${isTraced} group by o.run_id, 2, 3, o.movement_id, o.quantity
    union all
    select o.run_id, x.lot_id, ${otherUnit}, o.movement_id, sum(case when x.unit_id = ${NO_UNIT}::uuid then u.quantity else least(x.quantity, u.quantity) end), o.quantity, min(${rank(sql`u.certainty`)})
    from (select run_id, movement_id, line_no, sum(quantity) as quantity from (${nearRows(organizationId, 'run_output')}) o where names_inputs group by run_id, movement_id, line_no) o
    join run_use u on u.organization_id = ${organizationId} and u.run_id = o.run_id and u.output_movement_id = o.movement_id and u.output_line = o.line_no
    join run_input x on x.organization_id = ${organizationId} and x.run_id = u.run_id and x.movement_id = u.input_movement_id and x.line_no = u.input_line
    where ${isTraced} group by o.run_id, 2, 3, o.movement_id, o.line_no, o.quantity`
}

function edgesBackward(organizationId: OrganizationId): Statement {
  return sql`
    select i.run_id, x.lot_id as other_lot, ${otherUnit} as other_unit, max(x.movement_id::text)::uuid as movement_id, i.quantity as input_quantity, sum(x.quantity) as output_quantity, i.certainty
    from (select run_id, sum(quantity) as quantity, min(${rank(sql`certainty`)}) as certainty from (${nearRows(organizationId, 'run_input')}) i group by run_id) i
    join run_output x on x.organization_id = ${organizationId} and x.run_id = i.run_id and not x.names_inputs
    where ${isTraced} group by i.run_id, 2, 3, i.quantity, i.certainty
    union all
    select i.run_id, x.lot_id, ${otherUnit}, x.movement_id, max(u.quantity), sum(x.quantity), min(${rank(sql`u.certainty`)})
    from (select run_id, movement_id, line_no from (${nearRows(organizationId, 'run_input')}) i group by run_id, movement_id, line_no) i
    join run_use u on u.organization_id = ${organizationId} and u.run_id = i.run_id and u.input_movement_id = i.movement_id and u.input_line = i.line_no
    join run_output x on x.organization_id = ${organizationId} and x.run_id = u.run_id and x.movement_id = u.output_movement_id and x.line_no = u.output_line
    where ${isTraced} group by i.run_id, i.movement_id, i.line_no, 2, 3, x.movement_id, x.line_no`
}

interface Counterparty { readonly movements: Node['consignees'][number]['movements']; readonly units: { unitId: string; serial: string }[]; readonly unitCount: number }

/** The movements with consignees and suppliers of the nodes shown, and the units they name; by node and place. */
async function loadCounterparties(tx: Tx, organizationId: OrganizationId, nodes: readonly NodeRow[], flows: readonly FlowRow[]): Promise<ReadonlyMap<string, Counterparty>> {
  const wanted = new Set(flows.filter((flow) => flow.category === 'consignee' || flow.category === 'supplier').map(keyOf))
  const asked = nodes.filter((node) => wanted.has(keyOf(node)))
  if (asked.length === 0) return new Map()
  const shown = sql`(select * from unnest(${asked.map((n) => n.productId)}::uuid[], ${asked.map((n) => n.lotId)}::uuid[], ${asked.map((n) => n.unitId)}::uuid[], ${asked.map((n) => n.followed)}::boolean[], ${asked.map((n) => n.covered)}::boolean[])
    as k (product_id, lot_id, unit_id, followed, covered))`
  const rows = await tx.rows<{ lot_id: string; unit_id: string; place_id: string; movements: Counterparty['movements']; units: Counterparty['units'] | null; unit_count: number }>(sql`
    with line as materialized (
      select l.*, ${categoryOf(organizationId)} as category from (${linesOfNodes(organizationId, shown)}) l
    ), moved as (
      select l.lot_id, l.unit_id, l.place_id, l.movement_id, m.kind, m.occurred_at, sum(l.quantity) as quantity,
             row_number() over (partition by l.lot_id, l.unit_id, l.place_id order by m.occurred_at, l.movement_id) as nth
      from line l join movement m on m.organization_id = ${organizationId} and m.movement_id = l.movement_id
      where l.category in ('consignee', 'supplier') group by l.lot_id, l.unit_id, l.place_id, l.movement_id, m.kind, m.occurred_at, m.movement_id
    ), named as (
      select distinct l.lot_id, l.unit_id, l.place_id, x.unit_id as named_id from line l
      join line_unit x on x.organization_id = ${organizationId} and x.movement_id = l.movement_id and x.line_no = l.line_no where l.has_units and l.category in ('consignee', 'supplier')
      union select l.lot_id, l.unit_id, l.place_id, l.unit_id from line l where l.unit_id <> ${NO_UNIT}::uuid and l.category in ('consignee', 'supplier')
    ), counted as (
      select *, row_number() over (partition by lot_id, unit_id, place_id order by named_id) as nth, count(*) over (partition by lot_id, unit_id, place_id) as unit_count from named
    )
    select d.lot_id, d.unit_id, d.place_id,
           jsonb_agg(jsonb_build_object('movementId', d.movement_id, 'kind', d.kind, 'occurredAt', to_char(d.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'quantity', d.quantity::text,
             'documents', (select coalesce(jsonb_agg(r.type || ' ' || r.number order by r.type, r.number), '[]') from movement_reference r where r.organization_id = ${organizationId} and r.movement_id = d.movement_id))
             order by d.nth) as movements,
           (select jsonb_agg(jsonb_build_object('unitId', c.named_id, 'serial', u.serial) order by c.nth) from counted c join unit u on u.organization_id = ${organizationId} and u.unit_id = c.named_id
            where c.lot_id = d.lot_id and c.unit_id = d.unit_id and c.place_id = d.place_id and c.nth <= ${SHOWN.units}) as units,
           coalesce((select max(c.unit_count)::int from counted c where c.lot_id = d.lot_id and c.unit_id = d.unit_id and c.place_id = d.place_id), 0) as unit_count
    from moved d where d.nth <= ${SHOWN.movements} group by d.lot_id, d.unit_id, d.place_id`)
  return new Map(rows.map((row) => [`${row.lot_id}/${row.unit_id}/${row.place_id}`, {
    movements: row.movements.map((movement) => ({ ...movement, quantity: trimQuantity(movement.quantity) })), units: row.units ?? [], unitCount: row.unit_count,
  }]))
}

function toTotals(row: TotalsRow, products: readonly ProductRow[]): Answer['totals'] {
  const quantities = ['onHand', 'shipped', 'returned', 'received', 'sentBack', 'destroyed', 'sampled', 'lost', 'counted'] as const
  return { ...row, products: products.map((product) => ({ ...product, ...(Object.fromEntries(quantities.map((name) => [name, trimQuantity(product[name])])) as Record<(typeof quantities)[number], string>) })).sort((a, b) => (a.sku < b.sku ? -1 : 1)) }
}

function toParties(rows: readonly PartyRow[]): Party[] {
  return rows.slice(0, SHOWN.parties).map((row) => ({ ...row, products: row.products.map((product) => ({ ...product, quantity: trimQuantity(product.quantity), returned: trimQuantity(product.returned) })) }))
}

function toNode(direction: Direction, row: NodeRow, flows: readonly FlowRow[], counterparties: ReadonlyMap<string, Counterparty>, edgesOf: readonly EdgeRow[]): Node {
  const mine = flows.filter((flow) => keyOf(flow) === keyOf(row))
  const sum = (category: string): string => mine.find((flow) => flow.category === category)?.quantity ?? '0'
  const others = (category: string): Node['consignees'] => mine.filter((flow) => flow.category === category).map((flow) => ({
    placeId: flow.placeId, place: flow.place, partyId: flow.partyId, party: flow.party, quantity: trimQuantity(flow.quantity), returned: trimQuantity(flow.returned),
    ...(counterparties.get(`${keyOf(row)}/${flow.placeId}`) ?? { movements: [], units: [], unitCount: 0 }),
  }))
  return {
    lotId: row.lotId, unitId: unitOf(row), productId: row.productId, sku: row.sku, product: row.product, uom: row.uom, lot: row.lot, serial: row.serial, start: row.start, followed: row.followed,
    certainty: certainties[row.certainty],
    onHand: mine.filter((flow) => flow.category === 'on_hand').map((flow) => ({ placeId: flow.placeId, place: flow.place, quantity: trimQuantity(flow.quantity) })),
    consignees: others('consignee'), suppliers: others('supplier'),
    destroyed: trimQuantity(sum('destroyed')), sampled: trimQuantity(sum('sampled')), lost: trimQuantity(sum('lost')), counted: trimQuantity(sum('counted')),
    edges: edgesOf.map((edge) => toEdge(direction, edge)), edgeCount: row.edgeCount,
  }
}

function toEdge(direction: Direction, edge: EdgeRow): Edge {
  const [node, other] = [edge.node, edge.other].map((key) => ({ lotId: key.lotId, unitId: unitOf(key) })) as [Edge['from'], Edge['from']]
  const [from, to] = direction === 'forward' ? [other, node] : [node, other]
  return {
    runId: edge.runId, run: edge.run, movementId: edge.movementId, occurredAt: edge.occurredAt, from, to,
    inputQuantity: trimQuantity(edge.inputQuantity), outputQuantity: trimQuantity(edge.outputQuantity), certainty: certainties[edge.certainty],
  }
}

function unitOf(key: Key): string | null {
  return key.unitId === NO_UNIT ? null : key.unitId
}
