import type pg from 'pg'
import type { OrganizationId, PartyId } from '#src/lib/id.ts'
import { firstShipToPlaceId, systemPlaceId } from '#src/network/system.ts'
import type { Cluster, Seed } from './cluster.ts'
import { askAll, type Question } from './reads.ts'
import type { Result } from './report.ts'
import { fillLots, fillStock, kinds, seededId, withoutIndexes } from './seeds.ts'

/** A tree in which each lot but the last hundred thousand went into ten others: 1 + 10 + ... + 100,000. */
const TREE = 111_111
const BRANCHING = 11_111
const TREES = 9
const CUSTOMERS = 100

/** Forward traces among a million edges, with everybody who got some of it. Lot 1 of a tree reaches all of it, lot 2 a tenth, lot 12 a hundredth. */
export async function traces(cluster: Cluster): Promise<Result[]> {
  return askAll(cluster, seed, (organizationId) => [[1_111, 12, 20], [11_111, 2, 5], [TREE, 1, 1]].map(([reached = 0, lot = 0, times = 0]) => question(organizationId, reached, seededId('lot', 4 * TREE + lot), times)))
}

function question(organizationId: string, reached: number, lotId: string, times: number): Question & { atMost: number } {
  return {
    name: `trace reaching ${reached.toLocaleString('en')} lots`, path: `/trace/forward?lotId=${lotId}&limit=100`, times, atMost: 2,
    text: `
      with recursive reached (lot_id) as (
        select $2::uuid
        union
        select o.lot_id from reached r
        join run_input i on i.organization_id = $1 and i.lot_id = r.lot_id
        join run_output o on o.organization_id = $1 and o.run_id = i.run_id
      )
      select p.place_id, p.name, (select count(*) from reached) as reached, count(distinct l.lot_id) as lots, sum(l.quantity) as quantity
      from reached r
      join movement_line l on l.organization_id = $1 and l.lot_id = r.lot_id and l.from_internal <> l.to_internal and l.role is null and l.consignee_place_id is not null
      join place p on p.organization_id = $1 and p.place_id = l.consignee_place_id
      group by p.place_id, p.name order by p.name`,
    values: [organizationId, lotId],
    agree: (body, rows) => {
      const { totals, consignees } = JSON.parse(body) as { totals: { nodes: number; consignees: number }; consignees: { products: { quantity: string }[] }[] }
      const nodes = Number(rows[0]?.['reached'])
      if (nodes !== reached || totals.nodes !== reached || totals.consignees !== rows.length) throw new Error(`${reached} lots asked for: Lotwise reached ${totals.nodes} with ${totals.consignees} consignees, plain SQL ${nodes} with ${rows.length}`)
      const ours = consignees.flatMap((one) => one.products).reduce((sum, one) => sum + Number(one.quantity), 0)
      const theirs = rows.reduce((sum, row) => sum + Number(row['quantity']), 0)
      if (ours !== theirs) throw new Error(`Lotwise says that ${ours} kg were shipped, plain SQL ${theirs}`)
    },
  }
}

const seed: Seed = { name: 'edges_1m', version: '1,000,000 edges, 1', gigabytes: 3, readOnly: true, fill }

