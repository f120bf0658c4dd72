import type pg from 'pg'
import type { Cluster, Seed } from './cluster.ts'
import { inTurn, sample, type Sample } from './measure.ts'
import { toResult, type Result } from './report.ts'
import { fillBalances, fillStock, seededId } from './seeds.ts'
import { startServer, type HttpClient } from './server.ts'

const ROUNDS = 5

/** One question, asked over HTTP and as the SQL somebody would write for just this question. */
interface Question {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly values: readonly unknown[]
  /** Questions asked in one round. */
  readonly times: number
  /** Proves that both sides answered the same question. */
  agree(body: string, rows: readonly Record<string, string>[]): void
}

/** On hand now, among a million balances: ten thousand lots of a hundred products in a hundred places. */
export async function onHand(cluster: Cluster): Promise<Result[]> {
  const seed: Seed = { name: 'balances_1m', version: '1,000,000 balances, 3', gigabytes: 0.5, readOnly: true, fill: (db, organizationId) => fillBalances(db, organizationId, { products: 100, lots: 10_000, places: 100 }) }
  return askAll(cluster, seed, (organizationId) => [
    { name: 'on hand of a lot, by place', path: `/stock?by=lot,place&limit=100&lotId=${seededId('lot', 4321)}`, times: 200, ...stockNow(organizationId, 'b.lot_id = $2', seededId('lot', 4321), ['lot_id', 'place_id']) },
    { name: 'on hand in a place, by lot', path: `/stock?by=lot&limit=100&placeId=${seededId('place', 42)}`, times: 20, ...stockNow(organizationId, 'b.place_id = $2', seededId('place', 42), ['lot_id']) },
    { name: 'on hand of everything, by product', path: '/stock?by=product&limit=100', times: 2, ...stockNow(organizationId, '$2::uuid is null', null, []) },
  ])
}

function stockNow(organizationId: string, where: string, value: string | null, by: readonly string[]): Pick<Question, 'text' | 'values' | 'agree'> {
  const keys = ['product_id', ...by].map((key) => `b.${key}`).join(', ')
  return {
    text: `
      with page as (
        select ${keys}, sum(b.on_hand) as on_hand, sum(b.allocated) as allocated from balance b
        where b.organization_id = $1 and ${where} group by ${keys} having sum(b.on_hand) <> 0 order by ${keys} limit 101
      )
      select b.*, p.sku ${by.includes('lot_id') ? ', l.code as lot' : ''} ${by.includes('place_id') ? ', s.code as place' : ''} from page b join product p on p.organization_id = $1 and p.product_id = b.product_id
      ${by.includes('lot_id') ? 'join lot l on l.organization_id = $1 and l.lot_id = b.lot_id' : ''} ${by.includes('place_id') ? 'join place s on s.organization_id = $1 and s.place_id = b.place_id' : ''} order by ${keys}`,
    values: [organizationId, value], agree: sameStock,
  }
}

/** As of an instant, over five million lines; the last month with a snapshot to start from, the one before without. */
export async function asOf(cluster: Cluster): Promise<Result[]> {
  const withSnapshot = '2025-12-15T12:00:00.000Z'
  const without = '2025-11-15T12:00:00.000Z'
  const product = seededId('product', 77)
  const question = (name: string, at: string, productId: string | null, times: number, plain: (organizationId: string) => Pick<Question, 'text' | 'values' | 'agree'>) => (organizationId: string): Question => ({
    name, times, path: `/stock?by=${productId === null ? 'product' : 'lot'}&limit=100&at=${at}${productId === null ? '' : `&productId=${productId}`}`, ...plain(organizationId),
  })
  const questions = [
    question('as of, one product, no snapshot', without, product, 10, (o) => stockThen(o, without, product, false)),
    question('as of, one product, with a snapshot', withSnapshot, product, 10, (o) => stockThen(o, withSnapshot, product, true)),
    question('as of, everything, no snapshot', without, null, 1, (o) => stockThen(o, without, null, false)),
    question('as of, everything, with a snapshot', withSnapshot, null, 1, (o) => stockThen(o, withSnapshot, null, true)),
  ]
  return askAll(cluster, lines5m, (organizationId) => questions.map((make) => make(organizationId)))
}

const SNAPSHOT = '2025-12-01T00:00:00.000Z'

