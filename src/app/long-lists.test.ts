import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Caller } from '#src/audit/caller.ts'
import { listProducts } from '#src/catalog/queries.ts'
import { FEW, WINDOW } from '#src/db/sorted.ts'
import type { Statement, Tx } from '#src/db/sql.ts'
import { encodeCursor, type Page } from '#src/lib/paging.ts'
import { listLots } from '#src/lots/queries.ts'
import { listUnits } from '#src/serials/units.ts'
import { listMovements } from '#src/stock/history.ts'
import { MOST } from '#src/stock/sorted-stock.ts'
import { listStock } from '#src/stock/stock.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { ok, refusalOf } from '../../test/support/command.ts'
import { mastersOf } from '../../test/support/masters.ts'

/**
 * Lists of 100,000 and more: what a page anywhere in them makes the database look at, counted by EXPLAIN ANALYZE over
 * every statement it sends. Rows, not time.
 */
const LOTS = 110_000
const OLD = 25_000
const PRODUCTS = 30_000
const MOVEMENTS = 30_000

let app: TestApp
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await createTestApp()
  const scene = mastersOf(app.api)
  Object.assign(ids, { big: await scene.product('BIG'), old: await scene.product('OLD'), small: await scene.product('SMALL'), serial: await scene.product('SERIAL', { tracking: 'serial' }), farm: await scene.party('Hill Farm'), dale: await scene.party('Dale'), dock: await scene.place('DOCK') })
  await ok(app.api('POST', '/movements/receive', { from: { supplier: ids['dale'] }, lines: [{ product: ids['small'], lot: { code: 'ONE' }, family: 'DAY', quantity: '5', to: ids['dock'] }] }))
  await ok(app.api('POST', '/movements/receive', { from: { supplier: ids['dale'] }, lines: [{ product: ids['serial'], units: [{ serial: 'S-1' }], to: ids['dock'] }] }))
  const { rows: [farm] } = await app.admin.query<{ place_id: string }>(`select place_id from place where organization_id = $1 and party_id = $2 and kind = 'supplier'`, [app.organizationId, ids['farm']])
  const run = (text: string, ...values: unknown[]) => app.admin.query(text, [app.organizationId, ...values])
  // ids that rise, so that "newest" means something
  await app.admin.query(`create function rising(n integer) returns uuid language sql immutable as $$ select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$`)
  await run(`insert into product (organization_id, product_id, sku, folded, name, base_uom, scale, tracking, tracking_since, no_lot_id, created_at)
    select $1, rising(n), 'P-' || n, 'P-' || lpad(n::text, 6, '0'), 'Product ' || lpad(n::text, 6, '0'), 'each', 0, case when n = 7 then 'serial' else 'lot' end, now(), rising(n), now() from generate_series(1, ${PRODUCTS}) n`)
  // after all of one product those of another, used up but for one near their end
  await run(`with made as (
      insert into lot (organization_id, lot_id, product_id, issuer_id, code, use_by, created_at)
      select $1, rising(n), case when n <= ${LOTS} then $2::uuid else $4 end, $3, case when n <= ${LOTS} then 'MANY-' else 'OLD-' end || lpad(n::text, 6, '0'), case when n % 2 = 0 then '2027-01-01'::date + n % 3000 end, now() from generate_series(1, ${LOTS + OLD}) n returning *
    ) insert into lot_code (organization_id, product_id, issuer_id, code, folded, lot_id, created_at) select organization_id, product_id, issuer_id, code, code, lot_id, now() from made`, ids['big'], ids['farm'], ids['old'])
  await run(`insert into balance (organization_id, product_id, lot_id, place_id, owner_id, plate_id, on_hand) select $1, case when n <= ${LOTS} then $2::uuid else $4 end, rising(n), $3, $1, '00000000-0000-0000-0000-000000000000', case when n <= ${LOTS} then n % 50 + 1 when n = ${LOTS + OLD - 10} then 5 else 0 end from generate_series(1, ${LOTS + OLD}) n`, ids['big'], ids['dock'], ids['old'])
  await run(`insert into unit (organization_id, unit_id, product_id, lot_id, issuer_id, serial, folded, kind, created_at, place_id, measure)
    select $1, rising(n), $2, case when n % 2 = 0 then rising(1) else rising(n) end, $3, 'SN-' || lpad(n::text, 6, '0'), 'SN-' || lpad(n::text, 6, '0'), 'serial', now(), $4, 1 from generate_series(1, ${LOTS}) n`, ids['big'], ids['farm'], farm?.place_id)
  await run(`insert into movement (organization_id, movement_id, kind, occurred_at, recorded_at, business_date, actor_kind, actor_id, command_id, canonical, sha256)
    select $1, rising(n), 'receive', '2020-01-01'::timestamptz + n * interval '1 minute', '2020-01-02'::timestamptz + n * interval '1 minute', '2020-01-01', 'user', 'somebody', rising(n), '{}', '' from generate_series(1, ${MOVEMENTS}) n`)
  await run(`insert into movement_line (organization_id, movement_id, line_no, product_id, lot_id, from_place_id, to_place_id, from_owner_id, to_owner_id, from_plate_id, to_plate_id, from_internal, to_internal, quantity, entered_quantity, entered_uom, occurred_at, recorded_at)
    select $1, rising(n), 1, $2, rising(n), $3, $4, $1, $1, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', false, true, 1, 1, 'each', '2020-01-01'::timestamptz + n * interval '1 minute', '2020-01-02'::timestamptz + n * interval '1 minute' from generate_series(1, ${MOVEMENTS}) n`, ids['big'], farm?.place_id, ids['dock'])
  await app.admin.query('vacuum analyze')
}, 300_000)
afterAll(() => app.close())

