import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { makeBusy } from '../../test/support/busy.ts'
import { rebuildOrganization } from './rebuild.ts'
import { verifyOrganization } from './verify.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ poolSize: 20 })
  await makeBusy(app)
}, 120_000)
afterAll(() => app.close())

const projections = {
  balance: 'product_id, lot_id, place_id, owner_id, plate_id', unit: 'unit_id', run_input: 'run_id, movement_id, line_no, unit_id', run_output: 'run_id, movement_id, line_no, unit_id',
  run_use: 'run_id, output_movement_id, output_line, input_movement_id, input_line',
}

/** Every row of every projection, as text. */
async function dump(): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {}
  for (const [table, order] of Object.entries(projections)) {
    const { rows } = await app.admin.query<{ row: string }>(`select t::text as row from ${table} t where organization_id = $1 order by ${order}`, [app.organizationId])
    tables[table] = rows.map(({ row }) => row)
  }
  return tables
}

test('rebuilding what is right changes nothing', async () => {
  const before = await dump()
  expect(await rebuildOrganization(app.database, app.organizationId)).toEqual({ balances: 0, units: 0, runInputs: 0, runOutputs: 0, runUses: 0 })
  expect(await dump()).toEqual(before)
  for (const rows of Object.values(before)) expect(rows.length).toBeGreaterThan(0)
})

test('rebuilding from lines alone gives identical rows', async () => {
  const before = await dump()
  for (const table of ['balance', 'run_input', 'run_output', 'run_use']) await app.admin.query(`delete from ${table}`)
  await app.admin.query(`update unit set place_id = null, owner_id = null, plate_id = null, measure = 0, second_measure = null, allocation_id = null, last_occurred_at = null, last_movement_id = null`)
  await rebuildOrganization(app.database, app.organizationId)
  expect(await dump()).toEqual(before)
})

test('rebuilding mends every broken projection', async () => {
  const before = await dump()
  const spoil: Record<string, string> = {
    balance: 'update balance set on_hand = on_hand + 7, second_on_hand = 3, last_occurred_at = null', unit: "update unit set place_id = unit_id, measure = 9, second_measure = 9, allocation_id = null where serial <> 'S-2'",
    run_input: "update run_input set certainty = 'possible'", run_output: 'update run_output set quantity = 99', run_use: 'delete from run_use',
  }
  for (const statement of Object.values(spoil)) await app.admin.query(statement)
  const rebuilt = await rebuildOrganization(app.database, app.organizationId)
  expect(Object.values(rebuilt).every((count) => count > 0)).toBe(true)
  expect(await dump()).toEqual(before)
})

test('lines that cannot be are not rebuilt into balances', async () => {
  const client = await app.admin.connect()
  await client.query('set session_replication_role = replica')
  await client.query('update movement_line set quantity = quantity - 40 where quantity = 40.5')
  await expect(rebuildOrganization(app.database, app.organizationId)).rejects.toMatchObject({ refusal: { refused: 'rebuild_impossible' } })
  await client.query('update movement_line set quantity = 40.5 where quantity = 0.5 and not from_internal and unit_cost is not null')
  await client.query('reset session_replication_role')
  client.release()
  expect(await verifyOrganization(app.database, app.organizationId)).toMatchObject({ ok: true })
})

test('rebuilding in the middle of postings mends what was broken and loses none of them', async () => {
  let stop = false
  let posted = 0
  const line = (quantity: string) => ({ product: { sku: 'SCREW' }, quantity })
  const client = async (n: number) => {
    while (!stop) {
      const answer = n % 2 === 0
        ? await app.api('POST', '/movements/receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [{ ...line('2'), to: { code: 'DOCK' } }] })
        : await app.api('POST', '/movements/move', { lines: [{ ...line('1'), from: { code: 'DOCK' }, to: { code: 'STORE' } }] })
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      posted += 1
    }
  }
  const until = async (reached: () => boolean) => { while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5)) }
  const clients = Array.from({ length: 4 }, (_, n) => client(n))
  await until(() => posted >= 10)
  await app.admin.query("update balance b set on_hand = on_hand + 50 from product p where p.product_id = b.product_id and p.sku = 'SCREW' and b.on_hand > 0")
  const rebuilt = await rebuildOrganization(app.database, app.organizationId)
  const before = posted
  await until(() => posted >= before + 10)
  stop = true
  await Promise.all(clients)
  expect(rebuilt.balances).toBeGreaterThan(0)
  expect(await verifyOrganization(app.database, app.organizationId)).toEqual({ ok: true, findings: [] })
})