const lines5m: Seed = {
  name: 'lines_5m', version: '5,000,000 lines, 3', gigabytes: 3.5, readOnly: true,
  fill: async (db, organizationId) => {
    await fillStock(db, organizationId, { products: 500, lots: 20_000, places: 10, lines: 5_000_000 })
    const snapshotId = seededId('run', 1)
    await db.query(`insert into stock_snapshot (organization_id, snapshot_id, occurred_through, recorded_through, made_at) values ($1, $2, $3, now(), now())`, [organizationId, snapshotId, SNAPSHOT])
    await db.query(`
      insert into stock_snapshot_row (organization_id, snapshot_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand, second_on_hand)
      select $1, $2, product_id, lot_id, place_id, owner_id, plate_id, sum(quantity), 0 from (
        select product_id, lot_id, to_place_id as place_id, to_owner_id as owner_id, to_plate_id as plate_id, quantity from movement_line where to_internal and occurred_at <= $3
        union all select product_id, lot_id, from_place_id, from_owner_id, from_plate_id, -quantity from movement_line where from_internal and occurred_at <= $3) as side
      group by product_id, lot_id, place_id, owner_id, plate_id`, [organizationId, snapshotId, SNAPSHOT])
  },
}

function stockThen(organizationId: string, at: string, productId: string | null, snapshot: boolean): Pick<Question, 'text' | 'values' | 'agree'> {
  const ofProduct = productId === null ? '$3::uuid is null' : 'product_id = $3'
  const since = snapshot ? `and occurred_at > '${SNAPSHOT}'` : ''
  const key = productId === null ? 'side.product_id' : 'side.product_id, side.lot_id'
  return {
    text: `
      select ${key}, p.sku ${productId === null ? '' : ', (select code from lot where organization_id = $1 and lot_id = side.lot_id) as lot'}, sum(quantity) as on_hand from (
        select product_id, lot_id, quantity from movement_line where organization_id = $1 and ${ofProduct} and to_internal and occurred_at <= $2 ${since}
        union all select product_id, lot_id, -quantity from movement_line where organization_id = $1 and ${ofProduct} and from_internal and occurred_at <= $2 ${since}
        ${snapshot ? `union all select product_id, lot_id, on_hand from stock_snapshot_row where organization_id = $1 and snapshot_id = '${seededId('run', 1)}' and ${ofProduct}` : ''}
      ) side join product p on p.organization_id = $1 and p.product_id = side.product_id
      group by ${key}, p.sku having sum(quantity) <> 0 order by ${key} limit 101`,
    values: [organizationId, at, productId], agree: sameStock,
  }
}

/** Both sides give the same first rows, or the figures are of different questions. */
function sameStock(body: string, rows: readonly Record<string, string>[]): void {
  const { items } = JSON.parse(body) as { items: { onHand: string }[] }
  const ours = items.map((item) => Number(item.onHand))
  const theirs = rows.slice(0, 100).map((row) => Number(row['on_hand']))
  if (ours.length === 0 || JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Error(`Lotwise says ${ours.length} rows (${ours.slice(0, 3).join(', ')}), plain SQL ${theirs.length} (${theirs.slice(0, 3).join(', ')})`)
}

/** Asks each question on both sides, in turn. */
export async function askAll(cluster: Cluster, seed: Seed, questionsOf: (organizationId: string) => readonly (Question & { readonly atMost?: number })[]): Promise<Result[]> {
  const database = await cluster.open(seed)
  const server = await startServer(database)
  try {
    const client = await server.client()
    const [plain] = (await database.plain(1)) as [pg.Client]
    const results: Result[] = []
    for (const question of questionsOf(database.organizationId)) results.push(await ask(cluster, server.pid, client, plain, question))
    return results
  } finally {
    await server.stop()
    await database.close()
  }
}

export type { Question }

async function ask(cluster: Cluster, serverPid: number, client: HttpClient, plain: pg.Client, question: Question & { readonly atMost?: number }): Promise<Result> {
  const { name, path, text, values, times, atMost } = question
  let body = ''
  let rows: Record<string, string>[] = []
  const ours = (count: number): Promise<Sample> => sample({ node: serverPid, postmaster: cluster.postmaster }, 1, count, async () => {
    const answer = await client.get(path)
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body.slice(0, 300)}`)
    body = answer.body
  })
  const theirs = (count: number): Promise<Sample> => sample({ node: process.pid, postmaster: cluster.postmaster }, 1, count, async () => {
    // planned for its values, like ours: a plan for any values read every line for one product
    rows = (await plain.query<Record<string, string>>({ text, values: [...values] })).rows
  })
  await ours(Math.min(times, 3))
  await theirs(Math.min(times, 3))
  question.agree(body, rows)
  const statements = { ours: await cluster.counting(async () => void (await ours(1))), plain: await cluster.counting(async () => void (await theirs(1))) }
  const samples = await inTurn(ROUNDS, () => ours(times), () => theirs(times))
  return toResult({ name, measure: 'time', ...(atMost === undefined ? {} : { atMost }), statements }, samples)
}
