import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { mastersOf } from '../../test/support/masters.ts'

let app: TestApp
let now = Date.parse('2026-11-23T08:00:00Z')
beforeAll(async () => {
  app = await createTestApp({ clock: () => new Date((now += 60_000)).toISOString() })
  const masters = mastersOf(app.api)
  for (const sku of ['CREAM', 'BUTTER']) await masters.product(sku, { uom: 'kg', scale: 3 })
  for (const name of ['Hill Farm', 'Corner Shop']) await masters.party(name)
  for (const [code, kind] of [['DOCK', 'staging'], ['COLD', 'storage'], ['TRUCK', 'in_transit']] as const) await masters.place(code, kind)
})
afterAll(() => app.close())

const cream = { product: { sku: 'CREAM' }, lot: { code: 'CREAM-07' } }

test('a lot is everywhere it went, and all of it adds up to what came', async () => {
  const lotId = await post('receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [{ ...cream, quantity: '100', to: { code: 'DOCK' } }] }).then((done) => done.lines[0].lotId as string)
  await post('move', { lines: [{ ...cream, quantity: '60', from: { code: 'DOCK' }, to: { code: 'COLD' } }, { ...cream, quantity: '5', from: { code: 'DOCK' }, to: { code: 'TRUCK' } }] })
  const butter = await post('transform', { inputs: [{ ...cream, quantity: '30', from: { code: 'COLD' } }], outputs: [{ product: { sku: 'BUTTER' }, lot: { code: 'BUTTER-3' }, quantity: '12', to: { code: 'COLD' } }] })
  const shipped = await post('ship', { to: { customer: { name: 'Corner Shop' } }, lines: [{ ...cream, quantity: '20', from: { code: 'DOCK' } }] })
  await post('return', { from: { customer: { name: 'Corner Shop' } }, lines: [{ ...cream, quantity: '4', to: { code: 'DOCK' } }] })
  await post('sample', { reason: 'laboratory', lines: [{ ...cream, quantity: '0.5', from: { code: 'DOCK' } }] })
  await post('destroy', { reason: 'torn bag', lines: [{ ...cream, quantity: '3', from: { code: 'DOCK' } }] })
  const before = await app.api('GET', `/lots/${lotId}/whereabouts`)
  await post('adjust', { reason: 'gone', lines: [{ ...cream, quantity: '1.5', place: { code: 'DOCK' }, direction: 'down', against: 'loss' }] })
  await post('adjust', { reason: 'counted', lines: [{ ...cream, quantity: '2', place: { code: 'COLD' }, direction: 'up' }] })

  expect(await told(lotId)).toEqual([
    'received 100 Hill Farm', 'found 2 count', 'in all 102',
    'here 32 COLD', 'here 14 DOCK', 'in_transit 5 TRUCK', 'used 30 process', 'shipped 16 Corner Shop', 'destroyed 3 destroyed', 'lost 1.5 loss', 'sampled 0.5 sampled',
    'production 30 -> BUTTER-3 12',
  ])
  // the latter half of the story was not known then
  expect(await told(lotId, `?known=${before.body.known}`)).toContain('in all 100')
  expect(await told(lotId, `?at=${before.body.at}`)).toContain('here 15.5 DOCK')

  // what was made is told from what was used, also where a run is taken back
  expect(await told(butter.lines.find((line: { role: string }) => line.role === 'output').lotId)).toEqual(['made 12 process', 'in all 12', 'here 12 COLD'])
  await app.api('POST', `/movements/${butter.movementId}/reverse`, { meaning: 'never_happened', reason: 'typo' })
  await app.api('POST', `/movements/${shipped.movementId}/reverse`, { meaning: 'undone', reason: 'came back' })
  expect((await told(lotId)).filter((row) => /used|production|shipped|COLD|returned/.test(row))).toEqual(['returned 4 Corner Shop', 'here 62 COLD'])
})

test('a lot of another organisation is not there', async () => {
  const { body } = await app.api('GET', '/lots')
  const { key } = await app.otherOrganization()
  expect((await app.apiAs(key)('GET', `/lots/${body.items[0].lotId}/whereabouts`)).status).toBe(404)
})

// the contract has validated it
// oxlint-disable-next-line no-explicit-any
async function post(kind: string, body: object): Promise<any> {
  const answer = await app.api('POST', `/movements/${kind}`, body)
  expect(answer.body).toMatchObject({ movementId: expect.any(String) })
  return answer.body
}

interface Row { where?: string; how?: string; quantity: string; party: string | null; place: string }

async function told(lotId: string, when = ''): Promise<string[]> {
  const { body } = await app.api('GET', `/lots/${lotId}/whereabouts${when}`)
  const row = ({ where, how, quantity, party, place }: Row): string => `${where ?? how} ${quantity} ${party ?? place}`
  return [
    ...body.came.map(row), `in all ${body.total}`, ...body.now.map(row),
    ...body.runs.map((run: { run: string; quantity: string; outputs: { lot: string; quantity: string }[] }) => `${run.run} ${run.quantity} -> ${run.outputs.map(({ lot, quantity }) => `${lot} ${quantity}`).join(', ')}`),
  ]
}
