import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { LOOSE, newId } from '#src/lib/id.ts'
import type { BenchDatabase, Cluster } from './cluster.ts'
import { inTurn, sample, type Sample } from './measure.ts'
import { toResult, type Result } from './report.ts'
import { seededId, stock, stockSeed } from './seeds.ts'
import { HttpClient, startServer, type RunningServer } from './server.ts'

/** One movement: ten lots from one place to another. */
export interface Move {
  readonly from: number
  readonly to: number
  readonly lots: readonly number[]
  readonly quantity: number
}

/** A stream of random moves, the same in every run. */
export function* randomMoves(seed: number): Generator<Move, never> {
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (;;) {
    const from = next(stock.places)
    const to = (from + 1 + next(stock.places - 1)) % stock.places
    const lots = new Set<number>()
    while (lots.size < 10) lots.add(next(stock.lots) + 1)
    yield { from: from + 1, to: to + 1, lots: [...lots], quantity: 1 + next(9) }
  }
}

const productOf = (lot: number): number => ((lot - 1) % stock.products) + 1

/** By ids, as a device that has looked them up sends it; or by the codes on the labels. */
export function moveRequest(move: Move, by: 'ids' | 'codes'): readonly [string, string] {
  const byId = by === 'ids'
  const place = (n: number): unknown => (byId ? seededId('place', n) : { code: `B-${n}` })
  return HttpClient.postBytes('/movements/move', randomUUID(), {
    lines: move.lots.map((lot) => ({
      product: byId ? seededId('product', productOf(lot)) : { sku: `SKU-${productOf(lot)}` }, lot: byId ? seededId('lot', lot) : { code: `L-${lot}` },
      quantity: String(move.quantity), from: place(move.from), to: place(move.to),
    })),
  })
}

/** Posts over HTTP; anything but 200 ends the benchmark. */
export function postMove(clients: readonly HttpClient[], requests: readonly (readonly [string, string])[]) {
  return async (client: number, operation: number): Promise<void> => {
    const { status, body } = await (clients[client] as HttpClient).post(requests[operation] as readonly [string, string])
    if (status !== 200) throw new Error(`posting answered ${status}: ${body.slice(0, 300)}`)
  }
}

/**
 * The floor: the rows that one posting writes - command, audit, event, movement, ten lines, twenty balances - in the best
 * set form we know: one prepared statement, which is its own durable transaction, balances locked in key order so that
 * opposed moves do not deadlock. It checks nothing but what the tables' CHECKs do, looks nothing up, and its JSON and
 * hashes are made before the clock runs; texts are those of a posting of ours, so rows are as long.
 */
export const plainPosting = `
  with the_command as (
    insert into command (organization_id, key, command_id, name, actor_kind, actor_id, input_hash, field_hashes, result, recorded_at)
    values ($1, $2, $3, 'movement.move', 'key', $4, $5, $6::jsonb, $7::json, $8)
  ), the_audit as (
    insert into audit (organization_id, audit_id, command_id, subject, subject_id, after, recorded_at) values ($1, $9, $3, 'movement', $10, $11::jsonb, $8)
  ), the_event as (
    insert into event (organization_id, event_id, type, subject_ids, occurred_at, recorded_at, data) values ($1, $12, 'movement.move.v1', $13::uuid[], $8, $8, $14::jsonb)
  ), the_movement as (
    insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, command_id, canonical, sha256)
    values ($1, $10, 'move', $8, $8, $15, 'key', $4, $3, $16, $5)
  ), the_lines as (
    insert into movement_line (organization_id, movement_id, line_no, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id,
                               from_internal, to_internal, quantity, entered_quantity, entered_uom, occurred_at, recorded_at)
    select $1, $10, l.line_no, l.product_id, l.lot_id, $17, $18, $1, $1, '${LOOSE}', '${LOOSE}', true, true, $19::numeric, $19::numeric, 'kg', $8, $8
    from unnest($20::int[], $21::uuid[], $22::uuid[]) as l (line_no, product_id, lot_id)
  ), locked as (
    select b.product_id, b.lot_id, b.place_id, case b.place_id when $17 then -$19::numeric else $19::numeric end as change
    from unnest($21::uuid[], $22::uuid[]) as l (product_id, lot_id), balance b
    where b.organization_id = $1 and b.product_id = l.product_id and b.lot_id = l.lot_id and b.place_id in ($17, $18) and b.owner_id = $1 and b.plate_id = '${LOOSE}'
    order by b.product_id, b.lot_id, b.place_id for update of b
  )
  update balance b set on_hand = b.on_hand + k.change, last_occurred_at = greatest(b.last_occurred_at, $8)
  from locked k
  where b.organization_id = $1 and b.product_id = k.product_id and b.lot_id = k.lot_id and b.place_id = k.place_id and b.owner_id = $1 and b.plate_id = '${LOOSE}'`

