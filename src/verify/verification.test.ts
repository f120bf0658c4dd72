import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { mastersOf } from '../../test/support/masters.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
  const masters = mastersOf(app.api)
  await masters.product('CREAM', { uom: 'kg' })
  await masters.product('OIL', { uom: 'kg' })
  await masters.party('Hill Farm')
  await masters.place('DOCK')
  for (const [sku, lot] of [['CREAM', 'C-1'], ['CREAM', 'C-2'], ['OIL', 'O-1']] as const) expect((await receive(sku, lot)).status).toBe(200)
})
afterAll(() => app.close())

const receive = (sku: string, lot: string) => app.api('POST', '/movements/receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku }, lot: { code: lot }, quantity: '10', to: { code: 'DOCK' } }] })

test('where every invariant holds a verification says so and freezes nothing', async () => {
  const { status, body } = await app.api('POST', '/verifications')
  expect([status, body]).toEqual([200, expect.objectContaining({ ok: true, findings: [], freezeIds: [] })])
  expect((await app.api('GET', '/verifications')).body.items).toEqual([expect.objectContaining({ verificationId: body.verificationId, ok: true })])
})

test('a broken lot is frozen with an alarm, the rest works on, and a person lets it go on', async () => {
  await app.admin.query("update balance b set on_hand = 11 from lot l where l.lot_id = b.lot_id and l.code = 'C-1'")
  const { body } = await app.api('POST', '/verifications')
  expect(body).toMatchObject({ ok: false, findings: [{ invariant: 'I1', what: 'on hand', expected: '10', found: '11' }], freezeIds: [expect.any(String)] })
  const [freezeId] = body.freezeIds
  expect((await receive('CREAM', 'C-1')).body).toMatchObject({ code: 'stock_frozen', params: { product: 'CREAM', invariant: 'I1' } })
  expect((await receive('CREAM', 'C-2')).status).toBe(200)
  expect((await receive('OIL', 'O-1')).status).toBe(200)
  expect((await app.api('GET', '/freezes')).body.items).toEqual([expect.objectContaining({ freezeId, product: 'CREAM', lot: 'C-1', resumedAt: null })])
  expect((await app.admin.query("select kind, subject from exception")).rows).toEqual([{ kind: 'invariant_broken', subject: 'lot' }])
  expect((await app.admin.query("select count(*)::int as n from event where type = 'stock.frozen.v1'")).rows).toEqual([{ n: 1 }])

  expect((await app.api('POST', '/verifications')).body).toMatchObject({ ok: false, freezeIds: [] })

  await app.admin.query("update balance b set on_hand = 10 from lot l where l.lot_id = b.lot_id and l.code = 'C-1'")
  expect((await app.apiAs(await app.keyOf('operator'))('POST', `/freezes/${freezeId}/resume`, { reason: 'mended' })).status).toBe(403)
  expect((await app.api('POST', `/freezes/${freezeId}/resume`, { reason: 'mended' })).body).toMatchObject({ freezeId, resumeReason: 'mended' })
  expect((await app.api('POST', `/freezes/${freezeId}/resume`, { reason: 'mended' })).body).toMatchObject({ code: 'freeze_closed' })
  expect((await receive('CREAM', 'C-1')).status).toBe(200)
  expect((await app.api('GET', '/freezes')).body.items).toEqual([])
  expect((await app.api('GET', '/freezes?open=false')).body.items).toEqual([expect.objectContaining({ freezeId, resumedBy: expect.any(String) })])
  expect((await app.api('POST', '/verifications')).body).toMatchObject({ ok: true })
})