const rising = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const many = (n: number): string => `many-${String(n).padStart(6, '0')}`
type Query = object | (() => object)
const asked = (query: Query): object => (typeof query === 'function' ? (query as () => object)() : query)
const lots = (query: Query = {}) => (caller: Caller) => listLots(caller, { limit: 50, inStock: false, held: false, ...asked(query) })
const products = (query: Query = {}) => (caller: Caller) => listProducts(caller, { limit: 50, archived: false, ...asked(query) })
const units = (query: Query = {}) => (caller: Caller) => listUnits(caller, { limit: 50, ...asked(query) })
const movements = (query: Query = {}) => (caller: Caller) => listMovements(caller, { limit: 50, ...asked(query) })
const stock = (query: Query = {}) => (caller: Caller) => listStock(caller, { limit: 50, by: ['lot'], held: false, ...asked(query) })
const from = (sort: string, ...key: (string | null)[]) => ({ sort, cursor: encodeCursor([sort, ...key]) })

/** What is shown of 50 rows: themselves, and the names and lines that go with them. */
const PAGE = 1_500

test.each<[string, (caller: Caller) => Promise<Page<unknown>>, shown: number, rows: number]>([
  // an index gives the order: what is shown is what is looked at, wherever in the list
  ['lots, the newest', lots(), 50, PAGE],
  ['lots, deep', lots(from('-created', rising(50_000))), 50, PAGE],
  ['lots by code, deep', lots(from('code', many(60_000), rising(60_000))), 50, PAGE],
  ['lots by code from behind, deep', lots(from('-code', many(60_000), rising(60_000))), 50, PAGE],
  ['lots by date, deep', lots(from('due', '2030-01-01', rising(60_000))), 50, PAGE],
  ['lots by date, among those without', lots(from('-due', null, rising(60_001))), 50, PAGE],
  ['lots of a product by code, deep', lots(() => ({ product: ids['big'], ...from('code', many(60_000), rising(60_000)) })), 50, PAGE],
  ['lots of a product by date', lots(() => ({ product: ids['big'], sort: 'due' })), 50, PAGE],
  ['lots due from a day by date', lots({ sort: 'due', dueFrom: '2029-01-01' }), 50, PAGE],
  ['products by name, deep', products(from('name', 'product 015000', rising(15_000))), 50, PAGE],
  ['units by serial, deep', units(from('serial', 'SN-060000', rising(60_000))), 50, PAGE],
  ['units of a lot by serial', units(() => ({ lot: rising(1), ...from('serial', 'SN-060000', rising(60_000)) })), 50, WINDOW + FEW + PAGE],
  ['movements, the latest', movements(), 50, PAGE],
  ['movements, deep', movements(from('-occurred', '2020-01-10T00:00:00Z', '2020-01-11T00:00:00Z', rising(10))), 50, PAGE],
  ['movements as recorded, deep', movements(from('recorded', '2020-01-10T00:00:00Z', rising(10))), 50, PAGE],
  ['movements of a lot', movements({ lotId: rising(77) }), 1, PAGE],
  // a filter with an index of its own leaves few, which are put in order
  ['lots of a small product by date', lots(() => ({ sort: '-due', product: ids['small'] })), 1, PAGE],
  ['lots of an issuer with two', lots(() => ({ sort: 'code', issuer: ids['dale'] })), 1, PAGE],
  ['lots on hold where none is', lots({ sort: 'code', held: true }), 0, PAGE],
  ['lots of a code by date', lots({ sort: 'due', search: 'many-0600' }), 50, PAGE],
  ['movements of a small product', movements(() => ({ productId: ids['small'] })), 1, PAGE],
  // it leaves many, and the order's index soon meets them
  ['lots of an issuer with all', lots(() => ({ sort: 'code', issuer: ids['farm'] })), 50, FEW + PAGE],
  ['lots of a wide search by date', lots({ sort: 'due', search: 'ma' }), 50, 2 * FEW + PAGE],
  ['lots of a wide search, in stock', lots({ search: 'ma', inStock: true }), 50, 2 * FEW + PAGE],
  ['products of a wide search, the newest', products({ search: 'p', sort: '-created' }), 50, 2 * FEW + PAGE],
  ['movements of a large product', movements(() => ({ productId: ids['big'] })), 50, FEW + PAGE],
  // nothing leads: a stretch of the list is looked at for a page, and the next goes on from there
  ['products tracked by serial', products({ sort: 'name', tracking: 'serial' }), 1, 2 * WINDOW + PAGE],
  ['lots due in two days by code', lots({ sort: 'code', dueFrom: '2027-01-01', dueTo: '2027-01-03' }), 1, PAGE],
  ['units here', units({ state: 'here' }), 1, 2 * WINDOW + PAGE],
  ['units in a place', units(() => ({ place: ids['dock'], sort: 'serial' })), 1, 2 * WINDOW + PAGE],
  ['movements of a party with two', movements(() => ({ partyId: ids['dale'] })), 2, 3 * WINDOW + PAGE],
  ['movements of nobody', movements({ actorId: 'nobody' }), 0, 2 * WINDOW + PAGE],
  // one index inside another: the names of the products, and the lots of each
  ['lots by product', lots({ sort: 'product' }), 50, WINDOW + PAGE],
  ['lots by product, deep', lots(() => from('product', 'big', ids['big'] ?? '', many(60_000), rising(60_000))), 50, WINDOW + PAGE],
  ['stock by product and lot', stock({ sort: 'product' }), 50, 2 * WINDOW + PRODUCTS + PAGE],
  ['stock by product and lot, deep', stock(() => from('product', 'big', ids['big'] ?? '', rising(60_000))), 50, 2 * WINDOW + PRODUCTS + PAGE],
  ['stock of a small product by quantity', stock(() => ({ sort: 'onHand', productId: ids['small'] })), 1, PRODUCTS + PAGE],
])('%s: a page costs a page', async (_, work, shown, most) => {
  const { page, rows } = await counted(work)
  expect(page.items.length).toBeGreaterThanOrEqual(shown)
  expect(rows).toBeLessThanOrEqual(most)
})

