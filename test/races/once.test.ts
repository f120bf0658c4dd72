import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpAnswer } from '../support/http.ts'
import { inParallel, openHouse, tally, type House } from './house.ts'

let house: House
let bike: { sku: string }
let cream: { sku: string }
beforeAll(async () => {
  house = await openHouse()
  bike = await house.product('BIKE', 'serial')
  cream = await house.product('CREAM', 'lot')
})
afterAll(() => house.close())

const receiveBike = (serial: string): Promise<HttpAnswer> =>
  house.ask('POST', '/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: bike, units: [{ serial }], to: { code: 'DOCK' } }] })

test('two first receipts of one serial at once: one receives it, one unit exists', async () => {
  for (let round = 0; round < 20; round += 1) {
    const answers = await inParallel(2, 2, () => receiveBike(`S-${round}`))
    expect(tally(answers)).toEqual({ 200: 1, unit_already_in_stock: 1 })
  }
  const { rows } = await house.app.admin.query('select count(*)::int as units, count(distinct serial)::int as serials from unit')
  expect(rows).toEqual([{ units: 20, serials: 20 }])
  await house.booksAreRight()
})

test('two first receipts of one lot at once: one lot with the sum of both', async () => {
  for (let round = 0; round < 20; round += 1) {
    const receive = () => house.ask('POST', '/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: cream, lot: { code: `C-${round}` }, quantity: '20', to: { code: 'DOCK' } }] })
    expect(tally(await inParallel(2, 2, receive))).toEqual({ 200: 2 })
    expect(await house.balance(cream, `C-${round}`)).toEqual({ onHand: 40, allocated: 0 })
  }
  const { rows } = await house.app.admin.query(`select count(*)::int as lots from lot where code like 'C-%'`)
  expect(rows).toEqual([{ lots: 20 }])
  await house.booksAreRight()
})

test('two products created at once with one SKU: one is', async () => {
  for (let round = 0; round < 10; round += 1) {
    const answers = await inParallel(4, 4, () => house.ask('POST', '/products', { sku: `NEW-${round}`, name: 'New', baseUom: 'each', tracking: 'lot' }))
    expect(tally(answers)).toEqual({ 200: 1, sku_taken: 3 })
  }
})

test('the same Idempotency-Key five times at once: one effect, and everybody gets its answer in the end', async () => {
  await house.stock(cream, 'KEYED', 1_000)
  for (let round = 0; round < 20; round += 1) {
    const key = randomUUID()
    const answers = await inParallel(5, 5, () => untilDone(() =>
      house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ product: cream, lot: { code: 'KEYED' }, quantity: '1', from: { code: 'DOCK' } }] }, key)))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(answers[0]?.body).toMatchObject({ kind: 'ship', movementId: expect.any(String) })
  }
  expect(await house.balance(cream, 'KEYED')).toEqual({ onHand: 980, allocated: 0 })
  await house.booksAreRight()
})

test('one key at once for two different commands: one is done, the other is refused and names the field', async () => {
  await house.stock(cream, 'DIFFERENT', 100)
  for (let round = 0; round < 10; round += 1) {
    const key = randomUUID()
    const answers = await inParallel(2, 2, (index) => untilDone(() =>
      house.ask('POST', '/movements/destroy', { reason: `reason ${index}`, lines: [{ product: cream, lot: { code: 'DIFFERENT' }, quantity: '1', from: { code: 'DOCK' } }] }, key)))
    expect(tally(answers)).toEqual({ 200: 1, idempotency_key_reused: 1 })
    expect(answers.find(({ status }) => status === 409)?.body.params).toMatchObject({ field: 'reason' })
  }
  expect(await house.balance(cream, 'DIFFERENT')).toEqual({ onHand: 90, allocated: 0 })
})

test('one movement reversed by eight at once, in either meaning: once', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { movementId } = await house.stock(cream, `R-${round}`, 10)
    const answers = await inParallel(8, 8, (index) => house.ask('POST', `/movements/${movementId}/reverse`, { meaning: index % 2 === 0 ? 'never_happened' : 'undone', reason: 'typed twice' }))
    expect(tally(answers)).toEqual({ 200: 1, reversed_already: 7 })
    expect(await house.balance(cream, `R-${round}`)).toEqual({ onHand: 0, allocated: 0 })
  }
  await house.booksAreRight()
})

test('a receipt reversed while its goods are shipped: one of the two happens', async () => {
  for (let round = 0; round < 15; round += 1) {
    const { movementId } = await house.stock(cream, `RS-${round}`, 10)
    const [reversal, shipment] = await Promise.all([
      house.ask('POST', `/movements/${movementId}/reverse`, { meaning: round % 2 === 0 ? 'never_happened' : 'undone', reason: 'typed twice' }),
      house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ product: cream, lot: { code: `RS-${round}` }, quantity: '10', from: { code: 'DOCK' } }] }),
    ])
    expect([reversal.status, shipment.status].toSorted(), JSON.stringify([reversal.body, shipment.body])).toEqual([200, 409])
    expect(await house.balance(cream, `RS-${round}`)).toEqual({ onHand: 0, allocated: 0 })
  }
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

/** As a client does: told that its command is being carried out, it asks again with the same key. */
async function untilDone(ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await ask()
    if (answer.status !== 409 || answer.body.code !== 'command_in_progress') return answer
    await sleep(20)
  }
  throw new Error('the command stays in progress')
}
