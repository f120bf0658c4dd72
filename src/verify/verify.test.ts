import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { makeBusy } from '../../test/support/busy.ts'
import { verifyOrganization } from './verify.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
  await makeBusy(app)
}, 120_000)
afterAll(() => app.close())

test('a busy organisation keeps every invariant', async () => {
  expect(await verifyOrganization(app.database, app.organizationId)).toEqual({ ok: true, findings: [] })
})

/** What a superuser might do to a row, and what verify says of it. `{movement}` is the first shipment. */
const breaks: readonly (readonly [what: string, table: string, statement: string, invariant: string, finding: string])[] = [
  ['a balance is raised', 'balance', 'update balance set on_hand = on_hand + 1 where on_hand > 5', 'I1', 'on hand'],
  ['a balance row goes', 'balance', 'delete from balance where on_hand > 20', 'I1', 'on hand'],
  ['a balance row comes', 'balance', "insert into balance select organization_id, product_id, lot_id, lot_id, owner_id, plate_id, 0, 0, 0, null from balance limit 1", 'I1', 'on hand'],
  ['a weight is changed', 'balance', 'update balance set second_on_hand = second_on_hand + 1 where second_on_hand > 0', 'I1', 'second on hand'],
  ['the youngest line of a key is forgotten', 'balance', "update balance set last_occurred_at = '2020-01-01Z' where on_hand > 20", 'I1', 'last occurred at'],
  ['a receipt is dated after what used it', 'movement_line', "update movement_line set occurred_at = '2026-04-01Z' where not from_internal and quantity = 40.5", 'I1', 'on hand as of 2026-03-02 08:00:00+00'],
  ['less is allocated than promised', 'balance', 'update balance set allocated = 0', 'I2', 'allocated'],
  ['a closed promise keeps something', 'allocation', 'update allocation set open_quantity = 1 where closed_at is not null', 'I2', 'open quantity'],
  ['a unit is put elsewhere', 'unit', "update unit set place_id = organization_id where serial = 'S-1'", 'I3', 'state placeId'],
  ['a piece grows', 'unit', "update unit set measure = measure + 1 where serial = 'W-1'", 'I3', 'sum of units'],
  ['a promise forgets its unit', 'unit', "update unit set allocation_id = null where serial = 'W-1'", 'I3', 'state allocationId'],
  ['a line of a unit is taken out', 'movement_line', "delete from movement_line where (movement_id, line_no) in (select s.movement_id, s.line_no from line_unit s join unit using (organization_id, unit_id) where serial = 'S-7')", 'I3', 'way of the unit'],
  ['a line loses a unit', 'line_unit', "delete from line_unit where unit_id = (select unit_id from unit where serial = 'S-2')", 'I3', 'units of the line'],
  ['a product was tracked all along', 'product', "update product set tracking = 'lot' where sku = 'SCREW'", 'I4', 'tracking policy'],
  ['a hold stood before a shipment', 'hold', "insert into hold (organization_id, hold_id, subject, subject_id, reason, placed_at, placed_by, command_id) select l.organization_id, l.movement_id, 'lot', l.lot_id, 'x', m.occurred_at, 'x', l.movement_id from movement m join movement_line l using (organization_id, movement_id) where m.kind = 'ship'", 'I5', 'used while on hold'],
  ['nobody did it', 'movement', "update movement set actor_id = ''", 'I6', 'actor'],
  ['nobody says why', 'movement', "update movement set reason = null where kind = 'destroy'", 'I6', 'reason'],
  ['its command is gone', 'command', "delete from command where name = 'movement.ship'", 'I6', 'command with its key'],
  ['a quantity is changed', 'movement_line', 'update movement_line set quantity = quantity + 1 where quantity = 40.5', 'I7', 'rows against the text'],
  ['a serial is changed for another', 'line_unit', "update line_unit set quantity = 1, second_quantity = 1 where unit_id = (select unit_id from unit where serial = 'S-2')", 'I7', 'rows against the text'],
  ['a reference is changed', 'movement_reference', "update movement_reference set number = 'I-2' where number = 'I-1'", 'I7', 'rows against the text'],
  ['a named input is changed', 'line_use', 'update line_use set quantity = 1 where quantity = 1.5', 'I7', 'rows against the text'],
  ['a time is changed', 'movement', "update movement set recorded_at = recorded_at - interval '1 day' where kind = 'ship'", 'I7', 'times of the line'],
  ['the text is changed', 'movement', "update movement set canonical = replace(canonical, '40.5', '41.5')", 'I7', 'hash of the text'],
  ['text and hash are changed together', 'movement', "update movement set canonical = replace(canonical, '40.5', '41.5'), sha256 = sha256(convert_to(replace(canonical, '40.5', '41.5'), 'UTF8'))", 'I7', 'hash in the audit'],
  ['a line is ours that is not', 'movement_line', 'update movement_line set from_internal = true where quantity = 40.5', 'I7', 'sides of the line'],
  ['an input is forgotten', 'run_input', 'delete from run_input where quantity = 10', 'I9', 'input of the run'],
  ['an output is invented', 'run_output', 'update run_output set quantity = 5 where quantity = 4', 'I9', 'output of the run'],
  ['a named input is called certain', 'run_use', "update run_use set certainty = 'at_most'", 'I9', 'named inputs'],
  ['what was used up is not', 'run_input', 'delete from run_input', 'I9', 'inputs of the run'],
]

test.each(breaks)('verify sees that %s', async (_what, table, statement, invariant, finding) => {
  const client = await app.admin.connect()
  let columns = ''
  try {
    await client.query("set session_replication_role = replica")
    // a generated column is made again by itself
    const { rows } = await client.query<{ columns: string }>(`select string_agg(column_name, ', ') as columns from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`, [table])
    columns = rows[0]?.columns ?? ''
    await client.query(`create temp table kept as select ${columns} from ${table}`)
    expect((await client.query(statement)).rowCount).toBeGreaterThan(0)
    const { ok, findings } = await verifyOrganization(app.database, app.organizationId)
    expect(ok).toBe(false)
    expect(findings.map((one) => `${one.invariant} ${one.what}`)).toContain(`${invariant} ${finding}`)
  } finally {
    await client.query(`delete from ${table}`)
    await client.query(`insert into ${table} (${columns}) select ${columns} from kept`)
    await client.query('drop table kept; reset session_replication_role')
    client.release()
  }
  expect(await verifyOrganization(app.database, app.organizationId)).toEqual({ ok: true, findings: [] })
})
