import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type Method, type TestApp } from './support/app.ts'
import { mastersOf } from './support/masters.ts'

/** Refusals that belong to no story: one row each, over HTTP. */
let app: TestApp
const ids = { roll: '', jar: '' }
beforeAll(async () => {
  app = await createTestApp()
  const masters = mastersOf(app.api)
  await masters.party('Hill Farm')
  await masters.place('DOCK')
  ids.roll = await masters.product('ROLL', { uom: 'm', tracking: 'serial', measured: true })
  ids.jar = await masters.product('JAR')
  const received = await app.api('POST', '/movements/receive', { ...fromHillFarm, lines: [{ product: { sku: 'ROLL' }, units: [{ serial: 'R-1', quantity: '40' }], to: dock }] })
  expect(received.status, JSON.stringify(received.body)).toBe(200)
})
afterAll(() => app.close())

const dock = { code: 'DOCK' }
const fromHillFarm = { from: { supplier: { name: 'Hill Farm' } } }
const jar = { product: { sku: 'JAR' }, lot: { code: 'J-1' } }

test.each<[string, Method, () => string, object | undefined, string, number]>([
  ['a product with units stays measured, or not', 'PATCH', () => `/products/${ids.roll}`, { measured: false }, 'measured_fixed', 409],
  ['a product tracked by lot takes no serials', 'POST', () => '/movements/receive', { ...fromHillFarm, lines: [{ ...jar, units: [{ serial: 'J-1-1' }], to: dock }] }, 'units_not_tracked', 422],
  ['a run nobody began cannot go on', 'POST', () => '/movements/transform', { runId: randomUUID(), inputs: [], outputs: [{ ...jar, quantity: '1', to: dock }] }, 'run_unknown', 422],
  ['a range ends after it begins', 'GET', () => '/movements?occurredFrom=2026-11-02T00:00:00Z&occurredTo=2026-11-01T00:00:00Z', undefined, 'range_backwards', 422],
])('%s', async (_, method, path, body, code, status) => {
  const answer = await app.api(method, path(), body)
  expect([answer.body.code, answer.status], JSON.stringify(answer.body)).toEqual([code, status])
})
