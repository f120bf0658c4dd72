import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpAnswer } from '../support/http.ts'
import { CLIENTS, inParallel, openHouse, tally, type House } from './house.ts'

let house: House
let bike: { sku: string }
let frame: { sku: string }
beforeAll(async () => {
  house = await openHouse()
  bike = await house.product('BIKE', 'serial')
  frame = await house.product('FRAME', 'lot')
})
afterAll(() => house.close())

/** Every way goods can be taken from where they are. */
const doors: { readonly [name: string]: (serial: string, client: number) => Promise<HttpAnswer> } = {
  ship: (serial) => house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ ...one(serial), from: { code: 'DOCK' } }] }),
  transform: (serial) => house.ask('POST', '/movements/transform', {
    run: 'disassembly', inputs: [{ ...one(serial), from: { code: 'DOCK' } }], outputs: [{ product: frame, lot: { code: `OF-${serial}` }, quantity: '1', to: { code: 'SHELF' } }],
  }),
  move: (serial) => house.ask('POST', '/movements/move', { lines: [{ ...one(serial), from: { code: 'DOCK' }, to: { code: 'SHELF' } }] }),
  reserve: (serial, client) => house.ask('POST', '/allocations', { demand: { type: 'sales_order', number: `SO-${serial}-${client}` }, lines: [{ ...one(serial), from: { code: 'DOCK' } }] }),
  destroy: (serial) => house.ask('POST', '/movements/destroy', { reason: 'bent', lines: [{ ...one(serial), from: { code: 'DOCK' } }] }),
  sample: (serial) => house.ask('POST', '/movements/sample', { reason: 'brake test', lines: [{ ...one(serial), from: { code: 'DOCK' } }] }),
  'change owner': (serial) => house.ask('POST', '/movements/change-owner', { reason: 'sold in place', lines: [{ ...one(serial), place: { code: 'DOCK' }, toOwner: { code: 'VALLEY' } }] }),
  'adjust down': (serial) => house.ask('POST', '/movements/adjust', { reason: 'not found', lines: [{ ...one(serial), place: { code: 'DOCK' }, direction: 'down', against: 'loss' }] }),
}

/** The unit, ours. */
function one(serial: string): Record<string, unknown> {
  return { product: bike, units: [{ serial }], owner: house.app.organizationId }
}

test.each(Object.keys(doors))('one bicycle, 64 clients at the door %s: one gets it, the others are told where it is or what is left', async (door) => {
  await receive(`D-${door}`)
  const answers = await inParallel(CLIENTS, CLIENTS, (_, client) => doors[door]!(`D-${door}`, client))
  expectOneWinner(answers)
  await house.booksAreRight()
})

test('one bicycle, 64 clients at eight doors, ten times: one gets it each time', async () => {
  const names = Object.keys(doors)
  for (let round = 0; round < 10; round += 1) {
    await receive(`M-${round}`)
    expectOneWinner(await inParallel(CLIENTS, CLIENTS, (_, client) => doors[names[(client + round) % names.length]!]!(`M-${round}`, client)))
  }
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('a wheel of cheese of which everybody wants the last piece is cut once', async () => {
  await house.done('/products', { sku: 'WHEEL', name: 'Wheel', baseUom: 'kg', scale: 3, tracking: 'serial', measured: true })
  const product = { sku: 'WHEEL' }
  await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product, units: [{ serial: 'W-1', quantity: '5' }], to: { code: 'DOCK' } }] })
  const answers = await inParallel(16, 16, (index) => house.ask('POST', '/movements/transform', {
    run: 'cut', inputs: [{ product, units: [{ serial: 'W-1', quantity: '3' }], from: { code: 'DOCK' } }], outputs: [{ product, units: [{ serial: `W-1/${index}`, quantity: '3' }], to: { code: 'DOCK' } }],
  }))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(15)
  expect(await house.balance(product, null)).toEqual({ onHand: 5, allocated: 0 })
  await house.booksAreRight()
})

async function receive(serial: string): Promise<void> {
  await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: bike, units: [{ serial }], to: { code: 'DOCK' } }] })
}

function expectOneWinner(answers: readonly HttpAnswer[]): void {
  const counts = tally(answers)
  expect(counts['200'], JSON.stringify(counts)).toBe(1)
  for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
    expect(status, JSON.stringify(body)).toBe(409)
    const told = body.params as Record<string, string>
    expect(told['available'] ?? told['place'] ?? told['allocation'], JSON.stringify(body)).toBeDefined()
  }
}
