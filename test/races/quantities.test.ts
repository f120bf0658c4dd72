import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpAnswer } from '../support/http.ts'
import { CLIENTS, inParallel, openHouse, tally, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const TRIES = 1_000
const THERE = 500
type Goods = { product: { sku: string }; lot: { code: string } }

const reserve = (goods: Goods, index: number): Promise<HttpAnswer> =>
  house.ask('POST', '/allocations', { demand: { type: 'sales_order', number: `SO-${index}` }, lines: [{ ...goods, quantity: '1', from: { code: 'DOCK' } }] })
const ship = (goods: Goods): Promise<HttpAnswer> =>
  house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ ...goods, quantity: '1', from: { code: 'DOCK' } }] })
const move = (goods: Goods): Promise<HttpAnswer> => house.ask('POST', '/movements/move', { lines: [{ ...goods, quantity: '1', from: { code: 'DOCK' }, to: { code: 'SHELF' } }] })
const destroy = (goods: Goods): Promise<HttpAnswer> => house.ask('POST', '/movements/destroy', { reason: 'sour', lines: [{ ...goods, quantity: '1', from: { code: 'DOCK' } }] })
const adjust = (goods: Goods): Promise<HttpAnswer> =>
  house.ask('POST', '/movements/adjust', { reason: 'counted', lines: [{ ...goods, quantity: '1', place: { code: 'DOCK' }, direction: 'down' }] })

test('a thousand reservations of one on five hundred: five hundred hold', async () => {
  const goods = await stocked('RESERVED')
  const answers = await inParallel(CLIENTS, TRIES, (index) => reserve(goods, index))
  expect(tally(answers)).toEqual({ 200: THERE, stock_insufficient: TRIES - THERE })
  expect(await house.balance(goods.product, goods.lot.code)).toEqual({ onHand: THERE, allocated: THERE })
  await house.booksAreRight()
})

test('a thousand shipments of one on five hundred: five hundred leave', async () => {
  const goods = await stocked('SHIPPED')
  const answers = await inParallel(CLIENTS, TRIES, () => ship(goods))
  expect(tally(answers)).toEqual({ 200: THERE, stock_insufficient: TRIES - THERE })
  expect(await house.balance(goods.product, goods.lot.code)).toEqual({ onHand: 0, allocated: 0 })
  await house.booksAreRight()
})

test('a thousand tries at five doors on five hundred: five hundred succeed, whichever', async () => {
  const goods = await stocked('MIXED')
  const doors = [reserve, ship, move, destroy, adjust]
  const answers = await inParallel(CLIENTS, TRIES, (index) => doors[index % doors.length]!(goods, index))
  const { 200: succeeded, ...refused } = tally(answers)
  expect(succeeded).toBe(THERE)
  expect(Object.keys(refused).filter((code) => code !== 'stock_insufficient' && code !== 'stock_allocated')).toEqual([])
  const left = await house.balance(goods.product, goods.lot.code, 'DOCK')
  expect(left.onHand).toBe(left.allocated)
  expect(left.allocated).toBe(answers.filter(({ status, body }) => status === 200 && 'allocations' in body).length)
  await house.booksAreRight()
})

test('reserving and releasing by many leaves nothing promised', async () => {
  const goods = await stocked('BACK-AND-FORTH')
  const answers = await inParallel(16, 160, async (index) => {
    await house.done('/allocations', { demand: { type: 'sales_order', number: `R-${index}` }, lines: [{ ...goods, quantity: '3', from: { code: 'DOCK' } }] })
    return house.ask('POST', '/allocations/release', { demand: { type: 'sales_order', number: `R-${index}` } })
  })
  expect(tally(answers)).toEqual({ 200: 160 })
  expect(await house.balance(goods.product, goods.lot.code)).toEqual({ onHand: THERE, allocated: 0 })
  await house.booksAreRight()
})