/** The texts of the last posting over HTTP. */
export interface Texts { input_hash: Buffer; field_hashes: string; result: string; audit_after: string; event_data: string; canonical: string }

export async function textsOfLastMove(database: BenchDatabase): Promise<Texts> {
  const { rows } = await database.admin.query<Texts>(`
    select c.input_hash, c.field_hashes::text, c.result::text, a.after::text as audit_after, e.data::text as event_data, m.canonical
    from movement m join command c using (organization_id, command_id) join audit a using (organization_id, command_id) join event e on e.organization_id = m.organization_id and m.movement_id = any(e.subject_ids)
    where m.kind = 'move' and m.canonical <> '{}' limit 1`)
  if (!rows[0]) throw new Error('nothing was posted before')
  return rows[0]
}

export function plainValues(move: Move, organizationId: string, texts: Texts, actor: string): unknown[] {
  const movementId = newId()
  const now = new Date().toISOString()
  return [
    organizationId, randomUUID(), newId(), actor, texts.input_hash, texts.field_hashes, texts.result, now, newId(), movementId, texts.audit_after, newId(),
    [movementId, ...move.lots.map((lot) => seededId('lot', lot))], texts.event_data, now.slice(0, 10), texts.canonical,
    seededId('place', move.from), seededId('place', move.to), String(move.quantity),
    move.lots.map((_, at) => at + 1), move.lots.map((lot) => seededId('product', productOf(lot))), move.lots.map((lot) => seededId('lot', lot)),
  ]
}

export function writePlain(clients: readonly pg.Client[], values: readonly unknown[][]) {
  return async (client: number, operation: number): Promise<void> => {
    const { rowCount } = await (clients[client] as pg.Client).query({ name: 'posting', text: plainPosting, values: values[operation] as unknown[] })
    if (rowCount !== 20) throw new Error(`plain SQL changed ${rowCount} balances`)
  }
}

/** Takes so many moves of a stream. */
export function take(moves: Generator<Move, never>, count: number): Move[] {
  return Array.from({ length: count }, () => moves.next().value)
}

const ROUNDS = 9
const OPERATIONS = { 1: 800, 8: 1_600 } as const

/** Posting ten lot lines: one client and eight, by ids; and eight by codes. */
export async function posting(cluster: Cluster): Promise<Result[]> {
  const database = await cluster.open(stockSeed('stock_10k', 10_000))
  const server = await startServer(database)
  try {
    const results: Result[] = []
    for (const [clients, by] of [[1, 'ids'], [8, 'ids'], [8, 'codes']] as const) results.push(await postingBy(cluster, database, server, clients, by))
    return results
  } finally {
    await server.stop()
    await database.close()
  }
}

async function postingBy(cluster: Cluster, database: BenchDatabase, server: RunningServer, clients: 1 | 8, by: 'ids' | 'codes'): Promise<Result> {
  const moves = randomMoves(clients)
  const http = await Promise.all(Array.from({ length: clients }, () => server.client()))
  const plain = await database.plain(clients)
  const ours = async (operations: number): Promise<Sample> => {
    const requests = take(moves, operations).map((move) => moveRequest(move, by))
    return sample({ node: server.pid, postmaster: cluster.postmaster }, clients, operations, postMove(http, requests))
  }
  await ours(clients * 150)
  const texts = await textsOfLastMove(database)
  const theirs = async (operations: number): Promise<Sample> => {
    const values = take(moves, operations).map((move) => plainValues(move, database.organizationId, texts, newId()))
    return sample({ node: process.pid, postmaster: cluster.postmaster }, clients, operations, writePlain(plain, values))
  }
  await theirs(clients * 50)
  const statements = { ours: (await cluster.counting(async () => void (await ours(100)))) / 100, plain: (await cluster.counting(async () => void (await theirs(100)))) / 100 }
  await cluster.checkpoint()
  const samples = await inTurn(ROUNDS, () => ours(OPERATIONS[clients]), () => theirs(OPERATIONS[clients]))
  const aim = clients === 8 && by === 'ids' ? { atLeast: 0.5, later: 0.7 } : {}
  return toResult({ name: `posting 10 lot lines by ${by}, ${clients} client${clients === 1 ? '' : 's'}`, measure: 'rate', ...aim, statements }, samples)
}