test('what a filter leaves of a long list is found in steps, all of it and in order, and no step is longer than another', async () => {
  // 110,000 lots in stock, then 25,000 used up, of which one is left
  const found: string[] = []
  let steps = 0
  for (let cursor = encodeCursor(['product', 'old', ids['old'] ?? '', '', rising(0)]) as string | null; cursor !== null; steps += 1) {
    const { page, rows } = await counted(lots({ sort: 'product', inStock: true, cursor }))
    expect(rows).toBeLessThanOrEqual(3 * WINDOW + PRODUCTS + PAGE)
    found.push(...(page.items as { code: string }[]).map(({ code }) => code))
    cursor = page.next
  }
  expect(found).toEqual([`OLD-${LOTS + OLD - 10}`, 'ONE'])
  expect(steps).toBeGreaterThan(2)
})

test('stock is put in order by what has no index as far as that is sane, and beyond that says so', async () => {
  for (const sort of ['onHand', '-lot', 'due']) expect(await refusalOf(counted(stock({ sort })))).toMatchObject({ refused: 'order_too_wide', data: { most: MOST, sort: sort.replace('-', '') } })
})

interface Node {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

/** What a list answers, and how many rows of tables were looked at for it. */
async function counted<Item>(work: (caller: Caller) => Promise<Page<Item>>): Promise<{ page: Page<Item>; rows: number; statements: number }> {
  let rows = 0
  let statements = 0
  const looked = ({ Plans = [], ...node }: Node): number =>
    (node['Relation Name'] === undefined ? 0 : (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops']) + Plans.reduce((sum, plan) => sum + looked(plan), 0)
  const spy = (tx: Tx): Tx => {
    const explain = async (statement: Statement): Promise<void> => {
      const [row] = await tx.rows<{ 'QUERY PLAN': [{ Plan: Node }] }>({ text: `explain (analyze, format json) ${statement.text}`, values: statement.values })
      rows += looked(row?.['QUERY PLAN'][0].Plan as Node)
      statements += 1
    }
    return {
      run: (statement) => tx.run(statement),
      later: (statement) => tx.later(statement),
      rows: async (statement) => (await explain(statement), tx.rows(statement)),
      row: async (statement) => (await explain(statement), tx.row(statement)),
    }
  }
  const caller = { organizationId: app.organizationId, clock: () => new Date().toISOString(), read: (each: (tx: Tx) => Promise<unknown>) => app.database.inTransaction(app.organizationId, (tx) => each(spy(tx))) } as unknown as Caller
  const page = await work(caller)
  return { page, rows, statements }
}