/** A run for each lot that went into others: one input, ten outputs. What went into nothing was shipped, a thousand lots at a time. */
async function fill(db: pg.Client, organizationId: OrganizationId): Promise<void> {
  await fillStock(db, organizationId, { products: 100, lots: 0, places: 1, lines: 0 })
  const o = `'${organizationId}'::uuid`
  const at = `timestamptz '2025-06-01T00:00:00Z'`
  const loose = `'00000000-0000-0000-0000-000000000000'::uuid`
  const here = `pg_temp.id(${kinds.place}, 1)`
  const process = `'${systemPlaceId(organizationId, 'process')}'::uuid`
  const product = (n: string): string => `pg_temp.id(${kinds.product}, (${n} - 1) % 100 + 1)`
  const lot = (n: string): string => `pg_temp.id(${kinds.lot}, ${n})`
  // lot k of a tree is made of lot (k - 2) / 10 + 1
  const runs = `generate_series(0, ${TREES - 1}) t, lateral (select t * ${TREE} as base) b, generate_series(1, ${BRANCHING}) k`
  const run = `pg_temp.id(${kinds.run}, base + k)`
  const line = `insert into movement_line (organization_id, movement_id, line_no, role, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id, from_internal, to_internal, consignee_place_id, quantity, entered_quantity, entered_uom, occurred_at, recorded_at)`
  await withoutIndexes(db, ['lot', 'lot_code', 'movement', 'movement_line', 'run_input', 'run_output'], async () => {
    await fillLots(db, o, TREES * TREE, 100)
    await db.query(`
      insert into party (organization_id, party_id, name, roles, created_at) select ${o}, c.id, c.name, '{customer}', ${at} from unnest($1::uuid[], $2::text[]) as c (id, name)`, [customers.map(({ partyId }) => partyId), customers.map(({ name }) => name)])
    await db.query(`
      insert into place (organization_id, place_id, facility_id, path, kind, code, name, time_zone, party_id, created_at)
      select ${o}, c.place_id, c.place_id, array[c.place_id], 'ship_to', c.name, c.name, 'UTC', c.party_id, ${at} from unnest($1::uuid[], $2::uuid[], $3::text[]) as c (place_id, party_id, name)`,
      [customers.map(({ placeId }) => placeId), customers.map(({ partyId }) => partyId), customers.map(({ name }) => name)])
    const header = (id: string, kind: string, runId: string, runKind: string, from: string): string => `
      insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, run_id, run_kind, command_id, canonical, sha256)
      select ${o}, ${id}, '${kind}', ${at}, ${at}, (${at})::date, 'system', 'seed', ${runId}, ${runKind}, ${id}, '{}', '\\x00' from ${from}`
    await db.query(header(run, 'transform', run, `'production'`, runs))
    await db.query(`${line} select ${o}, ${run}, 1, 'input', ${product('(base + k)')}, ${lot('base + k')}, ${here}, ${process}, ${o}, ${o}, ${loose}, ${loose}, true, false, null, 10, 10, 'kg', ${at}, ${at} from ${runs}`)
    await db.query(`insert into run_input (organization_id, run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, certainty)
      select ${o}, ${run}, ${run}, 1, ${product('(base + k)')}, ${lot('base + k')}, ${loose}, 10, 'at_most' from ${runs}`)
    const made = '(base + 10 * (k - 1) + 1 + j)'
    await db.query(`${line} select ${o}, ${run}, j + 1, 'output', ${product(made)}, ${lot(made)}, ${process}, ${here}, ${o}, ${o}, ${loose}, ${loose}, false, true, null, 10, 10, 'kg', ${at}, ${at} from ${runs}, generate_series(1, 10) j`)
    await db.query(`insert into run_output (organization_id, run_id, movement_id, line_no, product_id, lot_id, unit_id, quantity, names_inputs)
      select ${o}, ${run}, ${run}, j + 1, ${product(made)}, ${lot(made)}, ${loose}, 10, false from ${runs}, generate_series(1, 10) j`)
    const shipments = `generate_series(0, ${TREES - 1}) t, generate_series(0, 99) s`
    const shipment = `pg_temp.id(${kinds.movement}, t * 100 + s)`
    await db.query(header(shipment, 'ship', 'null', 'null', shipments))
    const shipped = `(t * ${TREE} + ${BRANCHING} + s * 1000 + j)`
    await db.query(`${line} select ${o}, ${shipment}, j, null, ${product(shipped)}, ${lot(shipped)}, ${here}, ($1::uuid[])[s + 1], ${o}, ${o}, ${loose}, ${loose}, true, false, ($1::uuid[])[s + 1], 10, 10, 'kg', ${at}, ${at} from ${shipments}, generate_series(1, 1000) j`,
      [customers.map(({ placeId }) => placeId)])
  })
}

const customers = Array.from({ length: CUSTOMERS }, (_, n) => {
  const partyId = seededId('customer', n + 1) as PartyId
  return { partyId, placeId: firstShipToPlaceId(partyId), name: `Shop ${String(n + 1).padStart(3, '0')}` }
})
