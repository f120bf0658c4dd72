import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { mastersOf } from '../../test/support/masters.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
  const masters = mastersOf(app.api)
  await masters.product('CREAM', { uom: 'kg', scale: 3, blocksAfterDate: true })
  await masters.product('BUTTER', { uom: 'kg', scale: 3, dateKind: 'best_by' })
  await masters.party('Hill Farm')
  await masters.place('DOCK')
  await masters.place('COLD')
  const line = (sku: string, code: string, dates: object) => ({ product: { sku }, lot: { code }, quantity: '4', to: { code: 'DOCK' }, dates })
  const lines = [line('CREAM', 'C-3', { useBy: '2026-12-20' }), line('CREAM', 'C-1', { useBy: '2026-11-01' }), line('BUTTER', 'B-2', { bestBy: '2026-12-01', useBy: '2026-11-02' }), line('BUTTER', 'B-0', {}), line('CREAM', 'C-9', { useBy: '2026-10-01' })]
  for (const [path, body] of [
    ['receive', { from: { supplier: { name: 'Hill Farm' } }, lines }],
    ['move', { lines: [{ product: { sku: 'CREAM' }, lot: { code: 'C-3' }, quantity: '1.5', from: { code: 'DOCK' }, to: { code: 'COLD' } }] }],
    ['destroy', { reason: 'old', lines: [{ product: { sku: 'CREAM' }, lot: { code: 'C-9' }, quantity: '4', from: { code: 'DOCK' } }] }],
  ] as const) expect((await app.api('POST', `/movements/${path}`, body)).status).toBe(200)
})
afterAll(() => app.close())

test('what is on hand stands by the day its product goes by, the nearest first; what is gone or has no such day does not', async () => {
  expect(await due('')).toEqual(['2026-11-01 C-1 4', '2026-12-01 B-2 4', '2026-12-20 C-3 4'])
  expect(await due('&through=2026-12-01')).toEqual(['2026-11-01 C-1 4', '2026-12-01 B-2 4'])
})

test('comes in pages that neither lose nor repeat a lot', async () => {
  const first = await app.api('GET', '/stock/due?limit=2')
  expect(await due(`&cursor=${first.body.next}`)).toEqual(['2026-12-20 C-3 4'])
})

async function due(query: string): Promise<string[]> {
  const { body } = await app.api('GET', `/stock/due?limit=50${query}`)
  return body.items.map(({ day, lot, onHand }: { day: string; lot: string; onHand: string }) => `${day} ${lot} ${onHand}`)
}
