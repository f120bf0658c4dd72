import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { canonicalJson, sha256 } from '#src/lib/canonical.ts'
import { LOOSE, newId } from '#src/lib/id.ts'
import type { BenchDatabase, Cluster } from './cluster.ts'
import { inTurn, sample, type Sample } from './measure.ts'
import { toResult, type Result } from './report.ts'
import { seededId, supplierPlace, unitsSeed } from './seeds.ts'
import { HttpClient, startServer, type RunningServer } from './server.ts'

const COUNT = 10_000
const ROUNDS = 5

/** Ten thousand new serials received in one document: into an empty stock, and beside a million units. */
export async function serials(cluster: Cluster): Promise<Result[]> {
  const results: Result[] = []
  for (const [seed, units] of [['units_none', 0], ['units_1m', 1_000_000]] as const) {
    const database = await cluster.open(unitsSeed(seed, units))
    const server = await startServer(database)
    try {
      results.push(await receive(cluster, database, server, units))
    } finally {
      await server.stop()
      await database.close()
    }
  }
  return results
}

async function receive(cluster: Cluster, database: BenchDatabase, server: RunningServer, units: number): Promise<Result> {
  const client = await server.client()
  const [plain] = (await database.plain(1)) as [pg.Client]
  let batch = 0
  const nextSerials = (): string[] => {
    batch += 1
    return Array.from({ length: COUNT }, (_, n) => `N${batch}-${String(n).padStart(5, '0')}`)
  }
  const ours = async (): Promise<Sample> => {
    const request = HttpClient.postBytes('/movements/receive', randomUUID(), {
      from: { supplier: seededId('party', 1) }, lines: [{ product: seededId('product', 1000), to: seededId('place', 1), units: nextSerials().map((serial) => ({ serial })) }],
    })
    return sample({ node: server.pid, postmaster: cluster.postmaster }, 1, 1, async () => {
      const { status, body } = await client.post(request)
      if (status !== 200) throw new Error(`receiving answered ${status}: ${body.slice(0, 300)}`)
    })
  }
  const theirs = async (): Promise<Sample> => {
    const values = plainValues(database, nextSerials())
    return sample({ node: process.pid, postmaster: cluster.postmaster }, 1, 1, async () => {
      const { rowCount } = await plain.query({ name: 'serials', text: plainSerials, values })
      if (rowCount !== COUNT) throw new Error(`plain SQL wrote ${rowCount} units`)
    })
  }
  await ours()
  await theirs()
  const statements = { ours: await cluster.counting(async () => void (await ours())), plain: await cluster.counting(async () => void (await theirs())) }
  await database.admin.query('vacuum (analyze) unit, line_unit')
  await cluster.checkpoint()
  const samples = await inTurn(ROUNDS, ours, theirs)
  return toResult({ name: `10,000 serials received beside ${units.toLocaleString('en')}`, measure: 'time', atMost: 5, statements }, samples)
}

/**
 * The floor: the same rows as one set - command, two audit rows (one lists the serials), two events, movement, line, ten
 * thousand units in the state they end in, ten thousand line units, the balance - in one statement.
 */
const plainSerials = `
  with the_command as (
    insert into command (organization_id, key, command_id, name, actor_kind, actor_id, input_hash, field_hashes, result, recorded_at)
    values ($1, $2, $3, 'movement.receive', 'key', 'bench', $4, '{}', '{}', $5)
  ), the_audit as (
    insert into audit (organization_id, audit_id, command_id, subject, subject_id, after, recorded_at)
    values ($1, $6, $3, 'units', $3, $7::jsonb, $5), ($1, $8, $3, 'movement', $9, '{"lines": 1}', $5)
  ), the_events as (
    insert into event (organization_id, event_id, type, subject_ids, occurred_at, recorded_at, data)
    values ($1, $6, 'units.created.v1', array[$10::uuid], $5, $5, '{"count": ${COUNT}}'), ($1, $8, 'movement.receive.v1', array[$9::uuid], $5, $5, '{"lines": 1}')
  ), the_movement as (
    insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, command_id, canonical, sha256)
    values ($1, $9, 'receive', $5, $5, current_date, 'key', 'bench', $3, $11, $4)
  ), the_line as (
    insert into movement_line (organization_id, movement_id, line_no, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id,
                               from_internal, to_internal, quantity, entered_quantity, entered_uom, has_units, occurred_at, recorded_at)
    values ($1, $9, 1, $10, $12, $13, $14, $1, $1, '${LOOSE}', '${LOOSE}', false, true, ${COUNT}, ${COUNT}, 'each', true, $5, $5)
  ), the_line_units as (
    insert into line_unit (organization_id, unit_id, movement_id, line_no, quantity) select $1, u, $9, 1, 1 from unnest($15::uuid[]) as u
  ), the_balance as (
    insert into balance as b (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, last_occurred_at) values ($1, $10, $12, $14, $1, '${LOOSE}', ${COUNT}, $5)
    on conflict (organization_id, product_id, lot_id, place_id, owner_id, plate_id) do update set on_hand = b.on_hand + excluded.on_hand, last_occurred_at = excluded.last_occurred_at
  )
  insert into unit (organization_id, unit_id, product_id, lot_id, issuer_id, serial, folded, kind, created_at, place_id, owner_id, plate_id, measure, last_occurred_at, last_movement_id)
  select $1, u.unit_id, $10, $12, $16, u.serial, u.serial, 'serial', $5, $14, $1, '${LOOSE}', 1, $5, $9 from unnest($15::uuid[], $17::text[]) as u (unit_id, serial)`

function plainValues(database: BenchDatabase, serialNumbers: readonly string[]): unknown[] {
  const ids = serialNumbers.map(() => newId())
  const canonical = canonicalJson({ version: 1, lines: [{ lineNo: 1, units: ids.map((id) => [id, '1', null]) }] })
  return [
    database.organizationId, randomUUID(), newId(), sha256(canonical), new Date().toISOString(), newId(), JSON.stringify([{ serials: serialNumbers }]), newId(), newId(),
    seededId('product', 1000), canonical, seededId('noLot', 1000), supplierPlace, seededId('place', 1), ids, seededId('party', 1), serialNumbers,
  ]
}