test('of one demand released by eight and shipped by eight at once, what was promised is used once', async () => {
  const goods = await stocked('DEMAND', 1_000)
  for (let round = 0; round < 8; round += 1) {
    const demand = { type: 'sales_order', number: `D-${round}` }
    await house.done('/allocations', { demand, lines: [{ ...goods, quantity: '10', from: { code: 'DOCK' } }] })
    const before = await house.balance(goods.product, goods.lot.code)
    const answers = await inParallel(16, 16, (index) => (index % 2 === 0
      ? house.ask('POST', '/allocations/release', { demand })
      : house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, demand, lines: [{ ...goods, quantity: '10', from: { code: 'DOCK' } }] })))
    const shipped = answers.filter(({ status, body }) => status === 200 && body.kind === 'ship').length
    expect(Object.keys(tally(answers)).filter((code) => !/^(200|404 .*allocation_unknown.*)$/.test(code))).toEqual([])
    expect(await house.balance(goods.product, goods.lot.code)).toEqual({ onHand: before.onHand - 10 * shipped, allocated: 0 })
  }
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('what was promised for a while and is free again is used once, by whoever comes', async () => {
  const bike = await house.product('LAPSED-BIKE', 'serial')
  const goods = await stocked('LAPSED', 10)
  const serials = Array.from({ length: 10 }, (_, at) => `LB-${at}`)
  await house.done('/movements/receive', { from: { supplier: { code: 'FARM' } }, lines: [{ product: bike, units: serials.map((serial) => ({ serial })), to: { code: 'DOCK' } }] })
  const expiresAt = new Date(Date.now() + 1_500).toISOString()
  await house.done('/allocations', { demand: { type: 'quote', number: 'Q-1' }, firmness: 'soft', expiresAt, lines: [{ ...goods, quantity: '10', from: { code: 'DOCK' } }, { product: bike, units: serials.map((serial) => ({ serial })), from: { code: 'DOCK' } }] })
  expect(tally([await ship(goods)])).toEqual({ stock_allocated: 1 })
  await sleep(Math.max(0, Date.parse(expiresAt) - Date.now()) + 10)
  const answers = await inParallel(16, 40, (index) => (index % 2 === 0
    ? ship(goods)
    : house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: [{ product: bike, units: [{ serial: serials[index % 10] }], from: { code: 'DOCK' } }] })))
  const succeeded = (rest: number): number => answers.filter(({ status }, index) => status === 200 && index % 2 === rest).length
  expect(tally(answers)).toEqual({ 200: 15, stock_insufficient: 10, unit_elsewhere: 15 })
  expect([succeeded(0), succeeded(1)]).toEqual([10, 5])
  await house.booksAreRight()
  expect(await house.deadlocks()).toBe(0)
})

test('the same lot twice in one request is capped by the sum', async () => {
  const goods = await stocked('TWICE', 10)
  const twice = (quantity: string) => [{ ...goods, quantity, from: { code: 'DOCK' } }, { ...goods, quantity, from: { code: 'DOCK' } }]
  const six = await inParallel(16, 16, (index) => (index % 2 === 0
    ? house.ask('POST', '/movements/ship', { to: { customer: { code: 'SHOP' } }, lines: twice('3') })
    : house.ask('POST', '/allocations', { demand: { type: 'sales_order', number: `T-${index}` }, lines: twice('3') })))
  expect(tally(six)['200']).toBe(1)
  const reserved = six.some(({ status, body }) => status === 200 && 'allocations' in body)
  expect(await house.balance(goods.product, goods.lot.code)).toEqual(reserved ? { onHand: 10, allocated: 6 } : { onHand: 4, allocated: 0 })
  const rest = await house.ask('POST', '/movements/move', { lines: [...twice('2')].map((line) => ({ ...line, to: { code: 'SHELF' } })) })
  expect(rest.status, JSON.stringify(rest.body)).toBe(200)
  await house.booksAreRight()
})

async function stocked(sku: string, quantity = THERE): Promise<Goods> {
  const product = await house.product(sku, 'lot')
  await house.stock(product, 'L1', quantity)
  return { product, lot: { code: 'L1' } }
}
