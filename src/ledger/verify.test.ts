import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { makeBusy } from '../../test/support/busy.ts'
import { rebuildOrganization } from './rebuild.ts'
import { verifyOrganization } from './verify.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
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

test('a busy organisation keeps every invariant', async () => {
  expect(await verifyOrganization(app.database, app.organizationId)).toEqual({ ok: true, findings: [] })
})

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
