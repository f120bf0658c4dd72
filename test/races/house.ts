import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { sql } from '#src/db/sql.ts'
import { verifyOrganization } from '#src/verify/verify.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { openClients, type HttpAnswer, type HttpClients } from '../support/http.ts'

/**
 * A small dairy with a bicycle shed, open for business: a listening server, real connections, a pool as large as a busy
 * house has. Its places: the facilities DOCK and SHELF and the commingled TANK; its parties: Hill Farm supplies, Corner
 * Shop buys, Valley Cooperative leaves goods with us.
 */
export interface House {
  readonly app: TestApp
  ask: HttpClients['ask']
  /** Posts and expects it to be done. */
  done(path: string, body: unknown): Promise<HttpAnswer['body']>
  /** A product of its own, so that tests do not meet on one lot. */
  product(sku: string, tracking: 'lot' | 'serial'): Promise<{ sku: string }>
  /** Receives `quantity` of a lot at a place. */
  stock(product: { sku: string }, lot: string, quantity: number | string, place?: string): Promise<HttpAnswer['body']>
  /** On hand and allocated of a product's lot, over all our places or at one. */
  balance(product: { sku: string }, lot: string | null, place?: string): Promise<{ onHand: number; allocated: number }>
  /** Deadlocks that PostgreSQL had to end in this database since it was made. */
  deadlocks(): Promise<number>
  /** The books are right: what `lotwise verify` looks at, over the whole organisation. */
  booksAreRight(): Promise<void>
  close(): Promise<void>
}

export const CLIENTS = 64
const POOL = 24

export async function openHouse(): Promise<House> {
  const app = await createTestApp({ poolSize: POOL })
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.server.address() as AddressInfo
  const clients = openClients({ host: '127.0.0.1', port }, app.key, { connections: CLIENTS })

  const done: House['done'] = async (path, body) => {
    const answer = await clients.ask('POST', path, body)
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
    return answer.body
  }
  for (const code of ['DOCK', 'SHELF']) await done('/places', { code, name: code, kind: 'facility' })
  await done('/places', { code: 'TANK', name: 'Tank', kind: 'facility', commingled: true })
  for (const [code, name, role] of [['FARM', 'Hill Farm', 'supplier'], ['SHOP', 'Corner Shop', 'customer'], ['VALLEY', 'Valley Cooperative', 'supplier']]) {
    await done('/parties', { code, name, roles: [role] })
  }

  return {
    app, ask: clients.ask, done,
    product: async (sku, tracking) => {
      await done('/products', { sku, name: sku, baseUom: 'each', scale: 3, tracking })
      return { sku }
    },
    stock: (product, lot, quantity, place = 'DOCK') =>
      done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product, lot: { code: lot }, quantity: String(quantity), to: { code: place } }] }),
    balance: async ({ sku }, lot, place) => {
      const { rows } = await app.admin.query<{ on_hand: string; allocated: string }>(
        `select coalesce(sum(b.on_hand), 0) as on_hand, coalesce(sum(b.allocated), 0) as allocated
         from balance b join product p using (organization_id, product_id) join lot l using (organization_id, lot_id) join place c using (organization_id, place_id)
         where p.sku = $1 and ($2::text is null or l.code = $2) and ($3::text is null or c.code = $3)`, [sku, lot, place ?? null])
      return { onHand: Number(rows[0]?.on_hand), allocated: Number(rows[0]?.allocated) }
    },
    deadlocks: () => countDeadlocks(app),
    booksAreRight: () => booksAreRight(app),
    close: async () => {
      clients.close()
      await app.close()
    },
  }
}

/** A connection tells its counts when it is told to, or some time later: so each is told to. */
async function countDeadlocks({ database, admin }: TestApp): Promise<number> {
  await Promise.all(Array.from({ length: POOL * 2 }, () => database.alone(sql`select pg_stat_force_next_flush(), pg_sleep(0.05)`)))
  const { rows } = await admin.query<{ deadlocks: string }>('select deadlocks from pg_stat_database where datname = current_database()')
  return Number(rows[0]?.deadlocks)
}

async function booksAreRight({ database, organizationId }: TestApp): Promise<void> {
  expect(await verifyOrganization(database, organizationId)).toEqual({ ok: true, findings: [] })
}

/** `times` calls spread over `clients` that each wait for an answer before the next. */
export async function inParallel<T>(clients: number, times: number, call: (index: number, client: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  let next = 0
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    while (next < times) {
      const index = next++
      answers[index] = await call(index, client)
    }
  }))
  return answers
}

/** How often each status, and each refusal's code, was answered: `{ 200: 1, stock_insufficient: 63 }`. */
export function tally(answers: readonly HttpAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const name = status === 200 ? '200' : status === 409 || status === 422 ? String(body.code) : `${status} ${JSON.stringify(body)}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
